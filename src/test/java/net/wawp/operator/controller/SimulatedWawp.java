package net.wawp.operator.controller;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import net.wawp.operator.session.Failure;
import net.wawp.operator.session.Failure.Delivery;
import net.wawp.operator.session.Failure.Kind;
import net.wawp.operator.session.SessionInfo;
import net.wawp.operator.session.SessionState;
import net.wawp.operator.wawp.Operation;
import net.wawp.operator.wawp.WawpRequest;
import net.wawp.operator.wawp.WawpResponse;

/** A Wawp that has its moods: what is called is done at once, late or never, and the answer may lie or get lost. */
final class SimulatedWawp {

    static final Duration TIMEOUT = Duration.ofSeconds(10);

    private static final Duration UNSCANNED = Duration.ofMinutes(2);
    private static final int CONNECTED_AFTER_MS = 100;

    private final World world;
    private final SimulatedTime time;
    private final SplittableRandom random;
    private final Map<String, Session> sessions = new TreeMap<>();
    String token = "token-0";
    private boolean isDown;

    SimulatedWawp(World world, SplittableRandom random) {
        this.world = world;
        this.time = world.time;
        this.random = random;
    }

    void add(String instanceId) {
        sessions.put(key(instanceId), new Session());
    }

    Session session(String instanceId) {
        return sessions.get(key(instanceId));
    }

    /** Something happens that no operator caused. */
    void happen(String instanceId) {
        Session session = session(instanceId);
        switch (random.nextInt(9)) {
            case 0, 1, 2 -> session.link();
            case 3, 4 -> session.unlink();
            case 5 -> session.enter(SessionState.FAILED);
            case 6 -> session.enter(SessionState.STOPPED);
            case 7 -> session.start();
            default -> isDown = !isDown;
        }
    }

    void calmDown() {
        isDown = false;
    }

    // --- calls ---------------------------------------------------------------------------------------------------

    CompletionStage<WawpResponse> send(SimulatedProcess by, WawpRequest request) {
        CompletableFuture<WawpResponse> answer = new CompletableFuture<>();
        boolean connectsSlowly = world.isChaos && random.nextInt(8) == 0;
        by.life.after(
                millis(1 + random.nextInt(connectsSlowly ? 4_000 : CONNECTED_AFTER_MS)),
                () -> connected(by, request, answer));
        return answer;
    }

    private void connected(SimulatedProcess by, WawpRequest request, CompletableFuture<WawpResponse> answer) {
        if (!request.guard().maySend()) {
            answer.complete(refused(Kind.GatewayUnavailable, Delivery.Withheld));
            return;
        }
        Session session = session(request.credentials().instanceId());
        boolean isKnown = session != null;
        boolean isAuthorized = request.credentials().accessToken().equals(token);
        if (request.operation().changesSession()) {
            world.checker.sent(by, request, isKnown && isAuthorized);
        }
        if (!isAuthorized || !isKnown) {
            answer(
                    by,
                    request,
                    answer,
                    quick(),
                    refused(isAuthorized ? Kind.InstanceNotFound : Kind.Unauthorized, Delivery.Answered));
        } else if (request.operation() == Operation.Info) {
            poll(by, request, session, answer);
        } else {
            change(by, request, session, answer);
        }
    }

    private void poll(
            SimulatedProcess by, WawpRequest request, Session session, CompletableFuture<WawpResponse> answer) {
        Duration half = world.isChaos ? millis(1 + random.nextInt(1_500)) : millis(50);
        if (isDown || world.isChaos && random.nextInt(20) == 0) {
            boolean hangs = random.nextInt(3) == 0;
            answer(
                    by,
                    request,
                    answer,
                    hangs ? TIMEOUT : half,
                    refused(Kind.GatewayUnavailable, hangs ? Delivery.Unanswered : Delivery.Answered));
            return;
        }
        time.after(half, () -> answer(by, request, answer, half, success(session)));
    }

    private void change(
            SimulatedProcess by, WawpRequest request, Session session, CompletableFuture<WawpResponse> answer) {
        Operation operation = request.operation();
        Duration late = world.isChaos ? millis(random.nextInt(20_000)) : millis(500);
        switch (world.isChaos ? random.nextInt(9) : 0) {
            case 0, 1, 2 -> {
                session.carryOut(operation);
                answer(by, request, answer, quick(), success(session));
            }
            case 3 -> {
                session.carryOut(operation, late);
                answer(by, request, answer, quick(), success(session));
            }
            // accepted and not done
            case 4 -> {
                session.liedAboutLogout |= operation == Operation.Logout;
                answer(by, request, answer, quick(), success(session));
            }
            // done, and the answer is lost
            case 5 -> {
                session.carryOut(operation, late);
                answer(by, request, answer, TIMEOUT, refused(Kind.GatewayUnavailable, Delivery.Unanswered));
            }
            // hangs
            case 6 -> answer(by, request, answer, TIMEOUT, refused(Kind.GatewayUnavailable, Delivery.Unanswered));
            // a gateway's 5xx says little about what the engine did, harmless or not
            case 7 -> {
                if (random.nextBoolean() && operation == Operation.Logout) {
                    session.carryOut(operation, late);
                }
                answer(by, request, answer, quick(), refused(Kind.GatewayUnavailable, Delivery.Answered));
            }
            default -> answer(by, request, answer, quick(), refused(refusal(), Delivery.Answered));
        }
    }

