package net.wawp.operator.simulator;

import java.time.Instant;
import java.util.Optional;

/**
 * One call in the ledger.
 *
 * @param number counts calls from 1
 * @param at when it arrived
 * @param path without the query
 * @param operation what was requested; absent for a path that is not served
 * @param instanceId as the caller spelled it, empty if it named none
 * @param tokenFingerprint the same for the same token, and no way back to it; empty if there was none
 * @param style where the credentials were
 * @param effect whether the call was carried out
 * @param status of the answer; absent as long as there is none
 * @param ended when the answer was written, or the connection closed; absent as long as the call is in flight
 * @param answered whether the whole answer was written to the client's connection; a fault that is silent, slow or cut short is no answer
 */
public record Call(
        long number,
        Instant at,
        String method,
        String path,
        Optional<Operation> operation,
        String instanceId,
        String tokenFingerprint,
        Style style,
        boolean effect,
        Optional<Integer> status,
        Optional<Instant> ended,
        boolean answered) {

    /** Where the credentials of a call were. */
    public enum Style {
        Body,
        Query,
        Headers,
        None
    }

    /** Whether it requested this operation on this instance. */
    public boolean is(Operation requested, String id) {
        return operation.filter(requested::equals).isPresent() && instanceId.equalsIgnoreCase(id);
    }

    Call withEffect() {
        return new Call(
                number,
                at,
                method,
                path,
                operation,
                instanceId,
                tokenFingerprint,
                style,
                true,
                status,
                ended,
                answered);
    }

    Call endedAt(Instant end) {
        return new Call(
                number,
                at,
                method,
                path,
                operation,
                instanceId,
                tokenFingerprint,
                style,
                effect,
                status,
                ended.or(() -> Optional.of(end)),
                answered);
    }

    Call answeredWith(int newStatus, boolean whole) {
        return new Call(
                number,
                at,
                method,
                path,
                operation,
                instanceId,
                tokenFingerprint,
                style,
                effect,
                Optional.of(newStatus),
                ended,
                whole);
    }
}
