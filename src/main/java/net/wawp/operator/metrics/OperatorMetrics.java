package net.wawp.operator.metrics;

import io.javaoperatorsdk.operator.api.monitoring.Metrics;
import io.javaoperatorsdk.operator.monitoring.micrometer.MicrometerMetrics;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.core.metrics.Info;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import net.wawp.operator.wawp.WawpClient;

/** The metrics of one process, for {@code /metrics}. */
public final class OperatorMetrics implements AutoCloseable {

    private static final String FRAMEWORK_PREFIX = "operator.sdk.";

    /** Metrics of libraries whose names break the rules of Prometheus. Nobody needs them. */
    private static final Set<String> BADLY_NAMED = Set.of("process.cpu.time", "system.cpu.count");

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Optional<String> shard;
    private final SessionCollector sessions;
    private final ReconcileMetrics reconciliations;
    private final JvmGcMetrics garbageCollection = new JvmGcMetrics();

    /**
     * @param perSession whether each resource has series of its own
     * @param shard that this process serves; empty for the operator without one
     * @param version of the operator, for {@code build_info}
     */
    public OperatorMetrics(boolean perSession, Optional<String> shard, String version) {
        this.shard = shard;
        this.sessions = new SessionCollector(perSession, shard);
        registry.config()
                .meterFilter(MeterFilter.deny(id -> BADLY_NAMED.contains(id.getName())))
                .meterFilter(new HelpForTheFramework());
        this.reconciliations = new MicrometerReconcileMetrics(registry);
        registry.getPrometheusRegistry().register(sessions);
        Info.builder()
                .name("wawp_operator_build_info")
                .help("Version of the operator and of its Java runtime; always 1.")
                .labelNames("version", "java")
                .register(registry.getPrometheusRegistry())
                .addLabelValues(version, Runtime.version().toString());
        new ClassLoaderMetrics().bindTo(registry);
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        new FileDescriptorMetrics().bindTo(registry);
        garbageCollection.bindTo(registry);
    }

    public PrometheusMeterRegistry registry() {
        return registry;
    }

    public WawpClient metered(WawpClient wawp) {
        return new MeteredWawpClient(wawp, registry);
    }

    public ReconcileMetrics reconciliations() {
        return reconciliations;
    }

    /** Adds the gauge that says whether this process leads. */
    public void leader(BooleanSupplier leads) {
        Gauge.builder("wawp.operator.leader", () -> leads.getAsBoolean() ? 1 : 0)
                .description("Leadership of this process in its shard: 1 while it leads, else 0.")
                .tags(shard.map(name -> Tags.of("shard", name)).orElseGet(Tags::empty))
                .register(registry);
    }

    /** Adds the gauge of all resources, which the shards together should serve. */
    public void existing(Supplier<OptionalLong> resources) {
        Gauge.builder("wawp.operator.existing.sessions", () -> {
                    OptionalLong count = resources.get();
                    return count.isPresent() ? count.getAsLong() : Double.NaN;
                })
                .description("Number of resources in the watched namespaces, whatever shard they belong to.")
                .register(registry);
    }

    /** Adds the gauge of the rate that Wawp's answers set. */
    public void learntRate(Supplier<OptionalDouble> lowest) {
        // a process that led before must not show for ever what it learnt then
        Gauge.builder(
                        "wawp.operator.learnt.calls.per.second",
                        () -> sessions.isShown() ? lowest.get().orElse(Double.NaN) : Double.NaN)
                .description(
                        "Calls per second that Wawp takes with the token that it limits most; NaN while it limits none and on a standby.")
                .register(registry);
    }

    /** For the framework, without series for single resources. */
    public Metrics framework() {
        return MicrometerMetrics.withoutPerResourceMetrics(registry);
    }

    /** Serves the metrics of these sessions from now on. */
    public void show(SessionInventory inventory) {
        sessions.show(inventory);
    }

    /** Serves no metrics of sessions any more. Counters stay. */
    public void hide() {
        sessions.hide();
        // the registry keeps the first gauge of a name: it would show the framework that has stopped
        registry.getMeters().stream()
                .filter(meter ->
                        meter instanceof Gauge && meter.getId().getName().startsWith(FRAMEWORK_PREFIX))
                .forEach(registry::remove);
    }

    @Override
    public void close() {
        garbageCollection.close();
        registry.close();
    }

    /** Prometheus requires a help text for every metric, and the framework has none. */
    private static final class HelpForTheFramework implements MeterFilter {

        @Override
        public Meter.Id map(Meter.Id id) {
            return id.getName().startsWith(FRAMEWORK_PREFIX)
                    ? new Meter.Id(
                            id.getName(),
                            Tags.of(id.getTags()),
                            id.getBaseUnit(),
                            "Metric of the Java Operator SDK.",
                            id.getType())
                    : id;
        }
    }
}
