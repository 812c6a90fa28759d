package net.wawp.operator.events;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
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
import java.util.OptionalInt;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import net.wawp.operator.kubernetes.ApiServerError;
import net.wawp.operator.logging.FailureLog;
import net.wawp.operator.session.Reason;
import net.wawp.operator.time.Timestamps;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes Events to the cluster, on a thread of its own. Equal messages about one resource make one Event that counts up. An Event that
 * cannot be written is dropped: the namespace is being terminated, the queue is full, or there are too many about one resource.
 */
public final class KubernetesEventRecorder implements EventRecorder, AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(KubernetesEventRecorder.class);
    private static final int QUEUE = 1_000;

    /** The longest name of an object (RFC 1123 subdomain). */
    private static final int MAX_NAME = 253;

    private final KubernetesClient client;
    private final InstantSource clock;
    private final String reporter;
    private final FailureLog failures = new FailureLog(log);
    private final EventRateLimiter limit = new EventRateLimiter();
    private final WrittenEvents written = new WrittenEvents();
    private final ThreadPoolExecutor writer =
            new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                Thread thread = new Thread(task, "events");
                thread.setDaemon(true);
                return thread;
            });

    /** @param reporter names this process in its Events */
    public KubernetesEventRecorder(KubernetesClient client, InstantSource clock, String reporter) {
        this.client = client;
        this.clock = clock;
        this.reporter = reporter;
    }

    @Override
    public void normal(HasMetadata about, Reason reason, String message) {
        enqueue(about, "Normal", reason, message);
    }

    @Override
    public void warning(HasMetadata about, Reason reason, String message) {
        enqueue(about, "Warning", reason, message);
    }

    /** Writes the Events that wait, for five seconds at most. */
    @Override
    public void close() {
        writer.shutdown();
        try {
            writer.awaitTermination(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void enqueue(HasMetadata about, String type, Reason reason, String message) {
        Event event = event(about, type, reason, message);
        // the only record that a deletion policy was not carried out: the resource itself is gone
        boolean isAlwaysWritten = reason == Reason.FinalizerReleased;
        if (isAlwaysWritten
                || hasRoom() && limit.admits(String.valueOf(about.getMetadata().getUid()), clock.instant())) {
            enqueue(event);
        }
    }

    private boolean hasRoom() {
        return writer.getQueue().size() < QUEUE;
    }

    private void enqueue(Event event) {
        try {
            writer.execute(() -> write(event));
        } catch (RejectedExecutionException closed) {
            log.debug("An Event came after the end, and is dropped");
        }
    }

    private Event event(HasMetadata about, String type, Reason reason, String message) {
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

    /** Equal for equal words. The name of the resource is cut where it is too long. */
    private static String name(String resource, Reason reason, String words) {
        String ending = "." + reason.name().toLowerCase(Locale.ROOT) + "."
                + HexFormat.of().toHexDigits(words.hashCode());
        String beginning = resource.substring(0, Math.min(resource.length(), MAX_NAME - ending.length()));
        return beginning.replaceFirst("[-.]+$", "") + ending;
    }

    private void write(Event event) {
        try {
            OptionalInt known = written.count(event);
            int count = known.isPresent() ? countUp(event, known.getAsInt()) : create(event);
            written.remember(event, count);
        } catch (KubernetesClientException e) {
            ApiServerError.missingRight(e)
                    .ifPresentOrElse(
                            right -> failures.failing(
                                    "No Events are written: " + right + ". The operator works without."),
                            () -> log.debug("An Event was not written", e));
        } catch (RuntimeException e) {
            // no failure is worth more than a line here
            log.debug("An Event was not written", e);
        }
    }

    /**
     * Writes an Event that this process does not know.
     *
     * @return its count now
     */
    private int create(Event event) {
        Resource<Event> resource = client.resource(event);
        try {
            resource.create();
            return 1;
        } catch (KubernetesClientException e) {
            if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
                throw e;
            }
            // another process wrote it: the answer to the first patch holds its count, so no right to read Events is
            // needed
            Event theirs = merge(resource, "{\"lastTimestamp\": \"" + event.getLastTimestamp() + "\"}");
            int count = (theirs.getCount() == null ? 1 : theirs.getCount()) + 1;
            merge(resource, "{\"count\": " + count + "}");
            return count;
        }
    }

    /**
     * Writes an Event that this process wrote before.
     *
     * @return its count now
     */
    private int countUp(Event event, int known) {
        String patch = "{\"count\": %d, \"lastTimestamp\": \"%s\"}".formatted(known + 1, event.getLastTimestamp());
        try {
            merge(client.resource(event), patch);
            return known + 1;
        } catch (KubernetesClientException e) {
            if (e.getCode() != HttpURLConnection.HTTP_NOT_FOUND) {
                throw e;
            }
            // an API server keeps an Event for an hour
            return create(event);
        }
    }

    private static Event merge(Resource<Event> resource, String patch) {
        return resource.patch(PatchContext.of(PatchType.JSON_MERGE), patch);
    }
}
