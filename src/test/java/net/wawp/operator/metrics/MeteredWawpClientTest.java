package net.wawp.operator.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import net.wawp.operator.session.SessionState;
import net.wawp.operator.testing.ScriptedWawpClient;
import net.wawp.operator.wawp.Credentials;
import net.wawp.operator.wawp.Priority;
import net.wawp.operator.wawp.WawpRequest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MeteredWawpClientTest {

    private final ScriptedWawpClient wawp = new ScriptedWawpClient();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final MeteredWawpClient client = new MeteredWawpClient(wawp, meters);

    @BeforeEach
    void poll() {
        client.send(WawpRequest.info(new Credentials("3EB0BCB2E3D4", "token"), Priority.Routine, () -> true));
    }

    @Test
    void anAnswerCountsAsASuccess() {
        wawp.answerNext(ScriptedWawpClient.observed(SessionState.WORKING));

        assertThat(meters.get("wawp.operator.api.requests")
                        .tag("outcome", "Success")
                        .counter()
                        .count())
                .isEqualTo(1);
    }

    @Test
    void aCallThatFailsInsteadOfBeingAnsweredDoesNotCount() {
        wawp.calls().get(0).answer().completeExceptionally(new IllegalStateException("broken"));

        assertThat(meters.getMeters()).isEmpty();
    }
}
