package net.wawp.operator.install;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.wawp.operator.documents.Document;
import net.wawp.operator.simulator.EngineState;
import net.wawp.operator.simulator.Operation;
import net.wawp.operator.testing.kubernetes.OnKubernetes;
import net.wawp.operator.testing.kubernetes.OnKubernetes.Cluster;
import net.wawp.operator.testing.kubernetes.Program;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.Isolated;

/** Runs the commands of the pages on installing, upgrading, uninstalling and securing the operator, as they are. */
@OnKubernetes(
        needs = {Program.Helm, Program.KubeControllerManager},
        cluster = Cluster.Own)
@Execution(ExecutionMode.SAME_THREAD)
@Isolated("starts API servers and operators")
class InstallPagesIT {

    private static final Document README = Document.read("README.md");
    private static final Document INSTALL = Document.read("docs/install.md");
    private static final Document UPGRADE = Document.read("docs/upgrade.md");
    private static final Document UNINSTALL = Document.read("docs/uninstall.md");
    private static final Document SECURITY = Document.read("docs/security.md");
    private static final Document PAIRING = Document.read("docs/pairing.md");
    private static final Document SIZING = Document.read("docs/sizing.md");

    private static final String PROXY = "Wawp behind a proxy, or with certificates of your own";
    private static final List<String> LOCAL_CLUSTERS = List.of("kind", "minikube", "k3s");
    private static final String OPERATORS = "wawp-system";
    private static final String SERVICE_ACCOUNT = "system:serviceaccount:wawp-system:wawp-operator";

    /** The instance of the first sample. */
    private static final String SAMPLE_INSTANCE = "3EB0BCB2E3D1";

    private static final String SAMPLE_TOKEN = "replace-me-with-the-token-of-your-account";

    @AfterAll
    static void closeSpareCluster() {
        BareCluster.closeSpare();
    }

    @Test
    void everySectionWithCommandsIsRunHere() {
        Map<Path, List<String>> sections = Stream.of(README, INSTALL, UPGRADE, UNINSTALL, SECURITY)
                .collect(Collectors.toMap(Document::path, Document::headingsWithCommands));

        assertThat(sections)
                .containsOnly(
                        Map.entry(README.path(), List.of("kind", "minikube", "k3s", "Declare a session", "Uninstall")),
                        // the build itself runs the release
                        Map.entry(
                                INSTALL.path(),
                                List.of(
                                        "The image",
                                        "Helm",
                                        "Install without cluster rights",
                                        "Invalid ownership metadata",
                                        "OpenShift",
                                        "One manifest",
                                        "See that it works",
                                        "A second release in the same cluster",
                                        "Shards in the same cluster",
                                        "Move a namespace to another shard",
                                        PROXY)),
                        Map.entry(UPGRADE.path(), List.of("Helm", "Manifests", "From manifests to Helm", "Roll back")),
                        Map.entry(UNINSTALL.path(), List.of("Uninstall", "Finalizers without an operator")),
                        Map.entry(SECURITY.path(), List.of("A hardened values file")));
    }

    /** The lines before these make the cluster and load the image, and are not tried. */
    @Test
    void everyQuickStartEndsWithTheSameTwoCommands() {
        assertThat(LOCAL_CLUSTERS)
                .extracting(cluster -> README.commands(cluster).get(0).lines().toList())
                .allSatisfy(lines -> assertThat(lines).hasSize(5).endsWith(quickStart()));
    }

    @Test
    void theQuickStartRunsASessionAndUninstalls() throws Exception {
        try (BareCluster cluster = BareCluster.with("crm")) {
            cluster.run(quickStart()[0]);
            cluster.runPod(OPERATORS, cluster.ofThisMachine());
            cluster.run(quickStart()[1]);
            cluster.run("kubectl config set-context --current --namespace crm");
            Path resources = Path.of(cluster.run("mktemp --suffix=.yaml").strip());
            Files.writeString(
                    resources,
                    README.blocks("Declare a session", "yaml")
                            .get(0)
                            .replace("<the account's access token>", BareCluster.TOKEN));
            cluster.runUntil(
                    README.commands("Declare a session").get(0).replace("support-line.yaml", resources.toString()),
                    "support-line .*Working.*");

            run(cluster, README, "Uninstall");

            assertThat(cluster.run("kubectl get crd --output name")).isEmpty();
            assertThat(cluster.wawp().session(BareCluster.INSTANCE).state()).isEqualTo(EngineState.WORKING);
        }
    }

    private static String[] quickStart() {
        List<String> lines = README.commands("kind").get(0).lines().toList();
        return lines.subList(lines.size() - 2, lines.size()).toArray(String[]::new);
    }

