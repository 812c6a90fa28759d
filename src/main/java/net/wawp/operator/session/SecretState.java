package net.wawp.operator.session;

import java.time.Instant;
import java.util.Optional;

/** What the Secret of a resource gives, as it was read last. Holds nothing secret but, until Wawp answers for it, the instance id. */
public sealed interface SecretState {

    /** It has not been read yet. */
    record Unread() implements SecretState {}

    /**
     * It gives whole credentials.
     *
     * @param instanceId what spec and Secret name together
     * @param idIsFromSecret such an id is shown only once Wawp has answered for it
     * @param readAt when the request that read it began
     * @param staleBecause why it could not be read again since, if so
     */
    record Usable(String instanceId, boolean idIsFromSecret, Instant readAt, Optional<String> staleBecause)
            implements SecretState {

        @Override
        public String toString() {
            return "Usable[readAt=" + readAt + "]";
        }
    }

    /**
     * It gives none.
     *
     * @param message a whole sentence for the user; quotes no value
     * @param isTransient whether the API server could not be asked, so that nothing is known of the Secret
     */
    record Unusable(Reason reason, String message, Instant readAt, boolean isTransient) implements SecretState {}
}
