package net.wawp.operator.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.KubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.api.model.WatchEvent;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;
import net.wawp.operator.testing.EmbeddedApiServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ApiServerClientTest {

    private static final String WATCH = "/apis/wawp.net/v1alpha1/whatsappsessions?allowWatchBookmarks=true&watch=true";

    private static final Duration LONG = Duration.ofMinutes(5);

    private final Vertx connections = Vertx.vertx();
    private final EmbeddedApiServer server = new EmbeddedApiServer();
    private final CompletableFuture<WhatsAppSession> seen = new CompletableFuture<>();
    private final CompletableFuture<WatcherException> ended = new CompletableFuture<>();

    @BeforeEach
    void start() {
        server.init();
    }

    @AfterEach
    void stop() {
        server.destroy();
        connections.close();
    }

    @Test
    void aWatchThatIsTooOldEndsSoThatTheResourcesAreListedAnew() throws Exception {
        answerWatchWith(
                "ERROR", new StatusBuilder().withCode(410).withReason("Expired").build());

        try (KubernetesClient client = client(LONG)) {
            watch(client);
            assertThat(ended.get(2, TimeUnit.MINUTES).isHttpGone()).isTrue();
        }
    }

    @Test
    void aResourceThatAWatchShowsIsOfTheOperatorsKind() throws Exception {
        WhatsAppSession session = new WhatsAppSession();
        session.setMetadata(new ObjectMetaBuilder().withName("support-line").build());
        answerWatchWith("ADDED", session);

        try (KubernetesClient client = client(LONG)) {
            watch(client);
            assertThat(client.getKubernetesSerialization()
                            .getRegisteredKubernetesResource("wawp.net/v1alpha1", "WhatsAppSession"))
                    .as("else it is read twice")
                    .isEqualTo(WhatsAppSession.class);
            assertThat(seen.get(2, TimeUnit.MINUTES).getMetadata().getName()).isEqualTo("support-line");
        }
    }

    @Test
    void whoWroteWhichFieldIsNotRead() throws Exception {
        WhatsAppSession session = new WhatsAppSession();
        session.setMetadata(new ObjectMetaBuilder()
                .withName("support-line")
                .addNewManagedField()
                .withManager("kubectl")
                .endManagedField()
                .build());
        answerWatchWith("ADDED", session);

        try (KubernetesClient client = client(LONG)) {
            watch(client);
            ObjectMeta metadata = seen.get(2, TimeUnit.MINUTES).getMetadata();
            assertThat(metadata.getName()).isEqualTo("support-line");
            assertThat(metadata.getManagedFields()).isEmpty();
            assertThat(metadata.getAdditionalProperties()).isEmpty();
        }
    }

    /** As where the machine of the API server goes away: nothing ends the connection. */
    @Test
    void aWatchThatIsSilentForTooLongIsTakenUpAgain() throws Exception {
        server.expect()
                .get()
                .withPath(WATCH)
                .andUpgradeToWebSocket()
                .open()
                // one without events to come would be closed at once
                .waitFor(LONG.toMillis())
                .andEmit(new WatchEvent(new WhatsAppSession(), "BOOKMARK"))
                .done()
                .once();
        WhatsAppSession session = new WhatsAppSession();
        session.setMetadata(new ObjectMetaBuilder().withName("support-line").build());
        answerWatchWith("ADDED", session);

        try (KubernetesClient client = client(Duration.ofSeconds(1))) {
            watch(client);
            assertThat(seen.get(2, TimeUnit.MINUTES).getMetadata().getName()).isEqualTo("support-line");
        }
    }

    private void answerWatchWith(String type, KubernetesResource object) {
        server.expect()
                .get()
                .withPath(WATCH)
                .andUpgradeToWebSocket()
                .open()
                .immediately()
                .andEmit(new WatchEvent(object, type))
                .done()
                .once();
    }

    private KubernetesClient client(Duration longestSilence) {
        return ApiServerClient.create(server.createClient().getConfiguration(), connections, longestSilence);
    }

    /** The watch ends with the client. */
    private void watch(KubernetesClient client) {
        client.resources(WhatsAppSession.class).inAnyNamespace().watch(new Watcher<>() {
            @Override
            public void eventReceived(Action action, WhatsAppSession session) {
                seen.complete(session);
            }

            @Override
            public void onClose(WatcherException cause) {
                ended.complete(cause);
            }
        });
    }
}