    @Test
    void installedUpgradedAndUninstalledWithHelm() throws Exception {
        try (BareCluster cluster = BareCluster.with("crm")) {
            cluster.addSession(SAMPLE_INSTANCE, SAMPLE_TOKEN);
            cluster.run(INSTALL.commands("Helm").get(0));
            cluster.runPod(OPERATORS, cluster.ofThisMachine());
            seeThatItWorks(cluster);
            cluster.declareSession("crm", "pollInterval: 5s, deletionPolicy: Logout");
            cluster.awaitReady("crm", "support-line");

            List<Object> before = cluster.belongings("crm");
            cluster.run(UPGRADE.commands("Helm").get(0));
            run(cluster, UPGRADE, "Roll back");
            // its pod does not run: the page's proxy does not exist
            run(cluster, INSTALL, PROXY);
            assertThat(cluster.run("kubectl -n wawp-system get deployment wawp-operator --output yaml"))
                    .contains("name: corp-proxy")
                    .doesNotContain("password");
            run(cluster, SIZING, "What to set");
            run(cluster, PAIRING, "Before you begin");
            assertThat(cluster.run("kubectl auth can-i create secrets -n crm --as " + SERVICE_ACCOUNT))
                    .isEqualTo("yes\n");
            cluster.awaitPolls();
            assertThat(cluster.belongings("crm")).isEqualTo(before);

            run(cluster, UNINSTALL, "Uninstall");
            assertThat(cluster.run("kubectl get crd --output name")).isEmpty();
            assertThat(cluster.changes()).containsExactly(Operation.start, Operation.start);
            assertThat(cluster.wawp().session(BareCluster.INSTANCE).state()).isEqualTo(EngineState.WORKING);
        }
    }

    @Test
    void installedWithOneManifestAndMovedToHelm() throws Exception {
        try (BareCluster cluster = BareCluster.with("crm")) {
            cluster.addSession(SAMPLE_INSTANCE, SAMPLE_TOKEN);
            run(cluster, INSTALL, "One manifest");
            PodProcess first = cluster.runPod(OPERATORS, cluster.ofThisMachine());
            seeThatItWorks(cluster);
            cluster.declareSession("crm", "pollInterval: 5s, deletionPolicy: Logout");
            cluster.awaitReady("crm", "support-line");
            List<Object> before = cluster.belongings("crm");
            run(cluster, UPGRADE, "Manifests");
            cluster.run("kubectl apply --server-side -k deploy/kustomize/pairing");

            String withdraw = "kubectl delete -k deploy/kustomize/pairing";
            assertThat(UPGRADE.text()).contains("`" + withdraw + "`");
            cluster.run(withdraw);
            run(cluster, UPGRADE, "From manifests to Helm");
            assertThat(cluster.run("kubectl get clusterrolebindings,validatingadmissionpolicies --output name"))
                    .doesNotContain("wawp-operator-pairing");
            assertThat(cluster.end(first, OPERATORS)).as(first.log()).isZero();
            cluster.runPod(OPERATORS, cluster.ofThisMachine());

            cluster.awaitPolls();
            assertThat(cluster.belongings("crm")).isEqualTo(before);
            assertThat(cluster.changes()).containsExactly(Operation.start, Operation.start);
        }
    }

    @Test
    void aCrdThatSomebodyElseHasInstalledHasTwoWaysOut() {
        try (BareCluster cluster = BareCluster.with()) {
            List<String> ways = INSTALL.commands("Invalid ownership metadata");
            cluster.run("kubectl apply --server-side -f crds/whatsappsessions.wawp.net.yaml");

            assertThat(cluster.refused(INSTALL.commands("Helm").get(0))).contains("invalid ownership metadata");
            cluster.run(ways.get(0));

            // the CRD stays, and belongs to the release that is gone
            cluster.run("helm uninstall wawp-operator --namespace wawp-system");
            assertThat(cluster.refused(
                            INSTALL.commands("Helm").get(0).replace("install wawp-operator", "install sessions")))
                    .contains("invalid ownership metadata");
            cluster.run(ways.get(1).replace("install wawp-operator", "install sessions"));
            cluster.run("helm uninstall sessions --namespace wawp-system");
            cluster.run(ways.get(0).replace("install wawp-operator", "install sessions"));

            cluster.run("helm uninstall sessions --namespace wawp-system");
            cluster.run(INSTALL.commands("OpenShift").get(0).strip() + " --take-ownership --force-conflicts");
            assertThat(cluster.run("kubectl -n wawp-system get deployment wawp-operator --output yaml"))
                    .doesNotContain("runAsUser", "fsGroup");
        }
    }

