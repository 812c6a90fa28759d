package net.wawp.operator.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.spi.ILoggingEvent;
import java.time.Duration;
import net.wawp.operator.testing.RecordedLog;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.slf4j.LoggerFactory;

@Execution(ExecutionMode.SAME_THREAD)
class FailureLogTest {

    private final RecordedLog log = new RecordedLog(FailureLogTest.class);
    private long now;
    private final FailureLog failures = new FailureLog(LoggerFactory.getLogger(FailureLogTest.class), () -> now);

    @AfterEach
    void stopListening() {
        log.close();
    }

    @Test
    void messagesThatTakeTurnsAreLoggedOnceEachAndAnewAfterTheEnd() {
        for (int round = 0; round < 3; round++) {
            failures.failing("no right");
            failures.failing("denied:", "by a webhook in round " + round);
            failures.failing("broken", new IllegalStateException("round " + round));
        }
        failures.ended("well again");
        failures.ended("well again");
        failures.failing("no right");

        assertThat(log.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .containsExactly("no right", "denied: by a webhook in round 0", "broken", "well again", "no right");
    }

    @Test
    void aFailureThatComesBackAfterAWhileIsLoggedAgainThoughAnotherHasLasted() {
        failures.failing("no right");
        for (int minute = 0; minute < 11; minute++) {
            failures.failing("too large");
            now += Duration.ofMinutes(1).toNanos();
        }
        failures.failing("no right");
        failures.failing("too large");

        assertThat(log.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .containsExactly("no right", "too large", "no right");
    }

    @Test
    void messagesThatAreDifferentEachTimeAreNotAllRemembered() {
        for (int message = 0; message <= 100; message++) {
            failures.failing("refused as number " + message);
        }
        failures.failing("refused as number 100");
        assertThat(log.list).hasSize(101);

        failures.failing("refused as number 0");

        assertThat(log.list).as("forgotten meanwhile").hasSize(102);
    }
}
