package net.wawp.operator.session.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import net.wawp.operator.session.Action;
import net.wawp.operator.session.Desired;
import net.wawp.operator.session.Failure.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class MessagesTest {

    @ParameterizedTest
    @CsvSource({"10, 10 s", "60, 60 s", "90, 90 s", "119, 119 s", "120, 2 min", "121, 121 s", "600, 10 min"})
    void aPauseIsToldInMinutesWhereTheyAreWholeAndMoreThanOne(int seconds, String told) {
        assertThat(Messages.duration(Duration.ofSeconds(seconds))).isEqualTo(told);
    }

    @Test
    void whatIsWantedIsToldWithTheDeletionThatWantsIt() {
        PolicyFixture fixture = PolicyFixture.wanted(Desired.Stopped);

        assertThat(Messages.wanted(fixture.target())).isEqualTo("Stopped");
        assertThat(Messages.wanted(fixture.deleted(Duration.ZERO).target()))
                .isEqualTo("Stopped because the resource is deleted");
    }

    @Test
    void aSuspendedResourceTellsWhatIsDueOrHowToGoOn() {
        assertThat(Messages.suspended(true, Optional.of(Action.Stop)))
                .isEqualTo("The resource is suspended; the session is as desired.");
        assertThat(Messages.suspended(false, Optional.of(Action.Logout)))
                .isEqualTo("The resource is suspended: a logout is due and is made once spec.suspend is false.");
        assertThat(Messages.suspended(false, Optional.empty()))
                .isEqualTo(
                        "The resource is suspended and the session is not as desired: set spec.suspend to false to go on.");
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void aCallThatWasHeldBackIsToldAsSuch(Kind kind) {
        String told = Messages.callWithheld(Action.Stop, kind);

        assertThat(told)
                .isEqualTo(
                        switch (kind) {
                            case GatewayUnavailable ->
                                "The stop was held back and not sent: Wawp or the API server could not be asked first; it"
                                        + " is tried again by itself.";
                            case RateLimited ->
                                "The stop was held back and not sent: Wawp allows this token no more calls now; it is sent"
                                        + " by itself.";
                            case RequestRejected, Unauthorized, QuotaExceeded, InstanceNotFound ->
                                Messages.callRefused(Action.Stop, kind);
                        });
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void eachRefusalNamesTheCallAndEndsAsASentence(Kind kind) {
        assertThat(Messages.callRefused(Action.Logout, kind))
                .contains("logout call")
                .endsWith(".");
        assertThat(Messages.pollFailed(kind)).startsWith("Wawp ").endsWith(".");
    }
}