    @Test
    void allRightsInTheNamespacesAreEnoughToInstallForThem() throws Exception {
        try (BareCluster cluster = BareCluster.with("crm", OPERATORS)) {
            List<String> commands = INSTALL.commands("Install without cluster rights");
            cluster.run(commands.get(0));
            String install = commands.get(1).strip() + " --kube-as-user installer";

            allow(cluster, "admin", "create rolebindings");
            assertThat(cluster.refused(install)).contains("is attempting to grant RBAC permissions not currently held");
            cluster.run("helm uninstall wawp-operator --namespace wawp-system");

            allow(cluster, "cluster-admin", "'*' '*'");
            cluster.run(install);
            cluster.runPod(OPERATORS, cluster.ofThisMachine());
            cluster.declareSession("crm", "pollInterval: 5s");
            cluster.awaitReady("crm", "support-line");

            String pairing = PAIRING.commands("Before you begin").get(0).strip() + " --kube-as-user installer";
            assertThat(cluster.refused(pairing)).contains("validatingadmissionpolicies", "forbidden");
            cluster.run(pairing + " --set pairing.admissionPolicy=false");
            cluster.run(commands.get(2));
            await("the policy is in force some moments after it was made")
                    .atMost(BareCluster.TIMEOUT)
                    .untilAsserted(() -> assertThat(
                                    cluster.run("kubectl -n crm create secret generic stolen --dry-run=server --as "
                                            + SERVICE_ACCOUNT + " 2>&1 || true"))
                            .contains("the operator may write and delete only Secrets"));
        }
    }

    @Test
    void theCrdIsUpgradedAloneWhereNoReleaseHasIt() {
        try (BareCluster cluster = BareCluster.with()) {
            String crdAlone = UPGRADE.commands("Helm").get(1);

            cluster.run(crdAlone);
            cluster.run("helm install wawp-operator helm/wawp-operator --set crds.enabled=false");
            cluster.run(crdAlone);

            assertThat(cluster.run("kubectl get crd whatsappsessions.wawp.net --show-managed-fields --output yaml"))
                    .contains("manager: kubectl")
                    .doesNotContain("manager: helm");
        }
    }

    @Test
    void twoReleasesServeTheirOwnNamespacesOnly() throws Exception {
        try (BareCluster cluster = BareCluster.with()) {
            run(cluster, INSTALL, "A second release in the same cluster");
            PodProcess crm = cluster.runPod("wawp-crm", cluster.ofThisMachine());
            PodProcess shop = cluster.runPod("wawp-shop", cluster.ofThisMachine());
            cluster.declareSession("crm", "pollInterval: 5s");
            cluster.awaitReady("crm", "support-line");
            cluster.addSession(SAMPLE_INSTANCE, SAMPLE_TOKEN);
            cluster.run(
                    "kubectl -n shop apply -f deploy/samples/credentials.yaml -f deploy/samples/1-start-and-scan.yaml");
            cluster.awaitReady("shop", "welcome-line");

            assertThat(crm.log() + shop.log()).doesNotContain("\"level\":\"ERROR\"", "forbidden");
            assertThat(cluster.writers("crm", "support-line"))
                    .containsExactly("system:serviceaccount:wawp-crm:wawp-operator");
            assertThat(cluster.writers("shop", "welcome-line"))
                    .containsExactly("system:serviceaccount:wawp-shop:wawp-operator");

            List<Object> before = cluster.belongings("crm");
            cluster.run("helm uninstall wawp-operator --namespace wawp-shop");
            assertThat(cluster.end(shop, "wawp-shop")).as(shop.log()).isZero();
            cluster.awaitPolls();
            assertThat(cluster.belongings("crm")).isEqualTo(before);
            assertThat(cluster.session("shop", "welcome-line").get()).isNotNull();
            assertThat(cluster.changes()).containsExactly(Operation.start, Operation.start);
        }
    }

    @Test
    void aNamespaceMovesToAnotherShardAndNothingIsCalledForThat() throws Exception {
        try (BareCluster cluster = BareCluster.with("crm")) {
            run(cluster, INSTALL, "Shards in the same cluster");
            List<PodProcess> pods = List.of(
                    cluster.runPod(OPERATORS, cluster.ofThisMachine()),
                    cluster.runPod(OPERATORS, cluster.ofThisMachine()));
            cluster.declareSession("crm", "pollInterval: 5s");
            cluster.awaitReady("crm", "support-line");
            cluster.requestLogoutOnDeletion("crm");
            assertThat(cluster.writers("crm", "support-line")).containsExactly(SERVICE_ACCOUNT);
            List<Object> before = cluster.belongings("crm");

            run(cluster, INSTALL, "Move a namespace to another shard");

            cluster.awaitPolls();
            assertThat(cluster.belongings("crm")).isEqualTo(before);
            cluster.run("kubectl -n crm patch was support-line --type merge -p '{\"spec\":{\"pollInterval\":\"6s\"}}'");
            await().untilAsserted(() ->
                    assertThat(cluster.writers("crm", "support-line")).contains(SERVICE_ACCOUNT + "-eu"));
            assertThat(cluster.changes()).containsExactly(Operation.start);
            assertThat(pods.get(0).log() + pods.get(1).log()).doesNotContain("\"level\":\"ERROR\"", "forbidden");
        }
    }

