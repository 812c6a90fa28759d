package net.wawp.operator.e2e;

import static net.wawp.operator.e2e.PairingFixture.NAME;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.OwnerReference;
import java.util.Set;
import net.wawp.operator.api.v1alpha1.WhatsAppSessionStatus;
import net.wawp.operator.simulator.EngineState;
import net.wawp.operator.simulator.Operation;
import net.wawp.operator.simulator.Quirk;
import org.junit.jupiter.api.Test;

/** A person links a phone by way of the resource, from the request to the scan. */
@WithOperator
class PairingIT {

    @Test
    void aRequestLeadsFromNothingToWorkingWithOneScanAndLeavesNothing(OperatedCluster cluster, OperatorJar operator) {
        PairingFixture fixture = PairingFixture.start(cluster).ask("scan").awaitPhase("scan", "Offered");

        assertThat(fixture.secret().orElseThrow().getData().keySet())
                .isEqualTo(Set.of("link", "expiresAt", "qr.txt", "qr.png", "payload"));
        assertThat(fixture.secret().orElseThrow().getMetadata().getLabels())
                .containsEntry("app.kubernetes.io/managed-by", "wawp-operator")
                .containsEntry("wawp.net/pairing", "true");
        assertThat(fixture.secret().orElseThrow().getMetadata().getOwnerReferences())
                .extracting(OwnerReference::getName)
                .containsExactly(NAME);
        String link = fixture.held("link");
        String payload = fixture.held("payload");
        assertThat(link).isEqualTo(fixture.session().session().link().orElseThrow());
        assertThat(fixture.held("qr.txt").lines())
                .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
        assertThat(fixture.scanned()).isEqualTo(payload);

        fixture.scan();

        fixture.session().awaitReason(NAME, "Working");
        fixture.awaitNothingLeft();
        fixture.awaitPhase("scan", "Paired");
        assertThat(fixture.session().changes()).containsExactly(Operation.start);
        fixture.session().kubectl("wait", "was/" + NAME, "--for=condition=Paired", "--timeout=150s");
        String everythingToSee =
                fixture.session().kubectl("get", "was,events", "-o", "yaml").output()
                        + operator.log()
                        + operator.metrics();
        assertThat(everythingToSee).doesNotContain(link, payload, payload.substring(2, 10));
    }

    @Test
    void theSecretFollowsTheCodesAndEndsWithTheLast(OperatedCluster cluster) {
        PairingFixture fixture = PairingFixture.start(cluster).showManyCodes();
        fixture.ask("scan").awaitPhase("scan", "Offered").awaitNextCode();

        fixture.endCodes().awaitPhase("scan", "Expired").awaitNothingLeft();
        fixture.session().awaitReason(NAME, "PairingRequired");
        assertThat(fixture.session().changes()).as("a parked session stays so").containsExactly(Operation.start);
    }

    @Test
    void aParkedSessionIsRestartedOnceForARequest(OperatedCluster cluster) {
        PairingFixture fixture = PairingFixture.start(cluster);
        fixture.session().awaitSessionState(NAME, "SCAN_QR_CODE");
        fixture.session().session().put(EngineState.FAILED);
        fixture.session().awaitSessionState(NAME, "FAILED");

        fixture.ask("scan").awaitPhase("scan", "Offered");

        assertThat(fixture.session().changes()).containsExactly(Operation.start, Operation.stop, Operation.start);
        assertThat(fixture.session().status(NAME).lastAction().purpose()).isEqualTo("Pairing");
        assertThat(fixture.session().status(NAME).restarts()).isZero();
    }

    @Test
    void withTheModeLinkTheSecretHoldsThePageAlone(OperatedCluster cluster) {
        PairingFixture fixture =
                PairingFixture.start(cluster, "mode: Link").ask("scan").awaitPhase("scan", "Offered");

        assertThat(fixture.secret().orElseThrow().getData().keySet()).isEqualTo(Set.of("link", "expiresAt"));
    }

    @Test
    void whoTakesTheModeAwayTakesTheWayToPairAway(OperatedCluster cluster) {
        PairingFixture fixture = PairingFixture.start(cluster).ask("scan").awaitPhase("scan", "Offered");

        fixture.session()
                .kubectl("patch", "was/" + NAME, "--type=merge", "-p", "{\"spec\":{\"pairing\":{\"mode\":\"None\"}}}");

        fixture.awaitPhase("scan", "Expired").awaitNothingLeft();
    }

