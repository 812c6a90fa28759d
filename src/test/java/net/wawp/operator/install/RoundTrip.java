package net.wawp.operator.install;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/**
 * Compares objects as they are shipped with what the API server gives back after it has applied them. What the server adds does not
 * count; a field that it drops or writes otherwise does: a GitOps tool compares the same two and never finds them equal.
 */
final class RoundTrip {

    private RoundTrip() {}

    /** The fields that differ, each with both values. {@code applied} is the list that kubectl prints, or the one object. */
    static List<String> differences(List<JsonNode> shipped, JsonNode applied) {
        List<JsonNode> returned = new ArrayList<>();
        if (applied.path("kind").asText().equals("List")) {
            applied.get("items").forEach(returned::add);
        } else {
            returned.add(applied);
        }
        List<String> differences = new ArrayList<>();
        if (shipped.size() != returned.size()) {
            differences.add("%d objects were shipped, %d came back".formatted(shipped.size(), returned.size()));
            return differences;
        }
        for (int i = 0; i < shipped.size(); i++) {
            JsonNode object = shipped.get(i);
            // no part of what a GitOps tool keeps: Helm alone makes it, for a moment
            if (object.at("/metadata/annotations").has("helm.sh/hook")) {
                continue;
            }
            String name = object.path("kind").asText() + " "
                    + object.at("/metadata/name").asText();
            collect(name, object, returned.get(i), differences);
        }
        return differences;
    }

    private static void collect(String path, JsonNode shipped, JsonNode returned, List<String> into) {
        if (shipped.isObject() && returned.isObject()) {
            shipped.properties().stream()
                    // the one field that can be written and never read: the server turns it into data
                    .filter(field ->
                            !(path.startsWith("Secret ") && field.getKey().equals("stringData")))
                    .forEach(field -> collect(
                            path + "." + field.getKey(), field.getValue(), returned.path(field.getKey()), into));
        } else if (shipped.isArray() && returned.isArray() && shipped.size() == returned.size()) {
            for (int i = 0; i < shipped.size(); i++) {
                collect(path + "[" + i + "]", shipped.get(i), returned.get(i), into);
            }
        } else if (!equal(shipped, returned)) {
            into.add("%s: shipped %s, came back %s"
                    .formatted(path, shipped, returned.isMissingNode() ? "nothing" : returned));
        }
    }

    private static boolean equal(JsonNode shipped, JsonNode returned) {
        return shipped.isNumber() && returned.isNumber()
                ? shipped.decimalValue().compareTo(returned.decimalValue()) == 0
                : shipped.equals(returned);
    }
}
