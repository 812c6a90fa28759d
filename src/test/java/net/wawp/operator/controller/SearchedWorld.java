package net.wawp.operator.controller;

import java.net.HttpURLConnection;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import net.wawp.operator.api.v1alpha1.Condition;
import net.wawp.operator.api.v1alpha1.CredentialsSecretRef;
import net.wawp.operator.api.v1alpha1.DeletionPolicy;
import net.wawp.operator.api.v1alpha1.DesiredState;
import net.wawp.operator.api.v1alpha1.LastAction;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;
import net.wawp.operator.api.v1alpha1.WhatsAppSessionSpec;
import net.wawp.operator.api.v1alpha1.WhatsAppSessionStatus;
import net.wawp.operator.command.SentCommand;
import net.wawp.operator.kubernetes.WriteHealth;
import net.wawp.operator.metrics.ReconcileMetrics;
import net.wawp.operator.pairing.PairingOffers;
import net.wawp.operator.poller.EventLoop;
import net.wawp.operator.session.Failure;
import net.wawp.operator.session.SessionInfo;
import net.wawp.operator.session.SessionState;
import net.wawp.operator.status.Conditions;
import net.wawp.operator.time.Timestamps;
import net.wawp.operator.wawp.Operation;
import net.wawp.operator.wawp.WawpRequest;
import net.wawp.operator.wawp.WawpResponse;

/**
 * A world in which one thing happens at a time, of those that the search chooses: one instance at Wawp, a resource and perhaps its successor,
 * a process that leads and perhaps the one that led before.
 */
final class SearchedWorld implements StateSearch.Searched<Move> {

    /** What is broken on purpose, to see that the search notices. */
    enum Flaw {
        None,
        /** A process that lost the Lease takes itself for the leader. */
        FenceAlwaysYes,
        /** Nobody asks the guard before a call goes out. */
        GuardIsNotAsked,
        /** The question whether a logout is still wanted is answered from the cache. */
        StaleConfirmation,
        /** The HTTP client repeats a call whose answer is lost. */
        ClientRetries,
        /** A call whose answer takes long counts as one that was not sent. */
        LostCallsCountAsUnsent,
        /** Reconciliations that were to follow by themselves do not. */
        RemindersAreLost,
        /** A watch that was broken does not list what it missed. */
        LostEventsStayLost,
        /** A process that stops sends no call any more, but announces some. */
        StoppingProcessAnnounces,
        /** A process that stops does not wait until the outcomes of its calls are written. */
        OutcomesAreForgotten,
        /** The client does not say how long Wawp wants to be left alone. */
        RetryAfterIsLost,
        /** A process reads a Secret once. */
        SecretIsReadOnce,
        /** A process whose status somebody wipes knows no more than one that has just begun. */
        WipedStatusForgets
    }

    /** What there is of the Secret that all resources use. */
    private enum SecretContent {
        Good,
        Gone,
        AnotherInstance
    }

    private static final String INSTANCE = "INSTANCE1";
    private static final String OTHER_INSTANCE = "INSTANCE2";
    private static final String SECRET = "one";

    /** Why a resource may not be served while its Secret or Wawp refuses it. */
    private static final Set<String> CURABLE = Set.of(
            "SecretNotFound", "SecretInvalid", "Unauthorized", "QuotaExceeded", "InstanceNotFound", "RequestRejected");

    private static final String FIRST = "a";
    private static final String SUCCESSOR = "b";
    private static final LastAction FORGED =
            new LastAction("Logout", "forged", "Desired", "Intended", 1, 1L, "2099-01-01T00:00:00Z");

    private static final Duration LEASE = Duration.ofSeconds(15);
    private static final Duration EFFECT_SHOWS = Duration.ofSeconds(60);
    private static final Duration CALL_LIMIT = Duration.ofSeconds(10);
    private static final int CALM_SECONDS = 15 * 60;

