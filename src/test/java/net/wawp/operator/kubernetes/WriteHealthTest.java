package net.wawp.operator.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.spi.ILoggingEvent;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import net.wawp.operator.testing.RecordedLog;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

@Execution(ExecutionMode.SAME_THREAD)
class WriteHealthTest {

    private static final KubernetesClientException NO_RIGHT = refusal(
            403,
            "whatsappsessions.wawp.net \"support-line\" is forbidden: User \"system:serviceaccount:wawp-system:wawp-operator\""
                    + " cannot update resource \"whatsappsessions/status\" in API group \"wawp.net\" in the namespace \"crm\"");
    private static final String NAME = "support-line";
    private static final String GRANT = "The operator cannot write to resources in namespace crm: grant update on"
            + " whatsappsessions/status to system:serviceaccount:wawp-system:wawp-operator. It tries again.";

    private final RecordedLog log = new RecordedLog(WriteHealth.class);
    private final WriteHealth health = new WriteHealth();

    @AfterEach
    void stopListening() {
        log.close();
    }

    @Test
    void isGoodBeforeTheFirstWrite() {
        assertThat(health.readiness().isGood()).isTrue();
    }

    @Test
    void saysOnceWhatToGrantToWhomAndIsNotReady() {
        health.failed("crm", NAME, NO_RIGHT);
        health.failed("crm", NAME, NO_RIGHT);

        assertThat(log.list).extracting(ILoggingEvent::getFormattedMessage).containsExactly(GRANT);
        assertThat(log.list).allMatch(line -> line.getThrowableProxy() == null);
        assertThat(health.readiness().isGood()).isFalse();
        assertThat(health.readiness().reason()).startsWith(GRANT);
    }

