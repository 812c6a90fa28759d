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
import java.util.Set;
import java.util.function.BooleanSupplier;
import net.wawp.operator.wawp.WawpClient;

/** Everything that one process counts, for its {@code /metrics}. */
public final class OperatorMetrics implements AutoCloseable {

    private static final String OF_THE_FRAMEWORK = "operator.sdk.";

    /** Of the libraries' metrics those whose names break the rules of Prometheus; nothing that the operator needs is lost. */
    private static final Set<String> BADLY_NAMED = Set.of("process.cpu.time", "system.cpu.count");

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final SessionCollector fleet;
    private final ReconcileMetrics tally;
    private final JvmGcMetrics garbageCollection = new JvmGcMetrics();

    /**
     * @param perSession whether each session has series of its own
     * @param version of the operator, for {@code build_info}
     */
    public OperatorMetrics(boolean perSession, String version) {
        this.fleet = new SessionCollector(perSession);
        registry.config()
                .meterFilter(MeterFilter.deny(id -> BADLY_NAMED.contains(id.getName())))
                .meterFilter(new HelpForTheFramework());
        this.tally = new MicrometerReconcileMetrics(registry);
        registry.getPrometheusRegistry().register(fleet);
        Info.builder()
                .name("wawp_operator_build_info")
                .help("What runs; always 1.")
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

    public ReconcileMetrics tally() {
        return tally;
    }

    /** Shows from now on whether this process leads. */
    public void leader(BooleanSupplier leads) {
        Gauge.builder("wawp.operator.leader", () -> leads.getAsBoolean() ? 1 : 0)
                .description("1 while this process leads, else 0.")
                .register(registry);
    }

    /** For the framework of one term: no series for single resources. */
    public Metrics framework() {
        return MicrometerMetrics.withoutPerResourceMetrics(registry);
    }

    /** A term has begun. */
    public void show(SessionInventory served) {
        fleet.show(served);
    }

    /** The term ends: what it showed goes, what it counted stays. */
    public void hide() {
        fleet.hide();
        // they would show the ended term for ever: the registry keeps the first gauge of a name
        registry.getMeters().stream()
                .filter(meter ->
                        meter instanceof Gauge && meter.getId().getName().startsWith(OF_THE_FRAMEWORK))
                .forEach(registry::remove);
    }

    @Override
    public void close() {
        garbageCollection.close();
        registry.close();
    }

    /** Prometheus wants a help text for every metric, and the framework gives none. */
    private static final class HelpForTheFramework implements MeterFilter {

        @Override
        public Meter.Id map(Meter.Id id) {
            return id.getName().startsWith(OF_THE_FRAMEWORK)
                    ? new Meter.Id(
                            id.getName(),
                            Tags.of(id.getTags()),
                            id.getBaseUnit(),
                            "See the metrics of the Java Operator SDK.",
                            id.getType())
                    : id;
        }
    }
}
