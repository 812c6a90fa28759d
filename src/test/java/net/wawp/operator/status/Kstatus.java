package net.wawp.operator.status;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * The rules by which kstatus, and with it Flux, Helm and kpt, judge a resource of a kind that they know nothing of:
 * <a href="https://github.com/kubernetes-sigs/cli-utils/blob/master/pkg/kstatus/README.md">kstatus</a>.
 */
enum Kstatus {
    InProgress,
    Failed,
    Current,
    Terminating;

    static Kstatus of(JsonNode resource) {
        if (resource.at("/metadata").hasNonNull("deletionTimestamp")) {
            return Terminating;
        }
        JsonNode observed = resource.at("/status/observedGeneration");
        if (!observed.isMissingNode()
                && observed.asLong() != resource.at("/metadata/generation").asLong()) {
            return InProgress;
        }
        JsonNode conditions = resource.at("/status/conditions");
        for (JsonNode condition : conditions) {
            if (isTrue(condition, "Reconciling")) {
                return InProgress;
            }
            if (isTrue(condition, "Stalled")) {
                return Failed;
            }
        }
        for (JsonNode condition : conditions) {
            if (condition.path("type").asText().equals("Ready")) {
                return isTrue(condition, "Ready") ? Current : InProgress;
            }
        }
        return Current;
    }

    private static boolean isTrue(JsonNode condition, String type) {
        return condition.path("type").asText().equals(type)
                && condition.path("status").asText().equals("True");
    }
}
