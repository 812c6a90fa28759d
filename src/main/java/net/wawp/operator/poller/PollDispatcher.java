package net.wawp.operator.poller;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import net.wawp.operator.session.Failure.Delivery;
import net.wawp.operator.wawp.Credentials;
import net.wawp.operator.wawp.Priority;
import net.wawp.operator.wawp.WawpClient;
import net.wawp.operator.wawp.WawpRequest;
import net.wawp.operator.wawp.WawpResponse;

/**
 * Makes the polls: one per session at a time, and a bounded number of each kind together. Confined to the event loop, except for
 * {@link #isHeldBack}.
 *
 * <p>Requested polls never wait for routine ones. They are bounded by what Wawp takes, see {@link PollWindow}.
 */
final class PollDispatcher {

    /** A good answer comes much sooner. */
    private static final Duration HANGS_AFTER = Duration.ofSeconds(1);

    private final WawpClient client;
    private final InstantSource clock;
    private final EventLoop loop;
    private final int bound;
    private final PollWindow window;
    private final BiConsumer<Poll, WawpResponse> ended;
    private final Map<PolledSession, Poll> inFlight = new HashMap<>();
    /** Requests that have not begun. */
    private final Map<PolledSession, PollRequest> requests = new HashMap<>();
    /** Sessions whose request was held back and waits for {@link #retry} or the next turn, with its priority. */
    private final Map<PolledSession, Priority> heldBack = new ConcurrentHashMap<>();

    private final Deque<PolledSession> waiting = new ArrayDeque<>();
    private int routinePolls;
    private final Set<Poll> requestedPolls = new LinkedHashSet<>();
    private boolean closed;

    /**
     * @param bound how many routine polls may be in flight together, and as many requested ones at most
     * @param ended receives each answer that still matters
     */
    PollDispatcher(
            WawpClient client, InstantSource clock, EventLoop loop, int bound, BiConsumer<Poll, WawpResponse> ended) {
        this.client = client;
        this.clock = clock;
        this.loop = loop;
        this.bound = bound;
        this.window = new PollWindow(bound);
        this.ended = ended;
    }

    boolean hasRoomForRoutine() {
        return !closed && routinePolls < bound;
    }

    /** Makes the session's routine poll, unless one is in flight or a requested one waits for room, which serves as well. */
    void takeTurn(PolledSession session) {
        boolean waits = requests.containsKey(session) && !heldBack.containsKey(session);
        if (!waits) {
            begin(session, poll -> routinePolls--).ifPresent(poll -> routinePolls++);
        }
    }

    /**
     * Makes a poll that begins after this call.
     *
     * @return false when none will begin soon: the session is paused, the dispatcher is closed, or an equal request was held back and is
     *     repeated later
     */
    boolean request(PolledSession session, PollRequest request) {
        if (closed || !session.isPolled()) {
            return false;
        }
        if (isHeldBack(session, request.priority())) {
            return false;
        }
        boolean wasHeldBack = heldBack.remove(session) != null;
        boolean isNew = requests.merge(session, request, PollRequest::and) == request;
        if ((isNew || wasHeldBack) && !inFlight.containsKey(session)) {
            enqueue(session);
        }
        return true;
    }

    /** Whether a request of this priority would add nothing to one that was held back. May be called by any thread. */
    boolean isHeldBack(PolledSession session, Priority priority) {
        Priority held = heldBack.get(session);
        return held != null && held.compareTo(priority) >= 0;
    }

    /** Keeps the request of a poll that was held back, until {@link #retry} or the session's next turn. */
    void keep(PolledSession session, PollRequest request) {
        PollRequest kept = request.afterBeingHeldBack();
        if (requests.merge(session, kept, PollRequest::and) == kept) {
            heldBack.put(session, kept.priority());
        }
    }

    /** Repeats the request that was held back, if there still is one. */
    void retry(PolledSession session) {
        if (heldBack.remove(session) != null) {
            enqueue(session);
        }
    }

    /** Gives up the poll in flight and the request; true when one of them was promised. */
    boolean drop(PolledSession session) {
        boolean promised = isPromised(session);
        inFlight.remove(session);
        requests.remove(session);
        heldBack.remove(session);
        return promised;
    }

    /** Begins no poll any more and drops the answers to those in flight. Returns the sessions whose poll was promised. */
    List<PolledSession> close() {
        closed = true;
        Set<PolledSession> open = new HashSet<>(inFlight.keySet());
        open.addAll(requests.keySet());
        List<PolledSession> promised = open.stream().filter(this::isPromised).toList();
        open.forEach(this::drop);
        waiting.clear();
        return promised;
    }

    private boolean isPromised(PolledSession session) {
        return Optional.ofNullable(inFlight.get(session))
                        .filter(Poll::isPromised)
                        .isPresent()
                || Optional.ofNullable(requests.get(session))
                        .filter(PollRequest::promised)
                        .isPresent();
    }

    private void enqueue(PolledSession session) {
        // the newest first: a resource that was edited just now does not wait for thousands found at a restart
        waiting.push(session);
        beginWaiting();
    }

    /** Begins those requested polls that wait and for which there is room by now. */
    void beginWaiting() {
        while (!waiting.isEmpty() && hasRoomForRequested()) {
            PolledSession session = waiting.pop();
            // its routine poll may have served the request meanwhile, or the request was dropped
            if (requests.containsKey(session)) {
                begin(session, requestedPolls::remove).ifPresent(requestedPolls::add);
            }
        }
    }

    /** A poll that hangs takes no room in the window: the instances of one team must not hold up the requests of all others. */
    private boolean hasRoomForRequested() {
        Instant now = clock.instant();
        Instant hanging = now.minus(HANGS_AFTER);
        int counted = (int) requestedPolls.stream()
                .filter(poll -> poll.begun().isAfter(hanging))
                .count();
        return requestedPolls.size() < bound && window.hasRoom(counted, now);
    }

    /** Begins a poll if none of the session is in flight and it is not paused; hands it to {@code release} when it has ended. */
    private Optional<Poll> begin(PolledSession session, Consumer<Poll> release) {
        Optional<Credentials> credentials = session.credentials();
        if (closed || credentials.isEmpty() || inFlight.containsKey(session)) {
            return Optional.empty();
        }
        heldBack.remove(session);
        Optional<PollRequest> request = Optional.ofNullable(requests.remove(session));
        Poll poll = new Poll(session, credentials.get(), request, clock.instant());
        inFlight.put(session, poll);
        loop.call(() -> client.send(WawpRequest.info(poll.credentials(), poll.priority())), response -> {
            release.accept(poll);
            measure(poll, response);
            answered(poll, response);
            beginWaiting();
        });
        return Optional.of(poll);
    }

    private void measure(Poll poll, WawpResponse response) {
        if (!(response instanceof WawpResponse.Refused refused)) {
            window.answered(poll.begun(), clock.instant());
        } else if (refused.failure().kind().isTransient() && refused.failure().delivery() != Delivery.Withheld) {
            window.failed(poll.begun(), clock.instant());
        }
    }

    private void answered(Poll poll, WawpResponse response) {
        PolledSession session = poll.session();
        // it was dropped, and perhaps another one began
        if (inFlight.get(session) != poll) {
            return;
        }
        inFlight.remove(session);
        loop.guard(() -> ended.accept(poll, response));
        if (requests.containsKey(session) && !heldBack.containsKey(session)) {
            enqueue(session);
        }
    }
}
