package net.wawp.operator.api.v1alpha1;

import java.util.List;

/** Statuses as the operator writes them, for tests of what others make of them. */
final class StatusSamples {

    private static final String SINCE = "2026-01-02T03:04:05Z";

    private StatusSamples() {}

    static WhatsAppSessionStatus working(long generation) {
        return WhatsAppSessionStatus.builder()
                .observedGeneration(generation)
                .sessionState("WORKING")
                .pairing("Paired")
                .instanceId("3EB0BCB2E3D4")
                .sessionName("wawp-84729105")
                .account(new Account("20•••••••678@c.us"))
                .lastAction(new LastAction("Start", "7f3c", "Desired", "Confirmed", 1, generation, SINCE))
                .restarts(0)
                .conditions(List.of(condition("Ready", "True", "Working", generation)))
                .build();
    }

    static WhatsAppSessionStatus starting(long generation) {
        return withConditions(
                generation,
                condition("Ready", "False", "Starting", generation),
                condition("Reconciling", "True", "Starting", generation));
    }

    static WhatsAppSessionStatus withConditions(long generation, Condition... conditions) {
        return WhatsAppSessionStatus.builder()
                .observedGeneration(generation)
                .pairing("Unknown")
                .restarts(0)
                .conditions(List.of(conditions))
                .build();
    }

    static Condition condition(String type, String status, String reason, long generation) {
        return new Condition(type, status, reason, "The session is as it is.", SINCE, generation);
    }
}