    /** They hold nothing that matters, or are hashed by themselves. */
    private static final Set<Class<?>> SURROUNDINGS = Set.of(
            SearchedWorld.class,
            SearchedProcess.class,
            SimulatedTime.class,
            SimulatedLoop.class,
            EventLoop.class,
            PairingOffers.class,
            ReconcileTrigger.class,
            WriteHealth.class,
            ReconcileMetrics.class,
            TransitionRecorder.class,
            SessionStore.class,
            ReconcileInputs.class,
            SpecReader.class,
            RandomGenerator.class);

    final SimulatedTime time = new SimulatedTime();
    final SimulatedApiServer api = new SimulatedApiServer(time, true);
    final Engine engine = new Engine();
    final Flaw flaw;
    private final int mostDisturbances;
    private final Set<Move.Kind> beginnings;
    private final Consumer<Supplier<String>> notes;
    private final List<SearchedProcess> processes = new ArrayList<>();
    private final Map<String, Integer> ids = new HashMap<>();
    private final Set<String> sent = new HashSet<>();
    private Optional<SearchedProcess> holder = Optional.empty();
    private Optional<Instant> callSince = Optional.empty();
    private Instant nextLogout = Instant.MIN;
    private SecretContent secret = SecretContent.Good;
    /** By name: the process that knew what had stood in the status before somebody changed it; 0 for none. */
    private final Map<String, Integer> tampered = new TreeMap<>();

    private boolean isTamperedSinceLogout;
    private int lastLogoutBy;
    private int disturbances;
    private int processesMade;
    private boolean hasBegun;
    private Optional<String> broken = Optional.empty();

    /**
     * @param beginnings the moves of which one comes first
     * @param notes is told what happens, for the one who has to understand why a rule was broken
     */
    SearchedWorld(Flaw flaw, int mostDisturbances, Set<Move.Kind> beginnings, Consumer<Supplier<String>> notes) {
        this.flaw = flaw;
        this.beginnings = beginnings;
        this.mostDisturbances = mostDisturbances;
        this.notes = notes;
        api.secret(SECRET, engine.token, INSTANCE);
        time.pass(Duration.ofHours(1));
    }

    // --- what may happen -------------------------------------------------------------------------------------------

    @Override
    public List<Move> moves() {
        List<Move> moves = new ArrayList<>();
        if (!hasBegun) {
            beginnings.forEach(kind -> moves.add(Move.of(kind)));
            return moves;
        }
        for (int i = 0; i < processes.size(); i++) {
            movesOf(processes.get(i), i, moves);
        }
        if (mayTakeOver()) {
            moves.add(Move.of(Move.Kind.TakeOver));
        }
        if (mayBeDisturbed() || !isSomethingAwaited()) {
            moves.add(Move.of(Move.Kind.Wait3));
            moves.add(Move.of(Move.Kind.Wait16));
            moves.add(Move.of(Move.Kind.Wait61));
        }
        if (mayBeDisturbed()) {
            peoplesMoves(moves);
        }
        return moves;
    }

    private void movesOf(SearchedProcess process, int index, List<Move> moves) {
        if (process.life.isFrozen()) {
            moves.add(Move.of(Move.Kind.Thaw, index, 0));
            return;
        }
        if (process.hasEvents()) {
            moves.add(Move.of(Move.Kind.WatchDelivers, index, 0));
        }
        for (int item = 0; item < process.items().size(); item++) {
            for (Move.Kind outcome : process.items().get(item).outcomes()) {
                if (!outcome.isDisturbance() || mayBeDisturbed()) {
                    moves.add(Move.of(outcome, index, item));
                }
            }
        }
        if (process.isWatchBroken()) {
            moves.add(Move.of(Move.Kind.WatchComesBack, index, 0));
        }
        if (!holdsLease(process)) {
            moves.add(Move.of(Move.Kind.FormerEnds, index, 0));
        } else if (mayBeDisturbed()) {
            moves.add(Move.of(Move.Kind.Crash, index, 0));
            moves.add(Move.of(Move.Kind.Freeze, index, 0));
            if (!process.stops()) {
                moves.add(Move.of(Move.Kind.Terminate, index, 0));
            }
            if (!process.isWatchBroken()) {
                moves.add(Move.of(Move.Kind.WatchBreaks, index, 0));
            }
        }
    }

