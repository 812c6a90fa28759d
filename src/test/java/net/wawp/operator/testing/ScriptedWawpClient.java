package net.wawp.operator.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import net.wawp.operator.session.Failure;
import net.wawp.operator.session.Failure.Delivery;
import net.wawp.operator.session.Failure.Kind;
import net.wawp.operator.session.SessionInfo;
import net.wawp.operator.session.SessionState;
import net.wawp.operator.wawp.Credentials;
import net.wawp.operator.wawp.Operation;
import net.wawp.operator.wawp.Priority;
import net.wawp.operator.wawp.WawpClient;
import net.wawp.operator.wawp.WawpRequest;
import net.wawp.operator.wawp.WawpResponse;

/** A client whose calls wait until the test answers them. Thread-safe. */
public final class ScriptedWawpClient implements WawpClient {

    /** A call that was made. */
    public record Call(WawpRequest request, CompletableFuture<WawpResponse> answer) {

        public Operation operation() {
            return request.operation();
        }

        public Credentials credentials() {
            return request.credentials();
        }

        public Priority priority() {
            return request.priority();
        }
    }

    private final List<Call> calls = new ArrayList<>();
    private int pollsInFlight;
    private int mostPollsInFlight;

    public static WawpResponse observed(SessionState state) {
        return new WawpResponse.Success(
                new SessionInfo(state, Optional.of(state.name()), Optional.of("wawp-1"), Optional.empty()));
    }

    /** What Wawp refused. */
    public static WawpResponse refused(Kind kind) {
        return new WawpResponse.Refused(new Failure(kind, Delivery.Answered));
    }

    /** What the operator's own limits, or the call's guard, held back. */
    public static WawpResponse withheld(Kind kind) {
        return new WawpResponse.Refused(new Failure(kind, Delivery.Withheld));
    }

    @Override
    public synchronized CompletionStage<WawpResponse> send(WawpRequest request) {
        Call call = new Call(request, new CompletableFuture<>());
        calls.add(call);
        if (isCommand(call)) {
            return call.answer();
        }
        mostPollsInFlight = Math.max(mostPollsInFlight, ++pollsInFlight);
        return call.answer().whenComplete((response, error) -> ended());
    }

    private static boolean isCommand(Call call) {
        return call.operation().changesSession();
    }

    private synchronized void ended() {
        pollsInFlight--;
    }

    /** All calls, in order; without the polls before {@link #clear}. */
    public synchronized List<Call> calls() {
        return List.copyOf(calls);
    }

    /** All polls since {@link #clear}, in order. */
    public List<Call> polls() {
        return calls().stream().filter(call -> !isCommand(call)).toList();
    }

    public List<Call> unansweredPolls() {
        return polls().stream().filter(poll -> !poll.answer().isDone()).toList();
    }

    /** All commands, in order. */
    public List<Call> commands() {
        return calls().stream().filter(ScriptedWawpClient::isCommand).toList();
    }

    /** Answers the oldest call that waits. */
    public void answerNext(WawpResponse response) {
        calls().stream()
                .filter(call -> !call.answer().isDone())
                .findFirst()
                .orElseThrow()
                .answer()
                .complete(response);
    }

    public synchronized int mostPollsInFlight() {
        return mostPollsInFlight;
    }

    /** Forgets the polls so far. */
    public synchronized void clear() {
        calls.removeIf(call -> !isCommand(call));
        mostPollsInFlight = pollsInFlight;
    }
}
