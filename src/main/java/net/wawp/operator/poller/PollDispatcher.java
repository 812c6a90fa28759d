package net.wawp.operator.poller;

import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.BiConsumer;
import net.wawp.operator.wawp.Priority;
import net.wawp.operator.wawp.WawpClient;
import net.wawp.operator.wawp.WawpRequest;
import net.wawp.operator.wawp.WawpResponse;

/**
 * Makes the polls: one per session at a time, and of each sort a bounded number together. Of the loop alone.
 *
 * <p>Polls out of turn never wait for routine ones. Among themselves they are bounded too, so that thousands of new sessions at once, as
 * after a restart, do not time out in the queue of a connection pool.
 */
final class PollDispatcher {

    private final WawpClient client;
    private final InstantSource clock;
    private final EventLoop loop;
    private final int bound;
    private final BiConsumer<Poll, WawpResponse> ended;
    private final Deque<PolledSession> waiting = new ArrayDeque<>();
    private int routinePolls;
    private int pollsOutOfTurn;
    private boolean closed;

    /**
     * @param bound how many routine polls may be in flight together, and as many others
     * @param ended given each answer that is still of interest
     */
    PollDispatcher(
            WawpClient client, InstantSource clock, EventLoop loop, int bound, BiConsumer<Poll, WawpResponse> ended) {
        this.client = client;
        this.clock = clock;
        this.loop = loop;
        this.bound = bound;
        this.ended = ended;
    }

    boolean hasRoomForRoutine() {
        return !closed && routinePolls < bound;
    }

    /** Polls the session in its turn, unless a poll it is in flight: that one serves as well. */
    void takeTurn(PolledSession session) {
        if (isReady(session)) {
            routinePolls++;
            begin(session, () -> routinePolls--);
        }
    }

    /** Sees to a poll that begins after this call; false when there will be none, for the session is not watched or the lane is closed. */
    boolean ask(PolledSession session, Priority urgency) {
        if (closed || session.credentials().isEmpty()) {
            return false;
        }
        boolean waits = session.asked != null;
        if (!waits || urgency.compareTo(session.asked) > 0) {
            session.asked = urgency;
        }
        if (!waits && session.poll == null) {
            enqueue(session);
        }
        return true;
    }

    /** Gives up the poll in flight and the one asked for. */
    void drop(PolledSession session) {
        session.poll = null;
        session.asked = null;
    }

    /** No poll begins from now on; answers to those in flight are dropped. */
    void close() {
        closed = true;
        waiting.clear();
    }

    private void enqueue(PolledSession session) {
        // the newest first: a resource that somebody has just changed does not wait for thousands found at a restart
        waiting.push(session);
        beginWaiting();
    }

    private void beginWaiting() {
        while (pollsOutOfTurn < bound && !waiting.isEmpty()) {
            PolledSession session = waiting.pop();
            // it may have been polled in its turn meanwhile, or been dropped
            if (session.asked != null && isReady(session)) {
                pollsOutOfTurn++;
                begin(session, () -> pollsOutOfTurn--);
            }
        }
    }

    private boolean isReady(PolledSession session) {
        return session.poll == null && session.credentials().isPresent();
    }

    private void begin(PolledSession session, Runnable release) {
        boolean awaited = session.asked != null;
        Priority urgency = awaited ? session.asked : Priority.Routine;
        Poll poll = new Poll(session, session.credentials().orElseThrow(), urgency, clock.instant(), awaited);
        session.poll = poll;
        session.asked = null;
        loop.call(() -> client.send(WawpRequest.info(poll.credentials(), urgency)), reply -> {
            release.run();
            answered(poll, reply);
            beginWaiting();
        });
    }

    private void answered(Poll poll, WawpResponse reply) {
        PolledSession session = poll.session();
        if (closed || session.poll != poll) {
            return;
        }
        session.poll = null;
        loop.guard(() -> ended.accept(poll, reply));
        if (session.asked != null) {
            enqueue(session);
        }
    }
}