    private void peoplesMoves(List<Move> moves) {
        Optional<WhatsAppSession> first = living(FIRST);
        Optional<WhatsAppSession> successor = living(SUCCESSOR);
        if (first.isPresent()) {
            moves.add(Move.of(Move.Kind.Edit));
            moves.add(Move.of(Move.Kind.Delete));
        }
        if (api.named(FIRST).isEmpty()) {
            moves.add(Move.of(Move.Kind.Create));
        }
        if (api.named(SUCCESSOR).isEmpty()) {
            moves.add(Move.of(Move.Kind.Create, 0, 1));
        }
        successor.ifPresent(there -> {
            moves.add(Move.of(Move.Kind.Edit, 0, 1));
            moves.add(Move.of(Move.Kind.Delete, 0, 1));
        });
        tampering(FIRST, 0, moves);
        tampering(SUCCESSOR, 1, moves);
        switch (secret) {
            case Good -> {
                moves.add(Move.of(Move.Kind.TokenChanges));
                moves.add(Move.of(Move.Kind.SecretGoes));
                moves.add(Move.of(Move.Kind.SecretNamesAnother));
            }
            case Gone, AnotherInstance -> moves.add(Move.of(Move.Kind.SecretComesBack));
        }
        if (engine.state == SessionState.SCAN_QR_CODE) {
            moves.add(Move.of(Move.Kind.Link));
        }
        if (engine.state == SessionState.WORKING) {
            moves.add(Move.of(Move.Kind.Unlink));
        }
    }

    private void tampering(String name, int item, List<Move> moves) {
        if (api.named(name).map(WhatsAppSession::getStatus).isPresent()) {
            moves.add(Move.of(Move.Kind.Wipe, 0, item));
            moves.add(Move.of(Move.Kind.ForgeIntent, 0, item));
            moves.add(Move.of(Move.Kind.ForgeInstance, 0, item));
        }
    }

    private Optional<WhatsAppSession> living(String name) {
        return api.named(name).filter(session -> !session.isMarkedForDeletion());
    }

    private boolean mayBeDisturbed() {
        return disturbances < mostDisturbances;
    }

    private boolean isSomethingAwaited() {
        return processes.stream()
                .anyMatch(process -> process.life.runs()
                        && (process.hasEvents()
                                || process.isWatchBroken()
                                || !process.items().isEmpty()));
    }

    private boolean mayTakeOver() {
        return processes.size() < 2
                && holder.filter(leader ->
                                time.instant().isBefore(leader.life.renewed().plus(LEASE)))
                        .isEmpty();
    }

    // --- what happens ----------------------------------------------------------------------------------------------

    @Override
    public void make(Move move) {
        boolean isWait =
                switch (move.kind()) {
                    case Wait3, Wait16, Wait61 -> true;
                    default -> false;
                };
        if (move.kind().isDisturbance() || isWait && isSomethingAwaited()) {
            disturbances++;
        }
        note(() -> describe(move));
        carryOut(move);
        time.pass(Duration.ZERO);
    }

    private String describe(Move move) {
        return switch (move.kind()) {
            case Edit, Delete, Create, Wipe, ForgeIntent, ForgeInstance -> move + ": " + name(move);
            case Thaw, FormerEnds, WatchDelivers, WatchComesBack, WatchBreaks, Crash, Freeze, Terminate ->
                move + ": " + processes.get(move.process());
            case PollAnswered,
                    PollFails,
                    PollUnauthorized,
                    PollNotFound,
                    PollRateLimited,
                    ReadReachesApiServer,
                    ReadAnswered,
                    ReadFails,
                    CallReachesWawp,
                    CallIgnored,
                    CallAnswered,
                    CallAnsweredBadly,
                    CallOverQuota,
                    CallNotFound,
                    CallRateLimited -> move + ", " + processes.get(move.process());
            default -> move.toString();
        };
    }

