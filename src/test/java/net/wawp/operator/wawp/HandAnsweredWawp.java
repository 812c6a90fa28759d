package net.wawp.operator.wawp;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import net.wawp.operator.session.Failure;
import net.wawp.operator.session.SessionInfo;
import net.wawp.operator.session.SessionState;

/** Lets a test give the answers, oldest call first. */
public final class HandAnsweredWawp implements WawpClient {

    private static final SessionInfo WORKING =
            new SessionInfo(SessionState.WORKING, Optional.of("WORKING"), Optional.empty(), Optional.empty());

    private final Deque<CompletableFuture<WawpResponse>> open = new ArrayDeque<>();
    private int sent;

    @Override
    public CompletionStage<WawpResponse> send(WawpRequest request) {
        sent++;
        CompletableFuture<WawpResponse> answer = new CompletableFuture<>();
        open.add(answer);
        return answer;
    }

    /** How many calls have come this far. */
    public int sent() {
        return sent;
    }

    public void answerWell() {
        open.remove().complete(new WawpResponse.Success(WORKING));
    }

    public void refuse(Failure.Kind kind) {
        refuse(new Failure(kind, Failure.Delivery.Answered));
    }

    public void refuse(Failure failure) {
        open.remove().complete(new WawpResponse.Refused(failure));
    }
}
