package net.wawp.operator.install;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;

/**
 * The image for this machine of an archive in the layout of the Open Container Initiative, with its layers laid out one over the other.
 *
 * @param name under which a node that loads the archive keeps the image
 * @param root the file system that a container would see
 * @param configuration what the image says of its user, entry point and the like
 * @param layers what each of them put there, from the lowest up
 */
record UnpackedImage(String name, Path root, JsonNode configuration, List<List<String>> layers) {

    private static final int OWNER_MAY_EXECUTE = 0100;

    static UnpackedImage of(Path archive, Path directory) throws IOException {
        Path layout = directory.resolve("layout");
        try (TarArchiveInputStream tar = new TarArchiveInputStream(Files.newInputStream(archive))) {
            extract(tar, layout);
        }
        JsonNode descriptor = Yaml.read(layout.resolve("index.json")).at("/manifests/0");
        String name = descriptor
                .get("annotations")
                .get("org.opencontainers.image.ref.name")
                .asText();
        JsonNode manifest = blob(
                layout,
                platforms(layout).stream()
                        .filter(platform ->
                                platform.at("/platform/architecture").asText().equals(ClassArchive.ofThisMachine()))
                        .findFirst()
                        .orElseThrow());
        Path root = directory.resolve("root");
        List<List<String>> layers = new ArrayList<>();
        for (JsonNode layer : manifest.get("layers")) {
            layers.add(extractLayer(Files.newInputStream(path(layout, layer)), root));
        }
        return new UnpackedImage(
                name, root, blob(layout, manifest.get("config")).get("config"), layers);
    }

    /** The manifest of each platform of an archive, laid out here. */
    private static List<JsonNode> platforms(Path layout) {
        List<JsonNode> platforms = new ArrayList<>();
        blob(layout, Yaml.read(layout.resolve("index.json")).at("/manifests/0"))
                .get("manifests")
                .forEach(platforms::add);
        return platforms;
    }

    /** What each platform of an archive is made of: by its architecture, the digests of its layers. */
    static Map<String, List<String>> layersByPlatform(Path archive, Path directory) throws IOException {
        Path layout = directory.resolve("platforms");
        try (TarArchiveInputStream tar = new TarArchiveInputStream(Files.newInputStream(archive))) {
            extract(tar, layout);
        }
        Map<String, List<String>> layers = new TreeMap<>();
        for (JsonNode platform : platforms(layout)) {
            JsonNode manifest = blob(layout, platform);
            String architecture =
                    blob(layout, manifest.get("config")).get("architecture").asText();
            layers.put(architecture, manifest.get("layers").findValuesAsText("digest"));
            if (!platform.at("/platform/architecture").asText().equals(architecture)) {
                throw new IOException("The index and the image name different platforms: " + platform);
            }
        }
        return layers;
    }

    /** The class archive, where it has one. */
    Optional<Path> archive() {
        return Optional.of(root.resolve(ClassArchive.ARCHIVE)).filter(Files::exists);
    }

    /** The entry point, with this Java, and with the container's paths as they are on this machine. */
    List<String> entryPoint(Path java) throws IOException {
        List<String> command = new ArrayList<>();
        for (JsonNode argument : configuration.get("Entrypoint")) {
            command.add(argument.asText().replaceFirst("^(-XX:SharedArchiveFile=)(?=/)", "$1" + root));
        }
        if (!command.get(0).equals("java")) {
            throw new IOException("The image does not start java: " + command);
        }
        command.set(0, java.toString());
        int classPath = command.indexOf("-cp") + 1;
        Path file = root.resolve(command.get(classPath).substring("@/".length()));
        command.set(classPath, Files.readString(file).replace("/app/", root + "/app/"));
        return command;
    }

    /** Lays a layer over what is there, with the times of its files; what it takes away stays. Closes the layer. */
    static List<String> extractLayer(InputStream layer, Path directory) throws IOException {
        try (InputStream unzipped = GzipCompressorInputStream.builder()
                        .setInputStream(new BufferedInputStream(layer))
                        .setDecompressConcatenated(true)
                        .get();
                TarArchiveInputStream tar = new TarArchiveInputStream(unzipped, StandardCharsets.UTF_8.name())) {
            return extract(tar, directory);
        }
    }

    private static List<String> extract(TarArchiveInputStream tar, Path directory) throws IOException {
        List<String> files = new ArrayList<>();
        for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
            if (!hasNameOfTheLocale(entry)) {
                continue;
            }
            Path target = directory.resolve(entry.getName()).normalize();
            if (!target.startsWith(directory)) {
                throw new IOException(entry.getName() + " leads out of the image");
            }
            if (entry.isDirectory()) {
                Files.createDirectories(target);
                continue;
            }
            Files.createDirectories(target.getParent());
            Files.deleteIfExists(target);
            if (entry.isSymbolicLink()) {
                Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
            } else if (entry.isLink()) {
                Files.copy(directory.resolve(entry.getLinkName()), target);
            } else {
                Files.copy(tar, target);
                Files.setLastModifiedTime(target, entry.getLastModifiedTime());
                if ((entry.getMode() & OWNER_MAY_EXECUTE) != 0) {
                    Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("rwxr-xr-x"));
                }
            }
            files.add("/" + directory.relativize(target));
        }
        return files;
    }

    /** Certificates of Linux distributions have names that the locale C cannot write. Java and the operator have no such files. */
    private static boolean hasNameOfTheLocale(TarArchiveEntry entry) {
        try {
            Path.of(entry.getName(), entry.getLinkName());
            return true;
        } catch (InvalidPathException e) {
            return false;
        }
    }

    private static JsonNode blob(Path layout, JsonNode descriptor) {
        return Yaml.read(path(layout, descriptor));
    }

    private static Path path(Path layout, JsonNode descriptor) {
        return layout.resolve("blobs").resolve(descriptor.get("digest").asText().replace(':', '/'));
    }
}
