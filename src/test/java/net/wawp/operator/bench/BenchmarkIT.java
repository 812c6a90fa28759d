package net.wawp.operator.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import net.wawp.operator.testing.kubernetes.OnKubernetes;
import net.wawp.operator.testing.kubernetes.OnKubernetes.Cluster;
import net.wawp.operator.testing.kubernetes.Program;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * The benchmark itself, small: that it measures both operators, and that what it writes can be read. The sessions are more than one page of the
 * operator's list.
 */
@Tag("proof")
@OnKubernetes(needs = Program.Helm, cluster = Cluster.Own)
@Isolated("starts an API server and operators")
class BenchmarkIT {

    @TempDir
    private static Path output;

    @Test
    void itMeasuresBothOperatorsAndWritesATableAndAChart() throws Exception {
        Plan plan = Plan.parse(List.of("runs=1", "interval=5s", "window=2", "created=10", "600"));

        List<Measured> measured = Benchmark.run(plan, output);

        assertThat(measured).extracting(Measured::contender).containsExactly(Contender.Operator, Contender.Reference);
        assertThat(measured).allSatisfy(one -> {
            assertThat(one.figures().get(Metric.AllPolled)).isPositive();
            assertThat(one.figures().get(Metric.PollRate)).isPositive();
            assertThat(one.figures().get(Metric.CpuPerPoll)).isPositive();
            assertThat(one.figures().get(Metric.NewP50)).isFinite();
            assertThat(one.figures().get(Metric.VmRss))
                    .isGreaterThan(one.figures().get(Metric.RssAnon));
            assertThat(one.figures().get(Metric.Writes)).isZero();
        });
        assertThat(output.resolve("results.md")).content().contains("## 600 sessions", "| operator | reference |");
        assertThat(Files.readString(output.resolve("results.svg")))
                .startsWith("<svg")
                .endsWith("</svg>\n");
    }
}
