package net.wawp.operator.events;

import static net.wawp.operator.testing.EmbeddedCluster.NAMESPACE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import net.wawp.operator.api.v1alpha1.DesiredState;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;
import net.wawp.operator.session.Reason;
import net.wawp.operator.testing.EmbeddedCluster;
import net.wawp.operator.testing.FaultyApiServer;
import net.wawp.operator.testing.ManualClock;
import net.wawp.operator.testing.RecordedLog;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

@Execution(ExecutionMode.SAME_THREAD)
class KubernetesEventRecorderTest {

    private static final String WORKS = "The session is linked and works.";

    private final ManualClock clock = new ManualClock();
    private final EmbeddedCluster cluster = new EmbeddedCluster();
    private final WhatsAppSession session = cluster.apply("support-line", "3EB0BCB2E3D4", DesiredState.Running);
    private final KubernetesEventRecorder events = new KubernetesEventRecorder(cluster.client(), clock, "pod-a");

    @AfterEach
    void close() {
        events.close();
        cluster.close();
    }

    @Test
    void anEventTellsWhatHappenedToWhichResource() {
        events.warning(session, Reason.Unauthorized, "Wawp does not accept the access token.");

        Event event = written().get(0);
        assertThat(event.getType()).isEqualTo("Warning");
        assertThat(event.getReason()).isEqualTo("Unauthorized");
        assertThat(event.getMessage()).isEqualTo("Wawp does not accept the access token.");
        assertThat(event.getInvolvedObject().getKind()).isEqualTo("WhatsAppSession");
        assertThat(event.getInvolvedObject().getApiVersion()).isEqualTo("wawp.net/v1alpha1");
        assertThat(event.getInvolvedObject().getName()).isEqualTo("support-line");
        assertThat(event.getInvolvedObject().getUid())
                .isEqualTo(session.getMetadata().getUid());
        assertThat(event.getReportingInstance()).isEqualTo("pod-a");
    }

    @Test
    void theSameWordsMakeOneEventThatCountsUp() {
        events.normal(session, Reason.Working, WORKS);
        clock.advance(Duration.ofMinutes(1));
        events.normal(session, Reason.Working, WORKS);
        clock.advance(Duration.ofMinutes(1));
        events.normal(session, Reason.Working, WORKS);

        assertThat(written())
                .extracting(Event::getCount, Event::getFirstTimestamp, Event::getLastTimestamp)
                .containsExactly(tuple(3, "2026-01-01T00:00:00Z", "2026-01-01T00:02:00Z"));
    }

    @Test
    void anotherProcessCountsOnWhereTheOneBeforeItEnded() {
        events.normal(session, Reason.Working, WORKS);
        written();

        try (KubernetesEventRecorder successor = new KubernetesEventRecorder(cluster.client(), clock, "pod-b")) {
            successor.normal(session, Reason.Working, WORKS);
            successor.normal(session, Reason.Working, WORKS);
        }

        // the successor may still be at it
        await().untilAsserted(
                        () -> assertThat(written()).extracting(Event::getCount).containsExactly(3));
    }

    @Test
    void aRepeatedEventIsOneRequest() {
        try (FaultyApiServer api = new FaultyApiServer();
                KubernetesClient client = api.client()) {
            try (KubernetesEventRecorder busy = new KubernetesEventRecorder(client, clock, "pod-a")) {
                busy.normal(session, Reason.Working, WORKS);
                busy.normal(session, Reason.Working, WORKS);
                busy.normal(session, Reason.Working, WORKS);
            }

            await().untilAsserted(() -> assertThat(api.methods()).containsExactly("POST", "PATCH", "PATCH"));
            await().untilAsserted(() ->
                    assertThat(events(client)).extracting(Event::getCount).containsExactly(3));
        }
    }

    @Test
    void anEventThatTheApiServerHasDroppedSinceIsWrittenAnew() {
        try (FaultyApiServer api = new FaultyApiServer();
                KubernetesClient client = api.client();
                KubernetesEventRecorder patient = new KubernetesEventRecorder(client, clock, "pod-a")) {
            patient.normal(session, Reason.Working, WORKS);
            await().until(() -> !events(client).isEmpty());
            client.v1().events().inNamespace(NAMESPACE).delete();
            clock.advance(Duration.ofHours(2));
            patient.normal(session, Reason.Working, WORKS);

            await().untilAsserted(() -> assertThat(events(client))
                    .extracting(Event::getCount, Event::getFirstTimestamp)
                    .containsExactly(tuple(1, "2026-01-01T02:00:00Z")));
        }
    }

    @Test
    void howeverManyEventsWereWrittenOnlySoManyAreRemembered() {
        WrittenEvents written = new WrittenEvents();
        IntStream.rangeClosed(0, WrittenEvents.MOST).forEach(number -> written.remember(named("event-" + number), 1));

        assertThat(written.count(named("event-0"))).isEmpty();
        assertThat(written.count(named("event-1"))).hasValue(1);
    }

