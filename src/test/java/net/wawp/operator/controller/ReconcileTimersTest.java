package net.wawp.operator.controller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import net.wawp.operator.testing.LoopFixture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ReconcileTimersTest {

    private static final ResourceID ONE = new ResourceID("one", "crm");
    private static final ResourceID OTHER = new ResourceID("other", "crm");
    private static final Optional<Duration> SOON = Optional.of(Duration.ofMillis(20));
    private static final Optional<Duration> LATER = Optional.of(Duration.ofMillis(40));
    private static final Optional<Duration> IN_AN_HOUR = Optional.of(Duration.ofHours(1));

    private final LoopFixture fixture = new LoopFixture();
    private final List<ResourceID> woken = new CopyOnWriteArrayList<>();
    private final ReconcileTimers timers = new ReconcileTimers(fixture.loop(), woken::add);

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void aResourceIsWokenWhenItsTimeHasCome() {
        timers.set(ONE, SOON);

        await().until(() -> woken.equals(List.of(ONE)));
    }

    @Test
    void aNewTimeTakesThePlaceOfTheOneBefore() {
        beforeAnyFires(() -> {
            timers.set(ONE, IN_AN_HOUR);
            timers.set(OTHER, SOON);
            timers.set(OTHER, IN_AN_HOUR);
            timers.set(ONE, LATER);
        });

        await().until(() -> !woken.isEmpty());
        assertThat(woken).containsExactly(ONE);
    }

    @Test
    void whatIsNoLongerDueWakesNobody() {
        beforeAnyFires(() -> {
            timers.set(ONE, SOON);
            timers.set(ONE, Optional.empty());
            timers.set(OTHER, LATER);
        });

        await().until(() -> !woken.isEmpty());
        assertThat(woken).containsExactly(OTHER);
        assertThat(timers.size()).isEqualTo(1);
    }

    @Test
    void oneThatIsClosedWakesNobody() {
        beforeAnyFires(() -> {
            timers.set(ONE, SOON);
            timers.close();
            timers.set(OTHER, LATER);
        });

        await().until(() -> !woken.isEmpty());
        assertThat(woken).containsExactly(OTHER);
    }

    @Test
    void tenThousandReconciliationsOfAResourceLeaveOneTimer() {
        for (int i = 0; i < 10_000; i++) {
            timers.set(ONE, IN_AN_HOUR);
        }

        assertThat(timers.size()).isEqualTo(1);
    }

    /** On the loop, which fires them. */
    private void beforeAnyFires(Runnable calls) {
        fixture.loop().run(calls);
    }
}
