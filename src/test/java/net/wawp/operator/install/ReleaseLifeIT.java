package net.wawp.operator.install;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import net.wawp.operator.simulator.Operation;
import net.wawp.operator.testing.kubernetes.OnKubernetes;
import net.wawp.operator.testing.kubernetes.OnKubernetes.Cluster;
import net.wawp.operator.testing.kubernetes.Program;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A release from its installation to its end, on a cluster without the operator. The operator runs as the release's pod says. */
@OnKubernetes(
        needs = {Program.Helm, Program.KubeControllerManager},
        cluster = Cluster.Own)
@Execution(ExecutionMode.SAME_THREAD)
@Isolated("starts API servers and operators")
class ReleaseLifeIT {

    private static final String CHART = HelmChart.DIRECTORY.toString();
    /** The chart as it was first committed. */
    private static final String FIRST_CHART = "src/test/resources/upgrade/wawp-operator-first.tgz";

    private static final String OPERATORS = "wawp-system";

    @AfterAll
    static void closeSpareCluster() {
        BareCluster.closeSpare();
    }

    @ParameterizedTest
    @CsvSource({
        "default, ''",
        "crm, '--set watchNamespaces={crm},shard.name=eu'",
        "crm, '--values helm/wawp-operator/hardened.yaml --set replicas=1,guardRails.secrets.names={wawp-*}'"
    })
    void theCommandsOfTheNotesBringASessionToReadyAndUninstallingLeavesItAlone(String namespace, String scope)
            throws Exception {
        try (BareCluster cluster = BareCluster.with("crm")) {
            String notes = cluster.run(helm(cluster, "install", CHART) + " --create-namespace " + scope);
            assertThat(notes.contains("WARNING: image.registry is empty"))
                    .as("a warning where no registry is set: %s", notes)
                    .isEqualTo(!scope.contains("hardened"));
            String shard = scope.contains("shard.name=eu") ? "-eu" : "";
            List<String> next = nextCommands(notes);
            PodProcess operator = cluster.runPod(OPERATORS);

            assertThat(next).hasSizeBetween(3, 4);
            assertThat(cluster.run(next.get(0))).contains("successfully rolled out");
            // what a person pastes, with the line's end
            cluster.run("echo " + BareCluster.TOKEN + " | " + next.get(1).strip());
            for (String more : next.subList(2, next.size() - 1)) {
                cluster.run(more);
            }
            cluster.runUntil(next.get(next.size() - 1), "support-line .*Working.*");
            cluster.requestLogoutOnDeletion(namespace);
            List<Object> before = cluster.belongings(namespace);
            assertThat(cluster.changes()).containsExactly(Operation.start);
            CompletableFuture<String> test = CompletableFuture.supplyAsync(
                    () -> cluster.run("helm test wawp-operator --namespace wawp-system --timeout 2m"),
                    task -> new Thread(task, "helm-test").start());
            cluster.runTestOf(operator, OPERATORS);
            assertThat(test.join()).contains("Phase:          Succeeded");

            cluster.run("helm uninstall wawp-operator --namespace wawp-system");

            assertThat(cluster.end(operator, OPERATORS)).as(operator.log()).isZero();
            assertThat(cluster.belongings(namespace)).isEqualTo(before);
            assertThat(cluster.changes()).containsExactly(Operation.start);
            assertThat(cluster.run("kubectl -n wawp-system get leases --output name"))
                    .isEqualToIgnoringNewLines("lease.coordination.k8s.io/wawp-operator" + shard);
            assertThat(
                            cluster.run(
                                    "kubectl get clusterroles,clusterrolebindings,roles,rolebindings,serviceaccounts,services"
                                            + " --all-namespaces --output name --selector app.kubernetes.io/name=wawp-operator"))
                    .isEmpty();
        }
    }

    @Test
    void anUpgradeFromTheFirstChartAndTheWayBackKeepEverything() throws Exception {
        try (BareCluster cluster = BareCluster.with("crm")) {
            cluster.run(helm(cluster, "install", FIRST_CHART) + " --create-namespace");
            // the operator of that time renewed its Lease with another verb than the one that runs here
            cluster.run("""
                    kubectl -n wawp-system create role renews --verb=patch --resource=leases.coordination.k8s.io
                    kubectl -n wawp-system create rolebinding renews --role=renews --serviceaccount=wawp-system:wawp-operator
                    """);
            PodProcess first = cluster.runPod(OPERATORS);
            cluster.declareSession("crm", "pollInterval: 5s, deletionPolicy: Logout");
            cluster.awaitReady("crm", "support-line");
            List<Object> before = cluster.belongings("crm");

            cluster.run(helm(cluster, "upgrade", CHART));
            PodProcess second = cluster.runPod(OPERATORS);

            assertThat(cluster.end(first, OPERATORS)).as(first.log()).isZero();
            cluster.awaitPolls();
            assertThat(cluster.belongings("crm")).isEqualTo(before);

            cluster.run("helm rollback wawp-operator --namespace wawp-system");
            PodProcess third = cluster.runPod(OPERATORS);

            assertThat(cluster.end(second, OPERATORS)).as(second.log()).isZero();
            cluster.awaitPolls();
            assertThat(cluster.belongings("crm")).isEqualTo(before);
            assertThat(first.log() + second.log() + third.log()).doesNotContain("\"level\":\"ERROR\"");
            assertThat(cluster.changes()).containsExactly(Operation.start);
        }
    }

    /** The commands of the NOTES, at least one for each numbered step. */
    private static List<String> nextCommands(String notes) {
        return Pattern.compile("^\\d\\. .*:$", Pattern.MULTILINE)
                .splitAsStream(notes)
                .skip(1)
                .map(commands -> commands.replace("YOUR_INSTANCE", BareCluster.INSTANCE))
                .toList();
    }

    /** Installs or upgrades a release with the settings that this machine needs. */
    private static String helm(BareCluster cluster, String verb, String chart) {
        return "helm %s wawp-operator %s --namespace %s --set wawp.baseUrl=%s"
                .formatted(verb, chart, OPERATORS, cluster.wawp().baseUrl());
    }
}