    private Kind refusal() {
        return switch (random.nextInt(4)) {
            case 0 -> Kind.RateLimited;
            case 1 -> Kind.RequestRejected;
            case 2 -> Kind.QuotaExceeded;
            default -> Kind.InstanceNotFound;
        };
    }

    private void answer(
            SimulatedProcess by,
            WawpRequest request,
            CompletableFuture<WawpResponse> answer,
            Duration delay,
            WawpResponse response) {
        time.after(delay, () -> {
            world.checker.answered(by, request, response);
            by.life.run(() -> answer.complete(response));
        });
    }

    private Duration quick() {
        return millis(world.isChaos ? 50 + random.nextInt(6_000) : 200);
    }

    private static WawpResponse success(Session session) {
        return new WawpResponse.Success(new SessionInfo(
                session.state, Optional.of(session.state.name()), Optional.of("wawp-1"), Optional.empty()));
    }

    private static WawpResponse refused(Kind kind, Delivery delivery) {
        return new WawpResponse.Refused(new Failure(kind, delivery));
    }

    private static String key(String instanceId) {
        return instanceId == null ? "" : instanceId.toLowerCase(Locale.ROOT);
    }

    private static Duration millis(long number) {
        return Duration.ofMillis(number);
    }

    @Override
    public String toString() {
        return sessions + (isDown ? "down" : "");
    }

    /** One session and its engine. */
    final class Session {

        private SessionState state;
        private boolean paired;
        private boolean liedAboutLogout;
        private boolean linkedUnnoticed;
        /** Changes with each state: what was to happen to an earlier one does not happen. */
        private int era;

        Session() {
            paired = random.nextBoolean();
            state = paired ? SessionState.WORKING : SessionState.STOPPED;
        }

        SessionState state() {
            return state;
        }

        boolean isPaired() {
            return paired;
        }

        /** Whether nobody can know that a phone is linked: a logout was accepted and not done, or it was linked between two polls. */
        boolean isLinkedInSecret() {
            return paired && (liedAboutLogout || linkedUnnoticed);
        }

        /** A status says that it is linked. */
        void linkWritten() {
            linkedUnnoticed = false;
        }

        private void link() {
            if (state == SessionState.SCAN_QR_CODE) {
                paired = true;
                linkedUnnoticed = true;
                world.checker.linked(this);
                enter(SessionState.WORKING);
            }
        }

        private void unlink() {
            if (state == SessionState.WORKING) {
                paired = false;
                enter(random.nextBoolean() ? SessionState.SCAN_QR_CODE : SessionState.FAILED);
            }
        }

        private void carryOut(Operation operation, Duration later) {
            time.after(later, () -> carryOut(operation));
        }

        private void carryOut(Operation operation) {
            switch (operation) {
                case Info -> {}
                case Start -> start();
                case Stop -> enter(SessionState.STOPPED);
                case Logout -> {
                    paired = false;
                    boolean stays = state == SessionState.STOPPED && random.nextBoolean();
                    enter(stays ? SessionState.STOPPED : SessionState.SCAN_QR_CODE);
                }
            }
        }

        private void start() {
            if (state != SessionState.STOPPED) {
                return;
            }
            enter(SessionState.STARTING);
            if (world.isChaos && random.nextInt(4) == 0) {
                return; // hangs
            }
            int begun = era;
            time.after(millis(1_000 + random.nextInt(8_000)), () -> {
                if (era == begun) {
                    boolean fails = world.isChaos && random.nextInt(4) == 0;
                    SessionState works = paired ? SessionState.WORKING : SessionState.SCAN_QR_CODE;
                    enter(fails ? SessionState.FAILED : works);
                }
            });
        }

        private void enter(SessionState next) {
            era++;
            state = next;
            world.note("the session is " + this);
            if (next == SessionState.SCAN_QR_CODE) {
                int shown = era;
                time.after(UNSCANNED, () -> {
                    if (era == shown) {
                        enter(SessionState.FAILED);
                    }
                });
            }
        }

        @Override
        public String toString() {
            return state + (paired ? "+" : "-");
        }
    }
}
