package net.wawp.operator.poller;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import net.wawp.operator.wawp.Credentials;
import net.wawp.operator.wawp.Priority;
import net.wawp.operator.wawp.SendGuard;
import net.wawp.operator.wawp.WawpClient;
import net.wawp.operator.wawp.WawpRequest;
import net.wawp.operator.wawp.WawpResponse;

/**
 * Makes the polls: one per session at a time, and a bounded number of each kind together. Confined to the event loop, except for
 * {@link #isHeldBack}.
 *
 * <p>Requested polls never wait for routine ones. They are bounded by what Wawp takes, those of each token and all together, see
 * {@link PollWindow}.
 */
final class PollDispatcher {

    private final WawpClient client;
    private final InstantSource clock;
    private final EventLoop loop;
    private final int bound;
    private final BiConsumer<Poll, WawpResponse> ended;
    /** Asked where the connection is, which may be on another thread. */
    private final SendGuard guard;

    private final Map<PolledSession, Poll> inFlight = new HashMap<>();
    /** Requests that have not begun. */
    private final Map<PolledSession, PollRequest> requests = new HashMap<>();
    /** Sessions whose request was held back and waits for {@link #retry} or the next turn, with its priority. */
    private final Map<PolledSession, Priority> heldBack = new ConcurrentHashMap<>();

    private int routinePolls;
    private final WindowedPolls requestedPolls;
    /** By token: one that may be called seldom must not be found out by thousands of polls, nor hold up the others. */
    private final Map<String, Lane> lanes = new HashMap<>();
    /** The lanes in which sessions wait, the one with the newest first. */
    private final NavigableMap<Long, Lane> waiting = new TreeMap<>(Comparator.reverseOrder());

    private long enqueued;
    private volatile boolean closed;

    /** The requested polls with one token. It is there while one is in flight or waits. */
    private final class Lane {
        private final String token;
        private final WindowedPolls polls = new WindowedPolls(PollWindow.ofToken(bound));
        private final Deque<PolledSession> sessions = new ArrayDeque<>();
        private long newest;

        private Lane(String token) {
            this.token = token;
        }

        /** False once it has other credentials: then it waits in the lane of its new token. */
        private boolean isOf(PolledSession session) {
            return session.credentials()
                    .filter(credentials -> credentials.accessToken().equals(token))
                    .isPresent();
        }
    }

    /**
     * @param fence whether this process may still poll
     * @param bound how many routine polls may be in flight together, and as many requested ones at most
     * @param ended receives each answer that still matters
     */
    PollDispatcher(
            WawpClient client,
            InstantSource clock,
            EventLoop loop,
            BooleanSupplier fence,
            int bound,
            BiConsumer<Poll, WawpResponse> ended) {
        this.client = client;
        this.clock = clock;
        this.loop = loop;
        this.bound = bound;
        this.requestedPolls = new WindowedPolls(PollWindow.ofAll(bound));
        this.ended = ended;
        // a poll may have waited for a limit or a connection since it began
        this.guard = () -> !closed && fence.getAsBoolean();
    }

    /** False too while nothing may be sent: what is due then stays due. */
    boolean hasRoomForRoutine() {
        return guard.maySend() && routinePolls < bound;
    }

    /**
     * Makes the session's routine poll.
     *
     * @return false when none begins: the session is paused, or another poll serves as well, one in flight or a requested one that waits
     */
    boolean takeTurn(PolledSession session) {
        boolean waits = requests.containsKey(session) && !heldBack.containsKey(session);
        Optional<Poll> begun = waits ? Optional.empty() : begin(session, poll -> routinePolls--);
        begun.ifPresent(poll -> routinePolls++);
        return begun.isPresent();
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

    /** Sends no poll any more and drops the answers to those in flight. Returns the sessions whose poll was promised. */
    List<PolledSession> close() {
        closed = true;
        Set<PolledSession> open = new HashSet<>(inFlight.keySet());
        open.addAll(requests.keySet());
        List<PolledSession> promised = open.stream().filter(this::isPromised).toList();
        open.forEach(this::drop);
        waiting.clear();
        lanes.clear();
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
        Optional<Credentials> credentials = session.credentials();
        if (credentials.isEmpty()) {
            return; // it was paused, which the loop does not know yet
        }
        Lane lane = lanes.computeIfAbsent(credentials.get().accessToken(), Lane::new);
        waiting.remove(lane.newest);
        // the newest first: a resource that was edited just now does not wait for thousands found at a restart
        lane.newest = ++enqueued;
        lane.sessions.push(session);
        waiting.put(lane.newest, lane);
        beginWaiting();
    }

    /** Begins those requested polls that wait and for which there is room by now. */
    void beginWaiting() {
        Instant now = clock.instant();
        Iterator<Lane> newestFirst = waiting.values().iterator();
        while (newestFirst.hasNext() && hasRoomForRequested(now)) {
            Lane lane = newestFirst.next();
            while (!lane.sessions.isEmpty() && hasRoomForRequested(now) && lane.polls.hasRoom(now)) {
                beginRequested(lane, lane.sessions.pop());
            }
            if (lane.sessions.isEmpty()) {
                newestFirst.remove();
                removeIfEmpty(lane);
            }
        }
    }

    private void beginRequested(Lane lane, PolledSession session) {
        // its routine poll may have served the request meanwhile, or the request was dropped
        if (requests.containsKey(session) && lane.isOf(session)) {
            begin(session, poll -> requestedEnded(lane, poll)).ifPresent(poll -> {
                requestedPolls.begun(poll);
                lane.polls.begun(poll);
            });
        }
    }

    private void requestedEnded(Lane lane, Poll poll) {
        requestedPolls.ended(poll);
        lane.polls.ended(poll);
    }

    private boolean hasRoomForRequested(Instant now) {
        return requestedPolls.size() < bound && requestedPolls.hasRoom(now);
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
        loop.call(() -> client.send(WawpRequest.info(poll.credentials(), poll.priority(), guard)), response -> {
            release.accept(poll);
            learn(poll, response);
            answered(poll, response);
            beginWaiting();
            Optional.ofNullable(lanes.get(poll.credentials().accessToken())).ifPresent(this::removeIfEmpty);
        });
        return Optional.of(poll);
    }

    private void learn(Poll poll, WawpResponse response) {
        Instant now = clock.instant();
        requestedPolls.learn(poll, response, now);
        Lane lane = lanes.get(poll.credentials().accessToken());
        if (lane != null) {
            lane.polls.learn(poll, response, now);
        }
    }

    private void removeIfEmpty(Lane lane) {
        if (lane.polls.size() == 0 && lane.sessions.isEmpty()) {
            lanes.remove(lane.token);
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
