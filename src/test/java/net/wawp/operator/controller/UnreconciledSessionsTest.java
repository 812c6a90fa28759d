package net.wawp.operator.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;
import net.wawp.operator.api.v1alpha1.WhatsAppSessionStatus;
import org.junit.jupiter.api.Test;

class UnreconciledSessionsTest {

    private static final String INSTANCE = "3EB0BCB2E3D4";
    private static final String EARLY = "2026-01-01T00:00:00Z";
    private static final String LATE = "2026-01-01T00:00:01Z";

    @Test
    void anElderThatNamesTheSameInstanceMayOwnIt() {
        assertThat(mayBelongToAnElder(young(), old().instance("3eb0bcb2e3d4"))).isTrue();
        assertThat(mayBelongToAnElder(young(), old().instance("3EB0BCB2E3D5"))).isFalse();
    }

    @Test
    void anElderThatTakesItsInstanceFromTheSameSecretMayOwnIt() {
        assertThat(mayBelongToAnElder(young(), old())).isTrue();
        assertThat(mayBelongToAnElder(
                        young(), SampleResource.named("sales", "old").created(EARLY)))
                .isFalse();
    }

    @Test
    void neitherAYoungerOneNorTheResourceItselfIsWaitedFor() {
        assertThat(mayBelongToAnElder(old(), young())).isFalse();
        assertThat(mayBelongToAnElder(old(), old())).isFalse();
    }

    @Test
    void anElderThatGoesIsNotWaitedFor() {
        assertThat(mayBelongToAnElder(young(), old().instance(INSTANCE).deleted()))
                .isFalse();
    }

    @Test
    void anElderThatWasJudgedIsNotWaitedFor() {
        WhatsAppSession judged = old().instance(INSTANCE).build();
        Condition ready = new ConditionBuilder()
                .withType("Ready")
                .withStatus("False")
                .withReason("SecretNotFound")
                .withLastTransitionTime(LATE)
                .build();
        judged.setStatus(new KubernetesSerialization()
                .convertValue(Map.of("conditions", List.of(ready)), WhatsAppSessionStatus.class));

        assertThat(UnreconciledSessions.keys(judged)).isEmpty();
        assertThat(UnreconciledSessions.keys(old().instance(INSTANCE).build())).hasSize(1);
    }

    private static SampleResource old() {
        return SampleResource.named("crm", "old").created(EARLY);
    }

    private static SampleResource young() {
        return SampleResource.named("crm", "young").created(LATE);
    }

    private static boolean mayBelongToAnElder(SampleResource resource, SampleResource... others) {
        return UnreconciledSessions.mayHoldAnOlderClaim(
                key -> Stream.of(others)
                        .map(SampleResource::build)
                        .filter(other -> UnreconciledSessions.keys(other).contains(key))
                        .toList(),
                resource.build(),
                INSTANCE);
    }
}
