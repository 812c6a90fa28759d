package net.wawp.operator.controller;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.net.HttpURLConnection;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.Locale;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;
import net.wawp.operator.session.Reason;
import net.wawp.operator.status.Timestamps;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes Events to the cluster, off the reconciler's threads. The same words about the same resource make one Event that
 * counts up. Best effort: what cannot be written (a terminating namespace, a full queue) is dropped.
 */
public final class KubernetesEvents implements Events, AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(KubernetesEvents.class);
    private static final int QUEUE = 1_000;

    private final KubernetesClient client;
    private final InstantSource clock;
    private final String reporter;
    private final ThreadPoolExecutor writer = new ThreadPoolExecutor(
            1,
            1,
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(QUEUE),
            task -> {
                Thread thread = new Thread(task, "events");
                thread.setDaemon(true);
                return thread;
            },
            new ThreadPoolExecutor.DiscardPolicy());

    /** @param reporter names this process in the Events that it writes */
    public KubernetesEvents(KubernetesClient client, InstantSource clock, String reporter) {
        this.client = client;
        this.clock = clock;
        this.reporter = reporter;
    }

    @Override
    public void normal(WhatsAppSession about, Reason reason, String message) {
        writer.execute(() -> write(event(about, "Normal", reason, message)));
    }

    @Override
    public void warning(WhatsAppSession about, Reason reason, String message) {
        writer.execute(() -> write(event(about, "Warning", reason, message)));
    }

    /** Writes what is queued, for five seconds at most. */
    @Override
    public void close() {
        writer.shutdown();
        try {
            writer.awaitTermination(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Event event(WhatsAppSession about, String type, Reason reason, String message) {
        var meta = about.getMetadata();
        String now = Timestamps.format(clock.instant());
        String words = HexFormat.of().toHexDigits((meta.getUid() + type + reason + message).hashCode());
        return new EventBuilder()
                .withNewMetadata()
                .withNamespace(meta.getNamespace())
                .withName(meta.getName() + "." + reason.name().toLowerCase(Locale.ROOT) + "." + words)
                .endMetadata()
                .withInvolvedObject(new ObjectReferenceBuilder()
                        .withApiVersion(about.getApiVersion())
                        .withKind(about.getKind())
                        .withNamespace(meta.getNamespace())
                        .withName(meta.getName())
                        .withUid(meta.getUid())
                        .withResourceVersion(meta.getResourceVersion())
                        .build())
                .withType(type)
                .withReason(reason.name())
                .withMessage(message)
                .withCount(1)
                .withFirstTimestamp(now)
                .withLastTimestamp(now)
                .withNewSource()
                .withComponent("wawp-operator")
                .endSource()
                .withReportingComponent("wawp.net/operator")
                .withReportingInstance(reporter)
                .build();
    }

    private void write(Event event) {
        try {
            Resource<Event> resource = client.resource(event);
            try {
                resource.create();
            } catch (KubernetesClientException e) {
                if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
                    throw e;
                }
                countUp(resource, event);
            }
        } catch (RuntimeException e) {
            // whatever it is, no Event is worth more than a line
            log.debug("An Event was not written", e);
        }
    }

    private static void countUp(Resource<Event> resource, Event again) {
        resource.edit(known -> new EventBuilder(known)
                .withCount(known.getCount() == null ? 2 : known.getCount() + 1)
                .withLastTimestamp(again.getLastTimestamp())
                .build());
    }
}
