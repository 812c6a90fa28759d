package net.wawp.operator.controller;

import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;
import net.wawp.operator.command.CommandSender;
import net.wawp.operator.poller.SessionPoller;
import net.wawp.operator.session.Blocker;
import net.wawp.operator.session.Decision.Recheck;
import net.wawp.operator.session.Decision.UpdateStatus;
import net.wawp.operator.session.Failure;
import net.wawp.operator.session.Observation;
import net.wawp.operator.session.Observation.FailureStreak;
import net.wawp.operator.session.Observation.ObservedState;
import net.wawp.operator.session.Reason;
import net.wawp.operator.session.policy.SessionPolicy;
import net.wawp.operator.wawp.Priority;

/** Tells the poller and the store of Secrets what each resource needs of them. */
final class PollPlanner {

    private final SessionPoller poller;
    private final SecretStore secrets;
    private final CommandSender commands;

    PollPlanner(SessionPoller poller, SecretStore secrets, CommandSender commands) {
        this.poller = poller;
        this.secrets = secrets;
        this.commands = commands;
    }

    /** Has the session polled no more. */
    void pause(ReconcileInputs inputs) {
        poller.pause(inputs.uid());
    }

    /** Has it polled before anything is done: at once, and where that poll fails, again soon. The next update sets the interval anew. */
    void pollFirst(ReconcileInputs inputs) {
        poller.setInterval(inputs.uid(), SessionPolicy.FAST);
        poller.pollNow(inputs.uid(), Priority.Prompt);
    }

    /** Has it polled as this update asks for. */
    void plan(ReconcileInputs inputs, UpdateStatus update) {
        poller.setInterval(inputs.uid(), update.pollInterval());
        // a poll that an earlier update asked for would come for nothing
        update.recheck()
                .flatMap(PollPlanner::priority)
                .ifPresentOrElse(
                        priority -> poller.pollAt(
                                inputs.uid(), update.recheck().get().at(), priority),
                        () -> poller.cancelPollAt(inputs.uid()));
    }

    private static Optional<Priority> priority(Recheck recheck) {
        return switch (recheck.after()) {
            case Nothing -> Optional.empty();
            case Poll -> Optional.of(Priority.Prompt);
            case RequestedPoll -> Optional.of(Priority.Requested);
        };
    }

    /** Has the session polled: at once where something is new, else at its pace; not at all while something is in the way. */
    void plan(ReconcileInputs inputs, Optional<Blocker> blocker) {
        inputs.secret().ifPresent(key -> secrets.use(inputs.uid(), key, isSecretWanted(inputs, blocker)));
        if (blocker.isPresent() || inputs.credentials().isEmpty()) {
            // without credentials too: what an edit asks for is polled for once they are there
            poller.pause(inputs.uid());
            return;
        }
        if (poller.poll(inputs.uid(), inputs.credentials().get())) {
            // where that poll fails, another one follows soon
            poller.setInterval(inputs.uid(), SessionPolicy.FAST);
            return;
        }
        ResourceMemory before = inputs.before().orElseThrow();
        if (before.generation() != inputs.memory().generation()) {
            pollFirst(inputs);
        }
        if (inputs.memory().pairToken().isPresent()
                && !before.pairToken().equals(inputs.memory().pairToken())) {
            poller.pollNow(inputs.uid(), Priority.Requested);
        }
        if (inputs.memory().requestToken().isPresent()
                && !before.requestToken().equals(inputs.memory().requestToken())) {
            poller.pollNow(inputs.uid(), Priority.Requested);
        }
    }

    /** Whether a change of the Secret is what the resource waits for. */
    private static boolean isSecretWanted(ReconcileInputs inputs, Optional<Blocker> blocker) {
        boolean isAboutSecret = blocker.filter(
                        met -> met.reason() == Reason.SecretNotFound || met.reason() == Reason.SecretInvalid)
                .isPresent();
        boolean isRefused = inputs.facts()
                .observation()
                .failureStreak()
                .map(FailureStreak::failure)
                .map(Failure::kind)
                .filter(kind -> kind == Failure.Kind.Unauthorized || kind == Failure.Kind.InstanceNotFound)
                .isPresent();
        return isAboutSecret || isRefused;
    }

    /**
     * After a poll that failed, has the session polled again soon where its status says that something is under way, or a person waits; and at its
     * usual pace where Wawp refused it before, which is polled for rarely.
     */
    void pollAgainAfterFailure(ReconcileInputs inputs) {
        boolean isUnderWay = inputs.facts()
                .progress()
                .reported()
                .filter(reported -> !reported.isReady() && !reported.stalled())
                .isPresent();
        boolean isRequested = inputs.facts().target().requestedAt().isPresent();
        Optional<FailureStreak> streak = inputs.facts().observation().failureStreak();
        if ((isUnderWay || isRequested) && streak.isPresent()) {
            poller.setInterval(inputs.uid(), SessionPolicy.FAST);
        } else if (streak.flatMap(FailureStreak::refusedAt).isPresent()) {
            poller.setInterval(
                    inputs.uid(),
                    SessionPolicy.outagePace(inputs.facts().target().pollInterval()));
        }
    }

    /** When a call that another resource made on this instance has ended, nobody else has this one polled: its older poll counts no more. */
    void pollAfterCallOfAnother(ReconcileInputs inputs) {
        Observation observation = inputs.facts().observation();
        Optional<Instant> polled = Stream.concat(
                        observation.observed().map(ObservedState::begun).stream(),
                        observation.failureStreak().map(FailureStreak::begun).stream())
                .max(Instant::compareTo);
        inputs.credentials()
                .flatMap(credentials -> commands.last(credentials.instanceId()))
                .filter(last -> !last.uid().equals(inputs.uid()))
                .flatMap(last -> last.report().settledAt())
                .filter(ended -> polled.filter(ended::isAfter).isPresent())
                .ifPresent(ended -> poller.pollNow(inputs.uid(), Priority.Prompt));
    }
}
