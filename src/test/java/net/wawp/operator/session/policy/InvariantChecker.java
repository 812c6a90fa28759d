package net.wawp.operator.session.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import java.util.random.RandomGenerator;
import net.wawp.operator.session.Action;
import net.wawp.operator.session.Decision;
import net.wawp.operator.session.Decision.Judged;
import net.wawp.operator.session.Desired;
import net.wawp.operator.session.Failure;
import net.wawp.operator.session.LastAction;
import net.wawp.operator.session.LastAction.Phase;
import net.wawp.operator.session.Observation.ObservedState;
import net.wawp.operator.session.Pairing;
import net.wawp.operator.session.Reason;
import net.wawp.operator.session.SessionState;
import net.wawp.operator.session.Verdict;

/** Watches what an operator does to a session and blows the whistle when it breaks a rule of the contract. */
final class InvariantChecker {

    private static final Duration EFFECT_SHOWS = Duration.ofSeconds(60);

    private final SimulatedTime time;
    private final RandomGenerator random;
    private final SimulatedResource resource;
    private final SimulatedWawp wawp;

    private boolean chaos = true;
    private int ids;
    private int writes;
    private final Set<String> sent = new HashSet<>();
    private final Set<String> inFlight = new HashSet<>();
    private Instant lastSettled = Instant.MIN;
    private Instant lastEdited = Instant.MIN;
    private int logoutsInARow;
    private Instant nextLogout = Instant.MIN;

    InvariantChecker(SimulatedTime time, RandomGenerator random, SimulatedResource resource, SimulatedWawp wawp) {
        this.time = time;
        this.random = random;
        this.resource = resource;
        this.wawp = wawp;
    }

    void calmDown() {
        chaos = false;
    }

    String nextId() {
        return "call-" + ++ids;
    }

    int writes() {
        return writes;
    }

    /** Whether the write that is about to be made comes too late. */
    boolean somebodyEditsFirst() {
        if (chaos && random.nextInt(30) == 0) {
            edit();
            return true;
        }
        return false;
    }

    boolean diesBeforeSending() {
        return chaos && random.nextInt(12) == 0;
    }

    void edit() {
        resource.edit();
        lastEdited = time.now();
        logoutsInARow = 0;
        // another end may have come between
        nextLogout = Instant.MIN;
    }

    void request() {
        resource.request++;
        logoutsInARow = 0;
    }

    /** A judgement is about to be written: the status is still the one from before. */
    void judged(SimulatedOperator by, Judged judged) {
        if (judged.verdict().reason() == Reason.LoggedOut) {
            logoutsInARow = 0;
            nextLogout = Instant.MIN;
        }
        if (by.seesWorking()) {
            wawp.noticedLinked();
            if (resource.pairing == Pairing.Unpaired) {
                logoutsInARow = 0;
            }
        }
        resource.lastAction.filter(LastAction::isOpen).ifPresent(open -> closed(by, open, judged));
        if (judged.call().isPresent()) {
            called(by, judged);
        }
    }

    /** Whoever finds a call of somebody else gives it its time from then on. */
    private void closed(SimulatedOperator by, LastAction open, Judged judged) {
        boolean gaveUp = judged.lastAction()
                .filter(action -> action.phase() == Phase.Ineffective)
                .isPresent();
        if (gaveUp) {
            Instant from = by.hasSent(open) ? open.time() : by.foundAt();
            Duration patience = open.type() == Action.Start ? resource.startingTimeout : EFFECT_SHOWS;
            assertThat(time.now()).as("a call has time to take effect").isAfterOrEqualTo(from.plus(patience));
        }
    }

    void written() {
        writes++;
    }

