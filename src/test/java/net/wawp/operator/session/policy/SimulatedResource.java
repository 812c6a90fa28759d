package net.wawp.operator.session.policy;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.random.RandomGenerator;
import net.wawp.operator.session.Decision;
import net.wawp.operator.session.Desired;
import net.wawp.operator.session.LastAction;
import net.wawp.operator.session.Pairing;
import net.wawp.operator.session.Progress.ReportedStatus;
import net.wawp.operator.session.Verdict;

/** A resource in the API server: what people write, and the status that outlives the operator. */
final class SimulatedResource {

    private final RandomGenerator random;

    long generation;
    Desired desired;
    boolean suspended;
    Duration pollInterval;
    Duration startingTimeout;
    int maxRestarts;
    boolean secretMissing;

    /** Number of the newest request, and of the newest one answered. */
    int request;

    int handledRequest;

    Pairing pairing = Pairing.Unknown;
    int restarts;
    Optional<LastAction> lastAction = Optional.empty();
    Optional<ReportedStatus> reported = Optional.empty();
    Optional<Verdict> verdict = Optional.empty();

    SimulatedResource(RandomGenerator random) {
        this.random = random;
        edit();
        suspended = false;
    }

    void edit() {
        generation++;
        desired = Desired.values()[random.nextInt(Desired.values().length)];
        suspended = random.nextInt(6) == 0;
        pollInterval = Duration.ofSeconds(new int[] {5, 60, 600}[random.nextInt(3)]);
        startingTimeout = Duration.ofSeconds(new int[] {10, 60, 300}[random.nextInt(3)]);
        maxRestarts = random.nextInt(4);
    }

    /** Writes a judgement; returns whether it says anything new. */
    boolean write(Decision.Judged judged, Optional<LastAction> announced, int answered, Instant now) {
        Optional<LastAction> action = announced.or(judged::lastAction);
        Instant readySince = reported.filter(before -> verdict.filter(
                                said -> said.ready() == judged.verdict().ready())
                        .isPresent())
                .map(ReportedStatus::readySince)
                .orElse(wholeSeconds(now));
        ReportedStatus next = new ReportedStatus(
                judged.verdict().reason(),
                judged.verdict().activity() == Verdict.Activity.Stalled,
                readySince,
                generation);
        boolean same = pairing == judged.pairing()
                && restarts == judged.restarts()
                && lastAction.equals(action)
                && reported.equals(Optional.of(next))
                && verdict.equals(Optional.of(judged.verdict()))
                && (!judged.requestHandled() || handledRequest == answered);
        pairing = judged.pairing();
        restarts = judged.restarts();
        lastAction = action;
        reported = Optional.of(next);
        verdict = Optional.of(judged.verdict());
        if (judged.requestHandled()) {
            handledRequest = answered;
        }
        return !same;
    }

    static Instant wholeSeconds(Instant time) {
        return Instant.ofEpochSecond(time.getEpochSecond());
    }
}
