package net.wawp.operator.controller;

import static net.wawp.operator.controller.ReconcilerFixture.spec;
import static org.assertj.core.api.Assertions.assertThat;

import net.wawp.operator.api.v1alpha1.DeletionPolicy;
import net.wawp.operator.api.v1alpha1.DesiredState;
import net.wawp.operator.session.SessionState;
import net.wawp.operator.wawp.Operation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Instances that resources of several operators want. */
class ClusterClaimsTest {

    private final ReconcilerFixture fixture = new ReconcilerFixture();

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void anInstanceIsClaimedBeforeACallThatChangesItAndNotForAPoll() {
        String uid = fixture.reconciled("a", spec(DesiredState.Running), SessionState.STOPPED);

        assertThat(fixture.instances.claimed()).containsExactly(ReconcilerFixture.INSTANCE + " for crm/a");
        assertThat(fixture.sent()).containsExactly(Operation.Start);
        assertThat(fixture.reason(uid)).isEqualTo("Starting");
    }

    @Test
    void nothingIsCalledWhileAResourceOfAnotherOperatorHasTheInstance() {
        fixture.instances.heldBy("sales", "their-line");
        String uid = fixture.reconciled("a", spec(DesiredState.LoggedOut), SessionState.WORKING);

        fixture.reconcile(uid);

        assertThat(fixture.sent()).isEmpty();
        assertThat(fixture.status(uid).lastAction().phase()).isEqualTo("Abandoned");
        assertThat(fixture.reason(uid)).isEqualTo("InstanceConflict");
        assertThat(fixture.condition(uid, "Ready").message())
                .isEqualTo(
                        "The instance belongs to a WhatsAppSession in another namespace that another operator serves, which acted"
                                + " first: delete one of the two.");
        assertThat(fixture.confirmations).as("nothing more was asked").isEmpty();
    }

    @Test
    void theResourceIsNamedToThoseOfItsOwnNamespace() {
        fixture.instances.heldBy("crm", "their-line");
        String uid = fixture.reconciled("a", spec(DesiredState.LoggedOut), SessionState.WORKING);

        fixture.reconcile(uid);

        assertThat(fixture.condition(uid, "Ready").message())
                .contains("the WhatsAppSession their-line that another operator serves");
    }

    @Test
    void nothingIsCalledWhileNobodyKnowsWhoHasTheInstance() {
        fixture.instances.fail();
        String uid = fixture.reconciled("a", spec(DesiredState.Running), SessionState.STOPPED);

        fixture.reconcile(uid);

        assertThat(fixture.sent()).isEmpty();
        assertThat(fixture.status(uid).lastAction().phase()).isEqualTo("Abandoned");
        assertThat(fixture.reason(uid)).isNotEqualTo("InstanceConflict");
    }

    @Test
    void aDeletedResourceWhoseInstanceAnotherHasIsLetGoWithoutALogout() {
        fixture.instances.heldBy("sales", "their-line");
        String uid = fixture.reconciled("a", spec(DesiredState.Stopped, DeletionPolicy.Logout), SessionState.WORKING);
        fixture.reconcile(uid);
        assertThat(fixture.reason(uid)).isEqualTo("InstanceConflict");
        fixture.store.delete(uid);

        fixture.reconcile(uid);

        assertThat(fixture.store.find(uid)).isEmpty();
        assertThat(fixture.sent()).isEmpty();
    }
}
