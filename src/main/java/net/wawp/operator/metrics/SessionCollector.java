package net.wawp.operator.metrics;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot.InfoDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import net.wawp.operator.api.v1alpha1.Condition;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;
import net.wawp.operator.api.v1alpha1.WhatsAppSessionSpec;
import net.wawp.operator.api.v1alpha1.WhatsAppSessionStatus;
import net.wawp.operator.session.SessionState;
import net.wawp.operator.status.Conditions;

/** Collects the metrics of sessions anew at each scrape: a resource that is gone has no series, and a standby has none at all. */
final class SessionCollector implements MultiCollector {

    /** In place of a missing word. */
    private static final String NONE = "None";

    private final boolean perSession;
    private final Labels shard;
    private volatile Optional<SessionInventory> inventory = Optional.empty();

    /**
     * @param perSession whether each resource has series of its own
     * @param shard that this process serves; empty for the operator without one
     */
    SessionCollector(boolean perSession, Optional<String> shard) {
        this.perSession = perSession;
        this.shard = shard.map(name -> Labels.of("shard", name)).orElse(Labels.EMPTY);
    }

    /** This process leads and watches these. */
    void show(SessionInventory sessions) {
        inventory = Optional.of(sessions);
    }

    /** This process no longer leads. */
    void hide() {
        inventory = Optional.empty();
    }

    boolean isShown() {
        return inventory.isPresent();
    }

    @Override
    public MetricSnapshots collect() {
        return inventory.map(this::collect).orElseGet(MetricSnapshots::of);
    }

    /** In one pass that keeps no resource: there are tens of thousands. */
    private MetricSnapshots collect(SessionInventory shown) {
        Map<Labels, Integer> counts = new HashMap<>();
        // the text format adds _info to the name
        InfoSnapshot.Builder info = InfoSnapshot.builder()
                .name("wawp_operator_session")
                .help("Desired and observed state of a resource, its reason and its pairing; always 1.");
        GaugeSnapshot.Builder ready = GaugeSnapshot.builder()
                .name("wawp_operator_session_ready")
                .help("Readiness of a resource: 1 while its Ready condition is True, else 0.");
        shown.sessions().forEach(session -> {
            counts.merge(Labels.of("desired", desired(session), "state", state(session)), 1, Integer::sum);
            if (perSession) {
                Labels name = name(session);
                info.dataPoint(info(session, name));
                ready.dataPoint(ready(session, name));
            }
        });
        MetricSnapshots.Builder snapshots = MetricSnapshots.builder()
                .metricSnapshot(byState(counts))
                .metricSnapshot(ofShard(counts))
                .metricSnapshot(age(shown))
                .metricSnapshot(failingWrites(shown));
        if (perSession) {
            snapshots.metricSnapshot(info.build()).metricSnapshot(ready.build());
        }
        return snapshots.build();
    }

    private static GaugeSnapshot byState(Map<Labels, Integer> counts) {
        GaugeSnapshot.Builder gauge = GaugeSnapshot.builder()
                .name("wawp_operator_sessions")
                .help("Number of resources by desired and observed state.");
        counts.forEach((labels, count) -> gauge.dataPoint(new GaugeDataPointSnapshot(count, labels, null)));
        return gauge.build();
    }

    private GaugeSnapshot ofShard(Map<Labels, Integer> counts) {
        return GaugeSnapshot.builder()
                .name("wawp_operator_shard_sessions")
                .help("Number of resources that this shard serves.")
                .dataPoint(new GaugeDataPointSnapshot(
                        counts.values().stream().mapToInt(Integer::intValue).sum(), shard, null))
                .build();
    }

    private static GaugeSnapshot age(SessionInventory sessions) {
        return GaugeSnapshot.builder()
                .name("wawp_operator_oldest_observation_age_seconds")
                .help("Age of the oldest observation of any session, in seconds.")
                .dataPoint(new GaugeDataPointSnapshot(
                        sessions.oldestObservationAge().toMillis() / 1_000.0, Labels.EMPTY, null))
                .build();
    }

    private static GaugeSnapshot failingWrites(SessionInventory sessions) {
        return GaugeSnapshot.builder()
                .name("wawp_operator_failing_writes")
                .help("Number of resources whose last write to the Kubernetes API failed or was refused.")
                .dataPoint(new GaugeDataPointSnapshot(sessions.failingWrites(), Labels.EMPTY, null))
                .build();
    }

    private static InfoDataPointSnapshot info(WhatsAppSession session, Labels name) {
        return new InfoDataPointSnapshot(name.merge(Labels.of(
                "desired", desired(session),
                "state", state(session),
                "reason", reason(session, Conditions.READY),
                "pairing", reason(session, Conditions.PAIRED))));
    }

    private static GaugeDataPointSnapshot ready(WhatsAppSession session, Labels name) {
        return new GaugeDataPointSnapshot(
                condition(session, Conditions.READY)
                        .filter(ready -> "True".equals(ready.status()))
                        .map(ready -> 1)
                        .orElse(0),
                name,
                null);
    }

    private static Labels name(WhatsAppSession session) {
        // a label named namespace would be renamed to this by the scraper, which puts the pod's there
        return Labels.of(
                "exported_namespace", session.getMetadata().getNamespace(),
                "name", session.getMetadata().getName());
    }

    private static String desired(WhatsAppSession session) {
        // one resource without a spec must not break the metrics of all
        return Optional.ofNullable(session.getSpec())
                .map(WhatsAppSessionSpec::desiredState)
                .map(Enum::name)
                .orElse(NONE);
    }

    /** One of a closed set, whatever somebody has written into a status. */
    private static String state(WhatsAppSession session) {
        return Optional.ofNullable(session.getStatus())
                .map(WhatsAppSessionStatus::sessionState)
                .map(word -> SessionState.of(word).name())
                .orElse(NONE);
    }

    private static String reason(WhatsAppSession session, String type) {
        return condition(session, type).map(Condition::reason).orElse(NONE);
    }

    private static Optional<Condition> condition(WhatsAppSession session, String type) {
        return Optional.ofNullable(session.getStatus()).flatMap(status -> Conditions.find(status.conditions(), type));
    }
}
