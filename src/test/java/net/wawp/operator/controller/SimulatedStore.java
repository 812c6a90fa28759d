package net.wawp.operator.controller;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;
import net.wawp.operator.api.v1alpha1.WhatsAppSessionStatus;

/** The resources as one process reads them from its cache and writes them to the API server. */
class SimulatedStore implements SessionStore {

    private final SimulatedApiServer api;
    private final SimulatedCache cache;

    SimulatedStore(SimulatedApiServer api, SimulatedCache cache) {
        this.api = api;
        this.cache = cache;
    }

    /** Makes a write. */
    <T> T write(Supplier<T> write) {
        return write.get();
    }

    @Override
    public WhatsAppSession writeStatus(WhatsAppSession resource, WhatsAppSessionStatus status) {
        WhatsAppSession now = write(() -> api.writeStatus(resource, status));
        cache.written(now);
        return SimulatedApiServer.copy(now);
    }

    @Override
    public void statusUnchanged(WhatsAppSession resource) {
        // nothing to write
    }

    @Override
    public void addFinalizer(WhatsAppSession resource, String finalizer) {
        write(() -> {
            api.addFinalizer(resource, finalizer);
            return finalizer;
        });
    }

    @Override
    public void removeFinalizer(WhatsAppSession resource, String finalizer) {
        write(() -> {
            api.removeFinalizer(resource, finalizer);
            return finalizer;
        });
    }

    @Override
    public Optional<WhatsAppSession> newest(WhatsAppSession resource) {
        return cache.newest(resource.getMetadata().getName());
    }

    @Override
    public List<WhatsAppSession> unreconciled(String key) {
        return cache.unreconciled(key);
    }
}