    private void carryOut(Move move) {
        switch (move.kind()) {
            case LogoutDeclared, LogoutInherited, TwoProcesses, Deleted, AtRest, StartDue -> begin(move.kind());
            case Thaw -> processes.get(move.process()).life.thaw();
            case FormerEnds, Crash -> processes.remove(move.process()).end();
            case TakeOver -> takeOver();
            case Wait3 -> time.pass(Duration.ofSeconds(3));
            case Wait16 -> time.pass(Duration.ofSeconds(16));
            case Wait61 -> time.pass(Duration.ofSeconds(61));
            case WatchDelivers -> processes.get(move.process()).deliverNext();
            case WatchComesBack -> processes.get(move.process()).relist();
            case WatchBreaks -> processes.get(move.process()).breakWatch();
            case PollAnswered,
                    PollFails,
                    PollUnauthorized,
                    PollNotFound,
                    PollRateLimited,
                    ReadReachesApiServer,
                    ReadAnswered,
                    ReadFails,
                    CallReachesWawp,
                    CallIgnored,
                    CallAnswered,
                    CallAnsweredBadly,
                    CallOverQuota,
                    CallNotFound,
                    CallRateLimited -> processes.get(move.process()).come(move.item(), move.kind());
            case Freeze -> processes.get(move.process()).freeze();
            case Terminate -> processes.get(move.process()).terminate();
            case Edit -> edit(name(move));
            case Delete -> {
                api.delete(name(move));
                declaredAnew();
            }
            case Create -> {
                api.create(name(move), spec(name(move), DesiredState.Running));
                declaredAnew();
            }
            case TokenChanges -> {
                engine.token = engine.token.equals("token") ? "new-token" : "token";
                secret(SecretContent.Good);
            }
            case SecretGoes -> secret(SecretContent.Gone);
            case SecretNamesAnother -> secret(SecretContent.AnotherInstance);
            case SecretComesBack -> secret(SecretContent.Good);
            case Wipe -> {
                tamper(name(move), null);
                if (flaw == Flaw.WipedStatusForgets) {
                    holder.ifPresent(this::beginAnew);
                }
            }
            case ForgeIntent ->
                tamper(
                        name(move),
                        status(name(move)).toBuilder()
                                .observedGeneration(99L)
                                .lastAction(FORGED)
                                .build());
            case ForgeInstance ->
                tamper(
                        name(move),
                        status(name(move)).toBuilder()
                                .instanceId(OTHER_INSTANCE)
                                .build());
            case Link -> engine.link();
            case Unlink -> engine.enter(SessionState.SCAN_QR_CODE, false);
        }
    }

    private WhatsAppSessionStatus status(String name) {
        return api.named(name).orElseThrow().getStatus();
    }

    private void tamper(String name, WhatsAppSessionStatus status) {
        String uid = api.named(name).orElseThrow().getMetadata().getUid();
        tampered.put(
                name,
                holder.filter(leader -> leader.knows(uid) && !isMisled(name))
                        .map(SearchedProcess::number)
                        .orElse(0));
        isTamperedSinceLogout = true;
        ids.putIfAbsent(FORGED.id(), ids.size());
        api.forge(name, status);
    }

    private void beginAnew(SearchedProcess leader) {
        leader.end();
        processes.remove(leader);
        lead(new SearchedProcess(this, leader.number()));
    }

