package net.wawp.operator.controller;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;
import net.wawp.operator.testing.ManualClock;
import org.junit.jupiter.api.Test;

class SendGuardTest {

    private final ManualClock clock = new ManualClock();
    private final WhatsAppSession announced = SampleResource.any().generation(3).build();
    private boolean leads = true;
    private Optional<WhatsAppSession> current = Optional.of(announced);
    private final SendGuard permit = new SendGuard(() -> leads, clock, clock.instant(), announced, () -> current);

    @Test
    void anAnnouncedCallGoesOutAtOnce() {
        assertThat(permit.getAsBoolean()).isTrue();
    }

    @Test
    void itDoesNotWhenTheLeadIsLost() {
        leads = false;

        assertThat(permit.getAsBoolean()).isFalse();
    }

    @Test
    void itDoesNotWhenTheProcessWasFrozenFor10Seconds() {
        clock.advance(Duration.ofSeconds(10));

        assertThat(permit.getAsBoolean()).isFalse();
    }

    @Test
    void itDoesNotWhenTheSpecWasEditedMeanwhile() {
        current = Optional.of(SampleResource.any().generation(4).build());

        assertThat(permit.getAsBoolean()).isFalse();
    }

    @Test
    void itDoesNotWhenTheResourceIsGone() {
        current = Optional.empty();

        assertThat(permit.getAsBoolean()).isFalse();
    }

    @Test
    void itDoesNotWhenAnotherResourceHasTheNameNow() {
        current = Optional.of(SampleResource.any().uid("another").generation(3).build());

        assertThat(permit.getAsBoolean()).isFalse();
    }

    @Test
    void theOperatorsOwnStatusWritesChangeNothing() {
        current = Optional.of(
                SampleResource.any().generation(3).label("unrelated", "change").build());

        assertThat(permit.getAsBoolean()).isTrue();
    }
}
