package net.wawp.operator.bench;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import net.wawp.operator.simulator.WawpSimulator;
import org.awaitility.Awaitility;

/** The Wawp simulator in a process of its own, so that its work does not count as the operator's. */
final class SimulatorProcess implements AutoCloseable {

    private static final ObjectMapper JSON = JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();
    private static final Pattern ADDRESS = Pattern.compile("Wawp simulator on (\\S+)");
    private static final Duration LIMIT = Duration.ofMinutes(1);
    private static final int BATCH = 5_000;

    private final HttpClient http = HttpClient.newHttpClient();
    private final MeteredProcess process;
    private final URI baseUrl;

    /** A call that came in; all of them are polls, since every session is as desired. */
    record Arrival(long number, Instant at, String instanceId) {}

    /** An instance to make. */
    record NewInstance(String instanceId, String accessToken, String state) {}

    private SimulatorProcess(MeteredProcess process, URI baseUrl) {
        this.process = process;
        this.baseUrl = baseUrl;
    }

    static SimulatorProcess start(Path directory, Duration latency) throws IOException {
        Path log = directory.resolve("simulator.log");
        MeteredProcess process = MeteredProcess.start(
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-Xmx1g",
                        "-cp",
                        System.getProperty("java.class.path"),
                        WawpSimulator.class.getName(),
                        "0"),
                Map.of(),
                log);
        Awaitility.await().atMost(LIMIT).until(() -> ADDRESS.matcher(Files.readString(log))
                .find());
        Matcher address = ADDRESS.matcher(Files.readString(log));
        address.find();
        SimulatorProcess simulator = new SimulatorProcess(process, URI.create(address.group(1)));
        simulator.send("PATCH", "/_sim/conduct", Map.of("timing", Map.of("latency", latency.toMillis())));
        return simulator;
    }

    URI baseUrl() {
        return baseUrl;
    }

    void add(List<NewInstance> instances) throws IOException {
        for (int from = 0; from < instances.size(); from += BATCH) {
            send(
                    "POST",
                    "/_sim/instances",
                    new ArrayList<>(instances.subList(from, Math.min(from + BATCH, instances.size()))));
        }
    }

    List<Arrival> callsAfter(long number) throws IOException {
        return JSON.readValue(send("GET", "/_sim/ledger?after=" + number, null), new TypeReference<>() {});
    }

    void forgetCalls() throws IOException {
        send("DELETE", "/_sim/ledger", null);
    }

    private byte[] send(String method, String path, Object body) throws IOException {
        HttpRequest request = HttpRequest.newBuilder(baseUrl.resolve(path))
                .method(
                        method,
                        body == null
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body)))
                .build();
        try {
            HttpResponse<byte[]> answer = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
            if (answer.statusCode() >= 300) {
                throw new IOException(method + " " + path + ": " + answer.statusCode());
            }
            return answer.body();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    @Override
    public void close() {
        process.close();
    }
}
