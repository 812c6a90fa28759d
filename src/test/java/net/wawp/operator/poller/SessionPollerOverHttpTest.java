package net.wawp.operator.poller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import net.wawp.operator.session.Observation.ObservedState;
import net.wawp.operator.session.SessionState;
import net.wawp.operator.simulator.EngineState;
import net.wawp.operator.simulator.Fault;
import net.wawp.operator.simulator.SimulatedSession;
import net.wawp.operator.simulator.WawpSimulator;
import net.wawp.operator.wawp.Credentials;
import net.wawp.operator.wawp.HttpWawpClient;
import net.wawp.operator.wawp.HttpWawpClient.Style;
import net.wawp.operator.wawp.Priority;
import net.wawp.operator.wawp.WawpEndpoint;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The poller in real time, against Wawp as the simulator speaks it. */
class SessionPollerOverHttpTest {

    private static final String UID = "uid-1";
    private static final Credentials CREDENTIALS = new Credentials("3EB0BCB2E3D4", "token-of-the-poller-test");
    private static final Duration INTERVAL = Duration.ofMillis(100);

    private final WawpSimulator simulator = WawpSimulator.start();
    private final SimulatedSession session = simulator.add(CREDENTIALS.instanceId(), CREDENTIALS.accessToken());
    private final Queue<String> woken = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean isLeader = new AtomicBoolean(true);
    private final Vertx vertx = Vertx.vertx();
    private final SessionPoller poller = new SessionPoller(
            new EventLoop(vertx.getOrCreateContext()),
            new HttpWawpClient(
                    vertx,
                    WawpEndpoint.direct(simulator.baseUrl()),
                    Style.Body,
                    Duration.ofSeconds(10),
                    16,
                    InstantSource.system(),
                    InstantSource.system()),
            InstantSource.system(),
            new SplittableRandom(1),
            isLeader::get,
            8,
            Optional::empty,
            isOut -> {},
            woken::add);

    @BeforeEach
    void start() {
        poller.start();
        poller.poll(UID, CREDENTIALS);
        poller.setInterval(UID, Duration.ofHours(24));
        await().until(() -> !woken.isEmpty());
        woken.clear();
    }

    @AfterEach
    void close() {
        poller.stop().toCompletableFuture().join();
        vertx.close().toCompletionStage().toCompletableFuture().join();
        simulator.close();
    }

    @Test
    void whatHappensAtWawpIsObservedAndWakesTheController() {
        poller.setInterval(UID, INTERVAL);
        session.put(EngineState.WORKING);
        awaitState(UID, SessionState.WORKING);
        await().untilAsserted(() -> assertThat(woken).containsExactly(UID));
        session.put(EngineState.FAILED);
        awaitState(UID, SessionState.FAILED);
        await().untilAsserted(() -> assertThat(woken).containsExactly(UID, UID));
    }

    @Test
    void aSessionWhosePollsHangHoldsUpNoOther() {
        poller.setInterval(UID, INTERVAL);
        simulator.inject(Fault.of(Fault.Kind.Hang).at(CREDENTIALS.instanceId()));
        simulator.add("AAAABBBBCCCC", "another-token").put(EngineState.WORKING);
        poller.poll("uid-2", new Credentials("AAAABBBBCCCC", "another-token"));
        poller.setInterval("uid-2", INTERVAL);
        awaitState("uid-2", SessionState.WORKING);
        simulator.session("AAAABBBBCCCC").put(EngineState.FAILED);
        awaitState("uid-2", SessionState.FAILED);
    }

    @Test
    void aProcessThatHasLostTheLeadSendsNoPollAndKnowsWhatItKnew() {
        session.put(EngineState.WORKING);
        int sent = simulator.ledger().calls().size();
        isLeader.set(false);

        assertThat(poller.pollNow(UID, Priority.Prompt)).isTrue();

        await().until(() -> !woken.isEmpty());
        assertThat(simulator.ledger().calls()).hasSize(sent);
        assertThat(poller.observation(UID).observed().orElseThrow().state()).isEqualTo(SessionState.STOPPED);
        assertThat(poller.observation(UID).failureStreak()).isEmpty();
    }

    private void awaitState(String uid, SessionState state) {
        await().until(() -> poller.observation(uid)
                .observed()
                .map(ObservedState::state)
                .filter(state::equals)
                .isPresent());
    }
}