    private void secret(SecretContent next) {
        secret = next;
        switch (next) {
            case Good -> api.secret(SECRET, engine.token, INSTANCE);
            case Gone -> api.secretFails(SECRET, HttpURLConnection.HTTP_NOT_FOUND);
            case AnotherInstance -> api.secret(SECRET, engine.token, OTHER_INSTANCE);
        }
    }

    private static String name(Move move) {
        return move.item() == 0 ? FIRST : SUCCESSOR;
    }

    private void begin(Move.Kind kind) {
        hasBegun = true;
        switch (kind) {
            case LogoutDeclared -> {
                existing(DesiredState.Running);
                edit(FIRST);
            }
            case LogoutInherited -> {
                existing(DesiredState.Running);
                edit(FIRST);
                WhatsAppSession session = api.named(FIRST).orElseThrow();
                LastAction intent = new LastAction(
                        "Logout",
                        "of-the-dead",
                        "Desired",
                        "Intended",
                        1,
                        2L,
                        Timestamps.format(time.instant().minusSeconds(16)));
                ids.put("of-the-dead", 0);
                sent.add("of-the-dead");
                api.forge(
                        FIRST,
                        session.getStatus().toBuilder().lastAction(intent).build());
            }
            case TwoProcesses -> {
                existing(DesiredState.Running);
                edit(FIRST);
                takeOver();
                time.pass(Duration.ZERO);
                processes.get(0).come(0, Move.Kind.PollAnswered);
                time.pass(Duration.ZERO);
                processes.get(0).freeze();
                time.pass(LEASE.plusSeconds(1));
            }
            case Deleted -> {
                existing(DesiredState.Running);
                api.delete(FIRST);
            }
            case AtRest -> existing(DesiredState.Running);
            case StartDue -> {
                existing(DesiredState.Running);
                engine.enter(SessionState.STOPPED, true);
            }
            default -> throw new IllegalArgumentException(kind.name());
        }
        takeOver();
    }

    /** A resource that an earlier leader has brought to where it should be. */
    private void existing(DesiredState desired) {
        api.create(FIRST, spec(FIRST, desired));
        api.addFinalizer(api.named(FIRST).orElseThrow(), InputsGatherer.FINALIZER);
        String then = Timestamps.format(time.instant().minus(Duration.ofMinutes(30)));
        api.forge(
                FIRST,
                WhatsAppSessionStatus.EMPTY.toBuilder()
                        .observedGeneration(1L)
                        .sessionState("WORKING")
                        .pairing("Paired")
                        .instanceId(INSTANCE)
                        .conditions(List.of(new Condition(
                                "Ready", "True", "Working", "The session is linked and works.", then, 1L)))
                        .build());
    }

    /** One takes the instance from the Secret, the other names it itself. */
    private static WhatsAppSessionSpec spec(String name, DesiredState desired) {
        return WhatsAppSessionSpec.builder()
                .desiredState(desired)
                .instanceId(name.equals(FIRST) ? null : INSTANCE)
                .credentialsSecretRef(new CredentialsSecretRef(SECRET))
                .deletionPolicy(DeletionPolicy.Logout)
                .build();
    }

    private void edit(String name) {
        WhatsAppSessionSpec before = api.named(name).orElseThrow().getSpec();
        boolean isRunning = before.desiredState() == DesiredState.Running;
        api.edit(
                name,
                before.toBuilder()
                        .desiredState(isRunning ? DesiredState.LoggedOut : DesiredState.Running)
                        .build());
        declaredAnew();
    }

    private void takeOver() {
        lead(new SearchedProcess(this, ++processesMade));
    }

    private void lead(SearchedProcess next) {
        holder = Optional.of(next);
        processes.add(next);
        next.start();
    }

    boolean holdsLease(SearchedProcess process) {
        return holder.filter(leader -> leader == process).isPresent();
    }

