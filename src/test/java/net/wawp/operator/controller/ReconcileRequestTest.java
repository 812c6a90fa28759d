package net.wawp.operator.controller;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;
import net.wawp.operator.api.v1alpha1.WhatsAppSessionStatus;
import org.junit.jupiter.api.Test;

class ReconcileRequestTest {

    @Test
    void aNewTokenIsARequest() {
        assertThat(of(asking("2026-01-01"))).isEqualTo(request("2026-01-01", false));
    }

    @Test
    void withoutAnnotationOrWithAnEmptyOneThereIsNone() {
        assertThat(of(SampleResource.any().build())).isEqualTo(request(null, false));
        assertThat(of(asking(""))).isEqualTo(request(null, false));
    }

    @Test
    void aTokenCountsOnce() {
        WhatsAppSession session = asking("again");
        session.setStatus(handled("again"));

        assertThat(of(session)).isEqualTo(request(null, false));
    }

    @Test
    void anyOtherTokenIsANewRequest() {
        WhatsAppSession session = asking("again");
        session.setStatus(handled("before"));

        assertThat(of(session)).isEqualTo(request("again", false));
    }

    @Test
    void aTokenOf128CharactersCountsAndALongerOneIsIgnored() {
        assertThat(of(asking("x".repeat(128)))).isEqualTo(request("x".repeat(128), false));
        assertThat(of(asking("x".repeat(129)))).isEqualTo(request(null, true));
    }

    private static ReconcileRequest of(WhatsAppSession resource) {
        return ReconcileRequest.of(
                resource, Optional.ofNullable(resource.getStatus()).map(WhatsAppSessionStatus::lastHandledRequestAt));
    }

    private static ReconcileRequest request(String token, boolean tooLong) {
        return new ReconcileRequest(Optional.ofNullable(token), tooLong);
    }

    private static WhatsAppSession asking(String token) {
        return SampleResource.any().annotation("wawp.net/requestedAt", token).build();
    }

    private static WhatsAppSessionStatus handled(String token) {
        return WhatsAppSessionStatus.builder().lastHandledRequestAt(token).build();
    }
}