    @Test
    void isReadyAgainOnceAWriteSucceeds() {
        health.failed("crm", NAME, NO_RIGHT);
        health.succeeded("crm", NAME);

        assertThat(health.readiness().isGood()).isTrue();
        assertThat(log.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .containsExactly(GRANT, "The operator can write to resources in namespace crm again");
    }

    @Test
    void aResourceThatNeedsNoWriteAnyMoreEndsItsFailureSoThatTheNextOneIsLoggedAnew() {
        health.failed("crm", NAME, refusal(500, "timed out"));
        health.unneeded("crm", NAME);
        health.failed("crm", NAME, refusal(500, "timed out"));

        String failure =
                "The operator cannot write to resources in namespace crm. It tries again. support-line: timed out";
        assertThat(log.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .containsExactly(failure, "No write to resources in namespace crm is failing any more", failure);
    }

    @Test
    void aRightThatIsMissingIsReportedUntilAWriteSucceedsThoughNoneIsNeededMeanwhile() {
        health.failed("crm", NAME, NO_RIGHT);
        health.unneeded("crm", NAME);

        assertThat(health.readiness().reason()).startsWith(GRANT);
        assertThat(log.list).extracting(ILoggingEvent::getFormattedMessage).containsExactly(GRANT);
    }

    @Test
    void staysReadyWhileAnotherNamespaceAcceptsWrites() {
        health.succeeded("sales", NAME);
        health.failed("crm", NAME, NO_RIGHT);
        health.succeeded("sales", NAME);

        assertThat(health.readiness().isGood()).isTrue();
        assertThat(log.list).extracting(ILoggingEvent::getFormattedMessage).containsExactly(GRANT);
    }

    @Test
    void isReadyOnceTheResourceIsGone() {
        health.failed("crm", NAME, NO_RIGHT);
        health.forget("crm", NAME);

        assertThat(health.readiness().isGood()).isTrue();
    }

    @Test
    void aRefusalForAnotherReasonIsReportedOnceWithTheReasonAndStaysReady() {
        health.failed("crm", NAME, refusal(403, "admission webhook \"policy.example\" denied the request of 09:00"));
        health.failed("crm", NAME, refusal(403, "admission webhook \"policy.example\" denied the request of 09:01"));

        assertThat(log.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .containsExactly(
                        "The operator cannot write to resources in namespace crm: ask whoever runs the cluster for the"
                                + " reason. It tries again. support-line: admission webhook \"policy.example\" denied the request of 09:00");
        assertThat(health.readiness().isGood()).isTrue();
    }

    @Test
    void aRefusalForAnotherReasonDoesNotHideThatARightIsMissingElsewhere() {
        health.failed("crm", NAME, NO_RIGHT);
        health.failed("sales", NAME, refusal(403, "admission webhook \"policy.example\" denied the request"));

        assertThat(health.readiness().reason()).startsWith(GRANT);
    }

    @Test
    void isReadyOnceARefusalForAnotherReasonShowsThatTheRightIsThere() {
        health.failed("crm", NAME, NO_RIGHT);
        health.failed("crm", NAME, refusal(403, "admission webhook \"policy.example\" denied the request"));

        assertThat(health.readiness().isGood()).isTrue();
    }

    @Test
    void whateverAWebhookWritesItIsOneLineWithoutControlCharacters() {
        health.failed("crm", NAME, refusal(403, "denied:\u001b[2J\r\nthe\u202eowner must agree"));

        assertThat(log.list).singleElement().satisfies(line -> assertThat(line.getFormattedMessage())
                .endsWith("denied: [2J the owner must agree"));
    }

    @Test
    void aFailureThatPassesIsReportedOnceAndStaysReady() {
        health.failed("crm", NAME, refusal(503, "the API server is away"));
        health.failed("crm", NAME, refusal(500, "etcdserver: request timed out"));

        assertThat(log.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .containsExactly("The operator cannot write to resources in namespace crm. It tries again."
                        + " support-line: the API server is away");
        assertThat(health.readiness().isGood()).isTrue();
    }

    @Test
    void twoKindsOfFailureThatTakeTurnsAreReportedOnceEach() {
        KubernetesClientException tooLarge = refusal(413, "the object is too large");
        KubernetesClientException denied = refusal(403, "admission webhook \"policy.example\" denied the request");
        for (int round = 0; round < 3; round++) {
            health.failed("crm", NAME, tooLarge);
            health.failed("crm", "sales-line", denied);
        }

        assertThat(log.list).hasSize(2);
    }

    @Test
    void aResourceThatCannotBeWrittenIsNotReportedAgainWheneverAnotherOneIs() {
        KubernetesClientException tooLarge = refusal(413, "the object is too large");
        health.failed("crm", NAME, tooLarge);
        health.succeeded("crm", "sales-line");
        health.failed("crm", NAME, tooLarge);
        assertThat(log.list).hasSize(1);

        health.succeeded("crm", NAME);

        assertThat(log.list)
                .last()
                .extracting(ILoggingEvent::getFormattedMessage)
                .isEqualTo("The operator can write to resources in namespace crm again");
    }

    @Test
    void theEndOfOneOfManyThatCannotBeWrittenChangesNothing() {
        health.failed("crm", NAME, NO_RIGHT);
        health.failed("crm", "sales-line", NO_RIGHT);

        health.forget("crm", NAME);
        health.failed("crm", "sales-line", NO_RIGHT);

        assertThat(health.readiness().isGood()).isFalse();
        assertThat(log.list).hasSize(1);
    }

    @Test
    void countsTheResourcesWhoseLastWriteFailedOrWasRefused() {
        health.failed("crm", NAME, NO_RIGHT);
        health.failed("crm", NAME, NO_RIGHT);
        health.failed("crm", "sales-line", refusal(403, "admission webhook \"policy.example\" denied the request"));
        health.failed("sales", NAME, refusal(500, "timed out"));
        assertThat(health.failing()).isEqualTo(3);

        health.succeeded("crm", "sales-line");
        health.unneeded("sales", NAME);
        assertThat(health.failing()).isEqualTo(1);

        health.unneeded("crm", NAME);
        assertThat(health.failing())
                .as("a right is missing, but no write is due")
                .isZero();

        health.failed("crm", NAME, NO_RIGHT);
        health.forget("crm", NAME);
        assertThat(health.failing()).isZero();
    }

    private static KubernetesClientException refusal(int code, String message) {
        return new KubernetesClientException(
                message,
                code,
                new StatusBuilder().withCode(code).withMessage(message).build());
    }
}
