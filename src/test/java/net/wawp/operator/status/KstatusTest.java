package net.wawp.operator.status;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;
import net.wawp.operator.api.v1alpha1.WhatsAppSessionStatus;
import net.wawp.operator.session.Decision.Facts;
import net.wawp.operator.session.Decision.UpdateStatus;
import net.wawp.operator.session.Observation;
import net.wawp.operator.session.Pairing;
import net.wawp.operator.session.Readiness;
import net.wawp.operator.session.Readiness.Activity;
import net.wawp.operator.session.Readiness.Ready;
import net.wawp.operator.session.Reason;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the operator writes, as the tools that wait for it read it. */
class KstatusTest {

    private static final long GENERATION = 3;
    private static final WhatsAppSessionStatus UNSEEN =
            WhatsAppSessionStatus.builder().observedGeneration(-1L).build();

    private static final String TABLE = """
            Working,             True,    None,        Current
            Stopped,             True,    None,        Current
            LoggedOut,           True,    None,        Current
            OutsideRunningHours, True,    None,        Current
            Idle,                True,    None,        Current
            Starting,            False,   Reconciling, InProgress
            Stopping,            False,   Reconciling, InProgress
            LoggingOut,          False,   Reconciling, InProgress
            Recovering,          False,   Reconciling, InProgress
            Restarting,          False,   Reconciling, InProgress
            PairingRequired,     False,   Stalled,     Failed
            AccountMismatch,     False,   Stalled,     Failed
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
            Suspended,           True,    None,        Current
            Suspended,           False,   Stalled,     Failed
            """;

    @ParameterizedTest
    @CsvSource(textBlock = TABLE)
    void everyReasonHasTheWordThatWaitingToolsExpect(Reason reason, Ready ready, Activity activity, Kstatus word) {
        WhatsAppSession session = session(written(new Readiness(reason, ready, activity, "So it is."), GENERATION));

        assertThat(Kstatus.of(json(session))).isEqualTo(word);
    }

    @Test
    void noReasonIsForgotten() {
        Set<Reason> told = TABLE.lines()
                .map(line -> Reason.valueOf(line.substring(0, line.indexOf(','))))
                .collect(Collectors.toSet());

        assertThat(told).isEqualTo(EnumSet.complementOf(EnumSet.of(Reason.FinalizerReleased)));
    }

    @Test
    void aResourceThatNobodyHasReconciledIsInProgress() {
        assertThat(Kstatus.of(json(session(UNSEEN)))).isEqualTo(Kstatus.InProgress);
    }

    @Test
    void anEditThatIsNotDecidedYetIsInProgress() {
        assertThat(Kstatus.of(json(session(working(GENERATION - 1))))).isEqualTo(Kstatus.InProgress);
    }

    @Test
    void whatIsBeingDeletedIsTerminating() {
        WhatsAppSession session = session(working(GENERATION));
        session.getMetadata().setDeletionTimestamp("2026-01-02T03:04:05Z");

        assertThat(Kstatus.of(json(session))).isEqualTo(Kstatus.Terminating);
    }

    private static WhatsAppSessionStatus working(long generation) {
        return written(new Readiness(Reason.Working, Ready.True, Activity.None, "So it is."), generation);
    }

    private static WhatsAppSessionStatus written(Readiness readiness, long generation) {
        UpdateStatus update = new UpdateStatus(
                readiness,
                new Facts(Optional.empty(), Pairing.Unknown),
                0,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Duration.ofMinutes(1),
                Optional.empty(),
                false);
        return StatusFactory.create(
                UNSEEN,
                update,
                Optional.empty(),
                generation,
                Observation.NONE,
                Optional.empty(),
                Optional.empty(),
                Instant.parse("2026-01-02T03:04:05Z"));
    }

    private static WhatsAppSession session(WhatsAppSessionStatus status) {
        WhatsAppSession session = new WhatsAppSession();
        session.getMetadata().setName("support-line");
        session.getMetadata().setGeneration(GENERATION);
        session.setStatus(status);
        return session;
    }

    private static JsonNode json(WhatsAppSession session) {
        return Serialization.unmarshal(Serialization.asJson(session), JsonNode.class);
    }
}
