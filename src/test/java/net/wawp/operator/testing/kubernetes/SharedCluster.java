package net.wawp.operator.testing.kubernetes;

import java.util.EnumMap;
import java.util.Map;
import java.util.function.Supplier;
import net.wawp.operator.testing.kubernetes.OnKubernetes.Cluster;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/** The clusters that test classes share. Each keeps half a processor busy, so they stop before others are started. */
public final class SharedCluster implements AutoCloseable {

    private final Map<Cluster, AutoCloseable> running = new EnumMap<>(Cluster.class);

    private SharedCluster() {}

    public static SharedCluster of(ExtensionContext context) {
        return context.getRoot()
                .getStore(Namespace.create(SharedCluster.class))
                .getOrComputeIfAbsent(SharedCluster.class, key -> new SharedCluster(), SharedCluster.class);
    }

    /** The cluster of this kind, which is started if it does not run. */
    public <T extends AutoCloseable> T get(Cluster kind, Class<T> type, Supplier<T> start) {
        synchronized (kind) {
            AutoCloseable found = find(kind);
            return type.cast(found == null ? keep(kind, start.get()) : found);
        }
    }

    private synchronized AutoCloseable find(Cluster kind) {
        return running.get(kind);
    }

    private synchronized AutoCloseable keep(Cluster kind, AutoCloseable cluster) {
        running.put(kind, cluster);
        return cluster;
    }

    /** Stops all. */
    @Override
    public synchronized void close() {
        for (AutoCloseable cluster : running.values()) {
            try {
                cluster.close();
            } catch (Exception e) {
                throw new IllegalStateException("A shared cluster did not stop", e);
            }
        }
        running.clear();
    }
}
