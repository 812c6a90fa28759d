package net.wawp.operator.testing;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.Interceptor;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import net.wawp.operator.OperatorRuntime;
import net.wawp.operator.OperatorRuntime.Pace;
import net.wawp.operator.api.v1alpha1.LastAction;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;
import net.wawp.operator.api.v1alpha1.WhatsAppSessionStatus;
import net.wawp.operator.config.OperatorConfig;
import net.wawp.operator.session.Action;
import net.wawp.operator.simulator.WawpSimulator;
import net.wawp.operator.wawp.WawpClient;
import net.wawp.operator.wawp.WawpRequest;
import net.wawp.operator.wawp.WawpResponse;

/** The operator as one process runs it, which can be killed at a chosen moment of a logout: from then on nothing leaves it. */
public final class KillableOperator implements AutoCloseable {

    /** Between which two steps of a logout it dies. */
    public enum Moment {
        BeforeTheIntentIsWritten,
        AfterTheIntentIsWritten,
        AfterTheCallIsSent,
        AfterTheAnswerCame,
        AfterTheOutcomeIsWritten
    }

    private final KubernetesClient kubernetes;
    private final OperatorRuntime operator;
    private final List<String> sent = new CopyOnWriteArrayList<>();
    private volatile String announced = "none";
    private volatile Optional<Moment> deathAt = Optional.empty();
    private volatile boolean dead;

    public KillableOperator(EmbeddedCluster cluster, WawpSimulator wawp, InstantSource clock) {
        OperatorConfig config = OperatorConfig.from(
                Map.of(
                        "WAWP_BASE_URL", wawp.baseUrl().toString(),
                        "WAWP_LEADER_ELECTION", "false",
                        "WAWP_HTTP_PORT", "0"),
                Optional.empty());
        this.kubernetes = cluster.newClient(builder -> builder.withHttpClientBuilderConsumer(
                http -> http.addOrReplaceInterceptor("mortality", new Mortality())));
        this.operator = OperatorRuntime.create(
                config, kubernetes, clock, Witness::new, new Pace(Duration.ZERO, Pace.PRODUCTION.recheck()));
    }

    public void dieAt(Moment moment) {
        deathAt = Optional.of(moment);
    }

    public void start() {
        operator.start();
    }

    public boolean isDead() {
        return dead;
    }

    /** The intent that stood in the status at each logout call that went out. */
    public List<String> sentIntents() {
        return List.copyOf(sent);
    }

    @Override
    public void close() {
        dead = true;
        operator.close();
        kubernetes.close();
    }

    private boolean diesAt(Moment moment) {
        if (deathAt.filter(moment::equals).isPresent()) {
            dead = true;
        }
        return dead;
    }

    /** What reaches the API server. */
    private final class Mortality implements Interceptor {

        @Override
        public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
            Optional<LastAction> logout = logoutIn(request);
            logout.map(LastAction::id).ifPresent(id -> announced = id);
            boolean announces =
                    logout.filter(action -> action.phase().equals("Intended")).isPresent();
            boolean changes = !"GET".equals(request.method());
            if (changes && (dead || announces && diesAt(Moment.BeforeTheIntentIsWritten))) {
                throw new IllegalStateException("killed");
            }
        }

        @Override
        public void after(HttpRequest request, HttpResponse<?> response, AsyncBody.Consumer<List<ByteBuffer>> body) {
            logoutIn(request)
                    .filter(action -> !action.phase().equals("Intended"))
                    .ifPresent(closed -> diesAt(Moment.AfterTheOutcomeIsWritten));
        }

        private Optional<LastAction> logoutIn(HttpRequest request) {
            if (!"PUT".equals(request.method()) || !request.uri().getPath().endsWith("/status")) {
                return Optional.empty();
            }
            return Optional.of(Serialization.unmarshal(request.bodyString(), WhatsAppSession.class)
                            .getStatus())
                    .map(WhatsAppSessionStatus::lastAction)
                    .filter(action -> action.type().equals("Logout"));
        }
    }

    /** What reaches Wawp. */
    private final class Witness implements WawpClient {

        private final WawpClient wawp;

        Witness(WawpClient wawp) {
            this.wawp = wawp;
        }

        @Override
        public CompletionStage<WawpResponse> send(WawpRequest request) {
            return switch (request.operation()) {
                case Info ->
                    dead ? new CompletableFuture<>() : wawp.send(request).thenCompose(this::unlessDead);
                case Start, Stop, OfferLink, RevokeLink, QrCode ->
                    dead ? new CompletableFuture<>() : wawp.send(request);
                case Logout -> logOut(request);
            };
        }

        private CompletionStage<WawpResponse> logOut(WawpRequest request) {
            if (diesAt(Moment.AfterTheIntentIsWritten)) {
                return new CompletableFuture<>();
            }
            String intent = announced;
            CompletionStage<WawpResponse> answer =
                    wawp.send(WawpRequest.change(Action.Logout, request.credentials(), () -> {
                        boolean sends = request.guard().maySend();
                        if (sends) {
                            sent.add(intent);
                            diesAt(Moment.AfterTheCallIsSent);
                        }
                        return sends;
                    }));
            return answer.thenCompose(reply -> {
                diesAt(Moment.AfterTheAnswerCame);
                return unlessDead(reply);
            });
        }

        private CompletionStage<WawpResponse> unlessDead(WawpResponse reply) {
            return dead ? new CompletableFuture<>() : CompletableFuture.completedFuture(reply);
        }
    }
}
