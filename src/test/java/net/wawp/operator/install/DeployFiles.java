package net.wawp.operator.install;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** The manifests under {@code deploy/}: the chart with its defaults, for those who do not use Helm. */
final class DeployFiles {

    static final Path DIRECTORY = Path.of("deploy");
    static final Path KUSTOMIZE = DIRECTORY.resolve("kustomize");
    static final Path MONITORING = DIRECTORY.resolve("monitoring");

    private static final String HEADER = "# Rendered from helm/wawp-operator by: " + GeneratedFiles.COMMAND + "\n";
    private static final Set<String> LABELS_OF_HELM = Set.of("helm.sh/chart", "app.kubernetes.io/managed-by");
    private static final Set<String> OF_THE_CLUSTER = Set.of("ClusterRole", "ClusterRoleBinding");

    /** The namespace enforces the restricted standard, because the pods meet it. */
    private static final JsonNode NAMESPACE = Yaml.read("""
            apiVersion: v1
            kind: Namespace
            metadata:
              name: wawp-system
              labels:
                pod-security.kubernetes.io/enforce: restricted
            """);

    private DeployFiles() {}

    static Map<Path, String> render(HelmChart chart) {
        List<JsonNode> everything = objects(chart, "crds: {keep: false}");
        List<JsonNode> crd = only(everything, DeployFiles::isCrd);
        List<JsonNode> operator = only(everything, object -> !isCrd(object));
        List<JsonNode> inOneNamespace = objects(chart, "{crds: {enabled: false}, watchNamespaces: [wawp-system]}");
        List<JsonNode> pairing = only(
                objects(chart, "{crds: {enabled: false}, pairing: {enabled: true}}"),
                object -> !operator.contains(object));
        Predicate<JsonNode> isSessionRole =
                object -> isNamed(object, "Role", "wawp-operator") || isNamed(object, "RoleBinding", "wawp-operator");

        Map<Path, String> files = new LinkedHashMap<>();
        files.put(
                DIRECTORY.resolve("install.yaml"),
                file(Stream.of(List.of(NAMESPACE), crd, operator).flatMap(List::stream)));
        files.put(DIRECTORY.resolve("operator.yaml"), file(operator.stream()));
        files.put(
                KUSTOMIZE.resolve("base/operator.yaml"),
                file(only(operator, object -> !OF_THE_CLUSTER.contains(kind(object))).stream()
                        .map(DeployFiles::withoutNamespace)));
        files.put(KUSTOMIZE.resolve("cluster/crd.yaml"), file(crd.stream()));
        files.put(KUSTOMIZE.resolve("cluster/namespace.yaml"), file(Stream.of(NAMESPACE)));
        files.put(
                KUSTOMIZE.resolve("cluster/rbac.yaml"),
                file(only(operator, object -> OF_THE_CLUSTER.contains(kind(object))).stream()
                        .map(DeployFiles::withoutNamespace)));
        files.put(
                KUSTOMIZE.resolve("namespace/rbac.yaml"),
                file(only(inOneNamespace, isSessionRole).stream().map(DeployFiles::withoutNamespace)));
        JsonNode rules = only(objects(chart, "{metrics: {prometheusRule: {enabled: true}}}"), object -> kind(object)
                        .equals("PrometheusRule"))
                .get(0)
                .get("spec");
        files.put(MONITORING.resolve("alerts.yaml"), file(Stream.of(rules)));
        files.put(
                KUSTOMIZE.resolve("pairing/rbac.yaml"),
                // another kustomization has the service account, so its namespace is named
                file(only(pairing, object -> OF_THE_CLUSTER.contains(kind(object))).stream()));
        files.put(
                KUSTOMIZE.resolve("pairing/policy.yaml"),
                file(only(pairing, object -> !OF_THE_CLUSTER.contains(kind(object))).stream()));
        return files;
    }

    private static List<JsonNode> objects(HelmChart chart, String values) {
        List<JsonNode> objects = chart.render("wawp-system", Yaml.read(values), "--skip-tests");
        objects.forEach(object -> object.findParents("app.kubernetes.io/managed-by")
                .forEach(labels -> ((ObjectNode) labels).remove(LABELS_OF_HELM)));
        return objects;
    }

    private static List<JsonNode> only(List<JsonNode> objects, Predicate<JsonNode> which) {
        return objects.stream().filter(which).toList();
    }

    private static String file(Stream<JsonNode> objects) {
        return HEADER + Yaml.writeAll(objects.toList());
    }

    /** Kustomize sets the namespace that the user chooses; in a binding's subjects only where there is none. */
    private static JsonNode withoutNamespace(JsonNode object) {
        JsonNode copy = object.deepCopy();
        copy.findParents("namespace").forEach(parent -> ((ObjectNode) parent).remove("namespace"));
        return copy;
    }

    private static boolean isCrd(JsonNode object) {
        return kind(object).equals("CustomResourceDefinition");
    }

    private static boolean isNamed(JsonNode object, String kind, String name) {
        return kind(object).equals(kind) && object.at("/metadata/name").asText().equals(name);
    }

    private static String kind(JsonNode object) {
        return object.get("kind").asText();
    }
}
