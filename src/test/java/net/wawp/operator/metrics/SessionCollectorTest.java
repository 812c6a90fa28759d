package net.wawp.operator.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.stream.Stream;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;
import org.junit.jupiter.api.Test;

class SessionCollectorTest {

    @Test
    void aResourceThatIsHalfThereIsServedWithTheOthers() {
        OperatorMetrics metrics = new OperatorMetrics(true, Optional.empty(), "test");
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

    @Test
    void aShardSaysHowManyResourcesItServesAndHowManyThereAre() {
        OperatorMetrics metrics = new OperatorMetrics(false, Optional.of("eu"), "test");
        metrics.leader(() -> true);
        metrics.existing(() -> OptionalLong.of(3));
        assertThat(metrics.registry().scrape())
                .contains("wawp_operator_leader{shard=\"eu\"} 1.0", "wawp_operator_existing_sessions 3.0")
                .doesNotContain("wawp_operator_shard_sessions");

        metrics.show(inventory());

        assertThat(metrics.registry().scrape()).contains("wawp_operator_shard_sessions{shard=\"eu\"} 0.0");
        metrics.close();
    }

    @Test
    void onlyTheLeaderSaysHowManyResourcesItCannotWrite() {
        OperatorMetrics metrics = new OperatorMetrics(false, Optional.empty(), "test");
        assertThat(metrics.registry().scrape()).doesNotContain("wawp_operator_failing_writes");

        metrics.show(inventory());
        assertThat(metrics.registry().scrape()).contains("wawp_operator_failing_writes 2.0");

        metrics.hide();
        assertThat(metrics.registry().scrape()).doesNotContain("wawp_operator_failing_writes");
        metrics.close();
    }

    @Test
    void beforeTheResourcesWereCountedTheirNumberIsUnknown() {
        OperatorMetrics metrics = new OperatorMetrics(false, Optional.empty(), "test");
        metrics.existing(OptionalLong::empty);

        assertThat(metrics.registry().scrape()).contains("wawp_operator_existing_sessions NaN");
        metrics.close();
    }

    @Test
    void theRateThatWasLearntIsShownByTheProcessThatLeadsAlone() {
        OperatorMetrics metrics = new OperatorMetrics(false, Optional.empty(), "test");
        metrics.learntRate(() -> OptionalDouble.of(7));
        assertThat(metrics.registry().scrape()).contains("wawp_operator_learnt_calls_per_second NaN");

        metrics.show(inventory());
        assertThat(metrics.registry().scrape()).contains("wawp_operator_learnt_calls_per_second 7.0");

        metrics.hide();
        assertThat(metrics.registry().scrape()).contains("wawp_operator_learnt_calls_per_second NaN");
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

            @Override
            public int failingWrites() {
                return 2;
            }
        };
    }
}
