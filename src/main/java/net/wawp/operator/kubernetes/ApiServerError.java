package net.wawp.operator.kubernetes;

import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Words for a failed request to the API server. */
public final class ApiServerError {

    /** What every authorizer of the API server says, unlike an admission plugin, which refuses with the same status. */
    private static final Pattern MISSING_RIGHT =
            Pattern.compile("User \"([^\"]+)\" cannot (\\w+) resource \"([^\"]+)\"");

    private ApiServerError() {}

    /**
     * What the API server said, or why it said nothing; without the long preamble of the exception's own message. On one line and without
     * control characters: a webhook may have written it.
     */
    public static String cause(KubernetesClientException e) {
        return said(e).replaceAll("\\p{C}+", " ");
    }

    private static String said(KubernetesClientException e) {
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

    /** What to grant to whom, where the API server refused the request because a right is missing. */
    public static Optional<String> missingRight(KubernetesClientException e) {
        if (e.getCode() != HttpURLConnection.HTTP_FORBIDDEN) {
            return Optional.empty();
        }
        Matcher refusal = MISSING_RIGHT.matcher(cause(e));
        return refusal.find()
                ? Optional.of("grant %s on %s to %s".formatted(refusal.group(2), refusal.group(3), refusal.group(1)))
                : Optional.empty();
    }
}
