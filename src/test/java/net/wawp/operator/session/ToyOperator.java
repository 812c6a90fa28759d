package net.wawp.operator.session;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.random.RandomGenerator;
import net.wawp.operator.session.CommandReport.Accepted;
import net.wawp.operator.session.CommandReport.Failed;
import net.wawp.operator.session.CommandReport.Pending;
import net.wawp.operator.session.Decision.Judged;
import net.wawp.operator.session.Decision.LookAgain;
import net.wawp.operator.session.Decision.Recheck;
import net.wawp.operator.session.Failure.Delivery;
import net.wawp.operator.session.Failure.Kind;
import net.wawp.operator.session.Target.Obstacle;

/** An operator process around the policy: looks, decides, announces, sends. All that it remembers dies with it. */
final class ToyOperator {

    private final ToyTime time;
    private final RandomGenerator random;
    private final ToyResource resource;
    private final ToyWawp wawp;
    private final Referee referee;

    private boolean alive = true;
    private final Instant foundAt;
    private Instant changedAt;
    private Instant freshAfter;
    private long generation;
    private int request;
    private Instant requestedAt;
    private Optional<Obstacle> obstacle = Optional.empty();
    private Observation observation = Observation.NONE;
    private Optional<CommandReport> report = Optional.empty();
    private int failedCommands;
    private boolean looking;
    private boolean lookWanted;
    private Duration pace = SessionPolicy.FAST;
    /** The newest plan replaces the one before. */
    private int plan;

    private int recheckPlan;

    ToyOperator(ToyTime time, RandomGenerator random, ToyResource resource, ToyWawp wawp, Referee referee) {
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
        look();
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
                resource.standing,
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
                obstacle,
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

    /** Whether a judgement now rests on the sight of a linked session. */
    boolean seesWorking() {
        return obstacle.isEmpty()
                && observation.trouble().isEmpty()
                && observation
                        .sighting()
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
        if (decision instanceof LookAgain) {
            look();
        } else if (decision instanceof Judged judged) {
            carryOut(judged);
        }
    }

    private void noteChanges() {
        boolean blocked = obstacle.isPresent();
        if (resource.secretMissing) {
            Instant since = obstacle.map(Obstacle::since).orElse(time.now());
            obstacle = Optional.of(new Obstacle(Reason.SecretNotFound, "There is no such Secret.", since, time.now()));
        } else if (blocked) {
            obstacle = Optional.empty();
            freshAfter = time.now();
            look();
        }
        if (generation != resource.generation) {
            generation = resource.generation;
            changedAt = time.now();
            look();
        }
        if (request != resource.request) {
            request = resource.request;
            requestedAt = time.now();
            look();
        }
    }

    private void carryOut(Judged judged) {
        Optional<LastAction> intent = judged.call()
                .map(call -> new LastAction(
                        call.action(),
                        referee.nextId(),
                        LastAction.Phase.Intended,
                        call.attempt(),
                        ToyResource.wholeSeconds(time.now())));
        if (intent.isPresent() && referee.somebodyEditsFirst()) {
            // a conflict: forget all, read again
            time.after(Duration.ofSeconds(1), this::pass);
            return;
        }
        referee.judged(this, judged);
        if (resource.write(judged, intent, request, time.now())) {
            referee.written();
        }
        setPace(judged.lookEvery());
        judged.recheck().ifPresent(this::recheck);
        intent.ifPresent(this::send);
    }

    private void recheck(Recheck recheck) {
        int planned = ++recheckPlan;
        time.at(recheck.at(), () -> {
            if (planned == recheckPlan) {
                if (recheck.look()) {
                    look();
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
            ToyWawp.Fate fate = wawp.take(intent.type());
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
        look();
    }

    private Instant retryAt(Kind kind) {
        return time.now()
                .plus(
                        kind.isPassing()
                                ? Duration.ofSeconds(
                                        1 + random.nextInt(Math.min(300, 1 << Math.min(failedCommands, 9))))
                                : Duration.ofMinutes(10));
    }

    // --- looking ------------------------------------------------------------------------------------------------

    private void setPace(Duration next) {
        if (!next.equals(pace)) {
            pace = next;
            planNextLook();
        }
    }

    private void planNextLook() {
        int planned = ++plan;
        time.after(pace, () -> {
            if (planned == plan) {
                look();
            }
        });
    }

    private void look() {
        if (!alive) {
            return;
        }
        if (looking) {
            lookWanted = true;
            return;
        }
        looking = true;
        Instant begun = time.now();
        time.after(Duration.ofMillis(random.nextInt(500)), () -> {
            Optional<Failure> failure = wawp.lookFails();
            SessionState shown = wawp.shown();
            time.after(Duration.ofMillis(1 + random.nextInt(500)), () -> looked(begun, failure, shown));
        });
    }

    private void looked(Instant begun, Optional<Failure> failure, SessionState shown) {
        if (!alive) {
            return;
        }
        looking = false;
        observation = failure.map(why -> observation.failed(why, begun))
                .orElseGet(() -> observation.seen(
                        new SessionInfo(shown, Optional.of(shown.name()), Optional.empty(), Optional.empty()), begun));
        planNextLook();
        if (lookWanted) {
            lookWanted = false;
            look();
        }
        pass();
    }
}
