package net.wawp.operator.controller;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseSpec;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;
import net.wawp.operator.api.v1alpha1.WhatsAppSessionSpec;
import net.wawp.operator.controller.InstanceClaims.Claim;
import net.wawp.operator.controller.InstanceClaims.Validity;
import net.wawp.operator.kubernetes.RequestLanes;
import net.wawp.operator.kubernetes.UnretriedClient;

/**
 * {@link InstanceLeases} by a Lease for each instance, whose holder is the resource that acted first. Until one has, the instance belongs to the
 * oldest resource that is bound to it. The Lease stays when its holder is gone, and the next one takes it over. Every write names the version that it replaces.
 */
public final class KubernetesInstanceLeases implements InstanceLeases {

    private static final String PREFIX = "wawp-instance-";
    private static final int HASH_BYTES = 16;
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private final KubernetesClient client;
    private final String namespace;
    private final String shardLabel;
    private final Optional<String> shard;
    private final boolean watchesAllNamespaces;
    private final Clock clock;

    /** An instance is always in the same lane, so it never has two claims under way. */
    private final RequestLanes lanes = new RequestLanes("instance-leases");

    /**
     * @param namespace of the Leases: the same for all operators of a cluster
     * @param shardLabel the label of a Lease that names the shard of the operator which wrote it, for people to read
     * @param shard of this operator
     * @param watchesAllNamespaces whether this operator may list the resources of all namespaces
     * @param clock what people read
     */
    public KubernetesInstanceLeases(
            KubernetesClient client,
            String namespace,
            String shardLabel,
            Optional<String> shard,
            boolean watchesAllNamespaces,
            Clock clock) {
        this(client, namespace, shardLabel, shard, watchesAllNamespaces, clock, TIMEOUT);
    }

    /** @param timeout after which a request without an answer fails */
    KubernetesInstanceLeases(
            KubernetesClient client,
            String namespace,
            String shardLabel,
            Optional<String> shard,
            boolean watchesAllNamespaces,
            Clock clock,
            Duration timeout) {
        this.client = UnretriedClient.of(client, timeout);
        this.namespace = namespace;
        this.shardLabel = shardLabel;
        this.shard = shard;
        this.watchesAllNamespaces = watchesAllNamespaces;
        this.clock = clock;
    }

