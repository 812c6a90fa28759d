package net.wawp.operator.poller;

import static net.wawp.operator.testing.ScriptedWawpClient.observed;
import static net.wawp.operator.testing.ScriptedWawpClient.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import net.wawp.operator.session.Failure.Kind;
import net.wawp.operator.session.SessionState;
import net.wawp.operator.testing.LoopFixture;
import net.wawp.operator.testing.ManualClock;
import net.wawp.operator.wawp.Credentials;
import net.wawp.operator.wawp.WawpRequest;
import net.wawp.operator.wawp.WawpResponse;
import net.wawp.operator.wawp.limits.LimitedWawpClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Ten thousand sessions with the real limits, while Wawp is away. A session that wakes the controller costs one write of its status. */
class FleetOutageTest {

    private static final int SESSIONS = 10_000;
    private static final int TOKENS = 100;
    private static final Duration INTERVAL = Duration.ofSeconds(30);
    private static final Duration STEP = Duration.ofSeconds(1);
    private static final int MEAN = SESSIONS / 30;
    /** Over so many seconds a rate is taken. */
    private static final int WINDOW = 5;

    private final ManualClock clock = new ManualClock();
    private final LoopFixture loop = new LoopFixture();
    private final AtomicInteger calls = new AtomicInteger();
    private final Set<String> answered = ConcurrentHashMap.newKeySet();
    private final Queue<String> woken = new ConcurrentLinkedQueue<>();
    private final List<Boolean> outages = Collections.synchronizedList(new ArrayList<>());
    private volatile Predicate<String> isAway = token -> false;
    private final LimitedWawpClient wawp =
            new LimitedWawpClient(this::answer, 1_000, 1_000, clock, new SplittableRandom(1));
    private final SessionPoller poller = new SessionPoller(
            loop.loop(),
            wawp,
            clock,
            new SplittableRandom(1),
            () -> true,
            500,
            wawp::nextProbe,
            outages::add,
            woken::add);

    @AfterEach
    void close() {
        loop.close();
    }

    @Test
    void anOutageOfAMinuteWritesNothingAndAllAreFreshSoonAfterItsEnd() {
        pollAll(SESSIONS, TOKENS);

        isAway = token -> true;
        int probes = pass(60);

        assertThat(woken).as("statuses to write").isEmpty();
        assertThat(outages).containsExactly(true);
        assertThat(probes)
                .as("calls of the outage: what opens the breaker, then one every 4 s")
                .isLessThan(MEAN + 17);
        comesBack();
    }

    @Test
    void anOutageOfTenMinutesIsToldOnceAndWritesLittle() {
        pollAll(SESSIONS, TOKENS);

        isAway = token -> true;
        pass(60);
        int probes = pass(540);

        assertThat(probes).as("calls of nine minutes").isLessThanOrEqualTo(136);
        assertThat(woken)
                .as("statuses to write: only of sessions that were probed three times")
                .hasSizeLessThan(20);
        assertThat(outages).containsExactly(true);
        comesBack();
        assertThat(outages).containsExactly(true, false);
    }

    @Test
    void theSessionsOfOneTokenThatFailsBesideGoodOnesAreWrittenSpreadOverMoreThanAMinute() {
        pollAll(SESSIONS / 10, TOKENS / 10);

        isAway = "token 7"::equals;
        List<Integer> writes = new ArrayList<>();
        for (int step = 0; step < 300; step++) {
            pass(1);
            writes.add(woken.size());
            woken.clear();
        }

        assertThat(outages).as("the others work").isEmpty();
        assertThat(writes.subList(0, 145))
                .as("before three minutes without a good poll")
                .containsOnly(0);
        assertThat(writes.stream().mapToInt(Integer::intValue).sum())
                .as("one write for each session")
                .isEqualTo(SESSIONS / TOKENS);
        assertThat(writes).as("in one second").allMatch(count -> count <= 6);
    }

    /** All have been polled, and have their turns. */
    private void pollAll(int sessions, int tokens) {
        IntStream.range(0, sessions).forEach(number -> {
            String uid = "session-" + number;
            poller.poll(uid, new Credentials(uid, "token " + number % tokens));
            poller.setInterval(uid, INTERVAL);
        });
        poller.start();
        loop.settle();
        pass(60);
        assertThat(answered).hasSize(sessions);
        woken.clear();
    }

    private void comesBack() {
        answered.clear();
        woken.clear();
        isAway = token -> false;
        Instant end = clock.instant();
        List<Integer> perSecond = new ArrayList<>();
        while (answered.size() < SESSIONS) {
            perSecond.add(pass(1));
        }
        int peak = IntStream.rangeClosed(0, perSecond.size() - WINDOW)
                .map(from -> perSecond.subList(from, from + WINDOW).stream()
                                .mapToInt(Integer::intValue)
                                .sum()
                        / WINDOW)
                .max()
                .orElseThrow();
        Duration untilFresh = Duration.between(end, clock.instant());
        System.out.printf(
                "After the outage all %d sessions were fresh within %d s, at %.2f times the mean rate at most%n",
                SESSIONS, untilFresh.toSeconds(), (double) peak / MEAN);
        assertThat(untilFresh).isLessThanOrEqualTo(Duration.ofSeconds(31));
        assertThat(peak).as("polls a second").isLessThanOrEqualTo(MEAN * 125 / 100);
    }

    /** Lets so many seconds pass, and returns how many calls they brought. */
    private int pass(int seconds) {
        int before = calls.get();
        for (int second = 0; second < seconds; second++) {
            loop.settle();
            clock.advance(STEP);
            Instant now = clock.instant();
            await().pollInterval(Duration.ofMillis(5))
                    .until(() -> !poller.lastTick().isBefore(now));
            loop.settle();
        }
        return calls.get() - before;
    }

    private CompletionStage<WawpResponse> answer(WawpRequest request) {
        Credentials credentials = request.credentials();
        calls.incrementAndGet();
        if (isAway.test(credentials.accessToken())) {
            return CompletableFuture.completedStage(refused(Kind.GatewayUnavailable));
        }
        answered.add(credentials.instanceId());
        return CompletableFuture.completedStage(observed(SessionState.WORKING));
    }
}
