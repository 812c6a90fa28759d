package net.wawp.operator.simulator;

import java.util.Optional;

/**
 * Something that goes wrong with calls: which ones, how often, and how.
 *
 * @param instanceId the one instance it concerns; every one if absent
 * @param operation the one operation it concerns; every one if absent
 * @param times how many calls it spoils before it is over; never over if absent
 * @param effect whether a spoiled call is carried out all the same
 * @param status of {@link Kind#Error} and {@link Kind#Redirect}
 * @param format of the body of {@link Kind#Error}
 * @param contentType given instead of the one that belongs to the body
 * @param retryAfter the header of that name: seconds or an HTTP date
 */
public record Fault(
        Kind kind,
        Optional<String> instanceId,
        Optional<Operation> operation,
        Optional<Integer> times,
        boolean effect,
        int status,
        BodyFormat format,
        Optional<String> contentType,
        Optional<String> retryAfter) {

    /** How a call is spoiled. */
    public enum Kind {
        /** An answer with an error status. */
        Error,
        /** A redirect to another path of the same server. */
        Redirect,
        /** 200 and a JSON object without a state. */
        NoState,
        /** 200 and a state that nobody knows. */
        UnknownWord,
        /** 200 and bytes that are nothing. */
        Garbage,
        /** 200 and a good body that never ends: white space follows until the client goes away. */
        Overlong,
        /** 200 and a good body, one byte every 100 ms. */
        Drip,
        /** 200 and half of a good body, then the connection is closed. */
        ResetMidBody,
        /** The connection is closed instead of an answer. */
        ResetBeforeAnswer,
        /** No answer, the connection stays open. */
        Hang
    }

    public Fault {
        status = status == 0 ? kind == Kind.Redirect ? 302 : 500 : status;
        format = format == null ? BodyFormat.Json : format;
    }

    /** Spoils every call, without effect, until it is taken away. */
    public static Fault of(Kind kind) {
        Optional<String> anything = Optional.empty();
        return new Fault(kind, anything, Optional.empty(), Optional.empty(), false, 0, null, anything, anything);
    }

    /** Answers every call with this error until it is taken away. */
    public static Fault error(int status, BodyFormat format) {
        Optional<String> anything = Optional.empty();
        return new Fault(
                Kind.Error, anything, Optional.empty(), Optional.empty(), false, status, format, anything, anything);
    }

    public Fault on(Operation one) {
        return new Fault(kind, instanceId, Optional.of(one), times, effect, status, format, contentType, retryAfter);
    }

    public Fault at(String oneInstance) {
        return new Fault(
                kind, Optional.of(oneInstance), operation, times, effect, status, format, contentType, retryAfter);
    }

    public Fault times(int calls) {
        return new Fault(
                kind, instanceId, operation, Optional.of(calls), effect, status, format, contentType, retryAfter);
    }

    /** The call is carried out, only its answer is spoiled. */
    public Fault withEffect() {
        return new Fault(kind, instanceId, operation, times, true, status, format, contentType, retryAfter);
    }

    public Fault contentType(String value) {
        return new Fault(kind, instanceId, operation, times, effect, status, format, Optional.of(value), retryAfter);
    }

    public Fault retryAfter(String value) {
        return new Fault(kind, instanceId, operation, times, effect, status, format, contentType, Optional.of(value));
    }

    boolean concerns(String id, Operation called) {
        return instanceId.filter(only -> !only.equalsIgnoreCase(id)).isEmpty()
                && operation.filter(only -> only != called).isEmpty();
    }
}
