package net.wawp.operator.e2e;

import java.time.Duration;
import java.util.Set;
import java.util.function.BooleanSupplier;
import net.wawp.operator.simulator.Operation;
import net.wawp.operator.simulator.WawpSimulator;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/** When something happens in the chaos. */
enum Moment {
    AtRandom,
    WhenACallIsAnnounced,
    WhenACallArrives;

    private static final Duration LIMIT = Duration.ofSeconds(4);

    /** Waits for the next such moment; not for long, since there may be none. */
    void await(Set<String> announced, WawpSimulator wawp) {
        switch (this) {
            case AtRandom -> {}
            case WhenACallIsAnnounced -> {
                int before = announced.size();
                awaitBriefly(() -> announced.size() > before);
            }
            case WhenACallArrives -> {
                long before = wawp.ledger().lastNumber();
                awaitBriefly(() -> wawp.ledger().callsAfter(before).stream().anyMatch(call -> call.operation()
                        .filter(operation -> operation != Operation.info)
                        .isPresent()));
            }
        }
    }

    private static void awaitBriefly(BooleanSupplier condition) {
        try {
            Awaitility.await()
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(2))
                    .atMost(LIMIT)
                    .until(condition::getAsBoolean);
        } catch (ConditionTimeoutException e) {
            // there was no such moment; then now
        }
    }
}
