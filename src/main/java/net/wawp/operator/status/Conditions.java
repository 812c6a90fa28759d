package net.wawp.operator.status;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import net.wawp.operator.api.v1alpha1.Condition;
import net.wawp.operator.session.Verdict;
import net.wawp.operator.time.Timestamps;

/**
 * The conditions of a resource: {@code Ready} always; {@code Reconciling} and {@code Stalled} only while True and never
 * both (kstatus).
 */
public final class Conditions {

    public static final String READY = "Ready";
    public static final String RECONCILING = "Reconciling";
    public static final String STALLED = "Stalled";

    private Conditions() {}

    /** The condition of this type, if present. */
    public static Optional<Condition> find(List<Condition> conditions, String type) {
        return conditions.stream()
                .filter(condition -> type.equals(condition.type()))
                .findFirst();
    }

    /** The conditions for this verdict; a transition time moves only when the status word does. */
    static List<Condition> of(Verdict verdict, long generation, List<Condition> before, Instant now) {
        List<Condition> conditions = new ArrayList<>(2);
        conditions.add(condition(READY, verdict.ready().name(), verdict, generation, before, now));
        switch (verdict.activity()) {
            case None -> {}
            case Reconciling -> conditions.add(condition(RECONCILING, "True", verdict, generation, before, now));
            case Stalled -> conditions.add(condition(STALLED, "True", verdict, generation, before, now));
        }
        return conditions;
    }

    private static Condition condition(
            String type, String word, Verdict verdict, long generation, List<Condition> before, Instant now) {
        String since = find(before, type)
                .filter(earlier -> word.equals(earlier.status()))
                .map(Condition::lastTransitionTime)
                .orElseGet(() -> Timestamps.format(now));
        return new Condition(type, word, verdict.reason().name(), verdict.message(), since, generation);
    }
}