    /** A process has stopped as it should. */
    void stopped(SearchedProcess process) {
        if (!process.life.isAlive()) {
            return;
        }
        note(() -> process + " has stopped");
        api.list()
                .map(WhatsAppSession::getStatus)
                .flatMap(status -> Optional.ofNullable(status).map(WhatsAppSessionStatus::lastAction).stream())
                .filter(action -> action.phase().equals("Intended") && process.couldWrite())
                .map(LastAction::id)
                .forEach(open -> {
                    if (process.settled().contains(open)) {
                        broken("a process that stopped did not write what came of its call");
                    }
                    if (process.announced().contains(open) && !sent.contains(open)) {
                        broken("a process that stopped left a call open that it did not send");
                    }
                });
        process.end();
        processes.remove(process);
        if (holdsLease(process)) {
            holder = Optional.empty();
        }
    }

    // --- the rules -------------------------------------------------------------------------------------------------

    void broken(String rule) {
        note(() -> "BROKEN: " + rule);
        broken = broken.or(() -> Optional.of(rule));
    }

    @Override
    public Optional<String> broken() {
        return broken;
    }

    private void declaredAnew() {
        nextLogout = Instant.MIN;
    }

    /** Whether this is the id of a call that is announced for the first time. */
    boolean announces(String id) {
        return ids.putIfAbsent(id, ids.size()) == null;
    }

    void written(SearchedProcess by, WhatsAppSession now) {
        LastAction action = now.getStatus().lastAction();
        note(() -> by + " writes " + now.getMetadata().getName() + " "
                + now.getStatus().conditions().stream()
                        .map(condition -> condition.type() + "=" + condition.status() + " " + condition.reason())
                        .toList()
                + (action == null
                        ? ""
                        : " " + action.type() + " " + action.phase() + " attempt " + action.attempt() + " call "
                                + ids.get(action.id())));
    }

    /**
     * A call has passed its guard and reaches Wawp.
     *
     * @return its id
     */
    String sent(SearchedProcess by, WawpRequest request, SearchedProcess.Effect effect) {
        Operation operation = request.operation();
        String instance = request.credentials().instanceId();
        if (!instance.equals(INSTANCE)) {
            broken("a call was sent to an instance that Wawp does not know");
        }
        SentCommand command = by.sessions.commands.last(instance).orElseThrow();
        String id = command.intent().id();
        note(() -> by + " sends " + operation + ", call " + ids.get(id));
        if (!sent.add(id)) {
            broken("a call was sent twice");
        }
        if (!holdsLease(by)) {
            broken("a process without the Lease sent a call");
        }
        if (callSince
                .filter(since -> time.instant().isBefore(since.plus(CALL_LIMIT)))
                .isPresent()) {
            broken("two calls were in flight on one instance");
        }
        callSince = Optional.of(time.instant());
        if (time.instant().isBefore(by.nextCall(operation))) {
            broken("a call was repeated before the time that Wawp named");
        }
        Optional<WhatsAppSession> known = by.cache()
                .all()
                .filter(session -> session.getMetadata().getUid().equals(command.uid()))
                .findFirst();
        if (known.filter(session -> InvariantChecker.asksFor(operation, session))
                .isEmpty()) {
            broken("a call was sent that by the process's own cache nobody asks for");
        }
        if (operation == Operation.Logout) {
            logoutSent(by, id, known, effect);
        }
        switch (effect) {
            case Done -> engine.carryOut(operation);
            case Ignored -> engine.hasLied |= operation == Operation.Logout;
            case Refused -> {}
        }
        return id;
    }

    private void logoutSent(
            SearchedProcess by, String id, Optional<WhatsAppSession> known, SearchedProcess.Effect effect) {
        if (!by.isConfirmed(id)) {
            broken("a logout was sent although the API server would have said that nobody asks for it");
        }
        // another process cannot know of it, where its trace was wiped
        boolean isKnown = !isTamperedSinceLogout || lastLogoutBy == by.number();
        if (isKnown && time.instant().isBefore(nextLogout)) {
            broken("a logout followed on another within 60 s");
        }
        if (known.filter(WhatsAppSession::isMarkedForDeletion).isPresent()
                && by.cache().all().anyMatch(session -> !session.isMarkedForDeletion())) {
            broken("a deletion logged out a session that another resource wants");
        }
        if (effect != SearchedProcess.Effect.Refused) {
            nextLogout = time.instant().plus(EFFECT_SHOWS);
            lastLogoutBy = by.number();
            isTamperedSinceLogout = false;
        }
    }

