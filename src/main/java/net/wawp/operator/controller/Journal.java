package net.wawp.operator.controller;

import java.util.List;
import java.util.Objects;
import net.wawp.operator.api.v1alpha1.Condition;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;
import net.wawp.operator.api.v1alpha1.WhatsAppSessionStatus;
import net.wawp.operator.session.Reason;
import net.wawp.operator.session.Verdict;
import net.wawp.operator.session.Verdict.Motion;
import net.wawp.operator.status.Conditions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/** Tells people what happened, in the log and as Events: only when something changed. */
final class Journal {

    private static final Logger log = LoggerFactory.getLogger(Journal.class);

    private final Events events;

    Journal(Events events) {
        this.events = events;
    }

    /** The status was written. */
    void changed(WhatsAppSession before, WhatsAppSessionStatus status, Verdict verdict) {
        LoggingEventBuilder line = about(before, verdict.reason());
        if (status.lastAction() != null && !Objects.equals(status.lastAction(), lastAction(before))) {
            line = line.addKeyValue("action", status.lastAction().type())
                    .addKeyValue("outcome", status.lastAction().phase());
        }
        line.log(verdict.message());
        if (!saidBefore(before, verdict)) {
            if (verdict.motion() == Motion.Stalled) {
                events.warning(before, verdict.reason(), verdict.message());
            } else {
                events.normal(before, verdict.reason(), verdict.message());
            }
        }
    }

    /** The finalizer goes although the deletion policy was not carried out. */
    void released(WhatsAppSession resource, String why) {
        about(resource, Reason.FinalizerReleased).log(why);
        events.warning(resource, Reason.FinalizerReleased, why);
    }

    private static LoggingEventBuilder about(WhatsAppSession resource, Reason reason) {
        return log.atInfo()
                .addKeyValue("namespace", resource.getMetadata().getNamespace())
                .addKeyValue("name", resource.getMetadata().getName())
                .addKeyValue("generation", resource.getMetadata().getGeneration())
                .addKeyValue("reason", reason.name());
    }

    private static Object lastAction(WhatsAppSession resource) {
        return resource.getStatus() == null ? null : resource.getStatus().lastAction();
    }

    /** Whether the status gave the same reason, and expected as much of a person. */
    private static boolean saidBefore(WhatsAppSession resource, Verdict verdict) {
        if (resource.getStatus() == null) {
            return false;
        }
        List<Condition> conditions = resource.getStatus().conditions();
        boolean sameReason = Conditions.find(conditions, Conditions.READY)
                .map(Condition::reason)
                .filter(verdict.reason().name()::equals)
                .isPresent();
        boolean wasStalled = Conditions.find(conditions, Conditions.STALLED).isPresent();
        return sameReason && wasStalled == (verdict.motion() == Motion.Stalled);
    }
}
