package net.wawp.operator.controller;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;

/** What the framework does for one process, in virtual time: it takes in what the watch brings, queues reconciliations and repeats them. */
final class SimulatedFramework {

    private static final Duration RETRY = Duration.ofMillis(500);
    private static final Duration AFTER_DELETION = Duration.ofSeconds(1);

    private final SessionControlLoop sessions;
    private final SessionStore store;
    private final SimulatedCache cache;
    private final Duration soon;
    private final SimulatedTime time;
    private final BiConsumer<Duration, Runnable> after;
    private final Consumer<RuntimeException> bug;
    private final Set<String> queued = new HashSet<>();
    private final Map<String, Instant> reminders = new HashMap<>();
    private boolean remindersAreLost;

    /**
     * @param soon how long a reconciliation waits in the queue
     * @param after runs a task after that much virtual time, in the process whose framework this is
     * @param bug receives what a reconciliation threw, unless the API server was the cause
     */
    SimulatedFramework(
            SessionControlLoop sessions,
            SessionStore store,
            SimulatedCache cache,
            Duration soon,
            SimulatedTime time,
            BiConsumer<Duration, Runnable> after,
            Consumer<RuntimeException> bug) {
        this.sessions = sessions;
        this.store = store;
        this.cache = cache;
        this.soon = soon;
        this.time = time;
        this.after = after;
        this.bug = bug;
        sessions.trigger
                .eventSource()
                .setEventHandler(event ->
                        reconcileSoon(event.getRelatedCustomResourceID().getName()));
        sessions.trigger.eventSource().start();
    }

    /** From now on no resource is reconciled again because time has passed. */
    void loseReminders() {
        remindersAreLost = true;
    }

    /** The watch brings a resource, or that it is gone: then it has no version. */
    void deliver(WhatsAppSession now) {
        String name = now.getMetadata().getName();
        if (now.getMetadata().getResourceVersion() == null) {
            cache.remove(name);
            deleted(name);
        } else if (cache.put(now)) {
            reconcileSoon(name);
        }
    }

    /** As the reconciler does it, but in virtual time. */
    private void deleted(String name) {
        ResourceID lost = new ResourceID(name, SimulatedApiServer.NAMESPACE);
        sessions.trigger.uid(lost).ifPresent(uid -> sessions.lost(uid, lost));
        after.accept(AFTER_DELETION, () -> {
            if (cache.newest(name).isPresent()) {
                reconcileSoon(name);
            }
        });
    }

    private void reconcileSoon(String name) {
        if (queued.add(name)) {
            after.accept(soon, () -> {
                queued.remove(name);
                cache.newest(name).ifPresent(this::reconcile);
            });
        }
    }

    private void reconcile(WhatsAppSession resource) {
        String name = resource.getMetadata().getName();
        reminders.remove(name);
        Optional<Duration> delay = tryToReconcile(resource);
        if (remindersAreLost) {
            return;
        }
        delay.ifPresent(again -> {
            Instant due = time.instant().plus(again);
            reminders.put(name, due);
            after.accept(again, () -> {
                if (reminders.remove(name, due)) {
                    reconcileSoon(name);
                }
            });
        });
    }

    private Optional<Duration> tryToReconcile(WhatsAppSession resource) {
        try {
            return sessions.reconciler().reconcile(resource, store, cache::all);
        } catch (KubernetesClientException e) {
            return Optional.of(RETRY);
        } catch (RuntimeException e) {
            bug.accept(e);
            return Optional.of(RETRY);
        }
    }

    /** What it holds, for a search that compares states. */
    long state(StateHash hash) {
        return StateHash.mix(StateHash.mix(hash.of(cache), hash.of(queued)), hash.of(reminders));
    }
}
