package net.wawp.operator.controller;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import net.wawp.operator.api.v1alpha1.Condition;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;
import net.wawp.operator.api.v1alpha1.WhatsAppSessionStatus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UnreconciledSessionsTest {

    private static final String INSTANCE = "3EB0BCB2E3D4";
    private static final String EARLY = "2026-01-01T00:00:00Z";
    private static final String LATE = "2026-01-01T00:00:01Z";

    @Test
    void anOlderOneThatNamesTheSameInstanceMayOwnIt() {
        assertThat(mayHoldAnOlderClaim(young(), old().instance("3eb0bcb2e3d4"))).isTrue();
        assertThat(mayHoldAnOlderClaim(young(), old().instance("3EB0BCB2E3D5"))).isFalse();
    }

    @Test
    void anOlderOneThatTakesItsInstanceFromTheSameSecretMayOwnIt() {
        assertThat(mayHoldAnOlderClaim(young(), old())).isTrue();
        assertThat(mayHoldAnOlderClaim(
                        young(), SampleResource.named("sales", "old").created(EARLY)))
                .as("a Secret of the same name in another namespace is another")
                .isFalse();
    }

    @Test
    void neitherAYoungerOneNorTheResourceItselfMayOwnIt() {
        assertThat(mayHoldAnOlderClaim(old(), young())).isFalse();
        assertThat(mayHoldAnOlderClaim(old(), old())).isFalse();
    }

    @Test
    void anyOtherOneMayWantTheInstanceYoungerOnesToo() {
        assertThat(mayWant(old(), young())).isTrue();
        assertThat(mayWant(old(), young().instance(INSTANCE))).isTrue();
        assertThat(mayWant(young(), old())).isTrue();
        assertThat(mayWant(old(), young().instance("3EB0BCB2E3D5"))).isFalse();
    }

    @Test
    void theResourceItselfIsNotAnother() {
        assertThat(mayWant(old(), old())).isFalse();
        assertThat(mayWant(old(), old().uid("of the one created anew under the same name")))
                .isTrue();
    }

    @Test
    void oneThatIsBeingDeletedIsNotWaitedFor() {
        assertThat(mayHoldAnOlderClaim(young(), old().instance(INSTANCE).deleted()))
                .isFalse();
        assertThat(mayWant(old(), young().instance(INSTANCE).deleted())).isFalse();
    }

    @Test
    void oneThatIsBoundIsDecidedForItsClaimIsKnown() {
        assertThat(keys(status(INSTANCE))).isEmpty();
    }

    @Test
    void oneThatWaitsForSomebodyIsDecided() {
        assertThat(keys(status(null, condition("Ready", "False"), condition("Stalled", "True"))))
                .isEmpty();
    }

    @Test
    void oneThatWaitsForItsSecretMayWantTheInstanceWhileNobodyKnowsWhetherTheSecretIsThere() {
        WhatsAppSession waiting = young().instance(INSTANCE).build();
        waiting.setStatus(status(
                null,
                new Condition("Ready", "False", "SecretNotFound", "It cannot be read.", null, 1L),
                new Condition("Stalled", "True", "SecretNotFound", "It cannot be read.", null, 1L)));
        assertThat(UnreconciledSessions.keys(waiting)).hasSize(1);
        WhatsAppSession leaving = old().build();

        assertThat(UnreconciledSessions.mayWant(key -> List.of(waiting), leaving, INSTANCE, other -> true))
                .isTrue();
        assertThat(UnreconciledSessions.mayWant(key -> List.of(waiting), leaving, INSTANCE, other -> false))
                .isFalse();

        waiting.getMetadata().setCreationTimestamp("2025-12-31T23:59:59Z");
        assertThat(UnreconciledSessions.mayHoldAnOlderClaim(key -> List.of(waiting), leaving, INSTANCE))
                .as("it keeps nobody from a call for ever, though it is older")
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Unauthorized", "QuotaExceeded", "InstanceNotFound"})
    void oneThatWawpRefusedMayWantTheInstanceOfAnotherWithTheSameSecretForItIsPolledAgain(String reason) {
        WhatsAppSession refused = young().instance(INSTANCE).build();
        refused.setStatus(status(
                null,
                new Condition("Ready", "False", reason, "Wawp refuses it.", null, 1L),
                new Condition("Stalled", "True", reason, "Wawp refuses it.", null, 1L)));
        assertThat(UnreconciledSessions.keys(refused)).hasSize(1);
        WhatsAppSession leaving = old().build();

        assertThat(UnreconciledSessions.mayWant(key -> List.of(refused), leaving, INSTANCE, waiting -> false))
                .as("a token that was replaced is refused to whoever polls first")
                .isTrue();
        assertThat(UnreconciledSessions.mayWant(
                        key -> List.of(refused), old().secret("another").build(), INSTANCE, waiting -> true))
                .as("a token of its own keeps nobody from a call")
                .isFalse();
        assertThat(UnreconciledSessions.mayWant(
                        key -> List.of(refused),
                        SampleResource.named("sales", "old").created(EARLY).build(),
                        INSTANCE,
                        waiting -> true))
                .as("a Secret of the same name in another namespace is another")
                .isFalse();

        refused.getMetadata().setCreationTimestamp("2025-12-31T23:59:59Z");
        assertThat(UnreconciledSessions.mayHoldAnOlderClaim(key -> List.of(refused), leaving, INSTANCE))
                .as("it keeps nobody from a call for ever, though it is older")
                .isFalse();
    }

    @Test
    void oneThatIsNeitherBoundNorStalledIsUndecidedHoweverOftenItWasReconciled() {
        assertThat(keys(null)).hasSize(1);
        assertThat(keys(status(null))).hasSize(1);
        assertThat(keys(status(null, condition("Ready", "False"), condition("Reconciling", "True"))))
                .hasSize(1);
        assertThat(keys(status(null, condition("Ready", "Unknown")))).hasSize(1);
    }

    @Test
    void oneWhoseSpecNamesNothingIsUnderNoKey() {
        WhatsAppSession empty = old().build();
        empty.setSpec(null);

        assertThat(UnreconciledSessions.keys(empty)).isEmpty();
    }

    private static List<String> keys(WhatsAppSessionStatus status) {
        WhatsAppSession session = old().build();
        session.setStatus(status);
        return UnreconciledSessions.keys(session);
    }

    private static WhatsAppSessionStatus status(String instanceId, Condition... conditions) {
        return WhatsAppSessionStatus.builder()
                .observedGeneration(1L)
                .instanceId(instanceId)
                .conditions(List.of(conditions))
                .build();
    }

    private static Condition condition(String type, String status) {
        return new Condition(type, status, "SecretInvalid", "It makes no sense.", LATE, 1L);
    }

    private static SampleResource old() {
        return SampleResource.named("crm", "old").created(EARLY);
    }

    private static SampleResource young() {
        return SampleResource.named("crm", "young").created(LATE);
    }

    private static boolean mayHoldAnOlderClaim(SampleResource resource, SampleResource other) {
        return UnreconciledSessions.mayHoldAnOlderClaim(key -> under(key, other), resource.build(), INSTANCE);
    }

    private static boolean mayWant(SampleResource resource, SampleResource other) {
        return UnreconciledSessions.mayWant(key -> under(key, other), resource.build(), INSTANCE, waiting -> false);
    }

    private static List<WhatsAppSession> under(String key, SampleResource resource) {
        return Stream.of(resource.build())
                .filter(session -> UnreconciledSessions.keys(session).contains(key))
                .toList();
    }
}
