package net.wawp.operator.install;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/** The values of the chart, each with the comment that describes it. */
final class ChartValues {

    private static final String MARK = "-- ";

    /**
     * One value that users set.
     *
     * @param path its keys, separated by dots
     * @param fallback its default
     */
    record Value(String path, JsonNode fallback, String description) {}

    private ChartValues() {}

    /**
     * In the order of the file. A mapping without a description only groups the values below it.
     *
     * @throws IllegalStateException if a value has no description
     */
    static List<Value> described() {
        String text = Yaml.text(HelmChart.DIRECTORY.resolve("values.yaml"));
        Node root = new Compose(LoadSettings.builder().setParseComments(true).build())
                .composeString(text)
                .orElseThrow();
        List<Value> values = new ArrayList<>();
        collect("", (MappingNode) root, Yaml.read(text), values);
        return values;
    }

    private static void collect(String prefix, MappingNode mapping, JsonNode defaults, List<Value> into) {
        for (NodeTuple entry : mapping.getValue()) {
            String key = ((ScalarNode) entry.getKeyNode()).getValue();
            String path = prefix + key;
            Optional<String> description = description(entry.getKeyNode());
            if (description.isPresent()) {
                into.add(new Value(path, defaults.get(key), description.get()));
            } else if (entry.getValueNode() instanceof MappingNode below
                    && !below.getValue().isEmpty()) {
                collect(path + ".", below, defaults.get(key), into);
            } else {
                throw new IllegalStateException("values.yaml: no comment '# -- …' before " + path);
            }
        }
    }

    private static Optional<String> description(Node key) {
        if (key.getBlockComments() == null) {
            return Optional.empty();
        }
        String text = key.getBlockComments().stream()
                .map(comment -> comment.getValue().strip())
                .filter(line -> !line.isEmpty())
                .collect(Collectors.joining(" "));
        int mark = text.indexOf(MARK);
        return mark < 0 ? Optional.empty() : Optional.of(text.substring(mark + MARK.length()));
    }
}
