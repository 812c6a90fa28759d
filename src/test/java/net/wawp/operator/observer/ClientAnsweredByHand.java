package net.wawp.operator.observer;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import net.wawp.operator.session.Action;
import net.wawp.operator.wawp.Credentials;
import net.wawp.operator.wawp.Reply;
import net.wawp.operator.wawp.Urgency;
import net.wawp.operator.wawp.WawpClient;

/** A client whose calls wait until the test answers them. Thread-safe. */
final class ClientAnsweredByHand implements WawpClient {

    /** A look that was asked for. */
    record Asked(Credentials credentials, Urgency urgency, CompletableFuture<Reply> answer) {}

    /** A changing call that was made. */
    record Sent(
            Action action, Credentials credentials, BooleanSupplier mayStillSend, CompletableFuture<Reply> answer) {}

    private final List<Asked> looks = new ArrayList<>();
    private final List<Sent> commands = new ArrayList<>();
    private int inFlight;
    private int mostInFlight;

    @Override
    public synchronized CompletionStage<Reply> look(Credentials credentials, Urgency urgency) {
        CompletableFuture<Reply> answer = new CompletableFuture<>();
        looks.add(new Asked(credentials, urgency, answer));
        mostInFlight = Math.max(mostInFlight, ++inFlight);
        return answer.whenComplete((reply, error) -> ended());
    }

    @Override
    public synchronized CompletionStage<Reply> act(
            Action action, Credentials credentials, BooleanSupplier mayStillSend) {
        CompletableFuture<Reply> answer = new CompletableFuture<>();
        commands.add(new Sent(action, credentials, mayStillSend, answer));
        return answer;
    }

    private synchronized void ended() {
        inFlight--;
    }

    /** All looks so far, in order. */
    synchronized List<Asked> looks() {
        return List.copyOf(looks);
    }

    synchronized List<Asked> unanswered() {
        return looks.stream().filter(look -> !look.answer().isDone()).toList();
    }

    synchronized List<Sent> commands() {
        return List.copyOf(commands);
    }

    synchronized int mostInFlight() {
        return mostInFlight;
    }

    /** Forgets the looks so far. */
    synchronized void clear() {
        looks.clear();
        mostInFlight = inFlight;
    }
}
