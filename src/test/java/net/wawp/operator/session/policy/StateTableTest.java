package net.wawp.operator.session.policy;

import static net.wawp.operator.session.Action.Logout;
import static net.wawp.operator.session.Action.Start;
import static net.wawp.operator.session.Action.Stop;
import static net.wawp.operator.session.Desired.LoggedOut;
import static net.wawp.operator.session.Desired.Running;
import static net.wawp.operator.session.Desired.Stopped;
import static net.wawp.operator.session.Pairing.Paired;
import static net.wawp.operator.session.Pairing.Unknown;
import static net.wawp.operator.session.Pairing.Unpaired;
import static net.wawp.operator.session.SessionState.FAILED;
import static net.wawp.operator.session.SessionState.PASSKEY_CONFIRMATION_REQUIRED;
import static net.wawp.operator.session.SessionState.PASSKEY_REQUIRED;
import static net.wawp.operator.session.SessionState.SCAN_QR_CODE;
import static net.wawp.operator.session.SessionState.STARTING;
import static net.wawp.operator.session.SessionState.STOPPED;
import static net.wawp.operator.session.SessionState.UNKNOWN;
import static net.wawp.operator.session.SessionState.WORKING;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.wawp.operator.session.Action;
import net.wawp.operator.session.Desired;
import net.wawp.operator.session.Pairing;
import net.wawp.operator.session.Readiness.Activity;
import net.wawp.operator.session.Readiness.Ready;
import net.wawp.operator.session.Reason;
import net.wawp.operator.session.SessionState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every cell of the contract's table: what each desired state means for what is observed and known of the pairing. */
class StateTableTest {

    private static final Set<Pairing> ANY = Set.of(Pairing.values());
    private static final Set<Pairing> PERHAPS_LINKED = Set.of(Paired, Unknown);
    private static final Set<Pairing> NOT_LINKED = Set.of(Unpaired);

    /** Long enough for every time-out and pause that has to pass first. */
    private static final Duration LONG = Duration.ofMinutes(5);

    private static final Duration SHORT = Duration.ofSeconds(5);

