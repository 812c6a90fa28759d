package net.wawp.operator.install;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;
import net.wawp.operator.testing.Java25;
import net.wawp.operator.testing.kubernetes.ProgramRun;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClassArchiveTest {

    /** Linux distributions have such names among their certificates, and a build in a container often has the locale C. */
    @Test
    void aBaseImageMayHaveNamesThatTheLocaleCannotWrite(@TempDir Path directory) throws IOException {
        Path image = directory.resolve("image.tar");
        imageOfAnotherMachineWith("etc/ssl/certs/Főtanúsítvány.crt").write(image);
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                ClassArchive.class.getName(),
                "classes.txt",
                directory.resolve("work").toString(),
                image.toString());
        builder.environment().put("LC_ALL", "C");

        ProgramRun run = ProgramRun.of(builder, "", Duration.ofMinutes(1)).orThrow();

        assertThat(run.output()).contains("The image for s390x has no class archive");
    }

    @Test
    void theArchiveIsTheSameWhateverMemoryTheMachineHas(@TempDir Path directory) throws Exception {
        Path java = Java25.required();
        Path classes = Files.writeString(directory.resolve("classes.txt"), "java/lang/Object\n");
        String jar = Path.of(Test.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .toURI())
                .toString();

        for (String memory : List.of("2g", "8g")) {
            ClassArchive.write(
                    memory, directory, java, List.of("-XX:+UseSerialGC", "-XX:MaxRAM=" + memory), classes, jar);
        }

        assertThat(Files.mismatch(directory.resolve("2g"), directory.resolve("8g")))
                .isEqualTo(-1);
    }

    private static ImageLayout imageOfAnotherMachineWith(String file) throws IOException {
        ImageLayout image = new ImageLayout(new TreeMap<>());
        ObjectNode configuration = ImageLayout.JSON.createObjectNode().put("architecture", "s390x");
        configuration.putObject("config").putArray("Env").add("JAVA_HOME=/opt/java");
        ObjectNode manifest = ImageLayout.JSON.createObjectNode();
        image.put(manifest.putArray("layers").addObject(), layer(file));
        image.put(manifest.putObject("config"), ImageLayout.JSON.writeValueAsBytes(configuration));
        ObjectNode index = ImageLayout.JSON.createObjectNode();
        image.put(index.putArray("manifests").addObject(), ImageLayout.JSON.writeValueAsBytes(manifest));
        image.index(index);
        return image;
    }

    private static byte[] layer(String file) throws IOException {
        ByteArrayOutputStream layer = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar =
                new TarArchiveOutputStream(new GZIPOutputStream(layer), StandardCharsets.UTF_8.name())) {
            tar.setAddPaxHeadersForNonAsciiNames(true);
            tar.putArchiveEntry(new TarArchiveEntry(file));
            tar.closeArchiveEntry();
        }
        return layer.toByteArray();
    }
}
