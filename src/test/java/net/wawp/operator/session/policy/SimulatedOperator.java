package net.wawp.operator.session.policy;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.random.RandomGenerator;
import net.wawp.operator.session.CommandReport;
import net.wawp.operator.session.CommandReport.Accepted;
import net.wawp.operator.session.CommandReport.Failed;
import net.wawp.operator.session.CommandReport.Pending;
import net.wawp.operator.session.Decision;
import net.wawp.operator.session.Decision.Judged;
import net.wawp.operator.session.Decision.PollFirst;
import net.wawp.operator.session.Decision.Recheck;
import net.wawp.operator.session.Failure;
import net.wawp.operator.session.Failure.Delivery;
import net.wawp.operator.session.Failure.Kind;
import net.wawp.operator.session.LastAction;
import net.wawp.operator.session.Observation;
import net.wawp.operator.session.Progress;
import net.wawp.operator.session.Reason;
import net.wawp.operator.session.SessionInfo;
import net.wawp.operator.session.SessionState;
import net.wawp.operator.session.Target;
import net.wawp.operator.session.Target.Blocker;

/** An operator process around the policy: polls, decides, announces, sends. All that it remembers dies with it. */
final class SimulatedOperator {

    private final SimulatedTime time;
    private final RandomGenerator random;
    private final SimulatedResource resource;
    private final SimulatedWawp wawp;
    private final InvariantChecker referee;

    private boolean alive = true;
    private final Instant foundAt;
    private Instant changedAt;
    private Instant freshAfter;
    private long generation;
    private int request;
    private Instant requestedAt;
    private Optional<Blocker> blocker = Optional.empty();
    private Observation observation = Observation.NONE;
    private Optional<CommandReport> report = Optional.empty();
    private int failedCommands;
    private boolean polling;
    private boolean pollWanted;
    private Duration pace = SessionPolicy.FAST;
    /** The newest plan replaces the one before. */
    private int plan;

    private int recheckPlan;

    SimulatedOperator(
            SimulatedTime time,
            RandomGenerator random,
            SimulatedResource resource,
            SimulatedWawp wawp,
            InvariantChecker referee) {
        this.time = time;
        this.random = random;
        this.resource = resource;
        this.wawp = wawp;
        this.referee = referee;
        this.foundAt = time.now();
        this.changedAt = foundAt;
        this.freshAfter = foundAt;
        this.generation = resource.generation;
        this.request = resource.handledRequest;
        this.requestedAt = foundAt;
        pass();
        poll();
    }

    void die() {
        alive = false;
        referee.died();
    }

    /** What the policy says to the world as this process knows it. */
    Decision decide() {
        Optional<CommandReport> own = report.filter(known -> known.isPending()
                || resource.lastAction
                        .filter(action -> action.id().equals(known.id()))
                        .isPresent());
        Instant settled = report.flatMap(CommandReport::settledAt).orElse(freshAfter);
        Progress progress = new Progress(
                resource.pairing,
                resource.restarts,
                resource.lastAction,
                resource.reported,
                own,
                foundAt,
                settled.isAfter(freshAfter) ? settled : freshAfter);
        return SessionPolicy.decide(target(), observation, progress, time.now());
    }

    Target target() {
        return new Target(
                resource.generation,
                changedAt,
                resource.desired,
                resource.suspended,
                Optional.empty(),
                resource.pollInterval,
                resource.startingTimeout,
                resource.maxRestarts,
                blocker,
                request == resource.handledRequest ? Optional.empty() : Optional.of(requestedAt));
    }

    Observation observation() {
        return observation;
    }

    Instant foundAt() {
        return foundAt;
    }

    boolean hasSent(LastAction action) {
        return report.filter(own -> own.id().equals(action.id())).isPresent();
    }

    /** Whether a judgement now rests on the result of a linked session. */
    boolean seesWorking() {
        return blocker.isEmpty()
                && observation.failureStreak().isEmpty()
                && observation
                        .observed()
                        .filter(seen -> seen.state() == SessionState.WORKING)
                        .isPresent();
    }

    /** One pass of the controller: something happened that may call for a decision. */
    void pass() {
        if (!alive) {
            return;
        }
        noteChanges();
        Decision decision = decide();
        if (decision instanceof PollFirst) {
            poll();
        } else if (decision instanceof Judged judged) {
            carryOut(judged);
        }
    }

