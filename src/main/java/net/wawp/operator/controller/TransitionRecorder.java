package net.wawp.operator.controller;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import net.wawp.operator.api.v1alpha1.Condition;
import net.wawp.operator.api.v1alpha1.LastAction;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;
import net.wawp.operator.api.v1alpha1.WhatsAppSessionStatus;
import net.wawp.operator.events.EventRecorder;
import net.wawp.operator.metrics.ReconcileMetrics;
import net.wawp.operator.session.Decision.Call;
import net.wawp.operator.session.Decision.Facts;
import net.wawp.operator.session.Decision.UpdateStatus;
import net.wawp.operator.session.LastAction.Phase;
import net.wawp.operator.session.Readiness;
import net.wawp.operator.session.Readiness.Activity;
import net.wawp.operator.session.Readiness.Ready;
import net.wawp.operator.session.Reason;
import net.wawp.operator.status.Conditions;
import net.wawp.operator.time.Timestamps;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/** Reports transitions to people, in the log, as Events and in metrics: only when something changed. */
final class TransitionRecorder {

    private static final Logger log = LoggerFactory.getLogger(TransitionRecorder.class);

    private static final Duration LONGEST_WAIT = Duration.ofDays(365);

    private final EventRecorder events;
    private final ReconcileMetrics metrics;

    TransitionRecorder(EventRecorder events, ReconcileMetrics metrics) {
        this.events = events;
        this.metrics = metrics;
    }

    /** The status was written. */
    void changed(WhatsAppSession before, WhatsAppSessionStatus status, UpdateStatus update) {
        Readiness readiness = update.readiness();
        LoggingEventBuilder line = about(before, readiness.reason());
        if (status.lastAction() != null && !Objects.equals(status.lastAction(), lastAction(before))) {
            line = line.addKeyValue("action", status.lastAction().type())
                    .addKeyValue("outcome", status.lastAction().phase());
        }
        line.log(readiness.message());
        if (!saidBefore(before, readiness)) {
            if (isWarning(readiness.reason())) {
                events.warning(before, readiness.reason(), readiness.message());
            } else {
                events.normal(before, readiness.reason(), readiness.message());
            }
        }
        settled(before, update.facts());
        if (update.call().filter(Call::beginsRecovery).isPresent()) {
            metrics.recovering();
        }
        if (readiness.ready() == Ready.True) {
            unreadySince(before)
                    .ifPresent(since -> readySince(status).ifPresent(until -> metrics.ready(waited(since, until))));
        }
    }

    /** These facts have been written, or the resource is gone with them: counts an outcome that was open until now. */
    void settled(WhatsAppSession before, Facts facts) {
        Optional<String> open = Optional.ofNullable(lastAction(before))
                .filter(action -> Phase.Intended.name().equals(action.phase()))
                .map(LastAction::id);
        facts.lastAction()
                .filter(action ->
                        !action.isOpen() && open.filter(action.id()::equals).isPresent())
                .ifPresent(metrics::settled);
    }

    /** The finalizer goes although the deletion policy was not carried out. */
    void released(WhatsAppSession resource, String why) {
        about(resource, Reason.FinalizerReleased).log(why);
        events.warning(resource, Reason.FinalizerReleased, why);
    }

    private static LoggingEventBuilder about(WhatsAppSession resource, Reason reason) {
        return (isWarning(reason) ? log.atWarn() : log.atInfo())
                .addKeyValue("namespace", resource.getMetadata().getNamespace())
                .addKeyValue("name", resource.getMetadata().getName())
                .addKeyValue("generation", resource.getMetadata().getGeneration())
                .addKeyValue("reason", reason.name());
    }

    /** Whether it is worth the attention of whoever runs the cluster, be it that somebody must act or that the operator does. */
    private static boolean isWarning(Reason reason) {
        return switch (reason) {
            case Working,
                    Stopped,
                    LoggedOut,
                    OutsideRunningHours,
                    Idle,
                    Starting,
                    Stopping,
                    LoggingOut,
                    Restarting,
                    Suspended -> false;
            case Recovering,
                    PairingRequired,
                    AccountMismatch,
                    SecretInvalid,
                    Unauthorized,
                    QuotaExceeded,
                    InstanceNotFound,
                    RequestRejected,
                    RecoveryExhausted,
                    LogoutUncertain,
                    UnknownSessionState,
                    SecretNotFound,
                    InstanceConflict,
                    GatewayUnavailable,
                    RateLimited,
                    FinalizerReleased -> true;
        };
    }

    private static LastAction lastAction(WhatsAppSession resource) {
        return earlier(resource).map(WhatsAppSessionStatus::lastAction).orElse(null);
    }

    private static Optional<WhatsAppSessionStatus> earlier(WhatsAppSession resource) {
        return Optional.ofNullable(resource.getStatus());
    }

    /** Empty while it is ready. */
    private static Optional<Instant> unreadySince(WhatsAppSession resource) {
        Optional<Condition> ready =
                earlier(resource).flatMap(status -> Conditions.find(status.conditions(), Conditions.READY));
        return ready.isEmpty()
                ? Timestamps.parse(resource.getMetadata().getCreationTimestamp())
                : ready.filter(condition -> !Ready.True.name().equals(condition.status()))
                        .map(Condition::lastTransitionTime)
                        .flatMap(Timestamps::parse);
    }

    /** Clocks of others, or people, may have written these times: no wait is negative, or longer than a year. */
    private static Duration waited(Instant since, Instant until) {
        Duration waited = Duration.between(since, until);
        Duration atMost = waited.compareTo(LONGEST_WAIT) < 0 ? waited : LONGEST_WAIT;
        return atMost.isNegative() ? Duration.ZERO : atMost;
    }

    private static Optional<Instant> readySince(WhatsAppSessionStatus status) {
        return Conditions.find(status.conditions(), Conditions.READY)
                .map(Condition::lastTransitionTime)
                .flatMap(Timestamps::parse);
    }

    /** Whether the status gave the same reason, and expected as much of a person. */
    private static boolean saidBefore(WhatsAppSession resource, Readiness readiness) {
        if (resource.getStatus() == null) {
            return false;
        }
        List<Condition> conditions = resource.getStatus().conditions();
        boolean sameReason = Conditions.find(conditions, Conditions.READY)
                .map(Condition::reason)
                .filter(readiness.reason().name()::equals)
                .isPresent();
        boolean wasStalled = Conditions.find(conditions, Conditions.STALLED).isPresent();
        return sameReason && wasStalled == (readiness.activity() == Activity.Stalled);
    }
}
