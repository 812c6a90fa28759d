package net.wawp.operator.status;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import net.wawp.operator.api.v1alpha1.Condition;
import net.wawp.operator.session.Readiness;
import net.wawp.operator.time.Timestamps;

/**
 * The conditions of a resource: {@code Ready} and {@code Paired} always; {@code Reconciling} and {@code Stalled} only while True and never
 * both (kstatus).
 */
public final class Conditions {

    public static final String READY = "Ready";
    public static final String RECONCILING = "Reconciling";
    public static final String STALLED = "Stalled";
    public static final String PAIRED = "Paired";

    /** How far the clock of the process that led before may be ahead. What lies further ahead was forged. */
    private static final Duration FOREIGN_CLOCKS = Duration.ofMinutes(1);

    private Conditions() {}

    /** The condition of this type, if present. */
    public static Optional<Condition> find(List<Condition> conditions, String type) {
        return conditions.stream()
                .filter(condition -> type.equals(condition.type()))
                .findFirst();
    }

    /** The conditions for this readiness, but for {@code Paired}. */
    static List<Condition> of(Readiness readiness, long generation, List<Condition> before, Instant now) {
        List<Condition> conditions = new ArrayList<>(2);
        conditions.add(condition(READY, readiness.ready().name(), readiness, generation, before, now));
        switch (readiness.activity()) {
            case None -> {}
            case Reconciling -> conditions.add(condition(RECONCILING, "True", readiness, generation, before, now));
            case Stalled -> conditions.add(condition(STALLED, "True", readiness, generation, before, now));
        }
        return conditions;
    }

    private static Condition condition(
            String type, String word, Readiness readiness, long generation, List<Condition> before, Instant now) {
        String since = since(before, type, word, now);
        return new Condition(type, word, readiness.reason().name(), readiness.message(), since, generation);
    }

    /** The transition time of a condition that has this word now: it moves only when the word does. */
    static String since(List<Condition> before, String type, String word, Instant now) {
        return find(before, type)
                .filter(earlier -> word.equals(earlier.status()))
                .map(Condition::lastTransitionTime)
                .filter(time -> Timestamps.parse(time)
                        .filter(now.plus(FOREIGN_CLOCKS)::isBefore)
                        .isEmpty())
                .orElseGet(() -> Timestamps.format(now));
    }
}
