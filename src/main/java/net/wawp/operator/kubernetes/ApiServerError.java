package net.wawp.operator.kubernetes;

import io.fabric8.kubernetes.client.KubernetesClientException;

/** Words for a failed request to the API server. */
public final class ApiServerError {

    private ApiServerError() {}

    /** What the API server said, or why it said nothing; without the long preamble of the exception's own message. */
    public static String cause(KubernetesClientException e) {
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
