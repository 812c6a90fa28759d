package net.wawp.operator.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.List;
import java.util.Map;
import net.wawp.operator.api.v1alpha1.Account;
import net.wawp.operator.api.v1alpha1.Condition;
import net.wawp.operator.api.v1alpha1.LastAction;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;
import net.wawp.operator.api.v1alpha1.WhatsAppSessionStatus;
import org.junit.jupiter.api.Test;

class SessionItemStoreTest {

    private static final KubernetesSerialization JSON = new KubernetesSerialization();
    private static final String KEY = "crm/support-line";

    private final SessionItemStore store = new SessionItemStore();

    @Test
    void whatTheOperatorReadsIsGivenBackAsItWas() {
        WhatsAppSession resource = resource();

        store.put(KEY, resource);

        assertThat(store.get(KEY).getSpec()).isEqualTo(resource.getSpec());
        assertThat(store.get(KEY).getStatus()).isEqualTo(resource.getStatus());
        ObjectMeta kept = store.get(KEY).getMetadata();
        ObjectMeta whole = resource.getMetadata();
        assertThat(kept)
                .returns(whole.getNamespace(), ObjectMeta::getNamespace)
                .returns(whole.getName(), ObjectMeta::getName)
                .returns(whole.getUid(), ObjectMeta::getUid)
                .returns(whole.getResourceVersion(), ObjectMeta::getResourceVersion)
                .returns(whole.getGeneration(), ObjectMeta::getGeneration)
                .returns(whole.getCreationTimestamp(), ObjectMeta::getCreationTimestamp)
                .returns(whole.getDeletionTimestamp(), ObjectMeta::getDeletionTimestamp)
                .returns(whole.getFinalizers(), ObjectMeta::getFinalizers);
    }

    @Test
    void ofLabelsAndAnnotationsThoseOfItsOwnGroupAreKept() {
        store.put(KEY, resource());

        ObjectMeta kept = store.get(KEY).getMetadata();
        assertThat(kept.getLabels()).containsOnly(Map.entry("wawp.net/shard", "a"));
        assertThat(kept.getAnnotations()).containsOnly(Map.entry("wawp.net/requestedAt", "1"));
        assertThat(kept.getManagedFields()).isEmpty();
    }

    @Test
    void whoeverChangesWhatHeGotChangesNothingInTheStore() {
        store.put(KEY, resource());

        store.get(KEY).addFinalizer("example.com/another");
        store.values().forEach(session -> session.getMetadata().setName("another"));

        assertThat(store.get(KEY).getFinalizers()).doesNotContain("example.com/another");
        assertThat(store.get(KEY).getMetadata().getName()).isEqualTo("support-line");
    }

    @Test
    void thePreviousVersionIsGivenBackWhenAnotherTakesItsPlaceOrItGoes() {
        assertThat(store.put(KEY, resource())).isNull();
        WhatsAppSession next = resource();
        next.getMetadata().setResourceVersion("8");

        assertThat(store.put(KEY, next).getMetadata().getResourceVersion()).isEqualTo("7");
        assertThat(store.remove(KEY).getMetadata().getResourceVersion()).isEqualTo("8");
        assertThat(store.get(KEY)).isNull();
        assertThat(store.remove(KEY)).isNull();
        assertThat(store.size()).isZero();
    }

    @Test
    void theNextVersionKeepsTheWordsOfTheOneBefore() {
        store.put(KEY, resource());
        WhatsAppSession first = store.get(KEY);

        WhatsAppSession next = resource();
        next.setStatus(next.getStatus().toBuilder().observedGeneration(5L).build());
        store.put(KEY, next);

        WhatsAppSession second = store.get(KEY);
        assertThat(second.getMetadata().getUid()).isSameAs(first.getMetadata().getUid());
        assertThat(second.getMetadata().getName()).isSameAs(first.getMetadata().getName());
        assertThat(second.getSpec()).isSameAs(first.getSpec());
        assertThat(second.getStatus().account()).isSameAs(first.getStatus().account());
        assertThat(next.getMetadata().getName())
                .as("who is told of the new version keeps its name")
                .isSameAs(first.getMetadata().getName());
    }

