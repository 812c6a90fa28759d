package net.wawp.operator.e2e;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import net.wawp.operator.api.v1alpha1.Condition;
import net.wawp.operator.api.v1alpha1.CredentialsSecretRef;
import net.wawp.operator.api.v1alpha1.DeletionPolicy;
import net.wawp.operator.api.v1alpha1.DesiredState;
import net.wawp.operator.api.v1alpha1.Recovery;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;
import net.wawp.operator.api.v1alpha1.WhatsAppSessionSpec;
import net.wawp.operator.simulator.Call;
import net.wawp.operator.simulator.EngineState;
import net.wawp.operator.simulator.Operation;
import net.wawp.operator.simulator.SimulatedSession;
import net.wawp.operator.simulator.WawpSimulator;
import net.wawp.operator.status.Conditions;

/**
 * A phone line: an instance at Wawp that works, a Secret for it, and the resources that name it, one after the other. Every other line has its
 * instance id in the Secret.
 */
final class Line {

    private static final String SHORTEST_TIMEOUT = "10s";

    private final KubernetesClient client;
    private final WawpSimulator wawp;
    private final String namespace;
    private final int number;
    private final Supplier<Map<String, String>> labels;
    private final SimulatedSession session;

    Line(OperatedCluster cluster, String namespace, int number) {
        this(cluster, namespace, number, Map::of);
    }

    /** @param labels gives those of the next resource */
    Line(OperatedCluster cluster, String namespace, int number, Supplier<Map<String, String>> labels) {
        this.labels = labels;
        this.client = cluster.kubernetes().client();
        this.wawp = cluster.wawp();
        this.namespace = namespace;
        this.number = number;
        this.session = wawp.add("11NE%08d".formatted(number), SessionFixture.TOKEN);
        session.put(EngineState.WORKING);
    }

    String instanceId() {
        return session.instanceId();
    }

    /** The session as it is at Wawp. */
    SimulatedSession session() {
        return session;
    }

    String namespace() {
        return namespace;
    }

    private String secretName() {
        return "line-" + number;
    }

    private boolean hasIdInSecret() {
        return number % 2 == 0;
    }

    void putSecret() {
        Map<String, String> data = new LinkedHashMap<>(Map.of("access_token", SessionFixture.TOKEN));
        if (hasIdInSecret()) {
            data.put("instance_id", instanceId());
        }
        client.secrets()
                .inNamespace(namespace)
                .resource(new SecretBuilder()
                        .withMetadata(
                                new ObjectMetaBuilder().withName(secretName()).build())
                        .withStringData(data)
                        .build())
                .create();
    }

    void deleteSecret() {
        client.secrets().inNamespace(namespace).withName(secretName()).delete();
    }

    /** A resource of this line that no API server knows yet. */
    WhatsAppSession draft(String name, DesiredState desired, DeletionPolicy policy) {
        WhatsAppSession resource = new WhatsAppSession();
        resource.setMetadata(new ObjectMetaBuilder()
                .withName(name)
                .withNamespace(namespace)
                .withLabels(labels.get())
                .build());
        WhatsAppSessionSpec.Builder spec = WhatsAppSessionSpec.builder()
                .desiredState(desired)
                .deletionPolicy(policy)
                .recovery(new Recovery(SHORTEST_TIMEOUT, 3))
                .credentialsSecretRef(new CredentialsSecretRef(secretName()));
        resource.setSpec((hasIdInSecret() ? spec : spec.instanceId(instanceId())).build());
        return resource;
    }

    WhatsAppSession create(String name, DesiredState desired, DeletionPolicy policy) {
        return client.resource(draft(name, desired, policy)).create();
    }

    Resource<WhatsAppSession> at(String name) {
        return client.resources(WhatsAppSession.class).inNamespace(namespace).withName(name);
    }

    boolean isGone(String name) {
        return at(name).get() == null;
    }

    /** The reason of the condition Ready, once the present generation has been judged. */
    Optional<String> reason(String name) {
        return Optional.ofNullable(at(name).get())
                .filter(found -> found.getMetadata()
                        .getGeneration()
                        .equals(found.getStatus().observedGeneration()))
                .flatMap(found -> Conditions.find(found.getStatus().conditions(), Conditions.READY))
                .map(Condition::reason);
    }

    /** What Wawp was asked about this line since then, changing calls alone. */
    List<Call> changes(long sinceNumber) {
        return wawp.ledger().callsAfter(sinceNumber).stream()
                .filter(call -> call.instanceId().equalsIgnoreCase(instanceId()))
                .filter(call -> call.operation()
                        .filter(operation -> operation != Operation.info)
                        .isPresent())
                .toList();
    }

    @Override
    public String toString() {
        return "line " + number + " (" + instanceId() + ")";
    }
}
