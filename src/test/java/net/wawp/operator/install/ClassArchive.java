package net.wawp.operator.install;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.zip.GZIPOutputStream;
import net.wawp.operator.testing.Java25;
import net.wawp.operator.testing.kubernetes.ProgramRun;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.io.FileUtils;

/**
 * Adds to an image a layer with its classes as its Java keeps them in memory (class data sharing), and the flags that use it: the runtime maps
 * the file where it would parse the classes. The image's own Java makes it, since no other's is accepted; an image without one gets that of
 * this machine, to be tried. The same image and list give the same bytes.
 */
public final class ClassArchive {

    static final String ARCHIVE = "app/classes.jsa";
    private static final String JAVA_HOME = "JAVA_HOME=/";
    private static final Duration LIMIT = Duration.ofMinutes(3);

    /** What jib gives each file: the runtime refuses an archive whose jars have another time than when it was made. */
    private static final long MODIFIED = 1_000;

    private static final int MOST_LAYOUTS = 5;

    private ClassArchive() {}

    /** Takes the list of the classes, a folder to work in, then the images, each of which it writes anew. */
    public static void main(String[] args) throws IOException {
        Path classes = Path.of(args[0]).toAbsolutePath();
        for (String image : List.of(args).subList(2, args.length)) {
            add(classes, Path.of(args[1]).toAbsolutePath(), Path.of(image));
        }
    }

    private static void add(Path classes, Path directory, Path archive) throws IOException {
        ImageLayout image = ImageLayout.read(archive);
        ObjectNode index = (ObjectNode) image.index();
        ObjectNode descriptor = (ObjectNode) index.at("/manifests/0");
        ObjectNode manifest = (ObjectNode) image.json(descriptor);
        ObjectNode configuration = (ObjectNode) image.json(manifest.get("config"));
        String architecture = configuration.get("architecture").asText();
        Path root = directory.resolve(architecture);
        FileUtils.deleteDirectory(root.toFile());
        unpack(image, manifest, root);
        Optional<Path> java = java(root, configuration).filter(ClassArchive::runsHere);
        if (java.isEmpty()) {
            System.out.printf(
                    "The image for %s has no class archive: its JAVA_HOME names no Java that runs on this machine.%n",
                    architecture);
            return;
        }
        ArrayNode entryPoint = (ArrayNode) configuration.at("/config/Entrypoint");
        List<String> flags = new ArrayList<>();
        entryPoint.forEach(argument -> flags.add(argument.asText()));
        flags.removeIf(argument -> !argument.startsWith("-XX:"));
        String classPath =
                Files.readString(root.resolve("app/jib-classpath-file")).replaceAll("(^|:)/", "$1");
        byte[] layer = layer(writeAlike(root, java.get(), flags, classes, classPath));
        ObjectNode added = manifest.withArray("layers").addObject();
        added.put("mediaType", "application/vnd.oci.image.layer.v1.tar+gzip");
        image.put(added, compressed(layer));
        ((ArrayNode) configuration.at("/rootfs/diff_ids")).add(ImageLayout.digest(layer));
        ((ArrayNode) configuration.get("history"))
                .addObject()
                .put("created", configuration.get("created").asText())
                .put("comment", "class archive");
        List<String> use = flags("/" + ARCHIVE);
        for (int i = 0; i < use.size(); i++) {
            entryPoint.insert(i + 1, use.get(i));
        }
        image.remove(manifest.get("config"));
        image.put((ObjectNode) manifest.get("config"), ImageLayout.JSON.writeValueAsBytes(configuration));
        image.remove(descriptor);
        image.put(descriptor, ImageLayout.JSON.writeValueAsBytes(manifest));
        image.index(index);
        image.write(archive);
    }

    /** The architecture of this machine, as images name it. */
    static String ofThisMachine() {
        return switch (System.getProperty("os.arch")) {
            case "aarch64" -> "arm64";
            // macOS
            case "x86_64" -> "amd64";
            default -> System.getProperty("os.arch");
        };
    }

