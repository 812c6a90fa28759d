package net.wawp.operator.api.v1alpha1;

import static net.wawp.operator.api.v1alpha1.StatusSamples.condition;
import static net.wawp.operator.api.v1alpha1.StatusSamples.withConditions;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.wawp.operator.session.Reason;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The conditions that the API promises, seen with the eyes of the tools that wait for them. */
class KstatusTest {

    private static final long GENERATION = 3;

    private static final String TABLE = """
            Working,             True,    ,            Current
            Stopped,             True,    ,            Current
            LoggedOut,           True,    ,            Current
            Starting,            False,   Reconciling, InProgress
            Stopping,            False,   Reconciling, InProgress
            LoggingOut,          False,   Reconciling, InProgress
            Recovering,          False,   Reconciling, InProgress
            PairingRequired,     False,   Stalled,     Failed
            SecretInvalid,       False,   Stalled,     Failed
            Unauthorized,        False,   Stalled,     Failed
            QuotaExceeded,       False,   Stalled,     Failed
            InstanceNotFound,    False,   Stalled,     Failed
            RequestRejected,     False,   Stalled,     Failed
            RecoveryExhausted,   False,   Stalled,     Failed
            LogoutUncertain,     False,   Stalled,     Failed
            UnknownSessionState, False,   Stalled,     Failed
            SecretNotFound,      False,   Reconciling, InProgress
            SecretNotFound,      False,   Stalled,     Failed
            InstanceConflict,    False,   Reconciling, InProgress
            InstanceConflict,    False,   Stalled,     Failed
            GatewayUnavailable,  Unknown, Reconciling, InProgress
            RateLimited,         Unknown, Reconciling, InProgress
            Suspended,           True,    ,            Current
            Suspended,           False,   Stalled,     Failed
            """;

    @ParameterizedTest
    @CsvSource(textBlock = TABLE)
    void everyReasonHasTheWordThatWaitingToolsExpect(Reason reason, String ready, String with, Kstatus word) {
        Condition readyCondition = condition("Ready", ready, reason.name(), GENERATION);
        WhatsAppSessionStatus status = with == null
                ? withConditions(GENERATION, readyCondition)
                : withConditions(GENERATION, readyCondition, condition(with, "True", reason.name(), GENERATION));

        assertThat(Kstatus.of(resource(status))).isEqualTo(word);
    }

    @Test
    void noReasonIsForgotten() {
        Set<Reason> told = TABLE.lines()
                .map(line -> Reason.valueOf(line.substring(0, line.indexOf(','))))
                .collect(Collectors.toSet());

        assertThat(told).isEqualTo(EnumSet.complementOf(EnumSet.of(Reason.FinalizerReleased)));
    }

    @ParameterizedTest
    @MethodSource
    void whatIsNotJudgedYetIsInProgress(WhatsAppSessionStatus status) {
        assertThat(Kstatus.of(resource(status))).isEqualTo(Kstatus.InProgress);
    }

    static Stream<WhatsAppSessionStatus> whatIsNotJudgedYetIsInProgress() {
        return Stream.of(withConditions(-1), StatusSamples.working(GENERATION - 1));
    }

    @Test
    void whatIsBeingDeletedIsTerminating() {
        WhatsAppSession session = session(StatusSamples.working(GENERATION));
        session.getMetadata().setDeletionTimestamp("2026-01-02T03:04:05Z");

        assertThat(Kstatus.of(Serialization.unmarshal(Serialization.asJson(session), JsonNode.class)))
                .isEqualTo(Kstatus.Terminating);
    }

    private static JsonNode resource(WhatsAppSessionStatus status) {
        return Serialization.unmarshal(Serialization.asJson(session(status)), JsonNode.class);
    }

    private static WhatsAppSession session(WhatsAppSessionStatus status) {
        WhatsAppSession session = new WhatsAppSession();
        session.getMetadata().setName("support-line");
        session.getMetadata().setGeneration(GENERATION);
        session.setStatus(status);
        return session;
    }
}
