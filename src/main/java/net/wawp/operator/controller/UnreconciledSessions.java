package net.wawp.operator.controller;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;
import net.wawp.operator.controller.InstanceClaims.Claim;
import net.wawp.operator.status.StatusReader;

/** The index of the resources that nobody has judged yet, by what tells their instance: its id, or the Secret that holds it. */
final class UnreconciledSessions {

    static final String INDEX = "unreconciled";

    private UnreconciledSessions() {}

    /** Under what this resource is found; under nothing once it was judged, or when it is being deleted. */
    static List<String> keys(WhatsAppSession resource) {
        boolean judged = Optional.ofNullable(resource.getStatus())
                .flatMap(StatusReader::reported)
                .isPresent();
        if (resource.getSpec() == null || judged || resource.isMarkedForDeletion()) {
            return List.of();
        }
        return Optional.ofNullable(resource.getSpec().instanceId())
                .map(UnreconciledSessions::instance)
                .or(() -> secret(resource))
                .stream()
                .toList();
    }

    /**
     * Whether one of them may yet turn out to own the instance of this resource: it is older, and names the same instance or takes
     * it from the same Secret.
     *
     * @param index gives the unreconciled under a key
     */
    static boolean mayHoldAnOlderClaim(
            Function<String, List<WhatsAppSession>> index, WhatsAppSession resource, String instanceId) {
        Claim claim = Claim.of(resource, instanceId, true);
        return Stream.concat(Stream.of(instance(instanceId)), secret(resource).stream())
                .flatMap(key -> index.apply(key).stream())
                .anyMatch(other -> Claim.of(other, instanceId, true).isOlderThan(claim));
    }

    private static String instance(String id) {
        return id.toLowerCase(Locale.ROOT);
    }

    private static Optional<String> secret(WhatsAppSession resource) {
        return Optional.ofNullable(resource.getSpec().credentialsSecretRef())
                .map(ref -> String.join("/", resource.getMetadata().getNamespace(), ref.name(), ref.instanceIdKey()));
    }
}
