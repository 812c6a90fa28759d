package net.wawp.operator.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import net.wawp.operator.api.v1alpha1.Condition;
import net.wawp.operator.api.v1alpha1.WhatsAppSessionStatus;
import net.wawp.operator.session.Action;
import net.wawp.operator.session.Decision.Facts;
import net.wawp.operator.session.Decision.UpdateStatus;
import net.wawp.operator.session.LastAction;
import net.wawp.operator.session.Observation;
import net.wawp.operator.session.Pairing;
import net.wawp.operator.session.Purpose;
import net.wawp.operator.session.Readiness;
import net.wawp.operator.session.Readiness.Activity;
import net.wawp.operator.session.Readiness.Ready;
import net.wawp.operator.session.Reason;
import net.wawp.operator.session.SessionInfo;
import net.wawp.operator.session.SessionState;
import net.wawp.operator.time.Timestamps;
import org.junit.jupiter.api.Test;

class StatusFactoryTest {

    private static final Instant NOON = Instant.parse("2026-05-01T12:00:00Z");
    private static final Instant LATER = NOON.plusSeconds(90);
    private static final WhatsAppSessionStatus UNSEEN =
            WhatsAppSessionStatus.builder().observedGeneration(-1L).build();
    private static final Readiness WORKING =
            new Readiness(Reason.Working, Ready.True, Activity.None, "The session is linked and works.");
    private static final Readiness STARTING =
            new Readiness(Reason.Starting, Ready.False, Activity.Reconciling, "The session is being started.");
    private static final Readiness LOGGING_OUT =
            new Readiness(Reason.LoggingOut, Ready.False, Activity.Reconciling, "The session is being logged out.");
    private static final Readiness STOPPING =
            new Readiness(Reason.Stopping, Ready.False, Activity.Reconciling, "The session is being stopped.");
    private static final Readiness UNPAIRED =
            new Readiness(Reason.PairingRequired, Ready.False, Activity.Stalled, "No device is linked.");

    @Test
    void readyIsAlwaysThereAndTheAbnormalConditionsOnlyWhileTrueAndNeverBoth() {
        assertThat(write(UNSEEN, WORKING, 1, NOON).conditions())
                .extracting(Condition::type, Condition::status)
                .containsExactly(tuple("Ready", "True"), tuple("Paired", "True"));
        assertThat(write(UNSEEN, STARTING, 1, NOON).conditions())
                .extracting(Condition::type, Condition::status)
                .containsExactly(tuple("Ready", "False"), tuple("Reconciling", "True"), tuple("Paired", "True"));
        assertThat(write(UNSEEN, UNPAIRED, 1, NOON).conditions())
                .extracting(Condition::type, Condition::status)
                .containsExactly(tuple("Ready", "False"), tuple("Stalled", "True"), tuple("Paired", "True"));
    }

    /** Another resource owns the instance: nothing keeps what this one once saw true. */
    @Test
    void aResourceThatNoLongerPollsShowsNothingOfTheSession() {
        Readiness conflict = new Readiness(
                Reason.InstanceConflict, Ready.False, Activity.Stalled, "The instance belongs to another.");

        WhatsAppSessionStatus status = write(write(UNSEEN, WORKING, 1, NOON), conflict, 1, LATER);

        assertThat(status.sessionState()).isNull();
        assertThat(status.sessionName()).isNull();
        assertThat(status.account()).isNull();
        assertThat(status.instanceId()).as("why there is a conflict").isEqualTo("3EB0BCB2E3D4");
        assertThat(write(status, WORKING, 1, LATER).sessionState()).isEqualTo("WORKING");
    }

    @Test
    void aSecondWriteOverAnUnchangedWorldIsEqualSoThatItIsNotSent() {
        WhatsAppSessionStatus first = write(UNSEEN, WORKING, 3, NOON);

        assertThat(write(first, WORKING, 3, LATER)).isEqualTo(first);
    }

    @Test
    void theTransitionTimeMovesOnlyWithTheStatusWord() {
        WhatsAppSessionStatus starting = write(UNSEEN, STARTING, 1, NOON);
        WhatsAppSessionStatus unpaired = write(starting, UNPAIRED, 1, LATER);

        assertThat(Conditions.find(unpaired.conditions(), "Ready"))
                .map(Condition::lastTransitionTime)
                .as("False before and after")
                .contains("2026-05-01T12:00:00Z");
        assertThat(Conditions.find(unpaired.conditions(), "Stalled"))
                .map(Condition::lastTransitionTime)
                .contains("2026-05-01T12:01:30Z");
    }

    @Test
    void everyConditionNamesTheGenerationThatItIsAbout() {
        assertThat(write(UNSEEN, STARTING, 7, NOON).conditions())
                .extracting(Condition::observedGeneration)
                .containsOnly(7L);
    }

