package net.wawp.operator.controller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;
import net.wawp.operator.controller.ApiReader.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KubernetesApiReaderTest {

    private static final String SECRET = """
            {"apiVersion": "v1", "kind": "Secret", "type": "Opaque",
             "metadata": {"namespace": "crm", "name": "wawp-credentials", "resourceVersion": "7"},
             "data": {"access_token": "dG9wLXNlY3JldA=="}}""";
    private static final String SESSION = """
            {"apiVersion": "wawp.net/v1alpha1", "kind": "WhatsAppSession",
             "metadata": {"namespace": "crm", "name": "support-line", "uid": "u-1", "generation": 3},
             "spec": {"desiredState": "LoggedOut", "credentialsSecretRef": {"name": "wawp-credentials"}},
             "status": {"lastAction": {"type": "Logout", "id": "a-1", "phase": "Intended"}}}""";

    private static final String ANYWHERE = "/apis/wawp.net/v1alpha1/whatsappsessions";
    private static final String IN_CRM = "/apis/wawp.net/v1alpha1/namespaces/crm/whatsappsessions";
    private static final String OTHER_SHARDS = "wawp.net/shard!=eu";

    private final Vertx vertx = Vertx.vertx();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private volatile Consumer<HttpServerRequest> answer = request -> {};
    private final KubernetesClient client = start();
    private final ApiReader reader = new KubernetesApiReader(client, OTHER_SHARDS, true, Duration.ofSeconds(20));

    @AfterEach
    void close() {
        client.close();
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    @Test
    void aSecretIsReadAsItIs() {
        answer(200, SECRET);

        Response<Secret> read = join(reader.secret("crm", "wawp-credentials"));

        assertThat(read.status()).isEqualTo(200);
        assertThat(read.body().orElseThrow().getData()).isEqualTo(Map.of("access_token", "dG9wLXNlY3JldA=="));
        assertThat(requests).containsExactly("GET /api/v1/namespaces/crm/secrets/wawp-credentials");
    }

    @Test
    void aSecretOf128KiBIsReadAndALargerOneIsNot() {
        answer(200, SECRET + " ".repeat(128 * 1024 - SECRET.length()));
        assertThat(join(reader.secret("crm", "wawp-credentials")).body()).isPresent();

        answer(200, SECRET + " ".repeat(128 * 1024 - SECRET.length() + 1));
        Response<Secret> tooLarge = join(reader.secret("crm", "wawp-credentials"));

        assertThat(tooLarge.status()).isEqualTo(413);
        assertThat(tooLarge.body()).isEmpty();
    }

    /** Many large Secrets that are read at the same time must not fill the memory before any of them is refused. */
    @Test
    void nothingMoreIsTakenOfASecretThatIsTooLarge() {
        CompletableFuture<Void> leftOff = new CompletableFuture<>();
        answer = request -> {
            // of the stream in HTTP/2, of the connection in HTTP/1.1
            request.response().exceptionHandler(reset -> leftOff.complete(null)).closeHandler(leftOff::complete);
            request.response().setChunked(true).write(" ".repeat(256 * 1024));
        };

        Response<Secret> read = join(reader.secret("crm", "wawp-credentials"));

        assertThat(read.status()).isEqualTo(413);
        assertThat(leftOff).succeedsWithin(Duration.ofSeconds(10));
    }

    @Test
    void aLongAnswerThatIsNoSecretKeepsItsStatus() {
        answer(503, " ".repeat(256 * 1024));

        assertThat(join(reader.secret("crm", "wawp-credentials")).status()).isEqualTo(503);
    }

    @Test
    void aSessionIsReadWithoutAResourceVersionSoThatTheApiServerAsksItsStore() {
        answer(200, SESSION);

        Response<WhatsAppSession> read = join(reader.session("crm", "support-line"));

        WhatsAppSession session = read.body().orElseThrow();
        assertThat(session.getMetadata().getUid()).isEqualTo("u-1");
        assertThat(session.getMetadata().getGeneration()).isEqualTo(3);
        assertThat(session.getStatus().lastAction().id()).isEqualTo("a-1");
        assertThat(requests)
                .containsExactly("GET /apis/wawp.net/v1alpha1/namespaces/crm/whatsappsessions/support-line");
    }

    @Test
    void theResourcesOfOtherShardsAreThoseOfTheNamespaceAndThoseOfAnyThatAreBoundToTheInstance() {
        answer = request -> answer(
                request,
                200,
                "{\"metadata\": {}, \"items\": [%s]}"
                        .formatted(request.path().equals(IN_CRM) ? SESSION : SESSION.replace("u-1", "u-2")));

        Response<List<WhatsAppSession>> read = join(reader.sessionsOfOtherShards("crm", "3EB0BCB2E3D4"));

        assertThat(read.body().orElseThrow())
                .extracting(session -> session.getMetadata().getUid())
                .containsExactly("u-1", "u-2", "u-2");
        String bound = "GET " + ANYWHERE + "?labelSelector=wawp.net%2Fshard%21%3Deu&fieldSelector=status.instanceId%3D";
        assertThat(requests)
                .containsExactlyInAnyOrder(
                        "GET " + IN_CRM + "?labelSelector=wawp.net%2Fshard%21%3Deu&limit=200",
                        bound + "3EB0BCB2E3D4",
                        bound + "3eb0bcb2e3d4");
    }

    @Test
    void aResourceOfAnotherNamespaceIsFoundThoughItWritesTheInstanceInAnotherCase() {
        answer = request -> answer(
                request,
                200,
                "{\"metadata\": {}, \"items\": [%s]}"
                        .formatted(
                                request.uri().endsWith("status.instanceId%3D3eb0bcb2e3d4")
                                        ? SESSION.replace("u-1", "u-2")
                                        : ""));

        Response<List<WhatsAppSession>> read = join(reader.sessionsOfOtherShards("crm", "3EB0BCB2E3D4"));

        assertThat(read.body().orElseThrow())
                .extracting(session -> session.getMetadata().getUid())
                .containsExactly("u-2");
    }

    @Test
    void anOperatorOfNamedNamespacesAsksForNoOther() {
        answer(200, "{\"metadata\": {}, \"items\": [" + SESSION + "]}");
        ApiReader ofNamedNamespaces = new KubernetesApiReader(client, OTHER_SHARDS, false, Duration.ofSeconds(20));

        assertThat(join(ofNamedNamespaces.sessionsOfOtherShards("crm", "3EB0BCB2E3D4"))
                        .body()
                        .orElseThrow())
                .hasSize(1);

        assertThat(requests).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {IN_CRM, ANYWHERE})
    void whereOneOfTheTwoListsIsRefusedNothingIsKnownOfOtherShards(String refused) {
        answer = request -> answer(request, request.path().equals(refused) ? 403 : 200, "{\"items\": []}");

        Response<List<WhatsAppSession>> read = join(reader.sessionsOfOtherShards("crm", "3EB0BCB2E3D4"));

        assertThat(read.status()).isEqualTo(403);
        assertThat(read.body()).isEmpty();
    }

    @Test
    void moreThanAPageOfResourcesOfOtherShardsIsNoAnswer() {
        answer(200, "{\"metadata\": {\"continue\": \"abc\"}, \"items\": [" + SESSION + "]}");

        assertThatThrownBy(() -> join(reader.sessionsOfOtherShards("crm", "3EB0BCB2E3D4")))
                .isInstanceOf(CompletionException.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403, 404, 429, 500, 503})
    void anyOtherAnswerIsAValueAndTheRequestIsNotRepeated(int status) {
        answer(status, """
                {"kind": "Status", "apiVersion": "v1", "status": "Failure", "code": %d}""".formatted(status));

        Response<Secret> read = join(reader.secret("crm", "wawp-credentials"));

        assertThat(read.status()).isEqualTo(status);
        assertThat(read.body()).isEmpty();
        assertThat(requests).hasSize(1);
    }

    @Test
    void withoutAnAnswerInTimeTheReadFails() {
        ApiReader impatient = new KubernetesApiReader(client, OTHER_SHARDS, true, Duration.ofMillis(50));

        assertThatThrownBy(() -> join(impatient.secret("crm", "wawp-credentials")))
                .as("by the client's own time-out or by the reader's, whichever comes first")
                .isInstanceOf(CompletionException.class);
    }

    @Test
    void aConnectionThatBreaksFailsTheReadAndTheRequestIsNotRepeated() {
        answer = request -> request.connection().close();

        assertThatThrownBy(() -> join(reader.secret("crm", "wawp-credentials")))
                .isInstanceOf(CompletionException.class);
        assertThat(requests).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "null", "[]", "{\"data\": 5}", "<html>", "{\"data\": {\"access_token\": \"dG9w"})
    void aBodyThatIsNoSecretFailsTheRead(String body) {
        answer(200, body);

        assertThatThrownBy(() -> join(reader.secret("crm", "wawp-credentials")))
                .isInstanceOf(CompletionException.class);
    }

    @Test
    void aNameStaysOneSegmentOfThePath() {
        answer(404, "");

        join(reader.secret("crm", "../configmaps/a?watch=true#"));

        assertThat(requests)
                .containsExactly("GET /api/v1/namespaces/crm/secrets/..%2Fconfigmaps%2Fa%3Fwatch%3Dtrue%23");
    }

    @Test
    void nothingOfASecretIsInTheTextOfAnAnswer() {
        answer(200, SECRET);

        assertThat(join(reader.secret("crm", "wawp-credentials")).toString())
                .contains("200")
                .doesNotContain("dG9wLXNlY3JldA==", "access_token");
    }

    private void answer(int status, String body) {
        answer = request -> answer(request, status, body);
    }

    private static void answer(HttpServerRequest request, int status, String body) {
        request.response()
                .setStatusCode(status)
                .putHeader("Content-Type", "application/json")
                .end(body);
    }

    private static <T> T join(CompletionStage<T> stage) {
        return stage.toCompletableFuture().join();
    }

    private KubernetesClient start() {
        int port = vertx.createHttpServer()
                .requestHandler(request -> {
                    requests.add(request.method() + " " + request.uri());
                    answer.accept(request);
                })
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .join()
                .actualPort();
        return new KubernetesClientBuilder()
                .withConfig(new ConfigBuilder(io.fabric8.kubernetes.client.Config.empty())
                        .withMasterUrl("http://127.0.0.1:" + port)
                        .withDisableHostnameVerification(true)
                        .build())
                .build();
    }
}
