package net.wawp.operator.controller;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import net.wawp.operator.api.v1alpha1.Condition;
import net.wawp.operator.api.v1alpha1.DeletionPolicy;
import net.wawp.operator.api.v1alpha1.DesiredState;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;
import net.wawp.operator.api.v1alpha1.WhatsAppSessionSpec;
import net.wawp.operator.api.v1alpha1.WhatsAppSessionStatus;
import net.wawp.operator.command.SentCommand;
import net.wawp.operator.session.Failure;
import net.wawp.operator.session.SessionState;
import net.wawp.operator.status.Conditions;
import net.wawp.operator.wawp.Operation;
import net.wawp.operator.wawp.WawpRequest;
import net.wawp.operator.wawp.WawpResponse;

/** Watches what reaches Wawp and what stands in the cluster, and keeps the first rule that was broken. */
final class InvariantChecker {

    private static final Duration EFFECT_SHOWS = Duration.ofSeconds(60);
    private static final Duration DELETION_LIMIT = Duration.ofMinutes(10).plusSeconds(30);
    private static final Duration SUCCESSOR_KNOWN_AFTER = Duration.ofSeconds(2);

    private static final int MOST_SECRET_READS_PER_MINUTE = 100;

    private record Flight(SimulatedProcess by, WawpRequest request) {}

    private final World world;
    private final SimulatedTime time;
    private final Set<String> sent = new HashSet<>();
    private final Map<String, Flight> inFlight = new HashMap<>();
    /** By UID: since when the resource asks for no logout. */
    private final Map<String, Instant> withdrawn = new HashMap<>();
    /** By instance: before when no logout follows on the last one. */
    private final Map<String, Instant> nextLogout = new HashMap<>();

    private Optional<String> violation = Optional.empty();
    private Instant forgedReadyAt = Instant.EPOCH;
    private Instant secretReadsOf = Instant.MIN;
    private int secretReads;
    private int calls;
    private int logouts;

    InvariantChecker(World world) {
        this.world = world;
        this.time = world.time;
    }

    void violation(String rule) {
        world.note("VIOLATION: " + rule);
        violation = violation.or(() -> Optional.of(rule));
    }

    Optional<String> violation() {
        return violation;
    }

    int calls() {
        return calls;
    }

    int logouts() {
        return logouts;
    }

    // --- what the world tells ------------------------------------------------------------------------------------

    /** A resource has changed at the API server, or is gone. */
    void changed(WhatsAppSession now) {
        String uid = now.getMetadata().getUid();
        if (now.getMetadata().getResourceVersion() != null && asksFor(Operation.Logout, now)) {
            withdrawn.remove(uid);
        } else {
            withdrawn.putIfAbsent(uid, time.instant());
        }
    }

    /** A new declaration or a person's hand: whatever was logged out before may be logged out again. */
    void declaredAnew() {
        nextLogout.clear();
    }

    /** Somebody forged that a resource is as desired: whatever was called for it before counts as settled, and is called again. */
    void saidToBeReady() {
        forgedReadyAt = time.instant();
    }

    void linked(SimulatedWawp.Session session) {
        nextLogout.clear();
    }

    void crashed(SimulatedProcess process) {
        inFlight.values().removeIf(flight -> flight.by() == process);
    }

    void answered(SimulatedProcess by, WawpRequest request, WawpResponse response) {
        if (request.operation().changesSession()) {
            world.note("Wawp answers " + request.operation() + " of " + by + ": " + response);
        }
        if (request.operation() == Operation.Logout && didNothing(response)) {
            nextLogout.remove(request.credentials().instanceId().toLowerCase(Locale.ROOT));
        }
        inFlight.values().removeIf(flight -> flight.request() == request);
    }

    private static boolean didNothing(WawpResponse response) {
        return response instanceof WawpResponse.Refused refused
                && refused.failure().kind() != Failure.Kind.GatewayUnavailable;
    }

    /** Reads of Secrets are few, whatever fails. */
    void secretRead() {
        Instant minute = time.instant().truncatedTo(ChronoUnit.MINUTES);
        secretReads = minute.equals(secretReadsOf) ? secretReads + 1 : 1;
        secretReadsOf = minute;
        if (secretReads > MOST_SECRET_READS_PER_MINUTE) {
            violation("Secrets were read more than " + MOST_SECRET_READS_PER_MINUTE + " times within a minute");
        }
    }

    // --- a call reaches Wawp -------------------------------------------------------------------------------------

    void sent(SimulatedProcess by, WawpRequest request, boolean takesEffect) {
        calls++;
        String instance = request.credentials().instanceId().toLowerCase(Locale.ROOT);
        SentCommand command = by.sessions.commands.last(instance).orElseThrow();
        world.note(by + " sends " + request.operation() + " to " + instance + " for " + command.uid() + ", "
                + command.intent().id());
        if (!sent.add(command.intent().id())) {
            violation("the intent " + command.intent() + " was sent twice");
        }
        if (!world.holdsLease(by)) {
            violation("a process without the Lease sent a " + request.operation());
        }
        if (inFlight.containsKey(instance)) {
            violation("two calls were in flight on " + instance);
        }
        if (world.cachedBy(by, command.uid())
                .filter(known -> asksFor(request.operation(), known))
                .isEmpty()) {
            violation("the process sent a " + request.operation() + " that by its own cache nobody asks for");
        }
        inFlight.put(instance, new Flight(by, request));
        if (request.operation() == Operation.Logout) {
            logouts++;
            logoutSent(by, instance, command, takesEffect);
        }
    }