    private static Event named(String name) {
        return new EventBuilder()
                .withNewMetadata()
                .withNamespace(NAMESPACE)
                .withName(name)
                .endMetadata()
                .build();
    }

    @Test
    void otherWordsMakeAnEventOfTheirOwn() {
        events.normal(session, Reason.Working, WORKS);
        events.normal(session, Reason.Starting, "The session is being started.");
        events.normal(session, Reason.Starting, "The engine of the session boots.");

        assertThat(written()).extracting(Event::getCount).containsExactly(1, 1, 1);
    }

    @Test
    void theNameOfAnEventFitsHoweverLongTheNameOfItsResource() {
        WhatsAppSession longName =
                cluster.apply("a".repeat(215) + ".b" + "c".repeat(36), "A1B2C3", DesiredState.Running);

        events.normal(longName, Reason.UnknownSessionState, "message");

        assertThat(written())
                .singleElement()
                .extracting(event -> event.getMetadata().getName())
                .asString()
                .hasSizeLessThanOrEqualTo(253)
                .matches("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");
    }

    @Test
    void aNoisyResourceIsCutOffAfterABurst() {
        for (int i = 0; i < 100; i++) {
            events.normal(session, Reason.Working, "message " + i);
        }

        assertThat(written()).hasSize(EventRateLimiter.BURST);
    }

    @Test
    void anEventAboutAFinalizerThatWasReleasedIsWrittenHoweverNoisyTheResourceIs() {
        for (int i = 0; i < 100; i++) {
            events.normal(session, Reason.Working, "message " + i);
        }
        events.warning(session, Reason.FinalizerReleased, "The session is still linked.");

        assertThat(written()).extracting(Event::getReason).contains("FinalizerReleased");
    }

    @Test
    void aMissingRightIsLoggedOnce() {
        RecordedLog log = new RecordedLog(KubernetesEventRecorder.class);
        try (log;
                FaultyApiServer api = new FaultyApiServer();
                KubernetesClient client = api.client()) {
            api.refuse(
                    request -> true,
                    403,
                    "events is forbidden: User \\\"system:serviceaccount:wawp-system:wawp-operator\\\" cannot create resource"
                            + " \\\"events\\\" in API group \\\"\\\" in the namespace \\\"crm\\\"");
            try (KubernetesEventRecorder mute = new KubernetesEventRecorder(client, clock, "pod-a")) {
                mute.normal(session, Reason.Starting, "The session is being started.");
                mute.normal(session, Reason.Working, WORKS);
            }
            await().until(() -> api.methods().size() == 2 && !log.list.isEmpty());
        }

        assertThat(log.list)
                .extracting(ILoggingEvent::getLevel, ILoggingEvent::getFormattedMessage)
                .containsExactly(tuple(
                        Level.WARN,
                        "No Events are written: grant create on events to"
                                + " system:serviceaccount:wawp-system:wawp-operator. The operator works without."));
        assertThat(log.list).allMatch(line -> line.getThrowableProxy() == null);
    }

    @Test
    void anEventThatCannotBeWrittenIsDropped() {
        try (FaultyApiServer api = new FaultyApiServer();
                KubernetesClient client = api.client()) {
            AtomicInteger refused = new AtomicInteger();
            api.refuse(request -> refused.incrementAndGet() > 0, 403, "the namespace is being terminated");
            try (KubernetesEventRecorder unlucky = new KubernetesEventRecorder(client, clock, "pod-a")) {
                unlucky.normal(session, Reason.Working, WORKS);
            }
            await().until(() -> refused.get() == 1);
            api.recover();

            assertThat(client.v1().events().inAnyNamespace().list().getItems()).isEmpty();
        }
    }

    @Test
    void nothingIsWrittenAfterTheEnd() {
        events.close();

        events.normal(session, Reason.Working, WORKS);

        assertThat(events(cluster.client())).isEmpty();
    }

    private static List<Event> events(KubernetesClient client) {
        return client.v1().events().inNamespace(NAMESPACE).list().getItems();
    }

    /** What is in the cluster once the queue is written: an Event that is never held back ends it. */
    private List<Event> written() {
        WhatsAppSession end = new WhatsAppSession();
        end.setMetadata(
                new ObjectMetaBuilder().withNamespace(NAMESPACE).withName("end").build());
        events.warning(end, Reason.FinalizerReleased, "Nothing follows.");
        await().until(() -> events(cluster.client()).stream().anyMatch(KubernetesEventRecorderTest::isEnd));
        return events(cluster.client()).stream().filter(event -> !isEnd(event)).toList();
    }

    private static boolean isEnd(Event event) {
        return event.getInvolvedObject().getName().equals("end");
    }
}
