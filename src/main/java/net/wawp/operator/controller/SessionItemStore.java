package net.wawp.operator.controller;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import io.fabric8.kubernetes.client.informers.cache.ItemStore;
import io.javaoperatorsdk.operator.api.config.Cloner;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;

/**
 * The cache of one watch. It keeps of each resource what the operator reads, see {@link CachedSession}, and gives a new copy to each who
 * asks, so nobody can change what it holds.
 *
 * <p>Each watch needs a store of its own: a watch deletes from its store all that it does not list itself.
 */
public final class SessionItemStore implements ItemStore<WhatsAppSession> {

    /** Copies what this store gives, for as little: the framework's own cloner writes and parses JSON. */
    public static final Cloner CLONER = new Cloner() {
        @Override
        public <R extends HasMetadata> R clone(R resource) {
            @SuppressWarnings("unchecked") // of its own class
            R copy = (R) CachedSession.of((WhatsAppSession) resource, null).copy();
            return copy;
        }
    };

    private final Map<String, CachedSession> sessions = new ConcurrentHashMap<>();

    @Override
    public String getKey(WhatsAppSession resource) {
        return Cache.metaNamespaceKeyFunc(resource);
    }

    @Override
    public WhatsAppSession put(String key, WhatsAppSession resource) {
        CachedSession before = sessions.get(key);
        CachedSession now = CachedSession.of(resource, before);
        sessions.put(key, now);
        now.shareName(resource);
        return copy(before);
    }

    @Override
    public WhatsAppSession remove(String key) {
        return copy(sessions.remove(key));
    }

    @Override
    public Stream<String> keySet() {
        return sessions.keySet().stream();
    }

    @Override
    public Stream<WhatsAppSession> values() {
        return sessions.values().stream().map(CachedSession::copy);
    }

    @Override
    public int size() {
        return sessions.size();
    }

    @Override
    public WhatsAppSession get(String key) {
        return copy(sessions.get(key));
    }

    /** Resources are reported as the pages of a list arrive: none is remembered beside the store until the last page is there. */
    @Override
    public boolean isFullState() {
        return false;
    }

    private static WhatsAppSession copy(CachedSession session) {
        return session == null ? null : session.copy();
    }
}
