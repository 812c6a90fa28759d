package net.wawp.operator.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.List;
import net.wawp.operator.session.Action;
import net.wawp.operator.session.LastAction;
import net.wawp.operator.session.LastAction.Phase;

/** {@link ReconcileMetrics} by Micrometer. Every counter exists from the start, so that its first increase is visible. */
final class MicrometerReconcileMetrics implements ReconcileMetrics {

    private static final Duration[] BUCKETS = {
        Duration.ofSeconds(5),
        Duration.ofSeconds(15),
        Duration.ofSeconds(30),
        Duration.ofMinutes(1),
        Duration.ofMinutes(2),
        Duration.ofMinutes(5),
        Duration.ofMinutes(15),
        Duration.ofHours(1),
        Duration.ofHours(6)
    };

    private final MeterRegistry meters;
    private final Counter recoveries;
    private final Timer timeToReady;

    MicrometerReconcileMetrics(MeterRegistry meters) {
        this.meters = meters;
        this.recoveries = Counter.builder("wawp.operator.recoveries")
                .description("Number of restarts that recovery has begun.")
                .register(meters);
        this.timeToReady = Timer.builder("wawp.operator.time.to.ready")
                .description("Time that resources were not ready before they became ready, in seconds.")
                .serviceLevelObjectives(BUCKETS)
                .register(meters);
        for (Action action : Action.values()) {
            for (Phase outcome : List.of(Phase.Confirmed, Phase.Abandoned, Phase.Ineffective)) {
                actions(action, outcome);
            }
        }
    }

    @Override
    public void settled(LastAction action) {
        actions(action.type(), action.phase()).increment();
    }

    @Override
    public void recovering() {
        recoveries.increment();
    }

    @Override
    public void ready(Duration waited) {
        timeToReady.record(waited);
    }

    private Counter actions(Action action, Phase outcome) {
        return Counter.builder("wawp.operator.actions")
                .description("Number of calls that change a session, by known outcome.")
                .tag("action", action.name())
                .tag("outcome", outcome.name())
                .register(meters);
    }
}