    private static void unpack(ImageLayout image, JsonNode manifest, Path root) throws IOException {
        for (JsonNode layer : manifest.get("layers")) {
            UnpackedImage.extractLayer(new ByteArrayInputStream(image.blob(layer)), root);
        }
    }

    private static Optional<Path> java(Path root, JsonNode configuration) {
        for (JsonNode variable : configuration.at("/config/Env")) {
            if (variable.asText().startsWith(JAVA_HOME)) {
                return Optional.of(root.resolve(variable.asText().substring(JAVA_HOME.length()) + "/bin/java"));
            }
        }
        boolean isEmptyBase = configuration.at("/config/Env").isEmpty();
        return isEmptyBase && configuration.get("architecture").asText().equals(ofThisMachine())
                ? Java25.find()
                : Optional.empty();
    }

    private static boolean runsHere(Path java) {
        try {
            return ProgramRun.of(new ProcessBuilder(java.toString(), "-version"), "", LIMIT)
                    .succeeded();
        } catch (UncheckedIOException e) {
            return false; // not a program of this machine
        }
    }

    /**
     * Takes what comes out twice: a release is the same bytes each time, and with a heap of another size the runtime was twice seen to lay out an
     * archive another way.
     */
    private static byte[] writeAlike(Path root, Path java, List<String> flags, Path classes, String classPath)
            throws IOException {
        Set<String> seen = new HashSet<>();
        while (seen.size() < MOST_LAYOUTS) {
            write(ARCHIVE, root, java, flags, classes, classPath);
            byte[] archive = Files.readAllBytes(root.resolve(ARCHIVE));
            if (!seen.add(ImageLayout.digest(archive))) {
                return archive;
            }
        }
        throw new IllegalStateException(java + " wrote another class archive each of " + MOST_LAYOUTS + " times");
    }

    /**
     * Writes an archive for this Java.
     *
     * @param directory where it runs; paths relative to it make an archive that does not name it
     * @param flags those with which the archive will be used
     * @param classes the file that lists the classes
     * @throws IllegalStateException if the Java cannot do it
     */
    public static void write(
            String archive, Path directory, Path java, List<String> flags, Path classes, String classPath) {
        List<String> command = new ArrayList<>(List.of(java.toString()));
        command.addAll(flags);
        command.addAll(List.of(
                // the archive depends on the size of the heap, else that of the machine, and it seems on collections
                "-Xms2g",
                "-Xmx2g",
                "-Xmn1500m",
                "-Xshare:dump",
                "-XX:SharedClassListFile=" + classes,
                "-XX:SharedArchiveFile=" + archive,
                "-cp",
                classPath));
        ProgramRun.of(new ProcessBuilder(command).directory(directory.toFile()), "", LIMIT)
                .orThrow();
    }

    /** What makes a Java use an archive. */
    public static List<String> flags(String archive) {
        return List.of(
                "-XX:SharedArchiveFile=" + archive,
                "-XX:+UnlockDiagnosticVMOptions",
                "-XX:ArchiveRelocationMode=0",
                // of standard output: why one is refused is no JSON line, and the operator says in its log that it is
                // not used
                "-Xlog:cds=off");
    }

    private static byte[] layer(byte[] archive) throws IOException {
        ByteArrayOutputStream layer = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(layer, StandardCharsets.UTF_8.name())) {
            TarArchiveEntry entry = new TarArchiveEntry(ARCHIVE);
            entry.setModTime(MODIFIED);
            entry.setSize(archive.length);
            tar.putArchiveEntry(entry);
            tar.write(archive);
            tar.closeArchiveEntry();
        }
        return layer.toByteArray();
    }

    private static byte[] compressed(byte[] bytes) throws IOException {
        ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(compressed)) {
            gzip.write(bytes);
        }
        return compressed.toByteArray();
    }
}
