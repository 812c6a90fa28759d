package net.wawp.operator.api.v1alpha1;

import java.util.List;

/** Statuses as the operator writes them, for tests of what others make of them. */
final class StatusSamples {

    private static final String SINCE = "2026-01-02T03:04:05Z";

    private StatusSamples() {}

    static WhatsAppSessionStatus working(long generation) {
        return new WhatsAppSessionStatus(
                generation,
                "WORKING",
                "Paired",
                "3EB0BCB2E3D4",
                "wawp-84729105",
                new Account("20•••••••678@c.us"),
                null,
                new LastAction("Start", "7f3c", "Confirmed", 1, SINCE),
                0,
                null,
                List.of(condition("Ready", "True", "Working", generation)));
    }

    static WhatsAppSessionStatus starting(long generation) {
        return withConditions(
                generation,
                condition("Ready", "False", "Starting", generation),
                condition("Reconciling", "True", "Starting", generation));
    }

    static WhatsAppSessionStatus withConditions(long generation, Condition... conditions) {
        return new WhatsAppSessionStatus(
                generation, null, "Unknown", null, null, null, null, null, 0, null, List.of(conditions));
    }

    static Condition condition(String type, String status, String reason, long generation) {
        return new Condition(type, status, reason, "The session is as it is.", SINCE, generation);
    }
}
