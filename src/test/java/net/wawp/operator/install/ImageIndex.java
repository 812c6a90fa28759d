package net.wawp.operator.install;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/**
 * Joins the images of single platforms into one archive in the layout of the Open Container Initiative: an index that names each, under their
 * common name. The same images give the same bytes.
 */
public final class ImageIndex {

    private static final String INDEX = "application/vnd.oci.image.index.v1+json";
    private static final String NAME = "org.opencontainers.image.ref.name";
    private static final String BLOBS = "blobs/sha256/";
    private static final ObjectMapper JSON = new ObjectMapper();

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
        Map<String, byte[]> files = new TreeMap<>();
        ObjectNode platforms = JSON.createObjectNode().put("schemaVersion", 2).put("mediaType", INDEX);
        String name = "";
        for (Path image : images) {
            Map<String, byte[]> layout = read(image);
            JsonNode descriptor = JSON.readTree(layout.remove("index.json")).at("/manifests/0");
            name = descriptor.get("annotations").get(NAME).asText();
            JsonNode manifest = JSON.readTree(layout.get(blob(descriptor)));
            JsonNode configuration = JSON.readTree(layout.get(blob(manifest.get("config"))));
            ObjectNode entry = platforms.withArray("manifests").addObject();
            List.of("mediaType", "digest", "size").forEach(field -> entry.set(field, descriptor.get(field)));
            entry.putObject("platform")
                    .put("architecture", configuration.get("architecture").asText())
                    .put("os", configuration.get("os").asText());
            files.putAll(layout);
        }
        byte[] index = JSON.writeValueAsBytes(platforms);
        String digest = sha256(index);
        files.put(BLOBS + digest, index);
        ObjectNode top = JSON.createObjectNode().put("schemaVersion", 2).put("mediaType", INDEX);
        ObjectNode entry = top.withArray("manifests").addObject();
        entry.put("mediaType", INDEX).put("digest", "sha256:" + digest).put("size", index.length);
        entry.putObject("annotations").put(NAME, name);
        files.put("index.json", JSON.writeValueAsBytes(top));
        try (OutputStream out = Files.newOutputStream(target);
                TarArchiveOutputStream tar = new TarArchiveOutputStream(out, StandardCharsets.UTF_8.name())) {
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                TarArchiveEntry tarEntry = new TarArchiveEntry(file.getKey());
                tarEntry.setModTime(0);
                tarEntry.setSize(file.getValue().length);
                tar.putArchiveEntry(tarEntry);
                tar.write(file.getValue());
                tar.closeArchiveEntry();
            }
        }
    }

    private static Map<String, byte[]> read(Path archive) throws IOException {
        Map<String, byte[]> files = new TreeMap<>();
        try (TarArchiveInputStream tar = new TarArchiveInputStream(Files.newInputStream(archive))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                if (entry.isFile()) {
                    files.put(entry.getName(), tar.readAllBytes());
                }
            }
        }
        return files;
    }

    private static String blob(JsonNode descriptor) {
        return BLOBS + descriptor.get("digest").asText().substring("sha256:".length());
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
