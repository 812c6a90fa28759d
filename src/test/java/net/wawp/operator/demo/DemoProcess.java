package net.wawp.operator.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The demo in a process of its own, as Maven starts it. */
final class DemoProcess implements AutoCloseable {

    private final Process process;
    private final Path log;

    private DemoProcess(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /** @param variable of its environment, which decides the API that it runs on */
    static DemoProcess start(Path folder, String variable, String value) throws IOException {
        Path log = folder.resolve("demo.log");
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-classpath",
                        System.getProperty("java.class.path"),
                        "-Dlogback.configurationFile=src/test/resources/logback-demo.xml",
                        Demo.class.getName())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().remove("KUBE_API_TEST_DIR");
        builder.environment().put(variable, value);
        return new DemoProcess(builder.start(), log);
    }

    void awaitFirstSample() {
        await().atMost(Duration.ofMinutes(2))
                .until(() -> output().contains("# deploy/samples/1-start-and-scan.yaml") || !process.isAlive());
    }

    List<ProcessHandle> children() {
        return process.descendants().toList();
    }

    /** As Ctrl-C does. */
    void interrupt() {
        process.destroy();
    }

    void assertSaysThatItWasInterrupted() throws InterruptedException, IOException {
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).isEqualTo(1);
        assertThat(Files.readAllLines(log))
                .last()
                .isEqualTo("The demo was interrupted before its end: run mvn -q -Pdemo to see it whole.");
    }

    String output() throws IOException {
        return Files.readString(log);
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
