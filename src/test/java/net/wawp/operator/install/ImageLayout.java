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
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/**
 * An archive in the layout of the Open Container Initiative: what it holds, by its path. The same contents are written as the same bytes.
 *
 * @param files the blobs among them under {@code blobs/sha256/}
 */
record ImageLayout(Map<String, byte[]> files) {

    static final ObjectMapper JSON = new ObjectMapper();

    private static final String INDEX = "index.json";

    static ImageLayout read(Path archive) throws IOException {
        Map<String, byte[]> files = new TreeMap<>();
        try (TarArchiveInputStream tar = new TarArchiveInputStream(Files.newInputStream(archive))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                if (entry.isFile()) {
                    files.put(entry.getName(), tar.readAllBytes());
                }
            }
        }
        return new ImageLayout(files);
    }

    void write(Path archive) throws IOException {
        try (OutputStream out = Files.newOutputStream(archive);
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

    JsonNode index() throws IOException {
        return JSON.readTree(files.get(INDEX));
    }

    void index(JsonNode index) throws IOException {
        files.put(INDEX, JSON.writeValueAsBytes(index));
    }

    byte[] blob(JsonNode descriptor) {
        return files.get(path(descriptor));
    }

    JsonNode json(JsonNode descriptor) throws IOException {
        return JSON.readTree(blob(descriptor));
    }

    void remove(JsonNode descriptor) {
        files.remove(path(descriptor));
    }

    /** Keeps a blob, and writes into its descriptor how large it is and its digest. */
    void put(ObjectNode descriptor, byte[] blob) {
        descriptor.put("digest", digest(blob)).put("size", blob.length);
        files.put(path(descriptor), blob);
    }

    static String digest(byte[] bytes) {
        try {
            return "sha256:"
                    + HexFormat.of()
                            .formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String path(JsonNode descriptor) {
        return "blobs/" + descriptor.get("digest").asText().replace(':', '/');
    }
}
