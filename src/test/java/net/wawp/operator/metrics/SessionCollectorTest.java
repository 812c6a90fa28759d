package net.wawp.operator.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.util.stream.Stream;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;
import org.junit.jupiter.api.Test;

class SessionCollectorTest {

    @Test
    void aResourceThatIsHalfThereIsServedWithTheOthers() {
        OperatorMetrics metrics = new OperatorMetrics(true, "test");
        metrics.show(inventory("metadata: {namespace: crm, name: no-spec}", """
                metadata: {namespace: crm, name: no-words}
                spec: {}
                status: {conditions: [{type: Ready}]}
                """, """
                metadata: {namespace: crm, name: whole}
                spec: {desiredState: Running}
                status: {sessionState: WORKING}
                """));

        assertThat(metrics.registry().scrape())
                .contains(
                        "wawp_operator_sessions{desired=\"None\",state=\"None\"} 2.0",
                        "wawp_operator_sessions{desired=\"Running\",state=\"WORKING\"} 1.0",
                        "wawp_operator_session_info{desired=\"None\",exported_namespace=\"crm\",name=\"no-spec\","
                                + "pairing=\"None\",reason=\"None\",state=\"None\"} 1",
                        "wawp_operator_session_ready{exported_namespace=\"crm\",name=\"no-words\"} 0.0");
        metrics.close();
    }

    private static SessionInventory inventory(String... resources) {
        return new SessionInventory() {
            @Override
            public Stream<WhatsAppSession> sessions() {
                return Stream.of(resources).map(yaml -> Serialization.unmarshal(yaml, WhatsAppSession.class));
            }

            @Override
            public Duration oldestObservationAge() {
                return Duration.ZERO;
            }
        };
    }
}
