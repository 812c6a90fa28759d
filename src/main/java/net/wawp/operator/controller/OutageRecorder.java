package net.wawp.operator.controller;

import io.fabric8.kubernetes.api.model.HasMetadata;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import net.wawp.operator.events.EventRecorder;
import net.wawp.operator.poller.OutageListener;
import net.wawp.operator.session.Reason;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells of an outage of Wawp once for all sessions: their own Events about it are dropped while it lasts. Thread-safe. */
final class OutageRecorder implements EventRecorder, OutageListener {

    private static final Logger log = LoggerFactory.getLogger(OutageRecorder.class);

    private static final String BEGAN =
            "Wawp does not answer. Polls are held back, but for one every 4 s that finds out whether it is back; no call is made until then.";

    private final EventRecorder events;
    private final Optional<HasMetadata> operator;
    private final InstantSource clock;
    private volatile Optional<Instant> outSince = Optional.empty();

    /** @param operator what Events about the operator itself are about; empty where there is nothing */
    OutageRecorder(EventRecorder events, Optional<HasMetadata> operator, InstantSource clock) {
        this.events = events;
        this.operator = operator;
        this.clock = clock;
    }

    @Override
    public void changed(boolean isOut) {
        Optional<Instant> since = outSince;
        outSince = isOut ? Optional.of(clock.instant()) : Optional.empty();
        if (isOut) {
            log.warn(BEGAN);
            operator.ifPresent(about -> events.warning(about, Reason.GatewayUnavailable, BEGAN));
        } else {
            since.ifPresent(from -> log.info(
                    "Wawp answers again, after {} s. Each session is polled within its interval.",
                    Duration.between(from, clock.instant()).toSeconds()));
        }
    }

    @Override
    public void normal(HasMetadata about, Reason reason, String message) {
        events.normal(about, reason, message);
    }

    @Override
    public void warning(HasMetadata about, Reason reason, String message) {
        if (!(outSince.isPresent() && reason == Reason.GatewayUnavailable)) {
            events.warning(about, reason, message);
        }
    }
}
