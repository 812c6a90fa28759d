package net.wawp.operator.poller;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static net.wawp.operator.poller.PollerFixture.credentials;
import static net.wawp.operator.session.SessionState.WORKING;
import static net.wawp.operator.testing.ScriptedWawpClient.observed;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import net.wawp.operator.testing.ScriptedWawpClient.Call;
import org.junit.jupiter.api.Test;

class ManySessionsTest {

    private static final int SESSIONS = 10_000;
    private static final Duration INTERVAL = Duration.ofSeconds(30);
    private static final Duration STEP = Duration.ofSeconds(1);
    private static final int MEAN_PER_STEP = SESSIONS / 30;

    @Test
    void tenThousandSessionsAreAllPolledInEveryIntervalWithoutACrowd() {
        try (PollerFixture fixture = pollAll(2 * MEAN_PER_STEP)) {
            Map<String, Integer> polls = new HashMap<>();
            for (int step = 0; step < 90; step++) {
                fixture.pass(STEP);
                List<Call> begun = answerAll(fixture);
                assertThat(begun).hasSizeBetween(MEAN_PER_STEP * 7 / 10, MEAN_PER_STEP * 13 / 10);
                begun.forEach(poll -> polls.merge(poll.credentials().instanceId(), 1, Integer::sum));
            }
            assertThat(polls).hasSize(SESSIONS);
            // one more or less where jitter carries a poll over the edge of the 90 s
            assertThat(polls.values()).allMatch(count -> count >= 2 && count <= 4);
            assertThat(polls.values().stream().filter(count -> count == 3)).hasSizeGreaterThan(SESSIONS * 95 / 100);
            assertThat(fixture.woken).as("nothing changed").isEmpty();
        }
    }

    @Test
    void whenThereIsNotRoomForAllTheySharceItFairly() {
        int bound = MEAN_PER_STEP / 2;
        try (PollerFixture fixture = pollAll(bound)) {
            List<String> begun = IntStream.range(0, 120)
                    .boxed()
                    .flatMap(step -> {
                        fixture.pass(STEP);
                        assertThat(fixture.client.mostPollsInFlight()).isLessThanOrEqualTo(bound);
                        return answerAll(fixture).stream();
                    })
                    .map(poll -> poll.credentials().instanceId())
                    .toList();
            assertThat(begun).hasSizeLessThanOrEqualTo(120 * bound);
            Map<String, Long> polls = begun.stream().collect(groupingBy(uid -> uid, counting()));
            assertThat(polls).hasSize(SESSIONS);
            assertThat(new HashSet<>(polls.values())).as("polls per session").isSubsetOf(1L, 2L, 3L);
        }
    }

    /** All sessions, after the first poll each; of the requested ones no more than the bound are in flight together. */
    private static PollerFixture pollAll(int bound) {
        PollerFixture fixture = new PollerFixture(bound);
        IntStream.range(0, SESSIONS).mapToObj(number -> "session-" + number).forEach(uid -> {
            fixture.poller.poll(uid, credentials(uid));
            fixture.poller.setInterval(uid, INTERVAL);
        });
        fixture.settle();
        List<Call> begun = answerAll(fixture);
        while (!begun.isEmpty()) {
            assertThat(begun).hasSizeLessThanOrEqualTo(bound);
            begun = answerAll(fixture);
        }
        assertThat(fixture.woken).hasSize(SESSIONS);
        fixture.woken.clear();
        return fixture;
    }

    /** Answers the polls in flight, and returns them. */
    private static List<Call> answerAll(PollerFixture fixture) {
        List<Call> polls = fixture.client.polls();
        fixture.client.clear();
        polls.forEach(poll -> poll.answer().complete(observed(WORKING)));
        fixture.settle();
        return polls;
    }
}