    void answered() {
        callSince = Optional.empty();
    }

    // --- peace -----------------------------------------------------------------------------------------------------

    @Override
    public void comeToRest() {
        note(() -> "peace");
        processes.stream().filter(process -> !holdsLease(process)).toList().forEach(former -> {
            former.end();
            processes.remove(former);
        });
        // one that was asked to end while it was frozen ends now
        processes.stream().filter(process -> process.life.isFrozen()).toList().forEach(process -> process.life.thaw());
        // a forged status is corrected when the resource is reconciled next
        tampered.keySet().stream()
                .filter(name -> api.named(name).isPresent())
                .forEach(name -> api.annotate(name, PersonRequests.REQUESTED_AT, "at-rest"));
        for (int second = 0; second < CALM_SECONDS && broken.isEmpty(); second++) {
            if (mayTakeOver()) {
                takeOver();
            }
            for (SearchedProcess process : List.copyOf(processes)) {
                serve(process);
            }
            time.pass(Duration.ofSeconds(1));
        }
        if (broken.isEmpty()) {
            api.list().forEach(this::checkRest);
        }
    }

    private void serve(SearchedProcess process) {
        time.pass(Duration.ZERO);
        if (process.isWatchBroken()) {
            process.relist();
            time.pass(Duration.ZERO);
        }
        while (process.hasEvents() || !process.items().isEmpty()) {
            if (process.hasEvents()) {
                process.deliverNext();
            } else {
                process.come(0, process.items().get(0).outcomes().iterator().next());
            }
            time.pass(Duration.ZERO);
        }
    }

    private void checkRest(WhatsAppSession session) {
        String name = session.getMetadata().getName();
        if (session.isMarkedForDeletion()) {
            broken("the deletion of " + name + " hangs");
            return;
        }
        WhatsAppSessionStatus status = session.getStatus();
        Optional<Condition> ready = status == null
                ? Optional.empty()
                : Conditions.find(status.conditions(), Conditions.READY)
                        .filter(condition -> condition.status().equals("True"));
        Optional<Condition> stalled =
                status == null ? Optional.empty() : Conditions.find(status.conditions(), Conditions.STALLED);
        stalled.map(Condition::reason)
                .filter(reason -> CURABLE.contains(reason) && secret == SecretContent.Good && !isMisled(name))
                .ifPresent(reason -> broken(name + " still says " + reason + ", which has passed"));
        if (ready.isEmpty() && stalled.isEmpty()) {
            broken(name + " hangs: it is neither as declared, nor does it say who must act");
        }
        if (status != null && !session.getMetadata().getGeneration().equals(status.observedGeneration())) {
            broken(name + " was not decided on after its last edit");
        }
        if (ready.isPresent()) {
            boolean isAsDeclared =
                    switch (session.getSpec().desiredState()) {
                        case Running -> engine.state == SessionState.WORKING;
                        case Stopped -> engine.state == SessionState.STOPPED;
                        case LoggedOut -> !engine.isPaired || engine.hasLied;
                    };
            if (!isAsDeclared) {
                broken(name + " says it is as declared, and the session is " + engine);
            }
        }
    }

    /** Whether the leader found a status that somebody had changed, and nothing that it knew before. */
    private boolean isMisled(String name) {
        return tampered.containsKey(name)
                && holder.filter(leader -> leader.number() == tampered.get(name))
                        .isEmpty();
    }

    // --- its state -------------------------------------------------------------------------------------------------