    @Test
    void resourcesShareTheWordsThatTheyHaveAlike() {
        store.put(KEY, resource());
        WhatsAppSession other = resource();
        other.getMetadata().setName("sales-line");
        store.put("crm/sales-line", other);

        WhatsAppSession one = store.get(KEY);
        WhatsAppSession two = store.get("crm/sales-line");
        assertThat(two.getMetadata().getNamespace()).isSameAs(one.getMetadata().getNamespace());
        assertThat(two.getSpec().credentialsSecretRef().name())
                .isSameAs(one.getSpec().credentialsSecretRef().name());
        assertThat(two.getSpec().recovery()).isSameAs(one.getSpec().recovery());
        assertThat(two.getStatus().sessionState()).isSameAs(one.getStatus().sessionState());
        assertThat(condition(two).message()).isSameAs(condition(one).message());
        assertThat(one.getStatus().instanceId()).isSameAs(one.getSpec().instanceId());
    }

    @Test
    void aRequestThatWasAnsweredIsKeptOnce() {
        WhatsAppSession answered = resource();
        answered.setStatus(
                answered.getStatus().toBuilder().lastHandledRequestAt("1").build());

        store.put(KEY, answered);

        WhatsAppSession one = store.get(KEY);
        assertThat(one.getStatus().lastHandledRequestAt())
                .isSameAs(one.getMetadata().getAnnotations().get("wawp.net/requestedAt"));
    }

    @Test
    void aResourceWithNeitherSpecNorStatusIsKeptAsSuch() {
        WhatsAppSession bare = resource();
        bare.setSpec(null);
        bare.setStatus(null);

        store.put(KEY, bare);

        assertThat(store.get(KEY).getSpec()).isNull();
        assertThat(store.get(KEY).getStatus()).isNull();
        assertThat(store.put(KEY, resource()).getStatus()).isNull();
        assertThat(store.get(KEY).getStatus()).isNotNull();
        store.put(KEY, bare);
        assertThat(store.get(KEY).getSpec()).isNull();
        assertThat(store.get(KEY).getStatus()).isNull();
    }

    private static Condition condition(WhatsAppSession session) {
        return session.getStatus().conditions().get(0);
    }

    /** As the watch brings it: no string is shared with another. */
    private static WhatsAppSession resource() {
        WhatsAppSession session = SampleResource.any()
                .instance("3EB0BCB2E3D4")
                .deleted()
                .finalizer("wawp.net/session")
                .build();
        ObjectMeta meta = session.getMetadata();
        meta.setResourceVersion("7");
        meta.setLabels(Map.of("wawp.net/shard", "a", "app.kubernetes.io/instance", "crm"));
        meta.setAnnotations(Map.of("wawp.net/requestedAt", "1", "example.com/notes", "x".repeat(1_000)));
        meta.setManagedFields(List.of(new ManagedFieldsEntry()));
        session.setStatus(WhatsAppSessionStatus.builder()
                .observedGeneration(1L)
                .sessionState("WORKING")
                .pairing("Paired")
                .instanceId("3EB0BCB2E3D4")
                .sessionName("wawp-84729105")
                .account(new Account("20•••••••678@c.us"))
                .lastAction(new LastAction("Start", "one", "Desired", "Confirmed", 1, 1L, "2026-01-01T00:00:00Z"))
                .restarts(0)
                .conditions(List.of(
                        new Condition("Ready", "True", "Working", "It works.", "2026-01-01T00:00:05Z", 1L),
                        new Condition("Paired", "True", "Paired", "A phone is linked.", "2026-01-01T00:00:06Z", 1L)))
                .build());
        return JSON.clone(session);
    }
}
