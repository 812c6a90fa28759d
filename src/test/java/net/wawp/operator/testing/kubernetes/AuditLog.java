package net.wawp.operator.testing.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The API server's audit log: every request, once it was answered; a watch once it was begun. The server writes an
 * event before a short answer leaves it, so that what a client has seen done is in the log.
 */
public final class AuditLog {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path file;

    AuditLog(Path file) {
        this.file = file;
    }

    /** A place in the log, to read on from later. */
    public record Mark(long position) {}

    /** The present end; a line that is being written lies behind it. */
    public Mark mark() {
        try {
            return new Mark(Files.exists(file) ? completeLinesFrom(0).length : 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Everything from the start. */
    public List<AuditEvent> events() {
        return since(new Mark(0));
    }

    /** Everything that was logged after {@code mark}, in order. */
    public List<AuditEvent> since(Mark mark) {
        List<AuditEvent> events = new ArrayList<>();
        try (MappingIterator<JsonNode> lines =
                JSON.readerFor(JsonNode.class).readValues(completeLinesFrom(mark.position()))) {
            lines.forEachRemaining(line -> events.add(AuditEvent.of(line)));
            return events;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Every request, but no bodies; a watch when it begins, since it may never end. */
    static Path writePolicy(Path directory) throws IOException {
        return Files.writeString(directory.resolve("audit-policy.yaml"), """
                apiVersion: audit.k8s.io/v1
                kind: Policy
                rules:
                  - level: Metadata
                    verbs: [watch]
                    omitStages: [RequestReceived, ResponseComplete]
                  - level: Metadata
                    omitStages: [RequestReceived, ResponseStarted]
                """);
    }

    private byte[] completeLinesFrom(long position) throws IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            ByteBuffer bytes = ByteBuffer.allocate((int) (channel.size() - position));
            while (bytes.hasRemaining() && channel.read(bytes, position + bytes.position()) >= 0) {}
            int end = bytes.position();
            while (end > 0 && bytes.get(end - 1) != '\n') {
                end--;
            }
            byte[] lines = new byte[end];
            bytes.get(0, lines);
            return lines;
        }
    }
}
