package net.wawp.operator.controller;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;

/** What one process knows of the resources, as the framework keeps it: what the watch brought, and over it what the process wrote itself. */
final class SimulatedCache {

    private final SessionUpdateFilter filter = new SessionUpdateFilter();
    private final Map<String, WhatsAppSession> informer = new LinkedHashMap<>();
    private final Map<String, WhatsAppSession> written = new HashMap<>();
    private final Map<String, Set<String>> unreconciled = new HashMap<>();

    /** The watch brings a resource; true when it has to be reconciled. */
    boolean put(WhatsAppSession now) {
        String name = now.getMetadata().getName();
        WhatsAppSession before = informer.put(name, now);
        index(before, now);
        WhatsAppSession own = written.get(name);
        if (own != null && version(own) <= version(now)) {
            written.remove(name);
        }
        return before == null || filter.accept(now, before);
    }

    /** The watch says that a resource is gone. */
    void remove(String name) {
        index(informer.remove(name), null);
        written.remove(name);
    }

    /** This process wrote a resource. */
    void written(WhatsAppSession now) {
        String name = now.getMetadata().getName();
        WhatsAppSession known = informer.get(name);
        if (known != null && version(known) < version(now)) {
            written.put(name, now);
        }
    }

    /** The newest copy of a resource. */
    Optional<WhatsAppSession> newest(String name) {
        return Optional.ofNullable(written.getOrDefault(name, informer.get(name)))
                .map(SimulatedApiServer::copy);
    }

    Stream<WhatsAppSession> all() {
        return List.copyOf(informer.keySet()).stream().flatMap(name -> newest(name).stream());
    }

    List<WhatsAppSession> unreconciled(String key) {
        return unreconciled.getOrDefault(key, Set.of()).stream()
                .map(informer::get)
                .toList();
    }

    private void index(WhatsAppSession before, WhatsAppSession now) {
        if (before != null) {
            UnreconciledSessions.keys(before)
                    .forEach(key ->
                            unreconciled.get(key).remove(before.getMetadata().getName()));
        }
        if (now != null) {
            UnreconciledSessions.keys(now).forEach(key -> unreconciled
                    .computeIfAbsent(key, unknown -> new TreeSet<>())
                    .add(now.getMetadata().getName()));
        }
    }

    private static long version(WhatsAppSession session) {
        return Long.parseLong(session.getMetadata().getResourceVersion());
    }
}
