package net.wawp.operator.controller;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;
import net.wawp.operator.testing.ManualClock;
import org.junit.jupiter.api.Test;

class IntentSendGuardTest {

    private final ManualClock clock = new ManualClock();
    private final WhatsAppSession announced = SampleResource.any().generation(3).build();
    private boolean leads = true;
    private Optional<WhatsAppSession> current = Optional.of(announced);
    private final IntentSendGuard guard = guard(Duration.ZERO);

    @Test
    void anAnnouncedCallGoesOutAtOnce() {
        assertThat(guard.maySend()).isTrue();
    }

    @Test
    void itDoesNotWhenThisProcessLeadsNoMore() {
        leads = false;

        assertThat(guard.maySend()).isFalse();
    }

    @Test
    void itDoesNotWhenTheProcessWasFrozenFor10Seconds() {
        clock.advance(Duration.ofSeconds(10));

        assertThat(guard.maySend()).isFalse();
    }

    @Test
    void itStillDoesWithinTheTenSeconds() {
        clock.advance(Duration.ofMillis(9_999));

        assertThat(guard.maySend()).isTrue();
    }

    @Test
    void itDoesNotWhenThePollThatItIsBasedOnIsTooOldHoweverYoungTheIntentIs() {
        IntentSendGuard young = guard(Duration.ofSeconds(38));
        clock.advance(Duration.ofMillis(1_999));
        assertThat(young.maySend()).isTrue();

        clock.advance(Duration.ofMillis(1));
        assertThat(young.maySend()).isFalse();
    }

    @Test
    void itDoesNotWhenASecretTookFiveMinutesToRead() {
        assertThat(guard(Duration.ofMinutes(5)).maySend()).isFalse();
    }

    @Test
    void itDoesNotWithoutAnyPoll() {
        assertThat(new IntentSendGuard(() -> leads, clock, Instant.MIN, clock.instant(), announced, () -> current)
                        .maySend())
                .isFalse();
    }

    @Test
    void eachQuestionIsAnsweredAnew() {
        assertThat(guard.maySend()).isTrue();
        leads = false;
        assertThat(guard.maySend()).isFalse();
        leads = true;
        assertThat(guard.maySend()).isTrue();
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

    /** Of a call that is announced now, on a poll of this age. */
    private IntentSendGuard guard(Duration pollAge) {
        return new IntentSendGuard(
                () -> leads, clock, clock.instant().minus(pollAge), clock.instant(), announced, () -> current);
    }
}
