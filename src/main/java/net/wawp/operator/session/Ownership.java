package net.wawp.operator.session;

import java.util.Optional;

/**
 * How a resource stands to the others that may want its instance.
 *
 * @param bound the instance that its status binds it to
 * @param olderOwner who owns the instance instead of it, and why: words for the user that name a resource of its own namespace only
 * @param hasSuccessor whether it owns the instance and another valid resource waits for it
 * @param olderIsUndecided whether an older resource may yet turn out to own the instance
 * @param anyIsUndecided whether any resource may yet turn out to want the instance
 */
public record Ownership(
        Optional<String> bound,
        Optional<String> olderOwner,
        boolean hasSuccessor,
        boolean olderIsUndecided,
        boolean anyIsUndecided) {

    /** For a resource that nobody competes with. */
    public static Ownership alone(Optional<String> bound) {
        return new Ownership(bound, Optional.empty(), false, false, false);
    }
}
