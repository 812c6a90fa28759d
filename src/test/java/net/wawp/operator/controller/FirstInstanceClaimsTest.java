package net.wawp.operator.controller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import net.wawp.operator.controller.InstanceLeases.Claimant;
import net.wawp.operator.kubernetes.RequestLanes;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Claims of instances that nobody has acted on yet, on an API server that has no Lease and answers when it is told to. */
class FirstInstanceClaimsTest {

    private static final String INSTANCE = "3EB0BCB2E3D4";
    private static final Claimant OURS = new Claimant("crm", "ours");
    private static final String DELETED = ", \"deletionTimestamp\": \"2026-01-01T00:01:00Z\"";
    private static final int MANY = 200;
    /** Longer than the test holds a request. */
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private final Vertx vertx = Vertx.vertx();
    private final SlowApiServer apiServer = new SlowApiServer();
    private final KubernetesClient client = start();
    private final InstanceLeases leases = new KubernetesInstanceLeases(
            client, "wawp-system", "wawp.net/shard", Optional.empty(), true, Clock.systemUTC(), PATIENCE);

    @AfterEach
    void close() {
        leases.close();
        client.close();
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    @Test
    void aFewAreUnderWayTogetherHoweverManyWait() {
        List<CompletableFuture<Optional<Claimant>>> claims =
                IntStream.range(0, MANY).mapToObj(n -> claim("3EB0" + n)).toList();

        await().until(() -> apiServer.held() == RequestLanes.THREADS);
        apiServer.answerEveryRequest();

        claims.forEach(CompletableFuture::join);
        assertThat(apiServer.mostInFlight()).isEqualTo(RequestLanes.THREADS);
    }

    @Test
    void oneInstanceNeverHasTwoUnderWayWhileThoseOfOthersGoOn() {
        apiServer.answerEveryRequestBut(KubernetesInstanceLeases.name(INSTANCE));
        CompletableFuture<?> first = claim(INSTANCE);
        CompletableFuture<?> second = claim(INSTANCE.toLowerCase(Locale.ROOT));
        List<CompletableFuture<Optional<Claimant>>> others =
                IntStream.range(0, MANY).mapToObj(n -> claim("3EB0" + n)).toList();

        await().until(() -> others.stream().filter(CompletableFuture::isDone).count() > MANY / 2);
        assertThat(apiServer.held()).isEqualTo(1);
        assertThat(List.of(first.isDone(), second.isDone())).containsOnly(false);

        apiServer.answerEveryRequest();
        first.join();
        second.join();
    }

    @Test
    void oneThatNobodyWantsAnyMoreIsNotMade() {
        apiServer.answerEveryRequest();

        assertThatThrownBy(() -> leases.claim(INSTANCE, OURS, Set.of(), () -> false)
                        .toCompletableFuture()
                        .join())
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(CancellationException.class);

        claim("3EB0BCB2E3D5").join();
        assertThat(apiServer.paths()).noneMatch(path -> path.contains(KubernetesInstanceLeases.name(INSTANCE)));
    }

    @Test
    void aYoungerOneThatIsBeingDeletedLeavesTheInstanceToTheOlder() {
        apiServer.answerEveryRequest();
        apiServer.bound(INSTANCE, session("sales", "theirs", 0, ""), session("crm", "ours", 1, DELETED));

        assertThat(claim(INSTANCE).join()).contains(new Claimant("sales", "theirs"));
    }

    @Test
    void anInstanceBelongsToTheOldestThatIsBoundToItUnlessThatLeavesItToTheOther() {
        apiServer.answerEveryRequest();
        apiServer.bound(INSTANCE, session("sales", "theirs", 0, ""), session("crm", "ours", 1, ""));

        assertThat(claim(INSTANCE).join()).contains(new Claimant("sales", "theirs"));
        assertThat(other().join()).contains(new Claimant("sales", "theirs"));
        assertThat(leases.claim(INSTANCE, OURS, Set.of(new Claimant("sales", "theirs")), () -> true)
                        .toCompletableFuture()
                        .join())
                .isEmpty();
        assertThat(apiServer.paths())
                .contains("/apis/wawp.net/v1alpha1/whatsappsessions?fieldSelector=status.instanceId%3D" + INSTANCE);
    }

    @Test
    void theOldestHasItThoughItWritesTheInstanceInAnotherCase() {
        apiServer.answerEveryRequest();
        apiServer.bound(INSTANCE, session("crm", "ours", 1, ""));
        apiServer.bound(INSTANCE.toLowerCase(Locale.ROOT), session("sales", "theirs", 0, ""));

        assertThat(claim(INSTANCE).join()).contains(new Claimant("sales", "theirs"));
    }

    @Test
    void ofThoseCreatedInTheSameSecondTheFirstByNamespaceThenNameHasIt() {
        apiServer.answerEveryRequest();
        apiServer.bound(INSTANCE, session("sales", "a", 1, ""), session("crm", "ours", 1, ""));
        assertThat(other().join()).isEmpty();

        apiServer.bound(INSTANCE, session("billing", "z", 1, ""), session("crm", "ours", 1, ""));

        assertThat(other().join()).contains(new Claimant("billing", "z"));
    }

    @Test
    void aYoungerOneAndOneThatIsBeingDeletedHaveItNot() {
        apiServer.answerEveryRequest();
        apiServer.bound(
                INSTANCE,
                session("sales", "younger", 2, ""),
                session("crm", "ours", 1, ""),
                session("sales", "leaving", 0, DELETED));

        assertThat(other().join()).isEmpty();
        assertThat(claim(INSTANCE).join()).isEmpty();
    }

    private static String session(String namespace, String name, int second, String fields) {
        return """
                {"apiVersion": "wawp.net/v1alpha1", "kind": "WhatsAppSession", "metadata": {"namespace": "%s", "name": "%s",
                 "uid": "uid-of-%s", "creationTimestamp": "2026-01-01T00:00:0%dZ"%s}}""".formatted(namespace, name, name, second, fields);
    }

    private CompletableFuture<Optional<Claimant>> other() {
        return leases.other(INSTANCE, OURS, Set.of()).toCompletableFuture();
    }

    private CompletableFuture<Optional<Claimant>> claim(String instanceId) {
        return leases.claim(instanceId, OURS, Set.of(), () -> true).toCompletableFuture();
    }

    private KubernetesClient start() {
        int port = vertx.createHttpServer()
                .requestHandler(apiServer::take)
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .join()
                .actualPort();
        return new KubernetesClientBuilder()
                .withConfig(new ConfigBuilder(Config.empty())
                        .withMasterUrl("http://127.0.0.1:" + port)
                        .build())
                .build();
    }

    /** Holds requests until they may be answered. */
    private static final class SlowApiServer {

        private final List<String> paths = new ArrayList<>();
        private final List<Runnable> held = new ArrayList<>();
        private boolean answersNone = true;
        private String silentAbout = "";
        private final Map<String, String> bound = new ConcurrentHashMap<>();
        private int inFlight;
        private int mostInFlight;

        synchronized void take(HttpServerRequest request) {
            paths.add(request.uri());
            inFlight++;
            mostInFlight = Math.max(mostInFlight, inFlight);
            Runnable answer = () -> request.body().onSuccess(body -> {
                synchronized (this) {
                    inFlight--;
                }
                if (request.method() == HttpMethod.POST) {
                    answer(request, 201, body.toString());
                } else if (request.path().endsWith("/whatsappsessions")) {
                    String instance = request.uri().replaceFirst(".*%3D", "");
                    answer(request, 200, "{\"metadata\": {}, \"items\": [" + bound.getOrDefault(instance, "") + "]}");
                } else {
                    answer(request, 404, "{\"kind\": \"Status\", \"code\": 404}");
                }
            });
            if (answersNone || !silentAbout.isEmpty() && request.path().endsWith(silentAbout)) {
                request.pause();
                held.add(() -> {
                    answer.run();
                    request.resume();
                });
            } else {
                answer.run();
            }
        }

        private static void answer(HttpServerRequest request, int status, String body) {
            request.response()
                    .setStatusCode(status)
                    .putHeader("Content-Type", "application/json")
                    .end(body);
        }

        void answerEveryRequest() {
            List<Runnable> answers;
            synchronized (this) {
                answersNone = false;
                silentAbout = "";
                answers = List.copyOf(held);
                held.clear();
            }
            // not under the lock: a request arrives under that of its connection, which an answer needs
            answers.forEach(Runnable::run);
        }

        synchronized void answerEveryRequestBut(String name) {
            answersNone = false;
            silentAbout = name;
        }

        /** Has these resources, for whoever asks which are bound to an instance that is written so. */
        void bound(String instance, String... sessions) {
            bound.put(instance, String.join(", ", sessions));
        }

        synchronized int held() {
            return held.size();
        }

        synchronized int mostInFlight() {
            return mostInFlight;
        }

        synchronized List<String> paths() {
            return List.copyOf(paths);
        }
    }
}
