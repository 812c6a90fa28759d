package net.wawp.operator.session.policy;

import static net.wawp.operator.session.Desired.Running;
import static net.wawp.operator.session.Desired.Stopped;
import static net.wawp.operator.session.SessionState.STOPPED;
import static net.wawp.operator.session.SessionState.WORKING;
import static net.wawp.operator.session.policy.PolicyFixture.NOW;
import static net.wawp.operator.session.policy.PolicyFixture.ago;
import static net.wawp.operator.session.policy.PolicyFixture.wanted;
import static net.wawp.operator.session.policy.UpdateStatusAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import net.wawp.operator.session.Action;
import net.wawp.operator.session.Blocker;
import net.wawp.operator.session.Decision.Await;
import net.wawp.operator.session.Ownership;
import net.wawp.operator.session.PolicyInputs;
import net.wawp.operator.session.Reason;
import net.wawp.operator.session.SecretState;
import net.wawp.operator.session.SecretState.Unread;
import net.wawp.operator.session.SecretState.Usable;
import org.junit.jupiter.api.Test;

/** What stands in the way of everything: the resource's own text, its Secret, another resource. */
class BlockerRuleTest {

    private static final String BOUND = "3EB0BCB2E3D4";
    private static final String OTHER = "5FC1CDC3F4E5";

    @Test
    void aSpecThatMakesNoSenseStallsTheResource() {
        assertThat(wanted(Running).seen(WORKING).blockedBy(Reason.RequestRejected, seconds(1)))
                .isStalled(Reason.RequestRejected)
                .callsNothing();
    }

    @Test
    void aResourceIsNotBlockedByASecretThatNobodyHasReadYet() {
        assertThat(BlockerRule.find(inputs(Optional.of(BOUND), new Unread()), NOW))
                .isEmpty();
    }

    @Test
    void anIdInOtherLettersIsTheSameInstance() {
        assertThat(BlockerRule.find(inputs(Optional.of(BOUND), names(BOUND.toLowerCase(Locale.ROOT), false)), NOW))
                .isEmpty();
    }

    @Test
    void anotherInstanceInTheSpecIsNamed() {
        assertThat(BlockerRule.find(inputs(Optional.of(BOUND), names(OTHER, false)), NOW))
                .hasValueSatisfying(blocker -> {
                    assertThat(blocker.reason()).isEqualTo(Reason.SecretInvalid);
                    assertThat(blocker.message()).contains("was " + BOUND + ", now " + OTHER + ":");
                });
    }

    @Test
    void anotherInstanceInTheSecretIsNotNamedSinceWawpHasNotAnsweredForIt() {
        assertThat(BlockerRule.find(inputs(Optional.of(BOUND), names(OTHER, true)), NOW))
                .hasValueSatisfying(blocker -> {
                    assertThat(blocker.reason()).isEqualTo(Reason.SecretInvalid);
                    assertThat(blocker.message())
                            .contains("was " + BOUND + ", the Secret names another now:")
                            .doesNotContain(OTHER);
                });
    }

    @Test
    void aResourceIsBoundByItsFirstGoodPollWithItsOwnCredentials() {
        Instant polled = ago(Duration.ofMillis(200));

        assertThat(BlockerRule.bound(unbound(polled, names(OTHER, false)))).contains(OTHER);
        assertThat(BlockerRule.bound(unbound(polled.plusMillis(1), names(OTHER, false))))
                .as("the poll began before the credentials changed")
                .isEmpty();
        assertThat(BlockerRule.bound(unbound(polled, new Unread()))).isEmpty();
        assertThat(BlockerRule.bound(inputs(Optional.of(BOUND), new Unread()))).contains(BOUND);
    }

    @Test
    void anOlderOwnerStandsInTheWayOnlyOfWhoeverIsBound() {
        PolicyInputs unbound = unbound(NOW, names(OTHER, false));
        Ownership owned =
                new Ownership(Optional.empty(), Optional.of("the WhatsAppSession older-line"), false, false, false);

        assertThat(BlockerRule.find(with(unbound, owned), NOW)).isEmpty();
    }

