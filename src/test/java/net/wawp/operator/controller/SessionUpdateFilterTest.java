package net.wawp.operator.controller;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import net.wawp.operator.api.v1alpha1.Condition;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;
import net.wawp.operator.api.v1alpha1.WhatsAppSessionStatus;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SessionUpdateFilterTest {

    static Stream<Arguments> updates() {
        return Stream.of(
                Arguments.of(
                        "an edited spec", SampleResource.any().generation(2).build(), true),
                Arguments.of("a deletion", SampleResource.any().deleted().build(), true),
                Arguments.of(
                        "a finalizer",
                        SampleResource.any().finalizer("wawp.net/session").build(),
                        true),
                Arguments.of(
                        "a request",
                        SampleResource.any()
                                .annotation("wawp.net/requestedAt", "now")
                                .build(),
                        true),
                Arguments.of(
                        "a request to link a phone",
                        shown(SampleResource.any().annotation("wawp.net/pair", "now")),
                        true),
                Arguments.of(
                        "a request to restart",
                        shown(SampleResource.any().annotation("wawp.net/restart", "now")),
                        true),
                Arguments.of(
                        "a use",
                        shown(SampleResource.any().annotation("wawp.net/lastUsedAt", "2026-01-01T00:00:00Z")),
                        true),
                Arguments.of(
                        "another resource of the same name",
                        SampleResource.any().uid("another").build(),
                        true),
                Arguments.of("a wiped status", SampleResource.any().build(), true),
                Arguments.of("another annotation", shown(SampleResource.any().annotation("team", "crm")), false),
                Arguments.of("a label", shown(SampleResource.any().label("team", "crm")), false),
                Arguments.of("the operator's own write", withStatus(SampleResource.any(), "Stopped"), false),
                Arguments.of("a resync", shown(SampleResource.any()), false));
    }

    @ParameterizedTest(name = "{0}: {2}")
    @MethodSource("updates")
    void onlyWhatMayChangeTheDecisionCausesAReconciliation(String what, WhatsAppSession now, boolean relevant) {
        assertThat(new SessionUpdateFilter().accept(now, shown(SampleResource.any())))
                .as(what)
                .isEqualTo(relevant);
    }

    private static WhatsAppSession shown(SampleResource resource) {
        return withStatus(resource, "Working");
    }

    private static WhatsAppSession withStatus(SampleResource resource, String reason) {
        WhatsAppSession session = resource.build();
        List<Condition> conditions =
                List.of(new Condition("Ready", "True", reason, "message", "2026-01-01T00:00:00Z", 1L));
        session.setStatus(WhatsAppSessionStatus.builder().conditions(conditions).build());
        return session;
    }
}
