package net.wawp.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Optional;
import net.wawp.operator.metrics.OperatorMetrics;
import net.wawp.operator.testing.EmbeddedCluster;
import org.junit.jupiter.api.Test;

class LeaderWorkloadTest {

    @Test
    void aDrainThatFailsKeepsNothingElseFromStopping() {
        Vertx vertx = Vertx.vertx();
        try (EmbeddedCluster cluster = new EmbeddedCluster();
                OperatorMetrics metrics = new OperatorMetrics(true, Optional.empty(), "test")) {
            LeaderWorkload workload = FrameworkTimerTest.workload(cluster, vertx, metrics);
            workload.start();
            assertThat(metrics.registry().scrape()).contains("wawp_operator_shard_sessions");
            // no event loop is left that could drain
            vertx.close().toCompletionStage().toCompletableFuture().join();

            Throwable failure = catchThrowable(() -> workload.stop(Duration.ZERO));

            assertThat(failure).isNotNull();
            assertThat(metrics.registry().scrape()).doesNotContain("wawp_operator_shard_sessions");
        }
    }
}
