package net.wawp.operator.controller;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;
import net.wawp.operator.wawp.SendGuard;

/**
 * Asked in the moment before an announced call goes out: this process still leads, the intent is young, and the resource
 * has not changed since. A process that was frozen in between does not send.
 */
record IntentSendGuard(
        BooleanSupplier leads,
        InstantSource clock,
        Instant announcedAt,
        WhatsAppSession announced,
        Supplier<Optional<WhatsAppSession>> current)
        implements SendGuard {

    private static final Duration LIFETIME = Duration.ofSeconds(10);

    @Override
    public boolean maySend() {
        return leads.getAsBoolean()
                && clock.instant().isBefore(announcedAt.plus(LIFETIME))
                && current.get().filter(this::asksForTheSame).isPresent();
    }

    private boolean asksForTheSame(WhatsAppSession now) {
        return now.getMetadata().getUid().equals(announced.getMetadata().getUid())
                && now.getMetadata()
                        .getGeneration()
                        .equals(announced.getMetadata().getGeneration());
    }
}
