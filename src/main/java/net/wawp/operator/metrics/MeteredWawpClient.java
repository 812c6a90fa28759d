package net.wawp.operator.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import net.wawp.operator.session.Failure.Delivery;
import net.wawp.operator.wawp.Operation;
import net.wawp.operator.wawp.WawpClient;
import net.wawp.operator.wawp.WawpRequest;
import net.wawp.operator.wawp.WawpResponse;

/** Counts and times the calls of another client. A call that was held back does not count. */
final class MeteredWawpClient implements WawpClient {

    private static final String SUCCESS = "Success";

    /** Up to a little more than the longest time-out that can be set. */
    private static final Duration[] BUCKETS = {
        Duration.ofMillis(50),
        Duration.ofMillis(100),
        Duration.ofMillis(250),
        Duration.ofMillis(500),
        Duration.ofSeconds(1),
        Duration.ofMillis(2_500),
        Duration.ofSeconds(5),
        Duration.ofSeconds(10),
        Duration.ofSeconds(30)
    };

    private final WawpClient wawp;
    private final MeterRegistry meters;
    /** To look one up in the registry for each call would cost more than to record it. */
    private final Map<Ended, Counter> requests = new ConcurrentHashMap<>();

    private final Map<Operation, Timer> durations = new ConcurrentHashMap<>();

    /** How calls are counted. */
    private record Ended(Operation operation, String outcome) {}

    MeteredWawpClient(WawpClient wawp, MeterRegistry meters) {
        this.wawp = wawp;
        this.meters = meters;
    }

    @Override
    public CompletionStage<WawpResponse> send(WawpRequest request) {
        Timer.Sample begun = Timer.start(meters);
        return wawp.send(request).whenComplete((response, error) -> ended(request.operation(), begun, response));
    }

    /** @param response null where the client failed, as it should not: nobody knows what became of the call */
    private void ended(Operation operation, Timer.Sample begun, WawpResponse response) {
        if (response instanceof WawpResponse.Refused refused) {
            if (refused.failure().delivery() != Delivery.Withheld) {
                record(new Ended(operation, refused.failure().kind().name()), begun);
            }
        } else if (response != null) {
            record(new Ended(operation, SUCCESS), begun);
        }
    }

    private void record(Ended call, Timer.Sample begun) {
        requests.computeIfAbsent(call, this::counter).increment();
        begun.stop(durations.computeIfAbsent(call.operation(), this::timer));
    }

    private Counter counter(Ended call) {
        return Counter.builder("wawp.operator.api.requests")
                .description("Number of calls sent to Wawp.")
                .tag("operation", call.operation().name())
                .tag("outcome", call.outcome())
                .register(meters);
    }

    private Timer timer(Operation operation) {
        return Timer.builder("wawp.operator.api.request.duration")
                .description("Duration of calls to Wawp from connecting to the last byte, in seconds.")
                .tag("operation", operation.name())
                .serviceLevelObjectives(BUCKETS)
                .register(meters);
    }
}