    static List<Row> table() {
        return List.of(
                // ---
                when(Running, STOPPED, ANY)
                        .call(Start, Reason.Starting)
                        .because("a stopped engine runs only once it is started, whoever stopped it"),
                when(Running, STARTING, ANY)
                        .forOnly(SHORT)
                        .waits(Reason.Starting)
                        .because("an engine that is starting is left alone until its time is over"),
                when(Running, STARTING, ANY)
                        .call(Stop, Reason.Recovering)
                        .because(
                                "longer in STARTING than startingTimeout counts as a failure, and a restart begins with a stop"),
                when(Running, SCAN_QR_CODE, ANY)
                        .stalls(Reason.PairingRequired)
                        .nowKnownAs(Unpaired)
                        .because("only a person can scan, and the state proves that nothing is linked"),
                when(Running, PASSKEY_REQUIRED, ANY)
                        .stalls(Reason.PairingRequired)
                        .because("only a browser can create a passkey, and the phone is not linked before"),
                when(Running, PASSKEY_CONFIRMATION_REQUIRED, ANY)
                        .stalls(Reason.PairingRequired)
                        .because("only a browser can confirm a passkey, and the phone is not linked before"),
                when(Running, WORKING, ANY)
                        .settles(Reason.Working)
                        .nowKnownAs(Paired)
                        .because("it is as desired, and the state proves that a phone is linked"),
                when(Running, FAILED, PERHAPS_LINKED)
                        .call(Stop, Reason.Recovering)
                        .because("a session that is or may be linked may be cured by a restart"),
                when(Running, FAILED, NOT_LINKED)
                        .stalls(Reason.PairingRequired)
                        .because(
                                "a QR code that nobody scanned ends in FAILED by design: it is parked, not restarted for ever"),
                when(Running, UNKNOWN, ANY)
                        .stalls(Reason.UnknownSessionState)
                        .because("nobody knows what a call would do in a state without a meaning"),
                // ---
                when(Stopped, STOPPED, ANY).settles(Reason.Stopped).because("it is as desired, its pairing is kept"),
                when(Stopped, STARTING, ANY)
                        .forOnly(SHORT)
                        .call(Stop, Reason.Stopping)
                        .because("an engine need not finish booting to be stopped"),
                when(Stopped, STARTING, ANY)
                        .call(Stop, Reason.Stopping)
                        .because("an engine that hangs is stopped like any other"),
                when(Stopped, SCAN_QR_CODE, ANY)
                        .call(Stop, Reason.Stopping)
                        .nowKnownAs(Unpaired)
                        .because("an engine that shows QR codes is running"),
                when(Stopped, PASSKEY_REQUIRED, ANY)
                        .call(Stop, Reason.Stopping)
                        .because("an engine that waits for a passkey is running"),
                when(Stopped, PASSKEY_CONFIRMATION_REQUIRED, ANY)
                        .call(Stop, Reason.Stopping)
                        .because("an engine that waits for a passkey is running"),
                when(Stopped, WORKING, ANY)
                        .call(Stop, Reason.Stopping)
                        .nowKnownAs(Paired)
                        .because("it works but is not to"),
                when(Stopped, FAILED, ANY).call(Stop, Reason.Stopping).because("a failed engine is not a stopped one"),
                when(Stopped, UNKNOWN, ANY)
                        .stalls(Reason.UnknownSessionState)
                        .because("nobody knows what a call would do in a state without a meaning"),
                // ---
                when(LoggedOut, STOPPED, PERHAPS_LINKED)
                        .call(Logout, Reason.LoggingOut)
                        .because("a stopped engine keeps its pairing, and that is to go"),
                when(LoggedOut, STOPPED, NOT_LINKED)
                        .settles(Reason.LoggedOut)
                        .because("nothing is linked, so nothing is left to log out"),
                when(LoggedOut, STARTING, ANY)
                        .forOnly(SHORT)
                        .waits(Reason.LoggingOut)
                        .because("where the engine lands decides what is to be done"),
                when(LoggedOut, STARTING, ANY)
                        .call(Logout, Reason.LoggingOut)
                        .because("an engine that hangs lands nowhere, so it is logged out as it is"),
                when(LoggedOut, SCAN_QR_CODE, ANY)
                        .settles(Reason.LoggedOut)
                        .nowKnownAs(Unpaired)
                        .because("a session that asks for a scan has no device linked"),
                when(LoggedOut, PASSKEY_REQUIRED, ANY)
                        .settles(Reason.LoggedOut)
                        .because("the phone is not linked before the passkey is there, so nothing is left to log out"),
                when(LoggedOut, PASSKEY_CONFIRMATION_REQUIRED, ANY)
                        .settles(Reason.LoggedOut)
                        .because("the phone is not linked before the passkey is there, so nothing is left to log out"),
                when(LoggedOut, WORKING, ANY)
                        .call(Logout, Reason.LoggingOut)
                        .nowKnownAs(Paired)
                        .because("declared is declared, also when it was linked again since"),
                when(LoggedOut, FAILED, PERHAPS_LINKED)
                        .call(Logout, Reason.LoggingOut)
                        .because("a failed session may still be linked"),
                when(LoggedOut, FAILED, NOT_LINKED)
                        .settles(Reason.LoggedOut)
                        .because("nothing is linked, and a failed engine is no reason to touch it"),
                when(LoggedOut, UNKNOWN, ANY)
                        .stalls(Reason.UnknownSessionState)
                        .because("a logout cannot be undone, so none is sent on a word without a meaning"));
    }

