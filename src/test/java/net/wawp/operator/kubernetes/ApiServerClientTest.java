package net.wawp.operator.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.KubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.api.model.WatchEvent;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ApiServerClientTest {

    private static final Duration LONG = Duration.ofMinutes(5);

    private final Vertx connections = Vertx.vertx();
    /** What each watch shows, in turn. */
    private final Queue<List<WatchEvent>> watches = new ConcurrentLinkedQueue<>();

    private final CompletableFuture<WhatsAppSession> seen = new CompletableFuture<>();
    private final CompletableFuture<WatcherException> ended = new CompletableFuture<>();

    private int port;

    @BeforeEach
    void startApiServer() throws Exception {
        port = connections
                .createHttpServer()
                .webSocketHandler(watch -> watches.remove()
                        .forEach(event -> watch.writeTextMessage(new KubernetesSerialization().asJson(event))))
                .listen(0, "localhost")
                .toCompletionStage()
                .toCompletableFuture()
                .get(2, TimeUnit.MINUTES)
                .actualPort();
    }

    @AfterEach
    void stop() {
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
        watches.add(List.of());
        WhatsAppSession session = new WhatsAppSession();
        session.setMetadata(new ObjectMetaBuilder().withName("support-line").build());
        answerWatchWith("ADDED", session);

        try (KubernetesClient client = client(Duration.ofSeconds(1))) {
            watch(client);
            assertThat(seen.get(2, TimeUnit.MINUTES).getMetadata().getName()).isEqualTo("support-line");
        }
    }

    private void answerWatchWith(String type, KubernetesResource object) {
        watches.add(List.of(new WatchEvent(object, type)));
    }

    private KubernetesClient client(Duration longestSilence) {
        Config access = new ConfigBuilder(Config.empty())
                .withMasterUrl("http://localhost:" + port)
                .build();
        return ApiServerClient.create(access, connections, longestSilence);
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