    @Test
    void theHardenedValuesAllowOneSessionAndRefuseOthers() throws Exception {
        try (BareCluster cluster = BareCluster.with("crm")) {
            run(cluster, SECURITY, "A hardened values file");
            cluster.runPod(OPERATORS, cluster.ofThisMachine());
            String pod = cluster.run("kubectl -n wawp-system get pods --output yaml");
            assertThat(pod).contains("image: registry.example.com/wawp-operator:");

            assertThat(mayRead(cluster, "wawp-credentials")).isEqualTo("yes");
            assertThat(mayRead(cluster, "another-secret")).isEqualTo("no");
            cluster.run("kubectl annotate namespace crm wawp.net/allowed-instances=" + BareCluster.INSTANCE);
            cluster.declareSession("crm", "instanceId: " + BareCluster.INSTANCE + ", pollInterval: 30s");
            cluster.awaitReady("crm", "support-line");

            assertThat(cluster.refused("kubectl -n crm apply -f deploy/samples/1-start-and-scan.yaml"))
                    .contains(SAMPLE_INSTANCE, "wawp.net/allowed-instances");
        }
    }

    @Test
    void ourFinalizerIsRemovedByHandWithoutAnOperatorAndThatOfAnotherStays() {
        try (BareCluster cluster = BareCluster.with("crm")) {
            run(cluster, INSTALL, "One manifest");
            cluster.run("kubectl wait --for=condition=Established crd/whatsappsessions.wawp.net");
            cluster.run("kubectl delete -f deploy/operator.yaml");
            beingDeleted(cluster, "\"example.com/hold\",\"wawp.net/session\"");
            String command =
                    UNINSTALL.commands("Finalizers without an operator").get(0);

            cluster.refused(command);
            assertThat(finalizers(cluster)).containsExactly("example.com/hold", "wawp.net/session");

            cluster.run(command.replace("finalizers/0", "finalizers/1"));
            assertThat(finalizers(cluster)).containsExactly("example.com/hold");

            cluster.run(command.replace("wawp.net/session", "example.com/hold"));
            beingDeleted(cluster, "\"wawp.net/session\"");

            run(cluster, UNINSTALL, "Finalizers without an operator");

            assertThat(cluster.session("crm", "support-line").get()).isNull();
            assertThat(cluster.changes()).isEmpty();
        }
    }

    /** What the API server says about the operator and a Secret of the namespace that it serves. */
    private static String mayRead(BareCluster cluster, String secret) {
        return cluster.run(
                        "kubectl -n crm auth can-i get secrets/%s --as %s || true".formatted(secret, SERVICE_ACCOUNT))
                .strip();
    }

    /** A new session that somebody has deleted, and that these finalizers hold. */
    private static void beingDeleted(BareCluster cluster, String finalizers) {
        cluster.declareSession("crm", "pollInterval: 5s, deletionPolicy: Logout");
        cluster.run("""
                kubectl -n crm patch whatsappsession support-line --type merge -p '{"metadata":{"finalizers":[%s]}}'
                kubectl -n crm delete whatsappsession support-line --wait=false
                """.formatted(finalizers));
        assertThat(cluster.session("crm", "support-line").get()).isNotNull();
    }

    private static List<String> finalizers(BareCluster cluster) {
        return cluster.session("crm", "support-line").get().getMetadata().getFinalizers();
    }

    /** Gives the user {@code installer} this role in both namespaces, and waits until the API server knows of that by a right that it brings. */
    private static void allow(BareCluster cluster, String role, String right) {
        cluster.run("""
                kubectl -n crm create rolebinding %1$s --clusterrole=%1$s --user=installer
                kubectl -n wawp-system create rolebinding %1$s --clusterrole=%1$s --user=installer
                """.formatted(role));
        for (String namespace : List.of("crm", OPERATORS)) {
            await().atMost(BareCluster.TIMEOUT).until(() -> cluster.run(
                            "kubectl -n %s auth can-i %s --as installer || true".formatted(namespace, right))
                    .strip()
                    .equals("yes"));
        }
    }

    private static void seeThatItWorks(BareCluster cluster) throws Exception {
        cluster.runUntil(String.join("", INSTALL.commands("See that it works")), "welcome-line .*Working.*");
    }

    private static void run(BareCluster cluster, Document page, String heading) {
        page.commands(heading).forEach(cluster::run);
    }
}
