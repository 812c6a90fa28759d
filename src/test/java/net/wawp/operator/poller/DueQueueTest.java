package net.wawp.operator.poller;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DueQueueTest {

    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

    private final DueQueue queue = new DueQueue();
    private final PolledSession one = new PolledSession("one");
    private final PolledSession other = new PolledSession("other");

    @Test
    void theSessionThatIsDueFirstIsTakenFirstAndNoneBeforeItsTime() {
        queue.put(one, NOW.plusSeconds(2));
        queue.put(other, NOW.plusSeconds(1));

        assertThat(queue.first()).contains(other);
        assertThat(queue.takeDue(NOW.plusMillis(999))).isEmpty();
        assertThat(queue.takeDue(NOW.plusSeconds(1))).contains(other);
        assertThat(queue.takeDue(NOW.plusSeconds(1))).isEmpty();
        assertThat(queue.takeDue(NOW.plusSeconds(2))).contains(one);
        assertThat(queue.first()).isEmpty();
    }

    @Test
    void ofSessionsThatAreDueAtTheSameTimeTheOneThatWasPutFirstIsTakenFirst() {
        queue.put(one, NOW);
        queue.put(other, NOW);
        queue.put(one, NOW);

        assertThat(queue.takeDue(NOW)).contains(other);
        assertThat(queue.takeDue(NOW)).contains(one);
    }

    @Test
    void aSessionThatIsPutAgainHasItsNewTimeAlone() {
        queue.put(one, NOW);
        queue.put(one, NOW.plusSeconds(5));

        assertThat(queue.isDue(NOW)).isFalse();
        assertThat(queue.due(one)).contains(NOW.plusSeconds(5));
        assertThat(queue.takeDue(NOW.plusSeconds(5))).contains(one);
        assertThat(queue.first()).isEmpty();
    }

    @Test
    void aSessionThatWasTakenIsOutUntilItIsPutAgain() {
        queue.put(one, NOW);
        queue.takeDue(NOW);

        assertThat(queue.due(one)).isEmpty();
        queue.put(one, NOW.plusNanos(1));
        assertThat(queue.due(one)).contains(NOW.plusNanos(1));
    }

    @Test
    void whateverIsPutRemovedAndTakenTheOrderIsThatOfASortedList() {
        Random random = new Random(1);
        List<PolledSession> sessions = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            sessions.add(new PolledSession("uid-" + i));
        }
        Map<PolledSession, Expected> expected = new HashMap<>();
        for (int step = 0; step < 20_000; step++) {
            PolledSession session = sessions.get(random.nextInt(sessions.size()));
            switch (random.nextInt(4)) {
                case 0 -> {
                    queue.remove(session);
                    expected.remove(session);
                }
                case 1 -> {
                    Optional<PolledSession> first = first(expected);
                    assertThat(queue.first()).isEqualTo(first);
                    assertThat(queue.takeDue(NOW.plusSeconds(100))).isEqualTo(first);
                    first.ifPresent(expected::remove);
                }
                default -> {
                    Instant due = NOW.plusSeconds(random.nextInt(100));
                    queue.put(session, due);
                    expected.put(session, new Expected(due, step));
                }
            }
            assertThat(queue.due(session))
                    .isEqualTo(Optional.ofNullable(expected.get(session)).map(Expected::due));
        }
    }

    private record Expected(Instant due, int step) {}

    private static Optional<PolledSession> first(Map<PolledSession, Expected> expected) {
        return expected.entrySet().stream()
                .min(Comparator.comparing((Map.Entry<PolledSession, Expected> entry) ->
                                entry.getValue().due())
                        .thenComparing(entry -> entry.getValue().step()))
                .map(Map.Entry::getKey);
    }
}
