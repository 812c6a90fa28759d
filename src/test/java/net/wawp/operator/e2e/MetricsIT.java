package net.wawp.operator.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import net.wawp.operator.simulator.EngineState;
import net.wawp.operator.testing.kubernetes.OnKubernetes;
import net.wawp.operator.testing.kubernetes.OnKubernetes.Cluster;
import net.wawp.operator.testing.kubernetes.Program;
import net.wawp.operator.testing.kubernetes.ProgramRun;
import org.junit.jupiter.api.Test;

/** What the packaged operator serves to Prometheus, judged by Prometheus' own tool. */
@OnKubernetes(
        needs = {Program.KubeControllerManager, Program.Helm, Program.Promtool},
        cluster = Cluster.Operated)
@WithOperator
class MetricsIT {

    @Test
    void promtoolFindsNothingWrongWithAScrape(OperatedCluster cluster, OperatorJar operator) {
        SessionFixture fixture = cluster.newFixture();
        fixture.session().put(EngineState.WORKING);
        fixture.secret(SessionFixture.TOKEN).resource("support-line", "desiredState: Stopped");
        fixture.awaitReason("support-line", "Stopped");

        String scrape = operator.metrics();

        assertThat(scrape)
                .contains("wawp_operator_session_info{", "exported_namespace=\"%s\"".formatted(fixture.namespace()));
        String promtool = cluster.kubernetes().programs().path(Program.Promtool).toString();
        ProgramRun run = ProgramRun.of(new ProcessBuilder(promtool, "check", "metrics"), scrape, Duration.ofMinutes(1));
        assertThat(run.exitCode()).as(run.output() + run.errors()).isZero();
        assertThat(run.output() + run.errors()).isBlank();
    }
}
