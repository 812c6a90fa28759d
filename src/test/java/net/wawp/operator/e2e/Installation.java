package net.wawp.operator.e2e;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBinding;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.wawp.operator.testing.kubernetes.AuditEvent;
import net.wawp.operator.testing.kubernetes.KubernetesCluster;

/**
 * The chart, installed in a namespace by Helm, with no pod: there are no nodes. A process with the token of its service account takes the
 * pod's place.
 *
 * @param namespace of the release, where the Lease is too
 */
record Installation(KubernetesCluster cluster, String namespace) {

    private static final String RELEASE = "wawp-operator";
    private static final String NAMESPACE = "wawp-system"; // as the documents name it
    private static final String SERVICE_ACCOUNT = "wawp-operator";

    /** A right to do something, in words: {@code update wawp.net/whatsappsessions/status}. */
    private static String right(String verb, String group, String resource) {
        return verb + " " + (group.isEmpty() ? "core" : group) + "/" + resource;
    }

    static Installation on(KubernetesCluster cluster) {
        cluster.installCrd();
        cluster.helm(
                        "install",
                        RELEASE,
                        "helm/wawp-operator",
                        "--namespace",
                        NAMESPACE,
                        "--create-namespace",
                        "--set",
                        "crds.enabled=false,replicas=0,pairing.enabled=true")
                .orThrow();
        return new Installation(cluster, NAMESPACE);
    }

    /** Access with the rights of the chart's service account, and nothing else. */
    Path kubeconfig() {
        return cluster.kubeconfigOf(namespace, SERVICE_ACCOUNT);
    }

    /** How the audit log names the operator. */
    String user() {
        return "system:serviceaccount:" + namespace + ":" + SERVICE_ACCOUNT;
    }

    /** What the roles that are bound to the service account allow. */
    Set<String> granted() {
        List<HasMetadata> manifests = manifests();
        Set<String> roles = Stream.concat(
                        those(ClusterRoleBinding.class, manifests).map(ClusterRoleBinding::getRoleRef),
                        those(RoleBinding.class, manifests).map(RoleBinding::getRoleRef))
                .map(reference -> reference.getKind() + " " + reference.getName())
                .collect(Collectors.toSet());
        Set<String> rights = new TreeSet<>();
        Stream.concat(
                        those(ClusterRole.class, manifests)
                                .filter(role -> roles.contains("ClusterRole " + name(role)))
                                .map(ClusterRole::getRules),
                        those(Role.class, manifests)
                                .filter(role -> roles.contains("Role " + name(role)))
                                .map(Role::getRules))
                .flatMap(Collection::stream)
                .forEach(rule -> rights.addAll(rights(rule)));
        return rights;
    }

    /** What the operator has done that takes a right of its own, not one that every user of a cluster has. */
    Set<String> used() {
        return requests()
                .filter(AuditEvent::succeeded)
                .map(Installation::right)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** What the operator wanted to do and was not allowed to. */
    Set<String> refused() {
        return requests()
                .filter(request -> request.code() == 403)
                // nothing may be created in a namespace that is being deleted, whatever rights there are
                .filter(request ->
                        !request.verb().equals("create") || !request.resource().equals("events"))
                .map(Installation::right)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private Stream<AuditEvent> requests() {
        return cluster.audit().events().stream()
                .filter(request -> request.user().equals(user()))
                .filter(request -> !request.resource().isEmpty());
    }

    private static String right(AuditEvent request) {
        String resource =
                request.subresource().isEmpty() ? request.resource() : request.resource() + "/" + request.subresource();
        return right(request.verb(), request.group(), resource);
    }

    private static Set<String> rights(PolicyRule rule) {
        Set<String> rights = new TreeSet<>();
        for (String group : rule.getApiGroups()) {
            for (String resource : rule.getResources()) {
                rule.getVerbs().forEach(verb -> rights.add(right(verb, group, resource)));
            }
        }
        return rights;
    }

    private List<HasMetadata> manifests() {
        String yaml = cluster.helm("get", "manifest", RELEASE, "--namespace", namespace)
                .orThrow()
                .output();
        return cluster.client()
                .load(new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8)))
                .items();
    }

    private static <T> Stream<T> those(Class<T> kind, List<HasMetadata> manifests) {
        return manifests.stream().filter(kind::isInstance).map(kind::cast);
    }

    private static String name(HasMetadata object) {
        return object.getMetadata().getName();
    }
}
