package net.wawp.operator.testing.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.io.input.BoundedInputStream;

/**
 * The API server's audit log: every request, once it was answered; a watch once it was begun. The server writes an
 * event before a short answer leaves it, so that what a client has seen done is in the log.
 */
public final class AuditLog {

    /** For the server, which begins a new file at 100 unless told otherwise: what stood in the old one would be lost here. */
    static final String MOST_MEGABYTES = "100000";

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path file;

    AuditLog(Path file) {
        this.file = file;
    }

    /** A place in the log, to read on from later. */
    public record Mark(long position) {}

    /** The present end; a line that is being written lies behind it. */
    public Mark mark() {
        if (!Files.exists(file)) {
            return new Mark(0);
        }
        try (FileChannel log = FileChannel.open(file)) {
            return new Mark(endOfLastLine(log));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Everything from the start. */
    public List<AuditEvent> events() {
        return since(new Mark(0));
    }

    /**
     * Everything that was logged after {@code mark}, in order.
     *
     * @throws IllegalStateException when the log has become shorter
     */
    public List<AuditEvent> since(Mark mark) {
        try (FileChannel log = FileChannel.open(file)) {
            long end = endOfLastLine(log);
            if (end < mark.position()) {
                throw new IllegalStateException("The audit log was begun anew: what it held is lost");
            }
            return read(log, mark.position(), end);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<AuditEvent> read(FileChannel log, long from, long to) throws IOException {
        List<AuditEvent> events = new ArrayList<>();
        try (InputStream complete = BoundedInputStream.builder()
                        .setInputStream(Channels.newInputStream(log.position(from)))
                        .setMaxCount(to - from)
                        .get();
                MappingIterator<JsonNode> lines = JSON.readerFor(JsonNode.class).readValues(complete)) {
            lines.forEachRemaining(line -> events.add(AuditEvent.of(line)));
            return events;
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

    private static long endOfLastLine(FileChannel log) throws IOException {
        ByteBuffer block = ByteBuffer.allocate(8192);
        for (long end = log.size(); end > 0; end -= block.limit()) {
            block.clear().limit((int) Math.min(block.capacity(), end));
            long start = end - block.limit();
            while (block.hasRemaining() && log.read(block, start + block.position()) >= 0) {}
            for (int i = block.position() - 1; i >= 0; i--) {
                if (block.get(i) == '\n') {
                    return start + i + 1;
                }
            }
        }
        return 0;
    }
}
