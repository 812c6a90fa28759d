package net.wawp.operator.controller;

import static net.wawp.operator.controller.ReconcilerFixture.INSTANCE;
import static net.wawp.operator.controller.ReconcilerFixture.TOKEN;
import static net.wawp.operator.controller.ReconcilerFixture.spec;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import net.wawp.operator.api.v1alpha1.CredentialsSecretRef;
import net.wawp.operator.api.v1alpha1.DesiredState;
import net.wawp.operator.api.v1alpha1.PairingMode;
import net.wawp.operator.api.v1alpha1.PairingSpec;
import net.wawp.operator.api.v1alpha1.WhatsAppSessionSpec;
import net.wawp.operator.session.SessionState;
import net.wawp.operator.testing.ScriptedWawpClient.Call;
import net.wawp.operator.wawp.Operation;
import net.wawp.operator.wawp.WawpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What becomes of an offered way to pair when something comes in the way. */
class PairingReconcilerTest {

    private static final String SECRET_OF_THE_OLDER = "older-credentials";

    private final ReconcilerFixture fixture = new ReconcilerFixture();

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void whoLosesTheInstanceCallsNothingMoreAndItsPairingSecretGoes() {
        fixture.secretFails(SECRET_OF_THE_OLDER, 404);
        String older = fixture.store.create(
                "older",
                spec(DesiredState.Running).toBuilder()
                        .credentialsSecretRef(new CredentialsSecretRef(SECRET_OF_THE_OLDER))
                        .build());
        fixture.reconcile(older);
        fixture.reconcile(older);
        fixture.clock.advance(Duration.ofSeconds(5));
        String younger = offeringAWayToPair(PairingMode.Link);
        giveTheOlderItsSecret(older);

        fixture.reconcile(younger);
        assertThat(fixture.reason(younger)).isEqualTo("InstanceConflict");
        fixture.reconcile(younger);
        assertThat(phase(younger)).isEqualTo("Expired");
        fixture.clock.advance(Duration.ofMinutes(31));
        fixture.reconcile(younger);

        assertThat(fixture.pairingSecrets.of("b")).isEmpty();
        assertThat(callsWith(TOKEN)).isEmpty();
    }

    @Test
    void credentialsThatAreGoneAreUsedForNothingButToRevokeTheLink() {
        String uid = offeringAWayToPair(PairingMode.QR);
        fixture.secretFails(404);
        fixture.clock.advance(Duration.ofSeconds(1));
        fixture.store.annotate(uid, "now");
        fixture.reconcile(uid);
        fixture.reconcile(uid);
        assertThat(fixture.reason(uid)).isEqualTo("SecretNotFound");
        fixture.wawp.clear();

        fixture.clock.advance(Duration.ofSeconds(119));
        fixture.reconcile(uid);
        assertThat(fixture.wawp.calls()).as("the Secret may be on its way").isEmpty();
        assertThat(fixture.pairingSecrets.of("b")).isPresent();

        fixture.clock.advance(Duration.ofSeconds(1));
        fixture.reconcile(uid);
        answer(Operation.RevokeLink, new WawpResponse.Done());
        fixture.reconcile(uid);

        assertThat(phase(uid)).isEqualTo("Expired");
        assertThat(fixture.pairingSecrets.of("b")).isEmpty();
        assertThat(callsWith(TOKEN)).containsExactly(Operation.RevokeLink);
    }

    @Test
    void aRequestThatWaitedForTheSecretBeginsOnceItIsThere() {
        fixture.secretFails(404);
        String uid = fixture.store.create("b", pairable(PairingMode.QR));
        fixture.store.annotate(uid, "wawp.net/pair", "scan");
        fixture.reconcile(uid);
        fixture.reconcile(uid);
        assertThat(fixture.status(uid).pairingRequest()).isNull();

        fixture.secret(TOKEN);
        fixture.clock.advance(Duration.ofSeconds(60));
        fixture.sessions.refreshSecrets();
        fixture.reconcile(uid);
        fixture.observeAll(SessionState.SCAN_QR_CODE);
        fixture.reconcile(uid);

        assertThat(phase(uid)).isEqualTo("Preparing");
    }

    private static WhatsAppSessionSpec pairable(PairingMode mode) {
        return spec(DesiredState.Running).toBuilder()
                .pairing(new PairingSpec(mode, null))
                .build();
    }

    private String offeringAWayToPair(PairingMode mode) {
        String uid = fixture.reconciled("b", pairable(mode), SessionState.SCAN_QR_CODE);
        fixture.store.annotate(uid, "wawp.net/pair", "scan");
        fixture.reconcile(uid);
        fixture.observeAll(SessionState.SCAN_QR_CODE);
        fixture.reconcile(uid);
        fixture.reconcile(uid);
        answer(Operation.OfferLink, new WawpResponse.PairingLink("https://example.com/link"));
        answer(Operation.QrCode, new WawpResponse.QrCode("2@code"));
        fixture.reconcile(uid);
        assertThat(phase(uid)).isEqualTo("Offered");
        return uid;
    }

    /** It is bound to its instance, and owns it, once Wawp has answered. */
    private void giveTheOlderItsSecret(String older) {
        fixture.secret(SECRET_OF_THE_OLDER, "wawp-token-of-the-older");
        fixture.clock.advance(Duration.ofSeconds(60));
        fixture.sessions.refreshSecrets();
        for (int i = 0; i < 3; i++) {
            fixture.reconcile(older);
            fixture.observeAll(SessionState.SCAN_QR_CODE);
        }
        assertThat(fixture.status(older).instanceId()).isEqualTo(INSTANCE);
        fixture.wawp.clear();
    }

    private void answer(Operation operation, WawpResponse response) {
        fixture.wawp.calls().stream()
                .filter(call -> call.operation() == operation)
                .forEach(call -> call.answer().complete(response));
        fixture.settle();
    }

    private List<Operation> callsWith(String token) {
        return fixture.wawp.calls().stream()
                .filter(call -> call.credentials().accessToken().equals(token))
                .map(Call::operation)
                .toList();
    }

    private String phase(String uid) {
        return fixture.status(uid).pairingRequest().phase();
    }
}