    @Test
    void aResourceThatIsDeletedTakesItsWayToPairAlong(OperatedCluster cluster) {
        PairingFixture fixture = PairingFixture.start(cluster).ask("scan").awaitPhase("scan", "Offered");

        fixture.session().kubectl("delete", "was/" + NAME, "--timeout=150s");

        fixture.awaitNothingLeft();
    }

    @Test
    void aDeletionPolicyWaitsForTheWayToPairToGo(OperatedCluster cluster) {
        PairingFixture fixture = PairingFixture.start(cluster).ask("scan").awaitPhase("scan", "Offered");
        fixture.session()
                .kubectl("patch", "was/" + NAME, "--type=merge", "-p", "{\"spec\":{\"deletionPolicy\":\"Stop\"}}");
        await().until(() -> fixture.session().find(NAME).orElseThrow().hasFinalizer("wawp.net/session"));

        fixture.session().kubectl("delete", "was/" + NAME, "--timeout=150s");

        assertThat(fixture.session().session().link()).isEmpty();
        assertThat(fixture.secret()).isEmpty();
        assertThat(fixture.session().session().state()).isEqualTo(EngineState.STOPPED);
    }

    @Test
    void aSecretOfSomebodyElseIsLeftAloneAndSaid(OperatedCluster cluster) {
        PairingFixture fixture = PairingFixture.start(cluster);
        fixture.session().kubectl("create", "secret", "generic", NAME + "-pairing", "--from-literal=mine=kept");

        fixture.ask("scan").awaitPhase("scan", "Expired");

        await().untilAsserted(() -> assertThat(message(fixture.session())).contains("support-line-pairing"));
        assertThat(fixture.held("mine")).isEqualTo("kept");
        assertThat(fixture.session().session().link()).isEmpty();
    }

    @Test
    void aRequestIsRefusedWhereNothingIsOffered(OperatedCluster cluster) {
        PairingFixture fixture = PairingFixture.start(cluster, "mode: None").ask("scan");

        fixture.awaitPhase("scan", "Expired");

        await().untilAsserted(() ->
                assertThat(message(fixture.session())).contains("wawp.net/pair", "spec.pairing.mode is None"));
        assertThat(cluster.wawp()
                        .ledger()
                        .calls(Operation.offerLink, fixture.session().instanceId()))
                .isEmpty();
    }

    @Test
    void aPasskeyIsAMatterOfTheDashboardAndEndsTheRequestOnceItIsConfirmed(OperatedCluster cluster) {
        PairingFixture fixture = PairingFixture.start(cluster);
        fixture.session().session().conduct().turnOn(Quirk.AsksForPasskey);
        fixture.ask("scan").awaitPhase("scan", "Offered");
        fixture.scan();
        fixture.session().awaitSessionState(NAME, "PASSKEY_REQUIRED");
        assertThat(message(fixture.session())).contains("must confirm it in the Wawp dashboard");

        fixture.session().session().confirmPasskey();
        fixture.session().session().confirmPasskey();

        fixture.session().awaitReason(NAME, "Working");
        fixture.awaitPhase("scan", "Paired").awaitNothingLeft();
    }

    @Test
    void anotherNumberThanTheExpectedOneIsLeftToAPerson(OperatedCluster cluster) {
        PairingFixture fixture = PairingFixture.start(cluster, "mode: QR, expectedAccount: \"4915112345678\"")
                .ask("scan")
                .awaitPhase("scan", "Offered");
        fixture.session().session().scanWith("201012345678");

        WhatsAppSessionStatus status = fixture.session().awaitReason(NAME, "AccountMismatch");

        fixture.awaitNothingLeft();
        assertThat(fixture.session().changes()).containsExactly(Operation.start);
        assertThat(status.toString()).doesNotContain("201012345678", "4915112345678");
    }

    @Test
    void anAccountIsSwitchedByALogoutAndARequest(OperatedCluster cluster) {
        PairingFixture fixture = PairingFixture.start(cluster, "mode: QR, expectedAccount: \"201012345678\"")
                .ask("first")
                .awaitPhase("first", "Offered");
        fixture.session().session().scanWith("201012345678");
        fixture.session().awaitReason(NAME, "Working");

        desire(fixture, "{\"desiredState\":\"LoggedOut\"}");
        fixture.session().awaitReason(NAME, "LoggedOut");
        desire(fixture, "{\"desiredState\":\"Running\",\"pairing\":{\"expectedAccount\":\"4915112345678\"}}");
        fixture.ask("second").awaitPhase("second", "Offered");
        fixture.session().session().scanWith("4915112345678");

        WhatsAppSessionStatus status = fixture.session().awaitReason(NAME, "Working");
        assertThat(status.account().id()).isEqualTo("49••••••••678@c.us");
        assertThat(status.instanceId()).isEqualTo(fixture.session().instanceId());
        assertThat(fixture.session().calls(Operation.logout)).hasSize(1);
        fixture.awaitPhase("second", "Paired").awaitNothingLeft();
    }