    private void logoutSent(SimulatedProcess by, String instance, SentCommand command, boolean takesEffect) {
        Instant confirmedAt = world.nameOf(command.uid())
                .flatMap(by::confirmedAt)
                .filter(at -> !at.isBefore(command.sentAt()))
                .orElse(Instant.MIN);
        if (confirmedAt.equals(Instant.MIN)) {
            violation("the API server was not asked before a logout");
        }
        if (Optional.ofNullable(withdrawn.get(command.uid()))
                .filter(since -> !since.isAfter(confirmedAt))
                .isPresent()) {
            violation("a logout was sent after nobody asked for it");
        }
        boolean wasForged = time.instant().isBefore(forgedReadyAt.plus(EFFECT_SHOWS.multipliedBy(2)));
        if (!wasForged && time.instant().isBefore(nextLogout.getOrDefault(instance, Instant.MIN))) {
            violation("a logout followed on another within 60 s");
        }
        if (world.api
                        .find(command.uid())
                        .filter(WhatsAppSession::isMarkedForDeletion)
                        .isPresent()
                && world.hasKnownSuccessor(by, command.uid(), instance, SUCCESSOR_KNOWN_AFTER)) {
            violation("a deletion logged out a session that another resource wants");
        }
        if (takesEffect) {
            nextLogout.put(instance, time.instant().plus(EFFECT_SHOWS));
        }
    }

    /** Whether the resource asks for such a call, be it as a step on the way. */
    static boolean asksFor(Operation operation, WhatsAppSession resource) {
        WhatsAppSessionSpec spec = resource.getSpec();
        if (spec.suspend()) {
            return false;
        }
        DeletionPolicy policy = spec.deletionPolicy();
        DesiredState desired = !resource.isMarkedForDeletion()
                ? spec.desiredState()
                : switch (policy) {
                    case Retain -> null;
                    case Stop -> DesiredState.Stopped;
                    case Logout -> DesiredState.LoggedOut;
                };
        return switch (operation) {
            case Info, OfferLink, RevokeLink, QrCode -> true;
            case Start -> desired == DesiredState.Running;
            case Stop -> desired == DesiredState.Running || desired == DesiredState.Stopped;
            case Logout -> desired == DesiredState.LoggedOut;
        };
    }

    // --- at any time ---------------------------------------------------------------------------------------------

    /** A process that leads lets a resource go within 10 minutes after it learned of the deletion. */
    void deletionsDoNotHang() {
        world.leader().filter(process -> process.life.runs()).ifPresent(leader -> world.api
                .list()
                .filter(session -> session.isMarkedForDeletion() && session.hasFinalizer(InputsGatherer.FINALIZER))
                .filter(session -> leader.deletedSince(session.getMetadata().getName())
                        .filter(since -> time.instant().isAfter(since.plus(DELETION_LIMIT)))
                        .isPresent())
                .forEach(session ->
                        violation("the deletion of " + session.getMetadata().getName() + " hangs")));
    }

    // --- at rest -------------------------------------------------------------------------------------------------

    /** After calm has come and gone on for long. */
    void atRest() {
        world.api.list().forEach(this::atRest);
    }

    private void atRest(WhatsAppSession session) {
        String name = session.getMetadata().getName();
        if (session.isMarkedForDeletion()) {
            violation("the deletion of " + name + " never ends");
            return;
        }
        WhatsAppSessionStatus status = session.getStatus();
        if (status == null) {
            violation(name + " has no status");
            return;
        }
        Optional<Condition> ready = Conditions.find(status.conditions(), Conditions.READY);
        boolean isReady =
                ready.filter(condition -> condition.status().equals("True")).isPresent();
        boolean isStalled =
                Conditions.find(status.conditions(), Conditions.STALLED).isPresent();
        if (!isReady && !isStalled) {
            violation(name + " is neither ready nor does it say who must act: " + ready);
        }
        if (!session.getMetadata().getGeneration().equals(status.observedGeneration())) {
            violation(name + " was not decided on after its last edit");
        }
        if (PersonRequests.openRequest(
                        session,
                        Optional.ofNullable(ReconcileInputs.statusOf(session).lastHandledRequestAt()))
                .isPresent()) {
            violation("the request of " + name + " was never answered: " + ready);
        }
        boolean isOpen = status.lastAction() != null
                && "Intended".equals(status.lastAction().phase());
        if (isOpen && isReady && !session.getSpec().suspend()) {
            violation(name + " is ready, and its last call is still open");
        }
        if (isReady && status.instanceId() != null && !session.getSpec().suspend()) {
            isAsDeclared(name, session.getSpec().desiredState(), world.wawp.session(status.instanceId()));
        }
    }

    private void isAsDeclared(String name, DesiredState desired, SimulatedWawp.Session session) {
        boolean asDeclared =
                switch (desired) {
                    case Running -> session.state() == SessionState.WORKING;
                    case Stopped -> session.state() == SessionState.STOPPED;
                    case LoggedOut -> !session.isPaired() || session.isLinkedInSecret();
                };
        if (!asDeclared) {
            violation(name + " says it is " + desired + ", and the session is " + session);
        }
    }
}