    @Test
    void theAccountIsShownWhileAPhoneIsLinkedAndGoesWithThePairing() {
        WhatsAppSessionStatus linked = write(UNSEEN, WORKING, 1, NOON);
        assertThat(linked.account().id()).isEqualTo("20•••••••678@c.us");

        UpdateStatus out = update(UNPAIRED, Pairing.Unpaired);
        WhatsAppSessionStatus unlinked = StatusFactory.create(
                linked, out, Optional.empty(), 1, Observation.NONE, Optional.empty(), Optional.empty(), LATER);
        assertThat(unlinked.account()).isNull();
    }

    @Test
    void whatTheStatusKeepsIsReadBackAsItWas() {
        LastAction logout =
                new LastAction(Action.Logout, "7f3c", Purpose.Deletion, LastAction.Phase.Intended, 2, 4, NOON);
        WhatsAppSessionStatus status = StatusFactory.create(
                UNSEEN,
                update(UNPAIRED, Pairing.Unpaired),
                Optional.of(logout),
                4,
                Observation.NONE,
                Optional.of("3EB0BCB2E3D4"),
                Optional.of("now"),
                NOON);

        assertThat(StatusReader.lastAction(status, LATER)).contains(logout);
        assertThat(StatusReader.pairing(status)).isEqualTo(Pairing.Unpaired);
        assertThat(StatusReader.reported(status).orElseThrow().stalled()).isTrue();
        assertThat(StatusReader.reported(status).orElseThrow().generation()).isEqualTo(4);
        assertThat(status.lastHandledRequestAt()).isEqualTo("now");
        assertThat(status.instanceId()).isEqualTo("3EB0BCB2E3D4");
    }

    @Test
    void factsAloneChangeTheLastActionAndThePairingAndLeaveTheReadinessAsItWas() {
        LastAction intent =
                new LastAction(Action.Logout, "7f3c", Purpose.Desired, LastAction.Phase.Intended, 1, 3, NOON);
        WhatsAppSessionStatus before = StatusFactory.create(
                write(UNSEEN, WORKING, 3, NOON),
                update(LOGGING_OUT, Pairing.Paired),
                Optional.of(intent),
                3,
                Observation.NONE,
                Optional.of("3EB0BCB2E3D4"),
                Optional.of("now"),
                NOON);

        WhatsAppSessionStatus after = StatusFactory.record(
                before, new Facts(Optional.of(intent.closedAs(LastAction.Phase.Confirmed)), Pairing.Unpaired), LATER);

        assertThat(after.lastAction().phase()).isEqualTo("Confirmed");
        assertThat(after.pairing()).isEqualTo("Unpaired");
        assertThat(after.account()).as("it goes with the pairing").isNull();
        assertThat(paired(after))
                .as("it says of the pairing what the status says")
                .extracting(Condition::status, Condition::reason, Condition::observedGeneration)
                .containsExactly("False", "Unpaired", 3L);
        assertThat(paired(after).lastTransitionTime()).isEqualTo(Timestamps.format(LATER));
        assertThat(Conditions.find(after.conditions(), Conditions.READY))
                .isEqualTo(Conditions.find(before.conditions(), Conditions.READY));
        assertThat(after)
                .usingRecursiveComparison()
                .ignoringFields("lastAction", "pairing", "account", "conditions")
                .isEqualTo(before);
    }

    @Test
    void factsThatSayNothingNewLeaveTheStatusEqual() {
        WhatsAppSessionStatus before = write(UNSEEN, WORKING, 3, NOON);

        assertThat(StatusFactory.record(before, new Facts(Optional.empty(), Pairing.Paired), LATER))
                .isEqualTo(before);
        assertThat(StatusFactory.record(UNSEEN, new Facts(Optional.empty(), Pairing.Unknown), LATER))
                .as("a status that nobody has written stays empty")
                .isEqualTo(UNSEEN);
    }

    @Test
    void pairedIsUnknownUntilTheSessionShowsWhetherAPhoneIsLinked() {
        assertThat(paired(next(UNSEEN, STARTING, Pairing.Unknown, Optional.empty(), NOON)))
                .extracting(Condition::status, Condition::reason)
                .containsExactly("Unknown", "Unknown");
        assertThat(paired(next(UNSEEN, UNPAIRED, Pairing.Unpaired, Optional.empty(), NOON)))
                .extracting(Condition::status, Condition::reason)
                .containsExactly("False", "Unpaired");
    }

    @Test
    void aPhoneThatIsGoneWithoutALogoutIsLostUntilOneIsLinkedAgain() {
        WhatsAppSessionStatus linked = next(UNSEEN, WORKING, Pairing.Paired, Optional.empty(), NOON);
        WhatsAppSessionStatus lost = next(linked, UNPAIRED, Pairing.Unpaired, Optional.empty(), LATER);
        WhatsAppSessionStatus restarted =
                next(lost, STARTING, Pairing.Unpaired, Optional.empty(), LATER.plusSeconds(90));

        assertThat(paired(lost).reason()).isEqualTo("Lost");
        assertThat(paired(restarted))
                .as("a restart changes nothing about it")
                .extracting(Condition::reason, Condition::lastTransitionTime)
                .containsExactly("Lost", "2026-05-01T12:01:30Z");
        assertThat(paired(next(restarted, WORKING, Pairing.Paired, Optional.empty(), LATER))
                        .reason())
                .isEqualTo("Paired");
    }

