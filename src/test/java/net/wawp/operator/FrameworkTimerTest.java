package net.wawp.operator;

import static net.wawp.operator.testing.EmbeddedCluster.NAMESPACE;
import static net.wawp.operator.testing.EmbeddedCluster.TOKEN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.javaoperatorsdk.operator.processing.Controller;
import io.javaoperatorsdk.operator.processing.event.EventSourceManager;
import io.javaoperatorsdk.operator.processing.event.source.timer.TimerEventSource;
import io.vertx.core.Vertx;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Timer;
import java.util.TimerTask;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import net.wawp.operator.api.v1alpha1.CredentialsSecretRef;
import net.wawp.operator.api.v1alpha1.DesiredState;
import net.wawp.operator.api.v1alpha1.WhatsAppSessionSpec;
import net.wawp.operator.config.OperatorConfig;
import net.wawp.operator.metrics.OperatorMetrics;
import net.wawp.operator.session.Failure;
import net.wawp.operator.testing.EmbeddedCluster;
import net.wawp.operator.wawp.WawpResponse;
import org.junit.jupiter.api.Test;

/** The framework's own timer keeps a cancelled task until its time comes: 20,000 were seen for 10,000 resources. */
class FrameworkTimerTest {

    private static final String NAME = "support-line";
    private static final int RECONCILIATIONS = 30;

    @Test
    void noReconciliationLeavesATaskThere() throws Exception {
        Vertx vertx = Vertx.vertx();
        try (EmbeddedCluster cluster = new EmbeddedCluster();
                OperatorMetrics metrics = new OperatorMetrics(true, Optional.empty(), "test")) {
            cluster.secret("wawp-credentials", TOKEN);
            cluster.apply(
                    NAME,
                    WhatsAppSessionSpec.builder()
                            .desiredState(DesiredState.Running)
                            .instanceId("3EB0BCB2E3D4")
                            .credentialsSecretRef(new CredentialsSecretRef("wawp-credentials"))
                            .build());
            LeaderWorkload workload = workload(cluster, vertx, metrics);
            workload.start();
            try {
                CountingTimer timer = replaceTimer(workload);

                for (int i = 0; i < RECONCILIATIONS; i++) {
                    String token = "request " + i;
                    cluster.request(NAME, token);
                    await().atMost(Duration.ofMinutes(1))
                            .until(() -> cluster.get(NAME).getStatus() != null
                                    && token.equals(cluster.status(NAME).lastHandledRequestAt()));
                }

                assertThat(timer.scheduled).hasValue(0);
            } finally {
                workload.stop(Duration.ZERO);
            }
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().join();
        }
    }

    static LeaderWorkload workload(EmbeddedCluster cluster, Vertx vertx, OperatorMetrics metrics) {
        OperatorConfig config = OperatorConfig.from(
                Map.of("WAWP_WATCH_NAMESPACES", NAMESPACE, "WAWP_LEADER_ELECTION", "false"), Optional.empty());
        return new LeaderWorkload(
                config,
                List.of(NAMESPACE),
                cluster.client(),
                vertx,
                // a refusal that is reported, so that each request is answered in the status
                request -> CompletableFuture.completedFuture(new WawpResponse.Refused(
                        new Failure(Failure.Kind.InstanceNotFound, Failure.Delivery.Answered))),
                Optional::empty,
                metrics,
                () -> true,
                () -> {},
                "test",
                InstantSource.system());
    }

    private static CountingTimer replaceTimer(LeaderWorkload workload) throws ReflectiveOperationException {
        Field controller = LeaderWorkload.class.getDeclaredField("controller");
        controller.setAccessible(true);
        Method retrySource = EventSourceManager.class.getDeclaredMethod("retryEventSource");
        retrySource.setAccessible(true);
        Object source = retrySource.invoke(((Controller<?>) controller.get(workload)).getEventSourceManager());
        Field timer = TimerEventSource.class.getDeclaredField("timer");
        timer.setAccessible(true);
        ((Timer) timer.get(source)).cancel();
        CountingTimer counting = new CountingTimer();
        timer.set(source, counting);
        return counting;
    }

    private static final class CountingTimer extends Timer {

        private final AtomicInteger scheduled = new AtomicInteger();

        CountingTimer() {
            super(true);
        }

        @Override
        public void schedule(TimerTask task, long delay) {
            scheduled.incrementAndGet();
        }
    }
}
