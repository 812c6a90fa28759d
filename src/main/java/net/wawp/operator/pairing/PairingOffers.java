package net.wawp.operator.pairing;

import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import net.wawp.operator.poller.EventLoop;
import net.wawp.operator.session.PairingOffer;
import net.wawp.operator.session.PairingRequest;
import net.wawp.operator.session.PairingStep.Plan;
import net.wawp.operator.wawp.Credentials;
import net.wawp.operator.wawp.WawpClient;

/**
 * Makes the ways to pair that the policy asks for, keeps them up to date, and takes them back. All of it happens on the event loop, a step at a
 * time: what fails is tried again at a later tick. Any thread may call any method, and none of them waits.
 */
public final class PairingOffers implements AutoCloseable {

    private static final Duration TICK = Duration.ofMillis(500);

    private final EventLoop loop;
    private final WawpClient wawp;
    private final PairingSecrets secrets;
    private final BooleanSupplier fence;
    private final InstantSource clock;
    private final Consumer<String> wake;
    private final Map<String, PairingOffer> reports = new ConcurrentHashMap<>();
    /** By UID; confined to the loop. */
    private final Map<String, OfferLane> lanes = new HashMap<>();

    private Optional<Runnable> stopTicking = Optional.empty();

    /**
     * @param secrets closed with this
     * @param fence whether this process leads
     * @param wake asks for a reconciliation of the resource with this UID
     */
    public PairingOffers(
            EventLoop loop,
            WawpClient wawp,
            PairingSecrets secrets,
            BooleanSupplier fence,
            InstantSource clock,
            Consumer<String> wake) {
        this.loop = loop;
        this.wawp = wawp;
        this.secrets = secrets;
        this.fence = fence;
        this.clock = clock;
        this.wake = wake;
    }

    /** How far the way to pair of this resource has come. */
    public PairingOffer report(String uid) {
        return reports.getOrDefault(uid, new PairingOffer.None());
    }

    /** Whether anything is done for this resource, or was and is remembered. To be asked on the loop. */
    public boolean isKnown(String uid) {
        return reports.containsKey(uid);
    }

    /**
     * Carries a plan out, from now on and until there is another.
     *
     * @param request the active request; empty once it has ended
     * @param withCode whether the QR code itself is wanted, beside the page that shows it
     * @param credentials where the Secret of the resource gives them; else those of before revoke the link, and nothing new is made
     */
    public void carryOut(
            PairingOwner owner,
            Optional<PairingRequest> request,
            Plan plan,
            boolean withCode,
            Optional<Credentials> credentials) {
        if (request.filter(PairingRequest::isActive).isEmpty()) {
            if (reports.containsKey(owner.uid())) {
                loop.run(() ->
                        end(owner.uid(), request.map(PairingRequest::token).orElse("")));
            }
            return;
        }
        loop.run(() -> {
            OfferLane lane = lanes.computeIfAbsent(owner.uid(), unknown -> new OfferLane(owner, request.get()));
            if (stopTicking.isEmpty()) {
                stopTicking = Optional.of(loop.every(TICK, this::tick));
            }
            lane.follow(plan, withCode, credentials, clock.instant());
            report(lane);
            step(lane);
        });
    }

    /** The resource is gone: what was made for it is taken back, as far as this process can. */
    public void forget(String uid) {
        loop.run(() -> {
            OfferLane lane = lanes.get(uid);
            if (lane == null) {
                reports.remove(uid);
            } else {
                lane.orphan(clock.instant());
                step(lane);
            }
        });
    }

    /** Another process serves the resource from now on, and goes on from its status: nothing more is done, and what is offered stays. */
    public void leave(String uid) {
        loop.run(() -> drop(uid));
    }

    /** Does nothing more. What is offered stays: the status says so to whoever leads next. */
    @Override
    public void close() {
        loop.run(() -> List.copyOf(lanes.keySet()).forEach(this::drop));
        secrets.close();
    }

    /** The status says that the request has ended. Nothing may be left of it, whoever wrote that; why it could not be served is kept. */
    private void end(String uid, String token) {
        OfferLane lane = lanes.get(uid);
        if (lane != null && !(lane.report() instanceof PairingOffer.Closed)) {
            lane.orphan(clock.instant());
            step(lane);
            return;
        }
        removeLane(uid);
        if (report(uid).impossible(token).isEmpty()) {
            reports.remove(uid);
        }
    }

    private void tick() {
        List.copyOf(lanes.values()).forEach(this::step);
    }

    private void step(OfferLane lane) {
        // of a lane that was dropped while its work was under way nothing more comes
        if (lanes.get(lane.owner().uid()) != lane || !fence.getAsBoolean()) {
            return;
        }
        Optional<OfferWork> next = lane.next(clock.instant());
        // a link that is over by itself closes the lane without any work
        report(lane);
        if (lane.isOrphan() && lane.report() instanceof PairingOffer.Closed) {
            drop(lane.owner().uid());
            return;
        }
        next.ifPresent(work -> {
            lane.begin(work);
            switch (work) {
                case OfferLink, RevokeLink, ReadCode ->
                    loop.call(
                            () -> wawp.send(lane.request(work, () -> fence.getAsBoolean() && lane.isCurrent())),
                            response -> ended(lane, () -> lane.answered(work, response, clock.instant())));
                case WriteSecret ->
                    loop.await(
                            () -> secrets.write(lane.owner(), lane.token(), lane.material()),
                            (outcome, error) -> ended(lane, () -> lane.stored(work, outcome, clock.instant())));
                case DeleteSecret ->
                    loop.await(
                            () -> secrets.delete(lane.owner()),
                            (outcome, error) -> ended(lane, () -> lane.stored(work, outcome, clock.instant())));
            }
        });
    }

    private void ended(OfferLane lane, Runnable takeIn) {
        takeIn.run();
        report(lane);
        step(lane);
    }

    /** Tells the controller, if there is news. */
    private void report(OfferLane lane) {
        String uid = lane.owner().uid();
        if (lanes.get(uid) == lane && !lane.report().equals(reports.put(uid, lane.report()))) {
            wake.accept(uid);
        }
    }

    private void drop(String uid) {
        removeLane(uid);
        reports.remove(uid);
    }

    private void removeLane(String uid) {
        lanes.remove(uid);
        if (lanes.isEmpty()) {
            stopTicking.ifPresent(Runnable::run);
            stopTicking = Optional.empty();
        }
    }
}