    private void noteChanges() {
        boolean blocked = blocker.isPresent();
        if (resource.secretMissing) {
            Instant since = blocker.map(Blocker::since).orElse(time.now());
            blocker = Optional.of(new Blocker(Reason.SecretNotFound, "There is no such Secret.", since, time.now()));
        } else if (blocked) {
            blocker = Optional.empty();
            freshAfter = time.now();
            poll();
        }
        if (generation != resource.generation) {
            generation = resource.generation;
            changedAt = time.now();
            poll();
        }
        if (request != resource.request) {
            request = resource.request;
            requestedAt = time.now();
            poll();
        }
    }

    private void carryOut(Judged judged) {
        Optional<LastAction> intent = judged.call()
                .map(call -> new LastAction(
                        call.action(),
                        referee.nextId(),
                        LastAction.Phase.Intended,
                        call.attempt(),
                        SimulatedResource.wholeSeconds(time.now())));
        if (intent.isPresent() && referee.somebodyEditsFirst()) {
            // a conflict: forget all, read again
            time.after(Duration.ofSeconds(1), this::pass);
            return;
        }
        referee.judged(this, judged);
        if (resource.write(judged, intent, request, time.now())) {
            referee.written();
        }
        setPace(judged.pollInterval());
        judged.recheck().ifPresent(this::recheck);
        intent.ifPresent(this::send);
    }

    private void recheck(Recheck recheck) {
        int planned = ++recheckPlan;
        time.at(recheck.at(), () -> {
            if (planned == recheckPlan) {
                if (recheck.poll()) {
                    poll();
                } else {
                    pass();
                }
            }
        });
    }

    private void send(LastAction intent) {
        long announcedFor = resource.generation;
        report = Optional.of(new CommandReport(intent.id(), intent.type(), new Pending()));
        if (referee.diesBeforeSending()) {
            die();
            return;
        }
        time.after(Duration.ofMillis(random.nextInt(2_000)), () -> {
            if (!alive) {
                return;
            }
            if (announcedFor != resource.generation) {
                answered(intent, Optional.of(new Failure(Kind.GatewayUnavailable, Delivery.Withheld)), true);
                return;
            }
            SimulatedWawp.Fate fate = wawp.take(intent.type());
            referee.sent(intent, fate);
            time.after(fate.answerAfter(), () -> answered(intent, fate.failure(), false));
        });
    }

    private void answered(LastAction intent, Optional<Failure> failure, boolean permissionGone) {
        if (!alive) {
            return;
        }
        referee.answered(intent);
        failedCommands = failure.isPresent() && !permissionGone ? failedCommands + 1 : 0;
        report = Optional.of(new CommandReport(
                intent.id(),
                intent.type(),
                failure.<CommandReport.Outcome>map(
                                why -> new Failed(why, time.now(), permissionGone ? time.now() : retryAt(why.kind())))
                        .orElseGet(() -> new Accepted(time.now()))));
        poll();
    }

    private Instant retryAt(Kind kind) {
        return time.now()
                .plus(
                        kind.isTransient()
                                ? Duration.ofSeconds(
                                        1 + random.nextInt(Math.min(300, 1 << Math.min(failedCommands, 9))))
                                : Duration.ofMinutes(10));
    }

    // --- polling ------------------------------------------------------------------------------------------------

    private void setPace(Duration next) {
        if (!next.equals(pace)) {
            pace = next;
            planNextPoll();
        }
    }

    private void planNextPoll() {
        int planned = ++plan;
        time.after(pace, () -> {
            if (planned == plan) {
                poll();
            }
        });
    }

    private void poll() {
        if (!alive) {
            return;
        }
        if (polling) {
            pollWanted = true;
            return;
        }
        polling = true;
        Instant begun = time.now();
        time.after(Duration.ofMillis(random.nextInt(500)), () -> {
            Optional<Failure> failure = wawp.pollFails();
            SessionState shown = wawp.shown();
            time.after(Duration.ofMillis(1 + random.nextInt(500)), () -> polled(begun, failure, shown));
        });
    }

    private void polled(Instant begun, Optional<Failure> failure, SessionState shown) {
        if (!alive) {
            return;
        }
        polling = false;
        observation = failure.map(why -> observation.failed(why, begun))
                .orElseGet(() -> observation.seen(
                        new SessionInfo(shown, Optional.of(shown.name()), Optional.empty(), Optional.empty()), begun));
        planNextPoll();
        if (pollWanted) {
            pollWanted = false;
            poll();
        }
        pass();
    }
}
