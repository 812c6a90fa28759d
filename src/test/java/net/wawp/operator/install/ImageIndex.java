package net.wawp.operator.install;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * Joins the images of single platforms into one archive in the layout of the Open Container Initiative: an index that names each, under their
 * common name. The same images give the same bytes.
 */
public final class ImageIndex {

    private static final String INDEX = "application/vnd.oci.image.index.v1+json";
    private static final String NAME = "org.opencontainers.image.ref.name";

    private ImageIndex() {}

    /** Takes the archive to write, then those to join. */
    public static void main(String[] args) throws IOException {
        List<Path> images = new ArrayList<>();
        for (String image : List.of(args).subList(1, args.length)) {
            images.add(Path.of(image));
        }
        write(Path.of(args[0]), images);
    }

    static void write(Path target, List<Path> images) throws IOException {
        ImageLayout joined = new ImageLayout(new TreeMap<>());
        ObjectNode platforms = index();
        String name = "";
        for (Path image : images) {
            ImageLayout layout = ImageLayout.read(image);
            JsonNode descriptor = layout.index().at("/manifests/0");
            name = descriptor.get("annotations").get(NAME).asText();
            JsonNode configuration = layout.json(layout.json(descriptor).get("config"));
            ObjectNode entry = platforms.withArray("manifests").addObject();
            List.of("mediaType", "digest", "size").forEach(field -> entry.set(field, descriptor.get(field)));
            entry.putObject("platform")
                    .put("architecture", configuration.get("architecture").asText())
                    .put("os", configuration.get("os").asText());
            joined.files().putAll(layout.files());
        }
        ObjectNode top = index();
        ObjectNode entry = top.withArray("manifests").addObject();
        entry.put("mediaType", INDEX);
        joined.put(entry, ImageLayout.JSON.writeValueAsBytes(platforms));
        entry.putObject("annotations").put(NAME, name);
        joined.index(top);
        joined.write(target);
    }

    private static ObjectNode index() {
        return ImageLayout.JSON.createObjectNode().put("schemaVersion", 2).put("mediaType", INDEX);
    }
}