    @Test
    void theGraceOfANewBlockerDoesNotRunFromAnOlderOneOfAnotherKind() {
        PolicyInputs inputs = wanted(Running)
                .seen(WORKING)
                .blockedBy(Reason.SecretNotFound, Duration.ofHours(1))
                .inputs();
        SecretState invalid = new SecretState.Unusable(Reason.SecretInvalid, "It has no token.", NOW, false);

        Blocker blocker = BlockerRule.find(with(inputs, invalid), NOW).orElseThrow();

        assertThat(blocker.since()).isEqualTo(NOW);
        assertThat(BlockerRule.find(inputs, NOW).orElseThrow().since()).isEqualTo(ago(Duration.ofHours(1)));
    }

    @Test
    void thereIsNoGraceForWhatTheStatusCallsStalledInTheSameGeneration() {
        assertThat(graceEnds(missingSecret().statusSaysStalled(Reason.SecretNotFound)))
                .isEmpty();
        assertThat(graceEnds(
                        missingSecret().statusSaysStalled(Reason.SecretNotFound).edited(Duration.ofSeconds(1))))
                .as("it was edited since")
                .isPresent();
        Blocker another = new Blocker(Reason.InstanceConflict, "Somebody owns it.", NOW, false);
        assertThat(BlockerRule.graceEnds(
                        missingSecret().statusSaysStalled(Reason.SecretNotFound).inputs(), another, NOW))
                .as("it was stalled for another reason")
                .isPresent();
    }

    @Test
    void whatAnotherProcessCalledStalledWasStalledWhateverItWasAbout() {
        PolicyFixture stalled = wanted(Running).seen(WORKING).statusSaysStalled(Reason.SecretInvalid);
        Blocker blocker = new Blocker(Reason.SecretNotFound, "It is missing.", NOW, false);

        assertThat(BlockerRule.graceEnds(stalled.inputs(), blocker, NOW))
                .as("this process wrote it, and nothing stood in the way since")
                .isPresent();
        assertThat(BlockerRule.graceEnds(stalled.statusWasFound().inputs(), blocker, NOW))
                .isEmpty();
    }

    private static PolicyFixture missingSecret() {
        return wanted(Running).seen(WORKING).blockedBy(Reason.SecretNotFound, seconds(30));
    }

    private static Optional<Instant> graceEnds(PolicyFixture fixture) {
        PolicyInputs inputs = fixture.inputs();
        return BlockerRule.graceEnds(inputs, BlockerRule.find(inputs, NOW).orElseThrow(), NOW);
    }

    @Test
    void onceTheWayIsFreeOnlyANewPollLeadsToACall() {
        assertThat(wanted(Running).seen(STOPPED).wasBlockedUntilNow().decide()).isInstanceOf(Await.class);
        assertThat(wanted(Stopped).seen(WORKING).wasBlockedUntilNow().polled(Duration.ZERO))
                .calls(Action.Stop);
    }

    private static Usable names(String instance, boolean idIsFromSecret) {
        return new Usable(instance, idIsFromSecret, ago(Duration.ofMillis(100)), Optional.empty());
    }

    private static PolicyInputs inputs(Optional<String> bound, SecretState secret) {
        return with(with(wanted(Running).seen(WORKING).inputs(), secret), Ownership.alone(bound));
    }

    /** Of a resource that no instance has answered to, whose polls count from then on. */
    private static PolicyInputs unbound(Instant freshAfter, SecretState secret) {
        PolicyInputs inputs = inputs(Optional.empty(), secret);
        return new PolicyInputs(
                inputs.target(),
                inputs.observation(),
                inputs.progress().freshAfter(freshAfter),
                inputs.secret(),
                inputs.ownership(),
                inputs.pairing());
    }

    private static PolicyInputs with(PolicyInputs inputs, SecretState secret) {
        return new PolicyInputs(
                inputs.target(), inputs.observation(), inputs.progress(), secret, inputs.ownership(), inputs.pairing());
    }

    private static PolicyInputs with(PolicyInputs inputs, Ownership ownership) {
        return new PolicyInputs(
                inputs.target(), inputs.observation(), inputs.progress(), inputs.secret(), ownership, inputs.pairing());
    }

    private static Duration seconds(int number) {
        return Duration.ofSeconds(number);
    }
}
