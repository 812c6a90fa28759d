package net.wawp.operator.poller;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import net.wawp.operator.wawp.Credentials;
import net.wawp.operator.wawp.Operation;
import net.wawp.operator.wawp.Priority;
import net.wawp.operator.wawp.SendGuard;
import net.wawp.operator.wawp.WawpClient;
import net.wawp.operator.wawp.WawpRequest;
import net.wawp.operator.wawp.WawpResponse;

/** A client whose calls wait until the test answers them. Thread-safe. */
final class ScriptedWawpClient implements WawpClient {

    /** A poll that was asked for. */
    record Asked(Credentials credentials, Priority urgency, CompletableFuture<WawpResponse> answer) {}

    /** A changing call that was made. */
    record Sent(
            Operation operation, Credentials credentials, SendGuard guard, CompletableFuture<WawpResponse> answer) {}

    private final List<Asked> polls = new ArrayList<>();
    private final List<Sent> commands = new ArrayList<>();
    private int inFlight;
    private int mostInFlight;

    @Override
    public synchronized CompletionStage<WawpResponse> send(WawpRequest request) {
        CompletableFuture<WawpResponse> answer = new CompletableFuture<>();
        if (request.operation().changesSession()) {
            commands.add(new Sent(request.operation(), request.credentials(), request.guard(), answer));
            return answer;
        }
        polls.add(new Asked(request.credentials(), request.priority(), answer));
        mostInFlight = Math.max(mostInFlight, ++inFlight);
        return answer.whenComplete((reply, error) -> ended());
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
