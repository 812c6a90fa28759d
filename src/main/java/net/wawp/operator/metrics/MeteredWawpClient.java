package net.wawp.operator.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import net.wawp.operator.session.Failure.Delivery;
import net.wawp.operator.wawp.Operation;
import net.wawp.operator.wawp.WawpClient;
import net.wawp.operator.wawp.WawpRequest;
import net.wawp.operator.wawp.WawpResponse;

/** Counts and times the calls that another client makes. What that client held back is no call. */
final class MeteredWawpClient implements WawpClient {

    private static final String SUCCESS = "Success";

    /** The longest that a call may be given is one minute. */
    private static final Duration[] BUCKETS = {
        Duration.ofMillis(50),
        Duration.ofMillis(100),
        Duration.ofMillis(250),
        Duration.ofMillis(500),
        Duration.ofSeconds(1),
        Duration.ofMillis(2_500),
        Duration.ofSeconds(5),
        Duration.ofSeconds(10),
        Duration.ofSeconds(30),
        Duration.ofSeconds(60)
    };

    private final WawpClient wawp;
    private final MeterRegistry meters;

    MeteredWawpClient(WawpClient wawp, MeterRegistry meters) {
        this.wawp = wawp;
        this.meters = meters;
    }

    @Override
    public CompletionStage<WawpResponse> send(WawpRequest request) {
        Timer.Sample begun = Timer.start(meters);
        return wawp.send(request).whenComplete((response, never) -> ended(request.operation(), begun, response));
    }

    private void ended(Operation operation, Timer.Sample begun, WawpResponse response) {
        if (response instanceof WawpResponse.Refused refused) {
            if (refused.failure().delivery() != Delivery.Withheld) {
                record(operation, begun, refused.failure().kind().name());
            }
        } else {
            record(operation, begun, SUCCESS);
        }
    }

    private void record(Operation operation, Timer.Sample begun, String outcome) {
        Counter.builder("wawp.operator.api.requests")
                .description("Calls to Wawp that went out.")
                .tag("operation", operation.name())
                .tag("outcome", outcome)
                .register(meters)
                .increment();
        begun.stop(Timer.builder("wawp.operator.api.request.duration")
                .description("How long calls to Wawp took, connection included, whatever their outcome.")
                .tag("operation", operation.name())
                .serviceLevelObjectives(BUCKETS)
                .register(meters));
    }
}
