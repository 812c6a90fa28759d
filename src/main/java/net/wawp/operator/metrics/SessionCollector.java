package net.wawp.operator.metrics;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot.InfoDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.List;
import java.util.Optional;
import net.wawp.operator.api.v1alpha1.Condition;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;
import net.wawp.operator.api.v1alpha1.WhatsAppSessionStatus;
import net.wawp.operator.session.SessionState;
import net.wawp.operator.status.Conditions;

/**
 * What the sessions are like, found out anew at each scrape: what is gone has no series any more, and who does not lead has none at all.
 */
final class SessionCollector implements MultiCollector {

    /** For a word that is not there. */
    private static final String NONE = "None";

    private final boolean perSession;
    private volatile Optional<SessionInventory> fleet = Optional.empty();

    /** @param perSession whether each session has series of its own */
    SessionCollector(boolean perSession) {
        this.perSession = perSession;
    }

    /** This process leads, and serves these. */
    void show(SessionInventory served) {
        fleet = Optional.of(served);
    }

    /** This process leads no more. */
    void hide() {
        fleet = Optional.empty();
    }

    @Override
    public MetricSnapshots collect() {
        return fleet.map(this::collect).orElseGet(MetricSnapshots::of);
    }

    private MetricSnapshots collect(SessionInventory served) {
        List<WhatsAppSession> sessions = served.sessions().toList();
        MetricSnapshots.Builder snapshots =
                MetricSnapshots.builder().metricSnapshot(counts(sessions)).metricSnapshot(age(served));
        if (perSession) {
            snapshots.metricSnapshot(info(sessions)).metricSnapshot(ready(sessions));
        }
        return snapshots.build();
    }

    private static GaugeSnapshot counts(List<WhatsAppSession> sessions) {
        GaugeSnapshot.Builder gauge = GaugeSnapshot.builder()
                .name("wawp_operator_sessions")
                .help("Resources by what they shall be and what they are.");
        sessions.stream()
                .collect(groupingBy(
                        session -> Labels.of("desired", desired(session), "state", state(session)), counting()))
                .forEach((labels, count) -> gauge.dataPoint(new GaugeDataPointSnapshot(count, labels, null)));
        return gauge.build();
    }

    private static GaugeSnapshot age(SessionInventory served) {
        return GaugeSnapshot.builder()
                .name("wawp_operator_oldest_observation_age_seconds")
                .help("How long ago the session was heard of of which nothing was heard for longest.")
                .dataPoint(new GaugeDataPointSnapshot(
                        served.oldestObservationAge().toMillis() / 1_000.0, Labels.EMPTY, null))
                .build();
    }

    private static InfoSnapshot info(List<WhatsAppSession> sessions) {
        // the text format adds _info to the name
        InfoSnapshot.Builder info = InfoSnapshot.builder()
                .name("wawp_operator_session")
                .help("What a resource shall be, what it is, and why; always 1.");
        sessions.forEach(session -> info.dataPoint(new InfoDataPointSnapshot(name(session)
                .merge(Labels.of(
                        "desired", desired(session),
                        "state", state(session),
                        "reason", readiness(session).map(Condition::reason).orElse(NONE))))));
        return info.build();
    }

    private static GaugeSnapshot ready(List<WhatsAppSession> sessions) {
        GaugeSnapshot.Builder gauge = GaugeSnapshot.builder()
                .name("wawp_operator_session_ready")
                .help("Whether a resource is as desired: 1 while its Ready condition is True, else 0.");
        sessions.forEach(session -> gauge.dataPoint(new GaugeDataPointSnapshot(
                readiness(session)
                        .filter(ready -> "True".equals(ready.status()))
                        .map(ready -> 1)
                        .orElse(0),
                name(session),
                null)));
        return gauge.build();
    }

    private static Labels name(WhatsAppSession session) {
        // a label named namespace would be renamed to this by the scraper, which puts the pod's there
        return Labels.of(
                "exported_namespace", session.getMetadata().getNamespace(),
                "name", session.getMetadata().getName());
    }

    private static String desired(WhatsAppSession session) {
        return Optional.ofNullable(session.getSpec().desiredState())
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

    private static Optional<Condition> readiness(WhatsAppSession session) {
        return Optional.ofNullable(session.getStatus())
                .flatMap(status -> Conditions.find(status.conditions(), Conditions.READY));
    }
}