    @Test
    void aPhoneThatALogoutUnlinkedIsNotLost() {
        WhatsAppSessionStatus linked = next(UNSEEN, WORKING, Pairing.Paired, Optional.empty(), NOON);
        LastAction logout =
                new LastAction(Action.Logout, "7f3c", Purpose.Desired, LastAction.Phase.Confirmed, 1, 3, LATER);

        assertThat(paired(next(linked, LOGGING_OUT, Pairing.Unpaired, Optional.of(logout), LATER))
                        .reason())
                .isEqualTo("Unpaired");
    }

    @Test
    void aPhoneThatWasLinkedAfterTheLastLogoutAndIsGoneIsLost() {
        LastAction logout =
                new LastAction(Action.Logout, "7f3c", Purpose.Desired, LastAction.Phase.Confirmed, 1, 3, NOON);
        WhatsAppSessionStatus linked = next(UNSEEN, WORKING, Pairing.Paired, Optional.of(logout), LATER);

        assertThat(paired(next(linked, UNPAIRED, Pairing.Unpaired, Optional.of(logout), LATER.plusSeconds(90)))
                        .reason())
                .isEqualTo("Lost");
    }

    @Test
    void aLostPhoneIsForgottenOnceNobodyWantsOne() {
        WhatsAppSessionStatus linked = next(UNSEEN, WORKING, Pairing.Paired, Optional.empty(), NOON);
        WhatsAppSessionStatus lost = next(linked, UNPAIRED, Pairing.Unpaired, Optional.empty(), LATER);
        Readiness loggedOut = Readiness.settled(Reason.LoggedOut, "The session is logged out: no device is linked.");

        assertThat(paired(next(lost, loggedOut, Pairing.Unpaired, Optional.empty(), LATER))
                        .reason())
                .isEqualTo("Unpaired");
    }

    @Test
    void aPhoneThatALogoutUnlinkedIsNotLostWhereTheSameWriteAnnouncesAnotherCall() {
        WhatsAppSessionStatus linked = next(UNSEEN, WORKING, Pairing.Paired, Optional.empty(), NOON);
        LastAction logout =
                new LastAction(Action.Logout, "7f3c", Purpose.Desired, LastAction.Phase.Confirmed, 1, 3, LATER);
        LastAction stop = new LastAction(Action.Stop, "9a1e", Purpose.Desired, LastAction.Phase.Intended, 1, 4, LATER);

        WhatsAppSessionStatus status = StatusFactory.create(
                linked,
                update(STOPPING, Pairing.Unpaired, Optional.of(logout)),
                Optional.of(stop),
                4,
                Observation.NONE,
                Optional.empty(),
                Optional.empty(),
                LATER);

        assertThat(status.lastAction().type()).isEqualTo("Stop");
        assertThat(paired(status).reason()).isEqualTo("Unpaired");
    }

    private static Condition paired(WhatsAppSessionStatus status) {
        return Conditions.find(status.conditions(), Conditions.PAIRED).orElseThrow();
    }

    private static WhatsAppSessionStatus next(
            WhatsAppSessionStatus before,
            Readiness readiness,
            Pairing pairing,
            Optional<LastAction> lastAction,
            Instant now) {
        return StatusFactory.create(
                before,
                update(readiness, pairing, lastAction),
                lastAction,
                3,
                Observation.NONE,
                Optional.empty(),
                Optional.empty(),
                now);
    }

    private static WhatsAppSessionStatus write(
            WhatsAppSessionStatus before, Readiness readiness, long generation, Instant now) {
        SessionInfo info = new SessionInfo(
                SessionState.WORKING,
                Optional.of("WORKING"),
                Optional.of("wawp-84729105"),
                Optional.of("20•••••••678@c.us"));
        return StatusFactory.create(
                before,
                update(readiness, Pairing.Paired),
                Optional.empty(),
                generation,
                Observation.NONE.seen(info, now),
                Optional.of("3EB0BCB2E3D4"),
                Optional.empty(),
                now);
    }

    private static UpdateStatus update(Readiness readiness, Pairing pairing) {
        return update(readiness, pairing, Optional.empty());
    }

    private static UpdateStatus update(Readiness readiness, Pairing pairing, Optional<LastAction> closed) {
        return new UpdateStatus(
                readiness,
                new Facts(closed, pairing),
                0,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Duration.ofMinutes(1),
                Optional.empty(),
                false);
    }
}
