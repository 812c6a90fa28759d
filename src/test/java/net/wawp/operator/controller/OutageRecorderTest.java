package net.wawp.operator.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;
import net.wawp.operator.events.EventRecorder;
import net.wawp.operator.session.Reason;
import net.wawp.operator.testing.ManualClock;
import org.junit.jupiter.api.Test;

class OutageRecorderTest {

    private static final Lease LEASE = new LeaseBuilder()
            .withNewMetadata()
            .withName("wawp-operator")
            .endMetadata()
            .build();

    private final List<String> written = new ArrayList<>();
    private final OutageRecorder recorder =
            new OutageRecorder(new RecordedEvents(), Optional.of(LEASE), new ManualClock());

    @Test
    void anOutageMakesOneEventAboutTheOperatorAndNoneAboutSessions() {
        recorder.changed(true);
        recorder.warning(session(), Reason.GatewayUnavailable, "Wawp does not answer.");
        recorder.warning(session(), Reason.Unauthorized, "Wawp does not accept the access token.");

        assertThat(written)
                .containsExactly("warning GatewayUnavailable wawp-operator", "warning Unauthorized support-line");
    }

    @Test
    void aSessionThatFailsByItselfHasItsOwnEvent() {
        recorder.warning(session(), Reason.GatewayUnavailable, "Wawp does not answer.");
        recorder.changed(true);
        recorder.changed(false);
        recorder.warning(session(), Reason.GatewayUnavailable, "Wawp does not answer.");
        recorder.normal(session(), Reason.Working, "The session works.");

        assertThat(written)
                .containsExactly(
                        "warning GatewayUnavailable support-line",
                        "warning GatewayUnavailable wawp-operator",
                        "warning GatewayUnavailable support-line",
                        "normal Working support-line");
    }

    private static WhatsAppSession session() {
        WhatsAppSession session = new WhatsAppSession();
        session.getMetadata().setName("support-line");
        return session;
    }

    private final class RecordedEvents implements EventRecorder {
        @Override
        public void normal(HasMetadata about, Reason reason, String message) {
            written.add("normal " + reason + " " + about.getMetadata().getName());
        }

        @Override
        public void warning(HasMetadata about, Reason reason, String message) {
            written.add("warning " + reason + " " + about.getMetadata().getName());
        }
    }
}
