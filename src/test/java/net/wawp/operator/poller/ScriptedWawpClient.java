package net.wawp.operator.poller;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import net.wawp.operator.session.Action;
import net.wawp.operator.wawp.Credentials;
import net.wawp.operator.wawp.Priority;
import net.wawp.operator.wawp.WawpClient;
import net.wawp.operator.wawp.WawpResponse;

/** A client whose calls wait until the test answers them. Thread-safe. */
final class ScriptedWawpClient implements WawpClient {

    /** A poll that was asked for. */
    record Asked(Credentials credentials, Priority urgency, CompletableFuture<WawpResponse> answer) {}

    /** A changing call that was made. */
    record Sent(
            Action action,
            Credentials credentials,
            BooleanSupplier mayStillSend,
            CompletableFuture<WawpResponse> answer) {}

    private final List<Asked> polls = new ArrayList<>();
    private final List<Sent> commands = new ArrayList<>();
    private int inFlight;
    private int mostInFlight;

    @Override
    public synchronized CompletionStage<WawpResponse> poll(Credentials credentials, Priority urgency) {
        CompletableFuture<WawpResponse> answer = new CompletableFuture<>();
        polls.add(new Asked(credentials, urgency, answer));
        mostInFlight = Math.max(mostInFlight, ++inFlight);
        return answer.whenComplete((reply, error) -> ended());
    }

    @Override
    public synchronized CompletionStage<WawpResponse> act(
            Action action, Credentials credentials, BooleanSupplier mayStillSend) {
        CompletableFuture<WawpResponse> answer = new CompletableFuture<>();
        commands.add(new Sent(action, credentials, mayStillSend, answer));
        return answer;
    }

    private synchronized void ended() {
        inFlight--;
    }

    /** All polls so far, in order. */
    synchronized List<Asked> polls() {
        return List.copyOf(polls);
    }

    synchronized List<Asked> unanswered() {
        return polls.stream().filter(poll -> !poll.answer().isDone()).toList();
    }

    synchronized List<Sent> commands() {
        return List.copyOf(commands);
    }

    synchronized int mostInFlight() {
        return mostInFlight;
    }

    /** Forgets the polls so far. */
    synchronized void clear() {
        polls.clear();
        mostInFlight = inFlight;
    }
}