    static Stream<Cell> cells() {
        return table().stream().flatMap(Row::cells);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cells")
    void eachCellIsAsTheContractSays(Cell cell) {
        UpdateStatusAssert update = UpdateStatusAssert.assertThat(cell.fixture());

        Row row = cell.row();
        update.says(row.reason, row.ready, row.activity).knows(row.nowKnownAs.apply(cell.pairing()));
        if (row.calls == null) {
            update.callsNothing();
        } else {
            update.calls(row.calls, 1);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cells")
    void whileSuspendedEachCellTellsWhatItWouldCallAndCallsNothing(Cell cell) {
        UpdateStatusAssert update = UpdateStatusAssert.assertThat(cell.fixture().suspended());

        Row row = cell.row();
        update.says(Reason.Suspended, row.ready, row.ready == Ready.True ? Activity.None : Activity.Stalled);
        if (row.calls == null) {
            update.callsNothing();
        } else {
            update.plans(row.calls).countsRestarts(0);
        }
    }

    @Test
    void noCellIsLeftOut() {
        Set<List<Object>> covered = cells().map(
                        cell -> List.<Object>of(cell.row().desired, cell.row().observed, cell.pairing()))
                .collect(Collectors.toSet());

        assertThat(covered).hasSize(Desired.values().length * SessionState.values().length * Pairing.values().length);
    }

    @ParameterizedTest
    @EnumSource(Desired.class)
    void anUnknownWordIsShownAsWawpSpelledIt(Desired desired) {
        UpdateStatusAssert.assertThat(PolicyFixture.wanted(desired).seen(UNKNOWN))
                .tells("HIBERNATING");
    }

    @ParameterizedTest
    @EnumSource(Desired.class)
    void anUnknownWordThatIsNoPlainWordIsNotRepeated(Desired desired) {
        UpdateStatusAssert.assertThat(
                        PolicyFixture.wanted(desired).seen(UNKNOWN).unprintableWord())
                .isStalled(Reason.UnknownSessionState)
                .tells("Wawp reports a state that");
    }

    @ParameterizedTest
    @EnumSource(names = {"PASSKEY_REQUIRED", "PASSKEY_CONFIRMATION_REQUIRED"})
    void thePasskeyIsSentToTheDashboardAndNotToTheQrCode(SessionState passkey) {
        UpdateStatusAssert.assertThat(PolicyFixture.wanted(Running).seen(passkey))
                .isStalled(Reason.PairingRequired)
                .tells("must confirm it in the Wawp dashboard");
    }

    private static Row when(Desired desired, SessionState observed, Set<Pairing> pairings) {
        return new Row(desired, observed, pairings);
    }

    /** One line of the table; told with the methods in the order of a sentence. */
    private static final class Row {
        private final Desired desired;
        private final SessionState observed;
        private final Set<Pairing> pairings;
        private Duration observedFor = LONG;
        private Action calls;
        private Reason reason;
        private Ready ready;
        private Activity activity;
        private Function<Pairing, Pairing> nowKnownAs = Function.identity();
        private String why;

        Row(Desired desired, SessionState observed, Set<Pairing> pairings) {
            this.desired = desired;
            this.observed = observed;
            this.pairings = pairings;
        }

        Row forOnly(Duration time) {
            observedFor = time;
            return this;
        }

        Row call(Action action, Reason meanwhile) {
            calls = action;
            return waits(meanwhile);
        }

        Row waits(Reason meanwhile) {
            return says(meanwhile, Ready.False, Activity.Reconciling);
        }

        Row settles(Reason as) {
            return says(as, Ready.True, Activity.None);
        }

        Row stalls(Reason because) {
            return says(because, Ready.False, Activity.Stalled);
        }

        Row nowKnownAs(Pairing proven) {
            nowKnownAs = before -> proven;
            return this;
        }

        Row because(String sentence) {
            why = sentence;
            return this;
        }

        Stream<Cell> cells() {
            return Arrays.stream(Pairing.values()).filter(pairings::contains).map(pairing -> new Cell(this, pairing));
        }

        private Row says(Reason theReason, Ready theReady, Activity theMotion) {
            reason = theReason;
            ready = theReady;
            activity = theMotion;
            return this;
        }
    }

    /** A row with one of its pairings. */
    private record Cell(Row row, Pairing pairing) {
        PolicyFixture fixture() {
            return PolicyFixture.wanted(row.desired)
                    .seen(row.observed, row.observedFor)
                    .knownAs(pairing);
        }

        @Override
        public String toString() {
            return row.desired + " × " + row.observed + (row.observedFor.equals(SHORT) ? " (for 5 s)" : "") + " × "
                    + pairing + ": " + row.why;
        }
    }
}
