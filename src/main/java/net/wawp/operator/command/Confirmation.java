package net.wawp.operator.command;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Asks somebody else whether a command is still wanted, for example the API server, before it is sent. */
@FunctionalInterface
public interface Confirmation {

    /** For commands that need no confirmation. */
    Confirmation NONE = () -> CompletableFuture.completedStage(true);

    /** Asked once, on the event loop: it must not block. False or a failure: the command is not sent. */
    CompletionStage<Boolean> confirm();
}
