package net.wawp.operator.controller;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Optional;
import net.wawp.operator.api.v1alpha1.LastAction;
import net.wawp.operator.api.v1alpha1.WhatsAppSessionStatus;
import net.wawp.operator.session.Blocker;
import net.wawp.operator.session.Reason;
import net.wawp.operator.wawp.Credentials;
import org.junit.jupiter.api.Test;

class ResourceMemoryTest {

    private static final Instant FOUND = Instant.parse("2026-03-01T12:00:00Z");
    private static final Instant LATER = FOUND.plusSeconds(300);
    private static final Instant LATEST = FOUND.plusSeconds(600);
    private static final Credentials CREDENTIALS = new Credentials("3EB0BCB2E3D4", "token");

    private final ResourceMemory found = ResourceMemory.found(4, WhatsAppSessionStatus.EMPTY, FOUND);

    @Test
    void theGenerationThatWasFoundHasNotChangedSinceHoweverOftenItIsSeen() {
        ResourceMemory memory = seen(seen(found, 4, LATER), 4, LATEST);

        assertThat(memory.changedAt()).isEqualTo(FOUND);
        assertThat(memory.foundAt()).isEqualTo(FOUND);
    }

    @Test
    void aLaterGenerationChangedWhenItWasFirstSeen() {
        ResourceMemory memory = seen(seen(found, 5, LATER), 5, LATEST);

        assertThat(memory.generation()).isEqualTo(5);
        assertThat(memory.changedAt()).isEqualTo(LATER);
    }

    @Test
    void aDeletionBeganWhenItWasFirstSeenWhateverTimeTheApiServerWrote() {
        ResourceMemory memory = found.seen(
                        4, true, Optional.empty(), Optional.empty(), WhatsAppSessionStatus.EMPTY, LATER)
                .seen(4, true, Optional.empty(), Optional.empty(), WhatsAppSessionStatus.EMPTY, LATEST);

        assertThat(memory.deletedAt()).contains(LATER);
        assertThat(found.deletedAt()).isEmpty();
    }

    @Test
    void aRequestWasMadeWhenItsTokenWasFirstSeen() {
        ResourceMemory first = requested(found, "one", LATER);
        ResourceMemory again = requested(first, "one", LATEST);

        assertThat(again.requestToken()).contains("one");
        assertThat(again.requestedAt()).contains(LATER);
        assertThat(requested(again, "two", LATEST).requestedAt())
                .as("another token is another request")
                .contains(LATEST);
    }

    @Test
    void aRequestToPairWasMadeWhenItsTokenWasFirstSeen() {
        ResourceMemory asked = pairing(pairing(found, "one", LATER), "one", LATEST);

        assertThat(asked.pairToken()).contains("one");
        assertThat(asked.pairSeenAt()).isEqualTo(LATER);
    }

    @Test
    void aRequestThatWasHandledIsForgotten() {
        ResourceMemory handled = seen(requested(found, "one", LATER), 4, LATEST);

        assertThat(handled.requestToken()).isEmpty();
        assertThat(handled.requestedAt()).isEmpty();
    }

    @Test
    void anActionIsSeenWhenItsIdIsFirstFoundInTheStatus() {
        ResourceMemory first = action(found, "a-1", LATER);

        assertThat(first.lastSeen().actionId().at()).isEqualTo(LATER);
        assertThat(action(first, "a-1", LATEST).lastSeen().actionId().at()).isEqualTo(LATER);
        assertThat(action(first, "a-2", LATEST).lastSeen().actionId().at()).isEqualTo(LATEST);
    }

    @Test
    void onlyWhatIsObservedWithTheNewCredentialsCounts() {
        ResourceMemory memory = found.with(CREDENTIALS, LATER);

        assertThat(memory.freshAfter()).isEqualTo(LATER);
        assertThat(memory.with(CREDENTIALS, LATEST).freshAfter()).isEqualTo(LATER);
        assertThat(memory.with(new Credentials("3EB0BCB2E3D4", "another"), LATEST)
                        .freshAfter())
                .isEqualTo(LATEST);
    }

    @Test
    void onlyWhatIsObservedAfterABlockerWentCounts() {
        ResourceMemory blocked =
                found.with(CREDENTIALS, FOUND).decided(Optional.of(blocker()), Optional.empty(), FOUND);
        assertThat(blocked.blocker()).contains(blocker());

        ResourceMemory unblocked = blocked.decided(Optional.empty(), Optional.empty(), LATER);
        assertThat(unblocked.blocker()).isEmpty();
        assertThat(unblocked.freshAfter()).isEqualTo(LATER);
        assertThat(unblocked.decided(Optional.empty(), Optional.empty(), LATEST).freshAfter())
                .isEqualTo(LATER);
    }

    @Test
    void theCredentialsAndTheInstanceOutliveADeletion() {
        ResourceMemory memory = found.with(CREDENTIALS, FOUND)
                .decided(Optional.empty(), Optional.of("3EB0BCB2E3D4"), FOUND)
                .seen(5, true, Optional.empty(), Optional.empty(), WhatsAppSessionStatus.EMPTY, LATER);

        assertThat(memory.credentials()).contains(CREDENTIALS);
        assertThat(memory.bound()).contains("3EB0BCB2E3D4");
    }

    private static ResourceMemory seen(ResourceMemory memory, long generation, Instant now) {
        return memory.seen(generation, false, Optional.empty(), Optional.empty(), WhatsAppSessionStatus.EMPTY, now);
    }

    private static ResourceMemory requested(ResourceMemory memory, String token, Instant now) {
        return memory.seen(4, false, Optional.of(token), Optional.empty(), WhatsAppSessionStatus.EMPTY, now);
    }

    private static ResourceMemory action(ResourceMemory memory, String id, Instant now) {
        WhatsAppSessionStatus status = WhatsAppSessionStatus.builder()
                .lastAction(new LastAction("Stop", id, "Desired", "Confirmed", 1, 4L, null))
                .build();
        return memory.seen(4, false, Optional.empty(), Optional.empty(), status, now);
    }

    private static Blocker blocker() {
        return new Blocker(Reason.SecretNotFound, "It is missing.", FOUND, false);
    }

    private static ResourceMemory pairing(ResourceMemory memory, String token, Instant now) {
        return memory.seen(4, false, Optional.empty(), Optional.of(token), WhatsAppSessionStatus.EMPTY, now);
    }
}
