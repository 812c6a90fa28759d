package net.wawp.operator.controller;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;
import net.wawp.operator.session.policy.SessionPolicy;
import net.wawp.operator.wawp.SendGuard;

/**
 * Asked in the moment before an announced call goes out: this process still leads, the intent and the poll that it is based on are young,
 * and the resource has not changed since. A process that was frozen in between does not send.
 *
 * <p>In {@code protocol.als} these are the guards {@code FenceBeforeSend}, {@code YoungIntent} and {@code SameGeneration}.
 *
 * @param fence whether this process still leads
 * @param polledAt when the poll began that the call is based on
 * @param announcedAt when the intent was written
 * @param announced the resource as it was written
 * @param current the resource as it is known now
 */
record IntentSendGuard(
        BooleanSupplier fence,
        InstantSource clock,
        Instant polledAt,
        Instant announcedAt,
        WhatsAppSession announced,
        Supplier<Optional<WhatsAppSession>> current)
        implements SendGuard {

    private static final Duration LIFETIME = Duration.ofSeconds(10);

    @Override
    public boolean maySend() {
        Instant now = clock.instant();
        return fence.getAsBoolean()
                && now.isBefore(announcedAt.plus(LIFETIME))
                && now.isBefore(polledAt.plus(SessionPolicy.MAX_OBSERVATION_AGE).plus(LIFETIME))
                && current.get().filter(this::asksForTheSame).isPresent();
    }

    private boolean asksForTheSame(WhatsAppSession now) {
        return now.getMetadata().getUid().equals(announced.getMetadata().getUid())
                && now.getMetadata()
                        .getGeneration()
                        .equals(announced.getMetadata().getGeneration());
    }
}
