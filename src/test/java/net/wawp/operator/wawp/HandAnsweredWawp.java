package net.wawp.operator.wawp;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import net.wawp.operator.session.Action;
import net.wawp.operator.session.Failure;
import net.wawp.operator.session.SessionInfo;
import net.wawp.operator.session.SessionState;

/** Lets a test give the answers, oldest call first. */
final class HandAnsweredWawp implements WawpClient {

    private static final SessionInfo WORKING =
            new SessionInfo(SessionState.WORKING, Optional.of("WORKING"), Optional.empty(), Optional.empty());

    private final Deque<CompletableFuture<Reply>> open = new ArrayDeque<>();
    private int sent;

    @Override
    public CompletionStage<Reply> look(Credentials credentials, Urgency urgency) {
        return send();
    }

    @Override
    public CompletionStage<Reply> act(Action action, Credentials credentials, BooleanSupplier mayStillSend) {
        return send();
    }

    /** How many calls have come this far. */
    int sent() {
        return sent;
    }

    void answerWell() {
        open.remove().complete(new Reply.Success(WORKING));
    }

    void refuse(Failure.Kind kind) {
        refuse(new Failure(kind, Failure.Delivery.Answered));
    }

    void refuse(Failure failure) {
        open.remove().complete(new Reply.Refused(failure));
    }

    private CompletionStage<Reply> send() {
        sent++;
        CompletableFuture<Reply> answer = new CompletableFuture<>();
        open.add(answer);
        return answer;
    }
}