    // --- restarts and rest ---------------------------------------------------------------------------------------

    @Test
    void aPersonsRestartStopsAndStartsTheSessionOnce(OperatedCluster cluster) {
        SessionFixture fixture = cluster.newFixture();
        fixture.session().put(EngineState.WORKING);
        fixture.secret(SessionFixture.TOKEN).resource(NAME, "desiredState: Running");
        fixture.awaitReason(NAME, "Working");

        fixture.kubectl("annotate", "was/" + NAME, "wawp.net/restart=now");
        await().untilAsserted(() ->
                assertThat(fixture.status(NAME).lastHandledRestart()).isEqualTo("now"));
        fixture.awaitReason(NAME, "Working");
        fixture.assertAtRest();

        assertThat(fixture.changes()).containsExactly(Operation.stop, Operation.start);
        assertThat(fixture.status(NAME).restarts()).isZero();
        assertThat(fixture.status(NAME).lastAction().purpose()).isEqualTo("Restart");
    }

    @Test
    void aRestartOfASessionThatShouldNotRunIsRefusedAndNotMadeLater(OperatedCluster cluster) {
        SessionFixture fixture = cluster.newFixture();
        fixture.session().put(EngineState.WORKING);
        fixture.secret(SessionFixture.TOKEN).resource(NAME, "desiredState: Running\nsuspend: true");
        fixture.awaitReason(NAME, "Suspended");

        fixture.kubectl("annotate", "was/" + NAME, "wawp.net/restart=now");
        await().untilAsserted(() ->
                assertThat(fixture.status(NAME).lastHandledRestart()).isEqualTo("now"));
        assertThat(message(fixture)).contains("wawp.net/restart", "refused", "suspended");
        fixture.assertAtRest();
        assertThat(message(fixture)).contains("refused");

        fixture.kubectl("patch", "was/" + NAME, "--type=merge", "-p", "{\"spec\":{\"suspend\":false}}");
        fixture.awaitReason(NAME, "Working");
        fixture.assertAtRest();
        assertThat(message(fixture)).doesNotContain("refused");
        assertThat(fixture.changes()).isEmpty();
    }

    @Test
    void outsideOfItsHoursASessionIsStoppedAndReadyAndStartsWithThem(OperatedCluster cluster) {
        SessionFixture fixture = cluster.newFixture();
        fixture.session().put(EngineState.WORKING);
        fixture.secret(SessionFixture.TOKEN)
                .resource(
                        NAME,
                        "desiredState: Running\nrunningHours: [{start: 0 0 30 2 *, duration: 1h, timeZone: UTC}]");
        fixture.awaitReason(NAME, "OutsideRunningHours");
        fixture.kubectl("wait", "was/" + NAME, "--for=condition=Ready", "--timeout=150s");
        fixture.assertAtRest();
        assertThat(fixture.changes()).containsExactly(Operation.stop);

        fixture.kubectl(
                "patch",
                "was/" + NAME,
                "--type=merge",
                "-p",
                "{\"spec\":{\"runningHours\":[{\"start\":\"0 * * * *\",\"duration\":\"59m\",\"timeZone\":\"UTC\"},"
                        + "{\"start\":\"30 * * * *\",\"duration\":\"59m\",\"timeZone\":\"UTC\"}]}}");

        fixture.awaitReason(NAME, "Working");
        assertThat(fixture.changes()).containsExactly(Operation.stop, Operation.start);
        assertThat(fixture.session().isPaired()).isTrue();
    }

    private static void desire(PairingFixture fixture, String spec) {
        fixture.session().kubectl("patch", "was/" + NAME, "--type=merge", "-p", "{\"spec\":" + spec + "}");
    }

    private static String message(SessionFixture fixture) {
        return fixture.kubectl("get", "was/" + NAME, "-o", "jsonpath={.status.conditions[?(@.type=='Ready')].message}")
                .output();
    }
}
