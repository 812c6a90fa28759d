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
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;
import net.wawp.operator.controller.InstanceLeases.Claimant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Claims of many instances at once, on an API server that answers when it is told to, and has no Lease yet. */
class ManyInstanceClaimsTest {

    private static final String INSTANCE = "3EB0BCB2E3D4";
    private static final Claimant OURS = new Claimant("crm", "ours");
    private static final int MANY = 200;

    private final Vertx vertx = Vertx.vertx();
    private final SlowApiServer apiServer = new SlowApiServer();
    private final KubernetesClient client = start();
    private final InstanceLeases leases =
            new KubernetesInstanceLeases(client, "wawp-system", "wawp.net/shard", Optional.empty(), Clock.systemUTC());

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

        await().until(() -> apiServer.held() == KubernetesInstanceLeases.THREADS);
        apiServer.answerEveryRequest();

        claims.forEach(CompletableFuture::join);
        assertThat(apiServer.mostInFlight()).isEqualTo(KubernetesInstanceLeases.THREADS);
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
        private int inFlight;
        private int mostInFlight;

        synchronized void take(HttpServerRequest request) {
            paths.add(request.path());
            inFlight++;
            mostInFlight = Math.max(mostInFlight, inFlight);
            Runnable answer = () -> request.body().onSuccess(body -> {
                synchronized (this) {
                    inFlight--;
                }
                boolean isCreated = request.method() == HttpMethod.POST;
                request.response()
                        .setStatusCode(isCreated ? 201 : 404)
                        .putHeader("Content-Type", "application/json")
                        .end(isCreated ? body.toString() : "{\"kind\": \"Status\", \"code\": 404}");
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

        synchronized void answerEveryRequest() {
            answersNone = false;
            silentAbout = "";
            held.forEach(Runnable::run);
            held.clear();
        }

        synchronized void answerEveryRequestBut(String name) {
            answersNone = false;
            silentAbout = name;
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