    private void called(SimulatedOperator by, Judged judged) {
        Action action = judged.call().orElseThrow().action();
        ObservedState ground = by.observation().observed().orElseThrow();
        assertThat(resource.suspended).as("a suspended resource calls nothing").isFalse();
        assertThat(by.observation().failureStreak())
                .as("a call is made on a good poll alone")
                .isEmpty();
        assertThat(inFlight).as("at most one call in flight").isEmpty();
        assertThat(resource.lastAction.filter(LastAction::isOpen))
                .as("an open call is settled before the next, but for a start that has been heard")
                .matches(open -> open.isEmpty()
                        || judged.lastAction().filter(LastAction::isOpen).isEmpty()
                        || open.get().type() == Action.Start && ground.state() == SessionState.STARTING);
        assertThat(ground.begun())
                .as("the poll began after everything earlier was settled")
                .isAfterOrEqualTo(lastSettled)
                .isAfterOrEqualTo(lastEdited);
        assertThat(ground.state()).as("nothing is called on an unknown word").isNotEqualTo(SessionState.UNKNOWN);
        switch (action) {
            case Start -> {
                assertThat(resource.desired).isEqualTo(Desired.Running);
                assertThat(ground.state()).isEqualTo(SessionState.STOPPED);
            }
            case Stop -> {
                assertThat(resource.desired).isNotEqualTo(Desired.LoggedOut);
                assertThat(ground.state()).isNotEqualTo(SessionState.STOPPED);
                if (resource.desired == Desired.Running) {
                    restarted(judged, ground);
                }
            }
            case Logout -> {
                assertThat(resource.desired).isEqualTo(Desired.LoggedOut);
                assertThat(ground.state()).isNotEqualTo(SessionState.SCAN_QR_CODE);
                if (ground.state() == SessionState.STOPPED || ground.state() == SessionState.FAILED) {
                    assertThat(resource.pairing)
                            .as("what is known not to be linked is not logged out")
                            .isNotEqualTo(Pairing.Unpaired);
                }
                assertThat(time.now()).as("a logout has time to show").isAfterOrEqualTo(nextLogout);
            }
        }
        assertThat(judged.restarts())
                .as("restarts")
                .isLessThanOrEqualTo(Math.max(Math.max(resource.maxRestarts, 1), resource.restarts));
    }

    /** The stop of a restart: counted before it is sent, unless the one before provably never happened or a person asked for it. */
    private void restarted(Judged judged, ObservedState ground) {
        assertThat(ground.state()).isIn(SessionState.FAILED, SessionState.STARTING);
        boolean again = judged.lastAction()
                .filter(action -> action.is(Action.Stop, Phase.Abandoned))
                .isPresent();
        boolean parked = ground.state() == SessionState.FAILED && judged.pairing() == Pairing.Unpaired;
        if (!again && !parked && !judged.requestHandled()) {
            assertThat(judged.restarts()).as("restarts").isEqualTo(resource.restarts + 1);
        }
    }

    void sent(LastAction intent, SimulatedWawp.Fate fate) {
        assertThat(sent.add(intent.id())).as("an intent is sent once").isTrue();
        assertThat(resource.lastAction)
                .as("what is sent is what the status announces")
                .contains(intent);
        inFlight.add(intent.id());
        if (intent.type() == Action.Logout) {
            assertThat(resource.desired).isEqualTo(Desired.LoggedOut);
            boolean nothingDone = fate.failure()
                    .filter(failure -> failure.kind() != Failure.Kind.GatewayUnavailable
                            || failure.delivery() == Failure.Delivery.Unreached
                            || failure.delivery() == Failure.Delivery.Withheld)
                    .isPresent();
            if (!nothingDone) {
                assertThat(++logoutsInARow).as("logouts in a row").isLessThanOrEqualTo(3);
                nextLogout = SimulatedResource.wholeSeconds(intent.time()).plus(EFFECT_SHOWS);
            }
        }
    }

    void answered(LastAction intent) {
        inFlight.remove(intent.id());
        lastSettled = time.now();
    }

    /** The operator died, and its connections with it. */
    void died() {
        inFlight.clear();
    }

    /** After calm has come and gone on for long. */
    void atRest(SimulatedOperator operator) {
        Verdict verdict = resource.verdict.orElseThrow();
        assertThat(verdict.ready() == Verdict.Ready.True || verdict.activity() == Verdict.Activity.Stalled)
                .as("as desired, or a person is told: %s", verdict)
                .isTrue();
        assertThat(resource.lastAction.filter(action -> action.phase() == Phase.Intended && !resource.suspended))
                .as("no call stays open")
                .isEmpty();
        assertThat(resource.handledRequest).as("every request was answered").isEqualTo(resource.request);
        if (verdict.ready() == Verdict.Ready.True) {
            switch (resource.desired) {
                case Running -> assertThat(wawp.state()).isEqualTo(SessionState.WORKING);
                case Stopped -> assertThat(wawp.state()).isEqualTo(SessionState.STOPPED);
                case LoggedOut ->
                    assertThat(wawp.isPaired() && !wawp.isLinkedInSecret())
                            .as("linked")
                            .isFalse();
            }
        }
        Decision decision = operator.decide();
        assertThat(decision).isEqualTo(operator.decide());
        assertThat(((Judged) decision).call()).isEmpty();
    }
}
