package net.wawp.operator.controller;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import net.wawp.operator.api.v1alpha1.Condition;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;
import net.wawp.operator.api.v1alpha1.WhatsAppSessionSpec;
import net.wawp.operator.controller.InstanceClaims.Claim;
import net.wawp.operator.controller.InstanceClaims.Validity;
import net.wawp.operator.session.Reason;
import net.wawp.operator.status.Conditions;

/**
 * The index of the resources that have not said yet whether they want their instance, by what names it: its id, or the Secret that holds
 * it.
 */
final class UnreconciledSessions {

    static final String INDEX = "unreconciled";

    /** What Wawp answered to the resource's own poll, which is made again. */
    private static final Set<String> REFUSALS =
            Set.of(Reason.Unauthorized.name(), Reason.QuotaExceeded.name(), Reason.InstanceNotFound.name());

    private UnreconciledSessions() {}

    /**
     * Under what this resource is found; under nothing once it is bound or waits for somebody, or when it is being deleted. One that waits
     * for its Secret is still found: it may be the API server that cannot read it. So is one that Wawp refused: its token may have been
     * replaced a moment ago.
     */
    static List<String> keys(WhatsAppSession resource) {
        if (resource.getSpec() == null || isDecided(resource) || resource.isMarkedForDeletion()) {
            return List.of();
        }
        return Optional.ofNullable(resource.getSpec().instanceId())
                .map(UnreconciledSessions::instance)
                .or(() -> secret(resource))
                .stream()
                .toList();
    }

    private static boolean isDecided(WhatsAppSession resource) {
        return ReconcileInputs.instanceId(resource).isPresent()
                || stalled(resource)
                        .filter(condition -> !waitsForSecret(condition) && !isRefused(condition))
                        .isPresent();
    }

    private static boolean waitsForSecret(Condition stalled) {
        return stalled.reason().equals(Reason.SecretNotFound.name());
    }

    private static boolean isRefused(Condition stalled) {
        return REFUSALS.contains(stalled.reason());
    }

    private static Optional<Condition> stalled(WhatsAppSession resource) {
        return Optional.ofNullable(resource.getStatus())
                .flatMap(status -> Conditions.find(status.conditions(), Conditions.STALLED));
    }

    /**
     * Whether one of them may yet turn out to own the instance of this resource: it is older, and names the same instance or takes
     * it from the same Secret.
     *
     * @param index gives the unreconciled resources under a key
     */
    static boolean mayHoldAnOlderClaim(
            Function<String, List<WhatsAppSession>> index, WhatsAppSession resource, String instanceId) {
        Claim claim = Claim.of(resource, instanceId, Validity.Unknown);
        return others(index, resource, instanceId)
                .filter(other -> stalled(other).isEmpty())
                .anyMatch(other -> Claim.of(other, instanceId, Validity.Unknown).isOlderThan(claim));
    }

    /**
     * Whether one of them may yet turn out to want the instance of this resource, as its successor does after a rename. One that Wawp
     * refused may, where it works with the same Secret: what serves this resource will serve that one too. A token of its own must not
     * keep anybody from a call.
     *
     * @param mayBeRead whether the Secret of a resource that waits for it may be there, though it could not be read
     */
    static boolean mayWant(
            Function<String, List<WhatsAppSession>> index,
            WhatsAppSession resource,
            String instanceId,
            Predicate<WhatsAppSession> mayBeRead) {
        return others(index, resource, instanceId).anyMatch(other -> stalled(other)
                .map(condition -> isRefused(condition) ? hasSameSecret(other, resource) : mayBeRead.test(other))
                .orElse(true));
    }

    /** Whether a resource that nothing here has reconciled wants this instance: it says so, or takes the instance from the same Secret. */
    static boolean wants(WhatsAppSession other, WhatsAppSession resource, String instanceId) {
        if (other.isMarkedForDeletion() || other.getSpec() == null) {
            return false;
        }
        return Optional.ofNullable(other.getSpec().instanceId())
                .or(() -> ReconcileInputs.instanceId(other))
                .map(named -> instance(named).equals(instance(instanceId)))
                .orElseGet(() -> hasSameSecret(other, resource));
    }

    private static boolean hasSameSecret(WhatsAppSession one, WhatsAppSession other) {
        return secret(one).equals(secret(other));
    }

    private static Stream<WhatsAppSession> others(
            Function<String, List<WhatsAppSession>> index, WhatsAppSession resource, String instanceId) {
        return Stream.concat(Stream.of(instance(instanceId)), secret(resource).stream())
                .flatMap(key -> index.apply(key).stream())
                .filter(other -> !other.getMetadata()
                        .getUid()
                        .equals(resource.getMetadata().getUid()));
    }

    private static String instance(String id) {
        return id.toLowerCase(Locale.ROOT);
    }

    private static Optional<String> secret(WhatsAppSession resource) {
        return Optional.ofNullable(resource.getSpec())
                .map(WhatsAppSessionSpec::credentialsSecretRef)
                .map(ref -> String.join("/", resource.getMetadata().getNamespace(), ref.name(), ref.instanceIdKey()));
    }
}
