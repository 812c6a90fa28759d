package net.wawp.operator.controller;

import java.util.Optional;
import net.wawp.operator.controller.InstanceClaims.Claim;
import net.wawp.operator.session.Reason;
import net.wawp.operator.wawp.Credentials;

/** Whether a resource that is bound to an instance may act upon it. */
final class InstanceFooting {

    private InstanceFooting() {}

    /** Why not, in a sentence for the user. */
    record Lost(Reason reason, String message) {}

    /**
     * @param bound the instance that the resource is bound to
     * @param credentials what spec and Secret say now
     * @param idIsFromSecret such an id is shown only once Wawp has answered for it
     */
    static Optional<Lost> check(
            ReconcileSubject subject,
            String bound,
            Credentials credentials,
            boolean idIsFromSecret,
            InstanceClaims claims) {
        if (!bound.equalsIgnoreCase(credentials.instanceId())) {
            String now = idIsFromSecret ? "the Secret names another now" : "now " + credentials.instanceId();
            return Optional.of(new Lost(
                    Reason.SecretInvalid,
                    "The instance was " + bound + ", " + now + ": delete the resource and create it anew to use another"
                            + " instance."));
        }
        return claims.owner(bound)
                .filter(owner -> !owner.uid().equals(subject.uid()))
                .map(owner -> new Lost(Reason.InstanceConflict, conflict(subject, owner)));
    }

    private static String conflict(ReconcileSubject subject, Claim owner) {
        String who = owner.namespace().equals(subject.meta().getNamespace())
                ? "the WhatsAppSession " + owner.name()
                : "a WhatsAppSession in another namespace";
        return "The instance belongs to " + who + ", which is older: delete one of the two.";
    }
}
