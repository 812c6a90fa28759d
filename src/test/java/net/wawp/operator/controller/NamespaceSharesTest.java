package net.wawp.operator.controller;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import net.wawp.operator.testing.ManualClock;
import org.junit.jupiter.api.Test;

class NamespaceSharesTest {

    private static final Duration TOOK = Duration.ofMillis(6);

    private final ManualClock clock = new ManualClock();
    private final NamespaceShares shares = new NamespaceShares(4, clock);

    @Test
    void oneNamespaceUsesAllThreadsButOne() {
        assertThat(Stream.generate(() -> shares.enter("crowded")).limit(3)).allMatch(wait -> wait.isEmpty());

        assertThat(shares.enter("crowded")).isPresent();
        assertThat(shares.enter("calm")).isEmpty();
    }

    @Test
    void aThreadThatIsDoneIsFreeForWhoeverComesNext() {
        Stream.generate(() -> shares.enter("crowded")).limit(3).forEach(wait -> {});

        shares.leave("crowded", TOOK);

        assertThat(shares.enter("crowded")).isEmpty();
        assertThat(shares.enter("crowded")).isPresent();
    }

    @Test
    void thoseThatWaitComeBackOneAfterTheOtherAsFastAsTheWorkGoes() {
        for (int done = 0; done < 200; done++) {
            shares.enter("crowded");
            shares.leave("crowded", TOOK);
        }
        Stream.generate(() -> shares.enter("crowded")).limit(3).forEach(wait -> {});

        List<Duration> waits = Stream.generate(() -> shares.enter("crowded").orElseThrow())
                .limit(3)
                .toList();

        Duration apart = waits.get(0);
        assertThat(apart).isCloseTo(TOOK.dividedBy(3), Duration.ofNanos(1_000));
        assertThat(waits).containsExactly(apart, apart.multipliedBy(2), apart.multipliedBy(3));
        clock.advance(apart.multipliedBy(3));
        assertThat(shares.enter("crowded")).contains(apart);
    }

    @Test
    void anApiServerThatHangsSendsNobodyAwayForLong() {
        for (int done = 0; done < 200; done++) {
            shares.enter("crowded");
            shares.leave("crowded", Duration.ofSeconds(30));
        }
        Stream.generate(() -> shares.enter("crowded")).limit(3).forEach(wait -> {});

        assertThat(Stream.generate(() -> shares.enter("crowded").orElseThrow()).limit(3_000))
                .allMatch(wait -> wait.compareTo(Duration.ofMillis(5_100)) < 0);
    }

    @Test
    void eachOfManyBusyNamespacesGetsATurn() {
        List<String> busy = List.of("a", "b", "c", "d", "e", "f");
        Stream.generate(() -> shares.enter("a")).limit(3).forEach(wait -> {});

        assertThat(busy.subList(1, 6))
                .allMatch(namespace -> shares.enter(namespace).isEmpty());
        assertThat(busy).allMatch(namespace -> shares.enter(namespace).isPresent());
    }
}
