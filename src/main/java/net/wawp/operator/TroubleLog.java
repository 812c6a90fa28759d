package net.wawp.operator;

import io.fabric8.kubernetes.client.KubernetesClientException;
import org.slf4j.Logger;

/** Tells of a trouble that is met again and again once, and once that it is over. */
final class TroubleLog {

    private final Logger log;
    private String told = "";

    TroubleLog(Logger log) {
        this.log = log;
    }

    synchronized void tell(String trouble) {
        if (!trouble.equals(told)) {
            log.warn(trouble);
            told = trouble;
        }
    }

    synchronized void over(String relief) {
        if (!told.isEmpty()) {
            log.info(relief);
            told = "";
        }
    }

    /** What the API server said, or why it said nothing; without the long preamble of the exception's own message. */
    static String cause(KubernetesClientException e) {
        if (e.getStatus() != null && e.getStatus().getMessage() != null) {
            return e.getStatus().getMessage();
        }
        Throwable root = e;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        // a refused connection has no message of its own anywhere in the chain
        return root.getMessage() == null
                ? "The API server was not reached (%s)"
                        .formatted(root.getClass().getSimpleName())
                : root.getMessage();
    }
}
