package net.wawp.operator.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import net.wawp.operator.api.v1alpha1.CredentialsSecretRef;
import net.wawp.operator.controller.ApiReader.Response;
import net.wawp.operator.controller.SecretStore.Forbidden;
import net.wawp.operator.controller.SecretStore.Found;
import net.wawp.operator.controller.SecretStore.Key;
import net.wawp.operator.controller.SecretStore.Known;
import net.wawp.operator.controller.SecretStore.Missing;
import net.wawp.operator.controller.SecretStore.TooLarge;
import net.wawp.operator.controller.SecretStore.Unavailable;
import net.wawp.operator.testing.ManualClock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class SecretStoreTest {

    private static final Key KEY = key("crm", "wawp-credentials");
    private static final String VALUE = "dG9wLXNlY3JldA==";
    private static final String TEXT = "top-secret";

    /** A read that waits for its answer. */
    private record Read(Key key, CompletableFuture<Response<Secret>> answer) {}

    private final ManualClock clock = new ManualClock();
    private final List<Read> reads = new ArrayList<>();
    private final List<String> woken = new ArrayList<>();
    private final SecretStore store = new SecretStore(this::read, woken::add, clock);

    @Test
    void nothingIsKnownBeforeTheFirstReadHasEnded() {
        ask("uid-1", KEY);

        assertThat(store.known(KEY)).isEmpty();
        assertThat(woken).isEmpty();
        assertThat(reads).extracting(Read::key).containsExactly(KEY);
    }

    @Test
    void oneReadServesAllResourcesThatShareASecret() {
        ask("uid-1", KEY);
        ask("uid-2", KEY);
        store.refresh();
        assertThat(reads).hasSize(1);

        answer(found(VALUE));

        assertThat(woken).containsExactlyInAnyOrder("uid-1", "uid-2");
        assertThat(values()).containsEntry("access_token", TEXT);
    }

    @Test
    void aSecretOfTheSameNameInAnotherNamespaceIsAnother() {
        ask("uid-1", KEY);
        answer(found(VALUE));

        assertThat(store.known(key("sales", "wawp-credentials"))).isEmpty();
    }

    @Test
    void whatWasReadHoldsFromWhenTheRequestBegan() {
        Instant begun = clock.instant();
        ask("uid-1", KEY);
        clock.advance(Duration.ofSeconds(4));
        answer(found(VALUE));

        assertThat(store.known(KEY)).map(Known::readAt).contains(begun);
    }

    @Test
    void whoWaitsIsWokenWhateverCameOfTheReadAndTheOthersOnlyWhenSomethingChanged() {
        known(found(VALUE), "uid-1", "uid-2");

        store.read("uid-1", KEY);
        answer(found(VALUE));
        assertThat(woken).containsExactly("uid-1");
        woken.clear();

        store.read("uid-1", KEY);
        answer(found("YW5vdGhlcg=="));
        assertThat(woken).containsExactlyInAnyOrder("uid-1", "uid-2");
    }

    @Test
    void aRoutineReadThatBringsNothingNewWakesNobody() {
        known(found(VALUE), "uid-1");
        clock.advance(Duration.ofMinutes(10));
        store.refresh();

        answer(found(VALUE));

        assertThat(woken).isEmpty();
        assertThat(store.known(KEY)).map(Known::readAt).contains(clock.instant());
    }

    /** A reader that is slow to begin, or a controller that is busy, must keep nobody from what is known. */
    @Test
    void neitherAReadNorAWakeUpIsMadeUnderALock() {
        List<Boolean> locked = new ArrayList<>();
        AtomicReference<SecretStore> made = new AtomicReference<>();
        SecretStore watched = new SecretStore(
                key -> {
                    locked.add(Thread.holdsLock(made.get()));
                    return CompletableFuture.completedStage(new Response<>(404, Optional.empty()));
                },
                uid -> locked.add(Thread.holdsLock(made.get())),
                clock);
        made.set(watched);
        watched.use("uid-1", KEY, true);

        watched.read("uid-1", KEY);
        clock.advance(Duration.ofMinutes(1));
        watched.refresh();

        assertThat(locked).as("two reads, and the news of the first").containsExactly(false, false, false);
    }

    @Test
    void readsThatEndAtOnceDoNotPileUpOnTheStack() {
        List<Key> read = new ArrayList<>();
        SecretStore prompt = new SecretStore(
                key -> {
                    read.add(key);
                    return CompletableFuture.completedStage(new Response<>(404, Optional.empty()));
                },
                woken::add,
                clock);
        for (int number = 0; number < 20_000; number++) {
            prompt.use("uid-" + number, key("crm", "secret-" + number), true);
        }

        prompt.refresh();

        assertThat(read).hasSize(20_000);
    }

    @Test
    void aMissingAndAForbiddenSecretAreValues() {
        ask("uid-1", KEY);
        answer(new Response<>(404, Optional.empty()));
        assertThat(content()).isEqualTo(new Missing());

        store.read("uid-1", KEY);
        answer(new Response<>(403, Optional.empty()));
        assertThat(content()).isEqualTo(new Forbidden());
    }

    @Test
    void anApiServerThatFailsIsAValue() {
        ask("uid-1", KEY);
        answer(new Response<>(500, Optional.empty()));
        assertThat(content()).isEqualTo(new Unavailable("the API server answered 500"));
        assertThat(woken).containsExactly("uid-1");

        clock.advance(Duration.ofSeconds(5));
        store.read("uid-1", KEY);
        fail(new IOException("Connection to 10.0.0.1 was reset while reading " + VALUE));
        assertThat(content()).isEqualTo(new Unavailable("the API server was not reached"));
    }

    @Test
    void aReadThatFailsLeavesWhatWasReadBeforeAndSaysWhy() {
        known(found(VALUE), "uid-1");
        Instant readAt = store.known(KEY).orElseThrow().readAt();
        clock.advance(Duration.ofMinutes(10));
        store.refresh();
        answer(new Response<>(503, Optional.empty()));

        assertThat(values()).containsEntry("access_token", TEXT);
        assertThat(store.known(KEY)).map(Known::readAt).contains(readAt);
        assertThat(store.known(KEY).flatMap(Known::staleBecause)).contains("the API server answered 503");
        assertThat(woken).as("users learn of it").containsExactly("uid-1");
        woken.clear();

        clock.advance(Duration.ofSeconds(4));
        store.read("uid-1", KEY);
        assertThat(unanswered())
                .as("a read that is asked for right after a failure waits")
                .isEmpty();
        clock.advance(Duration.ofMinutes(1));
        store.refresh();
        answer(found(VALUE));
        assertThat(store.known(KEY).flatMap(Known::staleBecause)).isEmpty();
        assertThat(woken).containsExactly("uid-1");
    }

    @Test
    void aReadThatFailsTwiceForTheSameReasonIsNewsOnce() {
        known(found(VALUE), "uid-1");
        clock.advance(Duration.ofMinutes(10));
        store.refresh();
        answer(new Response<>(503, Optional.empty()));
        woken.clear();
        clock.advance(Duration.ofSeconds(60));
        store.refresh();
        answer(new Response<>(503, Optional.empty()));

        assertThat(woken).isEmpty();
    }

    @Test
    void aSecretThatAResourceWaitsForIsReadAgainAfterGrowingPauses() {
        known(new Response<>(404, Optional.empty()), "uid-1");
        store.use("uid-1", KEY, true);

        for (int pause : List.of(5, 10, 20, 40, 60, 60)) {
            assertReadAfter(Duration.ofSeconds(pause));
            answer(new Response<>(404, Optional.empty()));
            store.use("uid-1", KEY, true);
        }
    }

    @Test
    void aSecretThatNobodyWaitsForIsReadAgainAfterTenMinutes() {
        known(found(VALUE), "uid-1");

        assertReadAfter(Duration.ofMinutes(10));
    }

    @Test
    void whoeverBeginsToWaitHasThePausesBeginAnew() {
        known(new Response<>(404, Optional.empty()), "uid-1", "uid-2");
        store.use("uid-1", KEY, true);
        for (int pause : List.of(5, 10, 20)) {
            assertReadAfter(Duration.ofSeconds(pause));
            answer(new Response<>(404, Optional.empty()));
        }

        store.use("uid-2", KEY, true);

        assertReadAfter(Duration.ofSeconds(5));
    }

    @Test
    void aSecretThatNobodyWaitsForAnyMoreIsAMatterOfRoutineAgain() {
        known(new Response<>(404, Optional.empty()), "uid-1");
        store.use("uid-1", KEY, true);
        store.use("uid-1", KEY, false);

        assertReadAfter(Duration.ofMinutes(10));
    }

    @Test
    void aSecretThatCouldNotBeReadAgainIsTriedAgainWithinAMinute() {
        known(found(VALUE), "uid-1");
        clock.advance(Duration.ofMinutes(10));
        store.refresh();
        answer(new Response<>(500, Optional.empty()));

        clock.advance(Duration.ofSeconds(60));
        store.refresh();

        assertThat(unanswered()).hasSize(1);
    }

    @Test
    void aNamespaceThatDoesNotAnswerHoldsBackNoOther() {
        for (int i = 0; i < 3_000; i++) {
            ask("slow-" + i, key("slow", "secret-" + i));
        }
        assertThat(unanswered()).as("a bounded number at a time").hasSize(8);

        ask("uid-1", KEY);

        assertThat(unanswered()).extracting(Read::key).contains(KEY);
    }

    @Test
    void whenManyNamespacesWaitTheyTakeTurns() {
        for (int namespace = 0; namespace < 20; namespace++) {
            for (int i = 0; i < 10; i++) {
                ask(namespace + "-" + i, key("ns-" + namespace, "secret-" + i));
            }
        }
        assertThat(unanswered()).as("a bounded number at a time").hasSize(64);

        ask("uid-1", KEY);
        // one turn of all that may read: everybody else is served once at most before the newcomer
        for (int i = 0; i < 21; i++) {
            unanswered().get(0).answer().complete(found(VALUE));
        }

        assertThat(reads).extracting(Read::key).contains(KEY);
    }

    @Test
    void allThatWaitAreReadInTheEnd() {
        for (int i = 0; i < 200; i++) {
            ask("uid-" + i, key("ns-" + i % 3, "secret-" + i));
        }
        while (!unanswered().isEmpty()) {
            unanswered().get(0).answer().complete(found(VALUE));
        }

        assertThat(reads).extracting(Read::key).doesNotHaveDuplicates().hasSize(200);
        assertThat(woken).hasSize(200);
    }

    @Test
    void aReaderThatFailsAtOnceDoesNotKeepTheNextReadFromBeingMade() {
        List<Key> tried = new ArrayList<>();
        SecretStore broken = new SecretStore(
                key -> {
                    tried.add(key);
                    throw new IllegalArgumentException("Illegal character in path");
                },
                woken::add,
                clock);
        broken.use("uid-1", KEY, false);

        broken.read("uid-1", KEY);
        clock.advance(Duration.ofSeconds(5));
        broken.read("uid-1", KEY);

        assertThat(tried).hasSize(2);
        assertThat(woken).containsExactly("uid-1", "uid-1");
        assertThat(broken.known(KEY).orElseThrow().content()).isInstanceOf(Unavailable.class);
    }

    @Test
    void whatNoResourceUsesAnyMoreIsForgottenAndReadNoMore() {
        known(found(VALUE), "uid-1", "uid-2");
        store.forget("uid-1");
        store.refresh();
        assertThat(store.known(KEY)).isPresent();

        store.forget("uid-2");
        store.refresh();
        assertThat(store.known(KEY)).isEmpty();
        clock.advance(Duration.ofMinutes(10));
        store.refresh();
        assertThat(unanswered()).isEmpty();
    }

    @Test
    void aResourceThatUsesAnotherSecretNowUsesTheOneBeforeNoMore() {
        known(found(VALUE), "uid-1");
        Key other = key("crm", "other");
        store.use("uid-1", other, false);
        store.refresh();

        assertThat(store.known(KEY)).isEmpty();
        assertThat(unanswered()).extracting(Read::key).containsExactly(other);
    }

    @Test
    void anAnswerForAResourceThatIsGoneWakesNobody() {
        ask("uid-1", KEY);
        store.forget("uid-1");
        answer(found(VALUE));

        assertThat(woken).isEmpty();
    }

    @Test
    void nothingOfASecretIsInAnyText() {
        known(found(VALUE), "uid-1");

        assertThat(store.known(KEY).orElseThrow() + " " + store).doesNotContain(VALUE, TEXT, "access_token");
    }

    @Test
    void metadataAreNotKept() {
        known(found(VALUE), "uid-1");

        assertThat(content()).isEqualTo(new Found("Opaque", Map.of("access_token", TEXT)));
    }

    /** A tenant may put anything into its Secrets: what is kept of each must not grow with it. */
    @Test
    void nothingIsKeptButTheStartOfWhatTheResourceNames() {
        Map<String, String> data = new HashMap<>();
        data.put("access_token", base64("x".repeat(50_000)));
        data.put("instance_id", base64("3EB0BCB2E3D4"));
        data.put("of-somebody-else", VALUE);

        known(found(data), "uid-1");

        assertThat(values())
                .containsOnlyKeys("access_token", "instance_id")
                .containsEntry("access_token", "x".repeat(4097))
                .containsEntry("instance_id", "3EB0BCB2E3D4");
    }

    @Test
    void resourcesThatNameOtherKeysOfASecretAreGivenThose() {
        Key named = new Key("crm", new CredentialsSecretRef("wawp-credentials", "token", "id"));
        ask("uid-1", named);

        answer(found(Map.of("token", VALUE, "access_token", base64("another"))));

        assertThat(store.known(named)).map(Known::content).contains(new Found("Opaque", Map.of("token", TEXT)));
    }

    @Test
    void aSecretThatIsTooLargeIsSuchAndNotReadAgainAtOnce() {
        known(new Response<>(413, Optional.empty()), "uid-1");

        assertThat(content()).isEqualTo(new TooLarge());
        clock.advance(Duration.ofMinutes(10).minusMillis(1));
        store.refresh();
        assertThat(unanswered()).isEmpty();
    }

    @Test
    void aValueThatIsNoUtf8IsLeftOut() {
        byte[] binary = {(byte) 0xff, (byte) 0xfe, 'a', 'b'};

        known(found(Map.of("access_token", Base64.getEncoder().encodeToString(binary), "instance_id", VALUE)), "uid-1");

        assertThat(values()).containsExactly(Map.entry("instance_id", TEXT));
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = "%")
    void aKeyWithoutAValueAndOneThatIsNoTextAreLeftOutAndTheSecretIsReadAgain(String unreadable) {
        Map<String, String> data = new HashMap<>();
        data.put("access_token", VALUE);
        data.put("instance_id", unreadable);
        known(found(data), "uid-1");

        assertThat(values()).containsExactly(Map.entry("access_token", TEXT));
        known(found(VALUE), "uid-1");
        assertThat(reads).hasSize(2);
    }

    private CompletableFuture<Response<Secret>> read(Key key) {
        CompletableFuture<Response<Secret>> answer = new CompletableFuture<>();
        reads.add(new Read(key, answer));
        return answer;
    }

    private void ask(String uid, Key key) {
        store.use(uid, key, false);
        store.read(uid, key);
    }

    /** The state in which these resources use a Secret that was read once. */
    private void known(Response<Secret> answer, String... uids) {
        for (String uid : uids) {
            ask(uid, KEY);
        }
        answer(answer);
        woken.clear();
    }

    private void assertReadAfter(Duration pause) {
        clock.advance(pause.minusMillis(1));
        store.refresh();
        assertThat(unanswered()).as("before %s", pause).isEmpty();
        clock.advance(Duration.ofMillis(1));
        store.refresh();
        assertThat(unanswered()).as("after %s", pause).hasSize(1);
    }

    private void answer(Response<Secret> answer) {
        assertThat(unanswered()).hasSize(1);
        unanswered().get(0).answer().complete(answer);
    }

    private void fail(Exception e) {
        assertThat(unanswered()).hasSize(1);
        unanswered().get(0).answer().completeExceptionally(e);
    }

    private List<Read> unanswered() {
        return reads.stream().filter(read -> !read.answer().isDone()).toList();
    }

    private SecretStore.Content content() {
        return store.known(KEY).orElseThrow().content();
    }

    private Map<String, String> values() {
        return ((Found) content()).values();
    }

    private static Key key(String namespace, String name) {
        return new Key(namespace, new CredentialsSecretRef(name));
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static Response<Secret> found(Map<String, String> data) {
        return new Response<>(
                200,
                Optional.of(
                        new SecretBuilder().withType("Opaque").withData(data).build()));
    }

    private static Response<Secret> found(String value) {
        return new Response<>(
                200,
                Optional.of(new SecretBuilder()
                        .withNewMetadata()
                        .withNamespace("crm")
                        .withName("wawp-credentials")
                        .addToAnnotations("last-applied", value)
                        .endMetadata()
                        .withType("Opaque")
                        .withData(Map.of("access_token", value))
                        .build()));
    }
}