    /** The name of an instance's Lease; an instance id may come from a Secret, and need not be a valid name. */
    static String name(String instanceId) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256")
                    .digest(instanceId.toLowerCase(Locale.ROOT).getBytes(StandardCharsets.UTF_8));
            return PREFIX + HexFormat.of().formatHex(Arrays.copyOf(hash, HASH_BYTES));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java runtime has SHA-256", e);
        }
    }

    @Override
    public CompletionStage<Optional<Claimant>> claim(
            String instanceId, Claimant resource, Set<Claimant> competing, BooleanSupplier isWanted) {
        return begin(instanceId, () -> {
            if (!isWanted.getAsBoolean()) {
                throw new CancellationException("The claim had to wait until nobody wanted it any more");
            }
            return claimNow(instanceId, resource, competing);
        });
    }

    @Override
    public CompletionStage<Optional<Claimant>> other(String instanceId, Claimant resource, Set<Claimant> competing) {
        return begin(instanceId, () -> other(find(instanceId), instanceId, resource, competing));
    }

    @Override
    public void close() {
        lanes.close();
    }

    private <T> CompletionStage<T> begin(String instanceId, Supplier<T> task) {
        return lanes.begin(name(instanceId), task);
    }

    private Optional<Claimant> claimNow(String instanceId, Claimant resource, Set<Claimant> competing) {
        Optional<Lease> found = find(instanceId);
        Optional<Claimant> other = other(found, instanceId, resource, competing);
        if (other.isPresent()
                || found.filter(lease -> isUpToDate(lease, resource)).isPresent()) {
            return other;
        }
        if (found.isEmpty()) {
            client.resource(heldBy(resource, new LeaseBuilder(), instanceId)).create();
        } else {
            client.resource(heldBy(resource, new LeaseBuilder(found.get()), instanceId))
                    .lockResourceVersion(found.get().getMetadata().getResourceVersion())
                    .update();
        }
        return Optional.empty();
    }

    private Optional<Lease> find(String instanceId) {
        return Optional.ofNullable(client.leases()
                .inNamespace(namespace)
                .withName(name(instanceId))
                .get());
    }

    private Optional<Claimant> other(
            Optional<Lease> lease, String instanceId, Claimant resource, Set<Claimant> competing) {
        return lease.map(held -> holder(held)
                        .filter(holder -> !holder.equals(resource) && !competing.contains(holder))
                        .filter(holder -> claims(holder, instanceId)))
                .orElseGet(() -> older(instanceId, resource, competing));
    }

    /** One that is older: where nobody has acted on the instance yet, it belongs to the oldest resource that is bound to it. */
    private Optional<Claimant> older(String instanceId, Claimant resource, Set<Claimant> competing) {
        Map<Claimant, Claim> bound = InstanceClaims.spellings(instanceId).stream()
                .flatMap(spelling -> bound(spelling, resource.namespace()))
                .collect(Collectors.toMap(
                        KubernetesInstanceLeases::claimant, session -> Claim.of(session, instanceId, Validity.Valid)));
        Optional<Claim> own = Optional.ofNullable(bound.get(resource));
        return bound.entrySet().stream()
                .filter(other -> !other.getValue().deleted() && !competing.contains(other.getKey()))
                .filter(other -> own.filter(other.getValue()::isOlderThan).isPresent())
                .map(Map.Entry::getKey)
                .findFirst();
    }

    private Stream<WhatsAppSession> bound(String spelling, String namespace) {
        var sessions = client.resources(WhatsAppSession.class);
        return (watchesAllNamespaces ? sessions.inAnyNamespace() : sessions.inNamespace(namespace))
                .withField("status.instanceId", spelling).list().getItems().stream();
    }

    private static Claimant claimant(WhatsAppSession session) {
        return new Claimant(
                session.getMetadata().getNamespace(), session.getMetadata().getName());
    }

    /** Whether this resource is still there and may still use the instance; in doubt it is so. */
    private boolean claims(Claimant holder, String instanceId) {
        WhatsAppSession there;
        try {
            there = client.resources(WhatsAppSession.class)
                    .inNamespace(holder.namespace())
                    .withName(holder.name())
                    .get();
        } catch (KubernetesClientException e) {
            // an operator that watches named namespaces sees into no other
            if (e.getCode() == HttpURLConnection.HTTP_FORBIDDEN) {
                return true;
            }
            throw e;
        }
        if (there == null) {
            return false;
        }
        return ReconcileInputs.instanceId(there)
                .or(() -> Optional.ofNullable(there.getSpec()).map(WhatsAppSessionSpec::instanceId))
                .map(instanceId::equalsIgnoreCase)
                .orElse(true);
    }

    private static Optional<Claimant> holder(Lease lease) {
        return Optional.ofNullable(lease.getSpec())
                .map(LeaseSpec::getHolderIdentity)
                .map(identity -> identity.split("/"))
                .filter(parts -> parts.length == 2)
                .map(parts -> new Claimant(parts[0], parts[1]));
    }

    private boolean isUpToDate(Lease lease, Claimant resource) {
        String written = lease.getMetadata().getLabels() == null
                ? null
                : lease.getMetadata().getLabels().get(shardLabel);
        return holder(lease).equals(Optional.of(resource))
                && Optional.ofNullable(written).equals(shard);
    }

    private Lease heldBy(Claimant resource, LeaseBuilder lease, String instanceId) {
        LeaseBuilder held = lease.editOrNewMetadata()
                .withNamespace(namespace)
                .withName(name(instanceId))
                .removeFromLabels(shardLabel)
                .endMetadata()
                .editOrNewSpec()
                .withHolderIdentity(resource.namespace() + "/" + resource.name())
                .withAcquireTime(ZonedDateTime.now(clock.withZone(ZoneOffset.UTC)))
                .endSpec();
        shard.ifPresent(
                name -> held.editMetadata().addToLabels(shardLabel, name).endMetadata());
        return held.build();
    }
}
