package net.wawp.operator.controller;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;
import net.wawp.operator.testing.ManualClock;
import org.junit.jupiter.api.Test;

class IntentSendGuardTest {

    private final ManualClock clock = new ManualClock();
    private final WhatsAppSession announced = SampleResource.any().generation(3).build();
    private boolean leads = true;
    private Optional<WhatsAppSession> current = Optional.of(announced);
    private final IntentSendGuard guard =
            new IntentSendGuard(() -> leads, clock, clock.instant(), announced, () -> current);

    @Test
    void anAnnouncedCallGoesOutAtOnce() {
        assertThat(guard.maySend()).isTrue();
    }

    @Test
    void itDoesNotWhenTheLeadIsLost() {
        leads = false;

        assertThat(guard.maySend()).isFalse();
    }

    @Test
    void itDoesNotWhenTheProcessWasFrozenFor10Seconds() {
        clock.advance(Duration.ofSeconds(10));

        assertThat(guard.maySend()).isFalse();
    }

    @Test
    void itDoesNotWhenTheSpecWasEditedMeanwhile() {
        current = Optional.of(SampleResource.any().generation(4).build());

        assertThat(guard.maySend()).isFalse();
    }

    @Test
    void itDoesNotWhenTheResourceIsGone() {
        current = Optional.empty();

        assertThat(guard.maySend()).isFalse();
    }

    @Test
    void itDoesNotWhenAnotherResourceHasTheNameNow() {
        current = Optional.of(SampleResource.any().uid("another").generation(3).build());

        assertThat(guard.maySend()).isFalse();
    }

    @Test
    void theOperatorsOwnStatusWritesChangeNothing() {
        current = Optional.of(
                SampleResource.any().generation(3).label("unrelated", "change").build());

        assertThat(guard.maySend()).isTrue();
    }
}
