package net.wawp.operator.testing.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditLogTest {

    @Test
    void aMarkMadeWhileALineIsBeingWrittenLiesBeforeThatLine(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(
                directory.resolve("audit.log"),
                event("get") + "\n" + event("patch").substring(0, 9));
        AuditLog log = new AuditLog(file);
        assertThat(log.events()).extracting(AuditEvent::verb).containsExactly("get");

        AuditLog.Mark mark = log.mark();
        Files.writeString(file, event("patch").substring(9) + "\n", StandardOpenOption.APPEND);

        assertThat(log.since(mark)).extracting(AuditEvent::verb).containsExactly("patch");
    }

    @Test
    void aLogMayBeLargerThanAnArray(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("audit.log");
        try (FileChannel sparse = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            sparse.write(ByteBuffer.wrap("\n".getBytes(StandardCharsets.UTF_8)), 3L << 30);
        }
        AuditLog log = new AuditLog(file);

        AuditLog.Mark mark = log.mark();
        Files.writeString(file, event("patch") + "\n", StandardOpenOption.APPEND);

        assertThat(log.since(mark)).extracting(AuditEvent::verb).containsExactly("patch");
    }

    @Test
    void aLogThatIsBegunAnewIsNotTakenForOneInWhichNothingHappened(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("audit.log"), event("get") + "\n" + event("patch") + "\n");
        AuditLog log = new AuditLog(file);
        AuditLog.Mark mark = log.mark();

        Files.writeString(file, event("patch") + "\n");

        assertThatThrownBy(() -> log.since(mark)).hasMessage("The audit log was begun anew: what it held is lost");
    }

    private static String event(String verb) {
        return """
                {"verb":"%s","stage":"ResponseComplete","user":{"username":"a"},"requestReceivedTimestamp":"2026-01-01T00:00:00Z"}""".formatted(verb);
    }
}
