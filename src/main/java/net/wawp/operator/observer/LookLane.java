package net.wawp.operator.observer;

import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.BiConsumer;
import net.wawp.operator.wawp.Reply;
import net.wawp.operator.wawp.Urgency;
import net.wawp.operator.wawp.WawpClient;

/**
 * Makes the looks: one per session at a time, and of each sort a bounded number together. Of the loop alone.
 *
 * <p>Looks out of turn never wait for routine ones. Among themselves they are bounded too, so that thousands of new sessions at once, as
 * after a restart, do not time out in the queue of a connection pool.
 */
final class LookLane {

    private final WawpClient client;
    private final InstantSource clock;
    private final Loop loop;
    private final int bound;
    private final BiConsumer<Look, Reply> ended;
    private final Deque<WatchedSession> waiting = new ArrayDeque<>();
    private int routineLooks;
    private int looksOutOfTurn;
    private boolean closed;

    /**
     * @param bound how many routine looks may be in flight together, and as many others
     * @param ended given each answer that is still of interest
     */
    LookLane(WawpClient client, InstantSource clock, Loop loop, int bound, BiConsumer<Look, Reply> ended) {
        this.client = client;
        this.clock = clock;
        this.loop = loop;
        this.bound = bound;
        this.ended = ended;
    }

    boolean hasRoomForRoutine() {
        return !closed && routineLooks < bound;
    }

    /** Looks at the session in its turn, unless a look at it is in flight: that one serves as well. */
    void takeTurn(WatchedSession session) {
        if (isReady(session)) {
            routineLooks++;
            begin(session, () -> routineLooks--);
        }
    }

    /** Sees to a look that begins after this call; false when there will be none, for the session is not watched or the lane is closed. */
    boolean ask(WatchedSession session, Urgency urgency) {
        if (closed || session.credentials().isEmpty()) {
            return false;
        }
        boolean waits = session.asked != null;
        if (!waits || urgency.compareTo(session.asked) > 0) {
            session.asked = urgency;
        }
        if (!waits && session.look == null) {
            enqueue(session);
        }
        return true;
    }

    /** Gives up the look in flight and the one asked for. */
    void drop(WatchedSession session) {
        session.look = null;
        session.asked = null;
    }

    /** No look begins from now on; answers to those in flight are dropped. */
    void close() {
        closed = true;
        waiting.clear();
    }

    private void enqueue(WatchedSession session) {
        // the newest first: a resource that somebody has just changed does not wait for thousands found at a restart
        waiting.push(session);
        beginWaiting();
    }

    private void beginWaiting() {
        while (looksOutOfTurn < bound && !waiting.isEmpty()) {
            WatchedSession session = waiting.pop();
            // it may have been looked at in its turn meanwhile, or been dropped
            if (session.asked != null && isReady(session)) {
                looksOutOfTurn++;
                begin(session, () -> looksOutOfTurn--);
            }
        }
    }

    private boolean isReady(WatchedSession session) {
        return session.look == null && session.credentials().isPresent();
    }

    private void begin(WatchedSession session, Runnable release) {
        boolean awaited = session.asked != null;
        Urgency urgency = awaited ? session.asked : Urgency.Routine;
        Look look = new Look(session, session.credentials().orElseThrow(), urgency, clock.instant(), awaited);
        session.look = look;
        session.asked = null;
        loop.call(() -> client.look(look.credentials(), urgency), reply -> {
            release.run();
            answered(look, reply);
            beginWaiting();
        });
    }

    private void answered(Look look, Reply reply) {
        WatchedSession session = look.session();
        if (closed || session.look != look) {
            return;
        }
        session.look = null;
        loop.guard(() -> ended.accept(look, reply));
        if (session.asked != null) {
            enqueue(session);
        }
    }
}
