package net.wawp.operator.events;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.net.HttpURLConnection;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.Locale;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;
import net.wawp.operator.session.Reason;
import net.wawp.operator.time.Timestamps;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes EventRecorder to the cluster, off the reconciler's threads. The same words about the same resource make one Event that
 * counts up. Best effort: what cannot be written (a terminating namespace, a full queue, too many about one resource) is
 * dropped.
 */
public final class KubernetesEventRecorder implements EventRecorder, AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(KubernetesEventRecorder.class);
    private static final int QUEUE = 1_000;

    /** The longest name of an object (RFC 1123 subdomain). */
    private static final int MAX_NAME = 253;

    private final KubernetesClient client;
    private final InstantSource clock;
    private final String reporter;
    private final EventRateLimiter limit = new EventRateLimiter();
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

    /** @param reporter names this process in the EventRecorder that it writes */
    public KubernetesEventRecorder(KubernetesClient client, InstantSource clock, String reporter) {
        this.client = client;
        this.clock = clock;
        this.reporter = reporter;
    }

    @Override
    public void normal(WhatsAppSession about, Reason reason, String message) {
        enqueue(about, "Normal", reason, message);
    }

    @Override
    public void warning(WhatsAppSession about, Reason reason, String message) {
        enqueue(about, "Warning", reason, message);
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

    private void enqueue(WhatsAppSession about, String type, Reason reason, String message) {
        Event event = event(about, type, reason, message);
        if (limit.admits(about.getMetadata().getUid(), clock.instant())) {
            writer.execute(() -> write(event));
        }
    }

    private Event event(WhatsAppSession about, String type, Reason reason, String message) {
        var meta = about.getMetadata();
        String now = Timestamps.format(clock.instant());
        return new EventBuilder()
                .withNewMetadata()
                .withNamespace(meta.getNamespace())
                .withName(name(meta.getName(), reason, meta.getUid() + type + reason + message))
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

    /** The same for the same words; a long name of a resource is cut. */
    private static String name(String resource, Reason reason, String words) {
        String ending = "." + reason.name().toLowerCase(Locale.ROOT) + "."
                + HexFormat.of().toHexDigits(words.hashCode());
        String beginning = resource.substring(0, Math.min(resource.length(), MAX_NAME - ending.length()));
        return beginning.replaceFirst("[-.]+$", "") + ending;
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
                countUp(resource, event.getLastTimestamp());
            }
        } catch (RuntimeException e) {
            // whatever it is, no Event is worth more than a line
            log.debug("An Event was not written", e);
        }
    }

    private static void countUp(Resource<Event> resource, String again) {
        // the answer to the first patch is the Event as it is: the operator needs no right to read EventRecorder
        Event known = merge(resource, "{\"lastTimestamp\": \"" + again + "\"}");
        int count = known.getCount() == null ? 1 : known.getCount();
        merge(resource, "{\"count\": " + (count + 1) + "}");
    }

    private static Event merge(Resource<Event> resource, String patch) {
        return resource.patch(PatchContext.of(PatchType.JSON_MERGE), patch);
    }
}
