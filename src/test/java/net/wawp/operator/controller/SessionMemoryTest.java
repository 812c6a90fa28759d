package net.wawp.operator.controller;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class SessionMemoryTest {

    private static final Instant FOUND = Instant.parse("2026-03-01T12:00:00Z");
    private static final Instant LATER = FOUND.plusSeconds(300);

    private final SessionMemory memory = new SessionMemory(FOUND);

    @Test
    void theGenerationThatWasFoundHasNotChangedSinceHoweverLateItIsLookedAt() {
        assertThat(memory.notesGeneration(4, LATER)).isTrue();

        assertThat(memory.changedAt()).isEqualTo(memory.foundAt());
    }

    @Test
    void aLaterGenerationChangedWhenItWasSeen() {
        memory.notesGeneration(4, FOUND);

        assertThat(memory.notesGeneration(5, LATER)).isTrue();
        assertThat(memory.changedAt()).isEqualTo(LATER);
        assertThat(memory.notesGeneration(5, LATER.plusSeconds(1))).isFalse();
        assertThat(memory.changedAt()).isEqualTo(LATER);
    }
}
