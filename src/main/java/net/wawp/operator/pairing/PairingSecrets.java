package net.wawp.operator.pairing;

import java.util.concurrent.CompletionStage;

/** The Secrets that hold ways to pair. Never blocks. */
public interface PairingSecrets extends AutoCloseable {

    /** What came of an attempt. */
    enum Outcome {
        /** It is as it should be. */
        Done,
        /** The operator lacks the right. */
        Forbidden,
        /** The API server refuses it though the right is there, and would again. */
        Refused,
        /** A Secret of that name is somebody else's. */
        Taken,
        /** The request may write it no more often. */
        Exhausted,
        /** The API server could not be asked, or somebody wrote meanwhile: to be tried again. */
        Failed
    }

    /**
     * Creates the Secret of the resource or replaces its content.
     *
     * @param token of the request that it is written for
     */
    CompletionStage<Outcome> write(PairingOwner owner, String token, PairingMaterial material);

    /** Deletes the Secret, if it is there and the operator made it for this very resource. */
    CompletionStage<Outcome> delete(PairingOwner owner);

    @Override
    void close();
}
