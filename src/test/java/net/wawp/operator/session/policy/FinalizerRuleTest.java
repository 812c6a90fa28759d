package net.wawp.operator.session.policy;

import static net.wawp.operator.session.Desired.LoggedOut;
import static net.wawp.operator.session.Desired.Running;
import static net.wawp.operator.session.Desired.Stopped;
import static net.wawp.operator.session.SessionState.SCAN_QR_CODE;
import static net.wawp.operator.session.SessionState.STARTING;
import static net.wawp.operator.session.SessionState.STOPPED;
import static net.wawp.operator.session.SessionState.UNKNOWN;
import static net.wawp.operator.session.SessionState.WORKING;
import static net.wawp.operator.session.policy.PolicyFixture.NOW;
import static net.wawp.operator.session.policy.PolicyFixture.wanted;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import net.wawp.operator.session.Action;
import net.wawp.operator.session.Decision;
import net.wawp.operator.session.Decision.Await;
import net.wawp.operator.session.Decision.Facts;
import net.wawp.operator.session.Decision.Release;
import net.wawp.operator.session.Decision.UpdateStatus;
import net.wawp.operator.session.Desired;
import net.wawp.operator.session.Failure;
import net.wawp.operator.session.Failure.Kind;
import net.wawp.operator.session.LastAction.Phase;
import net.wawp.operator.session.Pairing;
import net.wawp.operator.session.PolicyInputs;
import net.wawp.operator.session.Readiness;
import net.wawp.operator.session.Readiness.Activity;
import net.wawp.operator.session.Readiness.Ready;
import net.wawp.operator.session.Reason;
import net.wawp.operator.session.Target;
import net.wawp.operator.session.Target.Finalizer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class FinalizerRuleTest {

    private static final Duration JUST_NOW = Duration.ofSeconds(5);
    private static final boolean ALONE = false;
    private static final boolean HAS_SUCCESSOR = true;

    /** With these the deletion policy has been carried out. */
    private static final Set<Reason> DONE = Set.of(Reason.Stopped, Reason.LoggedOut);

    /** With these it cannot be: somebody would have to do something first, and nobody is made to wait for that. */
    private static final Set<Reason> HOPELESS = Set.of(
            Reason.SecretNotFound,
            Reason.SecretInvalid,
            Reason.InstanceConflict,
            Reason.RequestRejected,
            Reason.Unauthorized,
            Reason.QuotaExceeded,
            Reason.InstanceNotFound,
            Reason.LogoutUncertain,
            Reason.UnknownSessionState);

    @Test
    void aResourceThatIsNotBeingDeletedIsNotLetGo() {
        assertThat(release(wanted(Stopped).seen(STOPPED), ALONE)).isEmpty();
    }

    @Test
    void aResourceGoesQuietlyOnceItsSessionIsSeenAsThePolicyWantsIt() {
        Optional<String> quiet = Optional.empty();

        assertThat(release(wanted(Stopped).seen(STOPPED).deleted(JUST_NOW), ALONE))
                .contains(quiet);
        assertThat(release(wanted(LoggedOut).seen(SCAN_QR_CODE).deleted(JUST_NOW), ALONE))
                .contains(quiet);
    }

    @Test
    void aResourceStaysWhileItsSessionIsBeingStoppedOrLoggedOut() {
        assertThat(release(wanted(Stopped).seen(WORKING).deleted(JUST_NOW), ALONE))
                .isEmpty();
        assertThat(release(wanted(LoggedOut).seen(WORKING).deleted(JUST_NOW), ALONE))
                .isEmpty();
        assertThat(release(wanted(LoggedOut).seen(STARTING, JUST_NOW).deleted(JUST_NOW), ALONE))
                .isEmpty();
    }

    @Test
    void aResourceStaysUntilTheFirstPollHasEnded() {
        assertThat(release(wanted(Stopped).deleted(JUST_NOW), ALONE)).isEmpty();
    }

    @Test
    void aWayToPairIsTakenBackFirstWithinTenSeconds() {
        PolicyFixture fixture =
                wanted(Stopped).seen(STOPPED).pairing(Duration.ofMinutes(1)).deleted(JUST_NOW);
        assertThat(fixture.decide()).isInstanceOfSatisfying(Await.class, await -> assertThat(await.until())
                .contains(NOW.plusSeconds(1)));

        assertThat(release(fixture.deleted(Duration.ofMillis(9_999)), ALONE)).isEmpty();
        assertThat(release(fixture.deleted(Duration.ofSeconds(10)), ALONE)).isPresent();
    }

    @Test
    void aDeletionIsDecidedAgainAtItsDeadline() {
        assertThat(wanted(Stopped).seen(WORKING).deleted(JUST_NOW).result().decideAgainAt())
                .contains(NOW.minus(JUST_NOW).plus(Duration.ofMinutes(10)));
    }

    @Test
    void theAnswerToTheCallIsNotEnoughItsEffectMustBeSeen() {
        PolicyFixture fixture = wanted(LoggedOut)
                .seen(WORKING)
                .last(Action.Logout, Phase.Intended, Duration.ofSeconds(4))
                .accepted(Duration.ofSeconds(3))
                .deleted(JUST_NOW);

        assertThat(release(fixture, ALONE)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("allReadiness")
    void eachReasonHoldsTheResourceOrLetsItGo(Readiness readiness) {
        Optional<Optional<String>> release = release(wanted(Stopped).deleted(JUST_NOW), readiness);

        if (DONE.contains(readiness.reason())) {
            assertThat(release).contains(Optional.<String>empty());
        } else if (HOPELESS.contains(readiness.reason())) {
            assertThat(release).hasValueSatisfying(why -> assertThat(why.orElseThrow())
                    .as("a sentence for somebody who has no resource any more")
                    .isNotEqualTo(readiness.message())
                    .endsWith(".")
                    .doesNotContain("annotate"));
        } else {
            assertThat(release).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    SecretNotFound      | The Secret could not be read, so
                    SecretInvalid       | The Secret gave no credentials for this instance, so
                    RequestRejected     | Wawp refused the request as a bad one, so
                    Unauthorized        | Wawp did not accept the access token, so
                    QuotaExceeded       | A quota, a limit or the subscription of the Wawp account did not allow the call, so
                    LogoutUncertain     | Three logouts showed no effect, so
                    UnknownSessionState | Wawp reported a state that this operator does not know, so
                    """)
    void whatIsLeftUndoneIsToldToWhoeverHasOnlyTheDashboardLeft(Reason reason, String why) {
        Readiness readiness = new Readiness(reason, Ready.False, Activity.None, "This is why.");

        assertThat(release(wanted(Stopped).deleted(JUST_NOW), readiness))
                .contains(forced(why + " the session may still run: stop it in the Wawp dashboard."));
        assertThat(release(wanted(LoggedOut).deleted(JUST_NOW), readiness))
                .contains(forced(why + " the session may still be linked: log it out in the Wawp dashboard."));
    }

    @Test
    void whereNobodyHasToStopTheSessionTheReleaseSaysSo() {
        assertThat(release(
                        wanted(Stopped).deleted(JUST_NOW),
                        new Readiness(Reason.InstanceConflict, Ready.False, Activity.None, "This is why.")))
                .contains(forced("Another resource owns the instance and keeps the session."));
        assertThat(release(
                        wanted(LoggedOut).deleted(JUST_NOW),
                        new Readiness(Reason.InstanceNotFound, Ready.False, Activity.None, "This is why.")))
                .contains(forced(
                        "Wawp knows no instance with this id: check in the Wawp dashboard that no session is left."));
    }

    @Test
    void aSpecThatMakesNoSenseIsNotBlamedOnWawp() {
        assertThat(release(
                        wanted(LoggedOut)
                                .blockedBy(Reason.RequestRejected, JUST_NOW)
                                .deleted(JUST_NOW),
                        ALONE))
                .contains(forced("The spec of the resource is not valid, so the session may still be linked: log it out"
                        + " in the Wawp dashboard."));
    }

    @ParameterizedTest
    @MethodSource("allReadiness")
    void afterTenMinutesItGoesWhateverItsSessionDoes(Readiness readiness) {
        assertThat(release(wanted(Stopped).deleted(Duration.ofMinutes(10)), readiness))
                .isPresent();
    }

    @Test
    void theTenMinutesAreWaitedOut() {
        PolicyFixture lasting = wanted(LoggedOut).pollsFail(Kind.GatewayUnavailable, 9);

        assertThat(release(lasting.deleted(Duration.ofSeconds(599)), ALONE)).isEmpty();
        assertThat(release(lasting.deleted(Duration.ofSeconds(600)), ALONE))
                .contains(forced("The deletion policy could not be carried out within 10 minutes."));
    }

    @Test
    void afterTenMinutesItGoesEvenWithACallInFlight() {
        PolicyFixture stuck = wanted(Stopped)
                .seen(WORKING)
                .last(Action.Stop, Phase.Intended, JUST_NOW)
                .unanswered()
                .deleted(Duration.ofMinutes(10));

        assertThat(release(stuck, ALONE)).isPresent();
    }

    @ParameterizedTest
    @EnumSource(
            value = Kind.class,
            names = {"RequestRejected", "Unauthorized", "QuotaExceeded", "InstanceNotFound"})
    void aRefusalLetsItGoAtOnceWhetherOfThePollOrOfTheCall(Kind kind) {
        PolicyFixture poll = wanted(Stopped).pollsFail(kind, 1).deleted(JUST_NOW);
        PolicyFixture call = wanted(Stopped)
                .seen(WORKING)
                .last(Action.Stop, Phase.Intended, Duration.ofSeconds(4))
                .refused(kind, Failure.Delivery.Answered, Duration.ofSeconds(3), Duration.ofMinutes(10))
                .deleted(JUST_NOW);

        assertThat(release(poll, ALONE)).isPresent();
        assertThat(release(call, ALONE)).isPresent();
    }

    @Test
    void aWordThatIsNotKnownLetsItGoAtOnce() {
        assertThat(release(wanted(LoggedOut).seen(UNKNOWN).deleted(JUST_NOW), ALONE))
                .isPresent();
    }

    @Test
    void aSuspendedResourceGoesAtOnceAndItsSessionIsLeftAsItIs() {
        assertThat(release(wanted(Stopped).seen(WORKING).suspended().deleted(JUST_NOW), ALONE))
                .contains(forced("The resource is suspended, so the session was left as it is."));
        assertThat(release(wanted(Stopped).suspended().deleted(JUST_NOW), ALONE))
                .isPresent();
    }

    @Test
    void aSuccessorKeepsTheSession() {
        assertThat(release(wanted(LoggedOut).seen(WORKING).deleted(JUST_NOW), HAS_SUCCESSOR))
                .contains(forced("Another resource waits for the same instance and keeps the session."));
    }

    @Test
    void aBlockerThatIsNotTheApiServersFaultLetsItGo() {
        assertThat(release(
                        wanted(Stopped)
                                .blockedBy(Reason.SecretNotFound, JUST_NOW)
                                .deleted(JUST_NOW),
                        ALONE))
                .isPresent();
    }

    @ParameterizedTest
    @CsvSource({
        "true,  false, false, AddFinalizer",
        "true,  true,  false, ''",
        "false, true,  false, RemoveFinalizer",
        "false, false, false, ''",
        "true,  false, true,  LeaveAlone",
        "true,  true,  true,  ''",
        "false, true,  true,  RemoveFinalizer",
        "false, false, true,  LeaveAlone"
    })
    void theFinalizerFollowsTheDeletionPolicyButIsNeverPutOnWhatIsBeingDeleted(
            boolean wanted, boolean held, boolean deleted, String decision) {
        Target target = Target.builder(1, NOW, Running)
                .finalizer(new Finalizer(wanted, held))
                .deletedAt(Optional.of(NOW).filter(at -> deleted))
                .build();

        assertThat(FinalizerRule.align(target)
                        .map(aligned -> aligned.getClass().getSimpleName())
                        .orElse(""))
                .isEqualTo(decision);
    }

    @Test
    void aFinalizerThatIsOutOfLineIsAllThatIsDecided() {
        PolicyInputs inputs = wanted(Running).seen(WORKING).inputs();
        Target outOfLine = Target.builder(4, NOW, Running)
                .finalizer(new Finalizer(true, false))
                .build();

        assertThat(SessionPolicy.decide(
                                new PolicyInputs(
                                        outOfLine,
                                        inputs.observation(),
                                        inputs.progress(),
                                        inputs.secret(),
                                        inputs.ownership(),
                                        inputs.pairing()),
                                NOW)
                        .decision())
                .isInstanceOf(Decision.AddFinalizer.class);
    }

    // --- a rename in Git: one resource goes, another comes for the same instance --------------------------------

    @Test
    void aDeletionsCallWaitsSomeSecondsForASuccessorToTurnUp() {
        PolicyFixture leaving = wanted(LoggedOut).seen(WORKING);

        assertThat(leaving.deleted(Duration.ofSeconds(4)).decide()).isInstanceOf(Await.class);
        assertThat(leaving.deleted(Duration.ofSeconds(5)).update().call()).isPresent();
    }

    @ParameterizedTest
    @EnumSource(
            value = Desired.class,
            names = {"Stopped", "LoggedOut"})
    void aDeletionsCallWaitsWhileAnotherResourceMayWantTheInstance(Desired policy) {
        PolicyFixture leaving = wanted(policy).seen(WORKING).anotherResourceIsUndecided();

        assertThat(leaving.deleted(Duration.ofSeconds(599)).decide()).isInstanceOf(Await.class);
        assertThat(release(leaving.deleted(Duration.ofSeconds(600)), ALONE))
                .contains(forced("The deletion policy could not be carried out within 10 minutes."));
    }

    @Test
    void aSecretThatCannotBeReadHoldsTheResourceUntilTheDeadlineAndNoLonger() {
        PolicyFixture leaving = wanted(LoggedOut).seen(WORKING).secretUnavailable(Duration.ofMinutes(9));

        assertThat(release(leaving.deleted(Duration.ofSeconds(599)), ALONE)).isEmpty();
        assertThat(release(leaving.deleted(Duration.ofSeconds(600)), ALONE)).isPresent();
    }

    static Stream<Readiness> allReadiness() {
        return Arrays.stream(Reason.values())
                .map(reason -> new Readiness(reason, Ready.False, Activity.None, "This is why: " + reason + "."));
    }

    private static Optional<String> forced(String why) {
        return Optional.of(why);
    }

    /** Present when the resource is let go; then why its policy could not be carried out, if so. */
    private static Optional<Optional<String>> release(PolicyFixture fixture, boolean hasSuccessor) {
        Decision decision = (hasSuccessor ? fixture.successorWaits() : fixture).decide();
        return decision instanceof Release release ? Optional.of(release.unfinished()) : Optional.empty();
    }

    private static Optional<Optional<String>> release(PolicyFixture fixture, Readiness readiness) {
        UpdateStatus update = new UpdateStatus(
                readiness,
                new Facts(Optional.empty(), Pairing.Unknown),
                0,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Duration.ofSeconds(60),
                Optional.empty(),
                false);
        return FinalizerRule.release(fixture.inputs(), update, NOW)
                .map(Release.class::cast)
                .map(Release::unfinished);
    }
}
