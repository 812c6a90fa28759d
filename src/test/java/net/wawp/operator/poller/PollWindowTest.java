package net.wawp.operator.poller;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class PollWindowTest {

    private static final int MOST = 256;
    private static final Duration ANSWER = Duration.ofMillis(100);

    private PollWindow window = PollWindow.ofToken(MOST);
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");

    @Test
    void fewPollsBeginTogetherAtFirst() {
        assertThat(room()).isEqualTo(PollWindow.FIRST);
    }

    @Test
    void itGrowsUpToTheMostWhileWawpAnswersWellAndAsSoonAsAtFirst() {
        int rounds = 0;
        while (room() < MOST) {
            answerAll(ANSWER);
            rounds++;
        }
        assertThat(rounds).isBetween(20, 40);
        answerAll(ANSWER);
        assertThat(room()).isEqualTo(MOST);
    }

    @Test
    void thatOfAllTokensDoublesInTheTimeOfAnAnswer() {
        window = PollWindow.ofAll(MOST);
        for (int expected = PollWindow.FIRST; expected < MOST; expected *= 2) {
            assertThat(room()).isEqualTo(expected);
            answerAll(ANSWER);
        }
        assertThat(room()).isEqualTo(MOST);
    }

    @Test
    void thatOfAllTokensDoublesNoMoreOnceWawpHasAnsweredLate() {
        window = PollWindow.ofAll(MOST);
        answerAll(ANSWER);
        answerAll(ANSWER.multipliedBy(4));
        assertThat(room()).isEqualTo(2 * PollWindow.FIRST);
        answerAll(ANSWER);
        assertThat(room()).as("a tenth more").isEqualTo(55);
    }

    @Test
    void thatOfAllTokensDoublesNoMoreAfterAFailureUntilWhatIsKnownIsForgotten() {
        window = PollWindow.ofAll(MOST);
        answerAll(ANSWER);
        answerAll(ANSWER);
        room();
        window.failed(now, now);
        assertThat(room()).isEqualTo(2 * PollWindow.FIRST);
        now = now.plus(ANSWER);
        answerAll(ANSWER);
        assertThat(room()).as("a tenth more").isEqualTo(55);

        now = now.plusSeconds(31);
        answerAll(ANSWER);
        assertThat(room()).isEqualTo(2 * PollWindow.FIRST);
    }

    @Test
    void itDoesNotGrowWhileWawpAnswersLate() {
        answerAll(ANSWER);
        int before = room();
        for (int round = 0; round < 10; round++) {
            answerAll(ANSWER.multipliedBy(4));
        }
        assertThat(room()).isEqualTo(before);
    }

    @Test
    void itDoesNotGrowWhileNothingHasToWait() {
        Instant begun = now;
        now = now.plus(ANSWER);
        for (int i = 0; i < 1_000; i++) {
            window.answered(begun, now);
        }
        assertThat(room()).isEqualTo(PollWindow.FIRST);
    }

    @Test
    void pollsThatWereInFlightTogetherHalveItOnce() {
        for (int round = 0; round < 50; round++) {
            answerAll(ANSWER);
        }
        room();
        Instant begun = now;
        now = now.plus(ANSWER);
        for (int i = 0; i < MOST; i++) {
            window.failed(begun, now);
        }
        assertThat(room()).isEqualTo(MOST / 2);
    }

    @Test
    void howeverOftenWawpRefusesAFewBeginTogether() {
        refuseOftenWhileOthersWait();
        assertThat(room()).isEqualTo(PollWindow.LEAST);
    }

    @Test
    void howOftenWawpRefusedIsForgottenToo() {
        refuseOftenWhileOthersWait();
        now = now.plusSeconds(31);
        assertThat(room()).isEqualTo(PollWindow.FIRST);
    }

    @Test
    void aFewSessionsThatAlwaysFailDoNotMakeItSmallWhileNoneHasToWait() {
        window = PollWindow.ofAll(MOST);
        for (int i = 0; i < 10; i++) {
            now = now.plusSeconds(20);
            window.failed(now.minus(ANSWER), now);
        }
        assertThat(room()).isEqualTo(PollWindow.FIRST);
        answerAll(ANSWER);
        assertThat(room()).as("it still doubles").isEqualTo(2 * PollWindow.FIRST);
    }

    @Test
    void oneInUseIsNotForgottenWhileManyAreInFlight() {
        for (int round = 0; round < 50; round++) {
            answerAll(ANSWER);
        }
        now = now.plusSeconds(31);
        assertThat(window.hasRoom(PollWindow.FIRST + 1, now)).isTrue();
    }

    @Test
    void whatWasKnownOfWawpIsForgottenWhenNothingHadToWaitForLong() {
        for (int round = 0; round < 50; round++) {
            answerAll(ANSWER);
        }
        now = now.plusSeconds(31);
        assertThat(room()).isEqualTo(PollWindow.FIRST);
    }

    private void refuseOftenWhileOthersWait() {
        for (int i = 0; i < 10; i++) {
            room();
            window.failed(now, now);
            now = now.plus(ANSWER);
        }
    }

    /** How many may be in flight when more wait. */
    private int room() {
        int inFlight = 0;
        while (window.hasRoom(inFlight, now)) {
            inFlight++;
        }
        return inFlight;
    }

    private void answerAll(Duration took) {
        int inFlight = room();
        Instant begun = now;
        now = now.plus(took);
        for (int i = 0; i < inFlight; i++) {
            window.answered(begun, now);
        }
    }
}