    @Override
    public long state() {
        if (!hasBegun) {
            return 0;
        }
        StateHash hash = new StateHash(time.instant(), api.version(), ids, SURROUNDINGS);
        long state = hash.of(api.list().toList());
        state = StateHash.mix(state, hash.of(engine));
        state = StateHash.mix(state, hash.of(callSince));
        state = StateHash.mix(state, hash.of(nextLogout));
        state = StateHash.mix(state, hash.of(sent));
        state = StateHash.mix(state, hash.of(secret));
        state = StateHash.mix(state, hash.of(isTamperedSinceLogout));
        state = StateHash.mix(
                state, holder.filter(leader -> leader.number() == lastLogoutBy).isPresent() ? 1 : 0);
        state = StateHash.mix(state, hash.of(isMisled(FIRST)));
        state = StateHash.mix(state, hash.of(isMisled(SUCCESSOR)));
        state = StateHash.mix(state, hash.of(tampered.keySet()));
        state = StateHash.mix(state, disturbances);
        state = StateHash.mix(state, holder.map(processes::indexOf).orElse(-2));
        state = StateHash.mix(state, hash.of(holder.map(leader -> leader.life.renewed())));
        for (SearchedProcess process : processes) {
            state = StateHash.mix(state, process.state(hash));
        }
        return state;
    }

    /** What costs time to tell is told only to one who listens. */
    void note(Supplier<String> what) {
        notes.accept(what);
    }

    /** The session at Wawp, and its engine. */
    final class Engine {

        private static final Duration STARTS_IN = Duration.ofSeconds(5);
        private static final Duration UNSCANNED = Duration.ofMinutes(2);

        private SessionState state = SessionState.WORKING;
        private boolean isPaired = true;
        private boolean hasLied;
        private String token = "token";
        private Instant enteredAt = Instant.MIN;

        WawpResponse answer() {
            return new WawpResponse.Success(
                    new SessionInfo(state, Optional.of(state.name()), Optional.of("wawp-1"), Optional.empty()));
        }

        /** How a request with other credentials than those of the session is refused. */
        Optional<Failure.Kind> refusal(WawpRequest request) {
            if (!request.credentials().accessToken().equals(token)) {
                return Optional.of(Failure.Kind.Unauthorized);
            }
            return request.credentials().instanceId().equals(INSTANCE)
                    ? Optional.empty()
                    : Optional.of(Failure.Kind.InstanceNotFound);
        }

        private void link() {
            enter(SessionState.WORKING, true);
            declaredAnew();
        }

        private void carryOut(Operation operation) {
            switch (operation) {
                case Start -> {
                    if (state == SessionState.STOPPED) {
                        enter(SessionState.STARTING, isPaired);
                    }
                }
                case Stop -> enter(SessionState.STOPPED, isPaired);
                case Logout -> enter(SessionState.SCAN_QR_CODE, false);
                case Info, OfferLink, RevokeLink, QrCode -> throw new IllegalArgumentException(operation.name());
            }
        }

        private void enter(SessionState next, boolean paired) {
            state = next;
            isPaired = paired;
            enteredAt = time.instant();
            note(() -> "the session is " + this);
            switch (next) {
                case STARTING ->
                    later(STARTS_IN, () -> enter(paired ? SessionState.WORKING : SessionState.SCAN_QR_CODE, paired));
                case SCAN_QR_CODE -> later(UNSCANNED, () -> enter(SessionState.FAILED, paired));
                default -> {}
            }
        }

        /** Unless it enters another state before. */
        private void later(Duration delay, Runnable then) {
            Instant entered = enteredAt;
            SessionState in = state;
            time.after(delay, () -> {
                if (state == in && enteredAt.equals(entered)) {
                    then.run();
                }
            });
        }

        @Override
        public String toString() {
            return state + (isPaired ? ", linked" : ", not linked");
        }
    }
}
