package net.wawp.operator.bench;

import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import net.wawp.operator.api.v1alpha1.CredentialsSecretRef;
import net.wawp.operator.api.v1alpha1.DesiredState;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;
import net.wawp.operator.api.v1alpha1.WhatsAppSessionSpec;

/** The sessions: a thousand to a namespace, which shares a Secret and so a token. Each of them works at Wawp. */
final class Fleet {

    static final int TO_A_NAMESPACE = 1_000;
    private static final int WRITERS = 8;
    private static final String SECRET = "wawp-credentials";

    private final KubernetesClient kubernetes;
    private final SimulatorProcess wawp;
    private int size;
    private int extras;

    Fleet(KubernetesClient kubernetes, SimulatorProcess wawp) {
        this.kubernetes = kubernetes;
        this.wawp = wawp;
    }

    /** Makes it larger. */
    void growTo(int wanted) throws IOException, InterruptedException {
        List<SimulatorProcess.NewInstance> instances = new ArrayList<>();
        List<Callable<Object>> writes = new ArrayList<>();
        for (int number = size; number < wanted; number++) {
            if (number % TO_A_NAMESPACE == 0) {
                createNamespace(namespace(number));
            }
            instances.add(instance(instanceId(number), namespace(number)));
            int created = number;
            writes.add(() -> create(namespace(created), "line-%06d".formatted(created), instanceId(created)));
        }
        wawp.add(instances);
        ExecutorService writers = Executors.newFixedThreadPool(WRITERS);
        try {
            for (Future<Object> write : writers.invokeAll(writes)) {
                write.get();
            }
        } catch (ExecutionException e) {
            throw new IOException(e.getCause());
        } finally {
            writers.shutdown();
        }
        size = Math.max(size, wanted);
    }

    /** Instances for resources that are yet to be created, which {@link #createExtra} takes one after the other. */
    List<String> prepareExtras(int count) throws IOException {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ids.add("E%011d".formatted(extras++));
        }
        wawp.add(ids.stream().map(id -> instance(id, namespace(0))).toList());
        return ids;
    }

    void createExtra(String instanceId) {
        create(namespace(0), name(instanceId), instanceId);
    }

    void deleteExtras(List<String> instanceIds) {
        for (String id : instanceIds) {
            kubernetes
                    .resources(WhatsAppSession.class)
                    .inNamespace(namespace(0))
                    .withName(name(id))
                    .delete();
        }
    }

    private static String name(String instanceId) {
        return "extra-" + instanceId.toLowerCase(java.util.Locale.ROOT);
    }

    static String namespace(int number) {
        return "fleet-%03d".formatted(number / TO_A_NAMESPACE);
    }

    static String instanceId(int number) {
        return "B%011d".formatted(number);
    }

    private static SimulatorProcess.NewInstance instance(String id, String namespace) {
        return new SimulatorProcess.NewInstance(id, "token-of-" + namespace, "WORKING");
    }

    private void createNamespace(String name) {
        kubernetes
                .namespaces()
                .resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .endMetadata()
                        .build())
                .create();
        kubernetes
                .secrets()
                .resource(new SecretBuilder()
                        .withNewMetadata()
                        .withName(SECRET)
                        .withNamespace(name)
                        .endMetadata()
                        .withStringData(Map.of("access_token", "token-of-" + name))
                        .build())
                .create();
    }

    /** As a GitOps tool applies it: with labels, and with an annotation that repeats the manifest. */
    private WhatsAppSession create(String namespace, String name, String instanceId) {
        ObjectMeta meta = new ObjectMetaBuilder()
                .withNamespace(namespace)
                .withName(name)
                .addToLabels("app.kubernetes.io/instance", namespace)
                .addToLabels("app.kubernetes.io/managed-by", "Helm")
                .addToAnnotations("kubectl.kubernetes.io/last-applied-configuration", """
                        {"apiVersion":"wawp.net/v1alpha1","kind":"WhatsAppSession","metadata":{"annotations":{},"labels":\
                        {"app.kubernetes.io/instance":"%s","app.kubernetes.io/managed-by":"Helm"},"name":"%s","namespace":"%s"},\
                        "spec":{"credentialsSecretRef":{"name":"%s"},"desiredState":"Running","instanceId":"%s"}}
                        """.formatted(
                                namespace, name, namespace, SECRET, instanceId))
                .build();
        WhatsAppSession resource = new WhatsAppSession();
        resource.setMetadata(meta);
        resource.setSpec(WhatsAppSessionSpec.builder()
                .desiredState(DesiredState.Running)
                .instanceId(instanceId)
                .credentialsSecretRef(new CredentialsSecretRef(SECRET, null, null))
                .build());
        return kubernetes.resource(resource).create();
    }
}
