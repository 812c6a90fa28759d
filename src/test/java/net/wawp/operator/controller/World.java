package net.wawp.operator.controller;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import net.wawp.operator.api.v1alpha1.Condition;
import net.wawp.operator.api.v1alpha1.CredentialsSecretRef;
import net.wawp.operator.api.v1alpha1.DeletionPolicy;
import net.wawp.operator.api.v1alpha1.DesiredState;
import net.wawp.operator.api.v1alpha1.LastAction;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;
import net.wawp.operator.api.v1alpha1.WhatsAppSessionSpec;
import net.wawp.operator.api.v1alpha1.WhatsAppSessionStatus;

/** A small world: three names, two instances, one Wawp, and processes of the operator that come and go. First chaos, then calm. */
final class World {

    /** What is broken on purpose, to see that the checker notices. */
    enum Flaw {
        None,
        /** A process that lost the Lease takes itself for the leader. */
        FenceAlwaysYes,
        /** The question whether a logout is still wanted is answered from the cache. */
        StaleConfirmation,
        /** Reconciliations that were to follow by themselves do not. */
        RemindersAreLost,
        /** The API server lets a status overwrite one that the writer has not seen. */
        NoConflicts
    }

    private static final List<String> NAMES = List.of("a", "b", "c");
    private static final List<String> INSTANCES = List.of("INSTANCE1", "INSTANCE2");
    private static final Duration LEASE = Duration.ofSeconds(15);
    private static final int HISTORY = 100;
    private static final Duration CALM = Duration.ofHours(2);

    private final SplittableRandom random;
    final SimulatedTime time = new SimulatedTime();
    final SimulatedApiServer api;
    final SimulatedWawp wawp;
    final InvariantChecker checker = new InvariantChecker(this);
    final boolean fenceIsBroken;
    final boolean confirmationIsStale;
    final boolean remindersAreLost;
    boolean isChaos = true;
    private final Set<Long> states;
    private final Map<String, String> names = new HashMap<>();
    private final Map<String, Instant> createdAt = new HashMap<>();
    private final List<SimulatedProcess> processes = new ArrayList<>();
    private Optional<SimulatedProcess> leader = Optional.empty();
    private Instant secretsChangedAt = Instant.MIN;
    private final Set<String> tampered = new TreeSet<>();
    private int requests;
    private int tokens;
    private int processesMade;
    private int steps;
    private final Deque<String> history = new ArrayDeque<>();

    /** @param states collects the hash of each state that the world was in after a step */
    World(long seed, Flaw flaw, Set<Long> states) {
        this.states = states;
        this.random = new SplittableRandom(seed);
        this.fenceIsBroken = flaw == Flaw.FenceAlwaysYes;
        this.confirmationIsStale = flaw == Flaw.StaleConfirmation;
        this.remindersAreLost = flaw == Flaw.RemindersAreLost;
        this.api = new SimulatedApiServer(time, flaw != Flaw.NoConflicts);
        this.wawp = new SimulatedWawp(this, random.split());
        api.watch(this::changed);
        INSTANCES.forEach(wawp::add);
        restoreSecrets();
    }

    // --- its history ---------------------------------------------------------------------------------------------

    /** @throws AssertionError when a rule was broken */
    void run() {
        create("a");
        takeOver();
        int number = 20 + random.nextInt(30);
        for (int i = 0; i < number; i++) {
            step();
            pass(pause());
        }
        calmDown();
        pass(CALM);
        checker.atRest();
        check();
        int writes = api.statusWrites();
        pass(Duration.ofMinutes(30));
        if (api.statusWrites() != writes) {
            checker.violation("the operator writes although nothing happens");
        }
        checker.atRest();
        check();
    }

    private Duration pause() {
        return switch (random.nextInt(4)) {
            case 0 -> Duration.ofMillis(random.nextInt(300));
            case 1, 2 -> Duration.ofMillis(random.nextInt(6_000));
            default -> Duration.ofMillis(random.nextInt(150_000));
        };
    }

    /** Lets time pass, and looks what the world is like every now and then. */
    private void pass(Duration duration) {
        Instant end = time.instant().plus(duration);
        while (time.instant().isBefore(end)) {
            Duration left = Duration.between(time.instant(), end);
            Duration stretch = Duration.ofSeconds(isChaos ? 5 : 300);
            time.pass(left.compareTo(stretch) < 0 ? left : stretch);
            if (isChaos) {
                elect();
            }
            states.add(hash());
            check();
        }
    }

    private void check() {
        checker.deletionsDoNotHang();
        checker.violation().ifPresent(rule -> {
            throw new AssertionError(rule + "; what came before it:\n" + String.join("\n", history));
        });
    }

    private void calmDown() {
        note("the calm");
        isChaos = false;
        wawp.calmDown();
        restoreSecrets();
        processes.forEach(SimulatedProcess::calmDown);
        processes.stream().filter(process -> process.life.isFrozen()).forEach(SimulatedProcess::crash);
        if (leader.filter(process -> process.life.runs()).isEmpty()) {
            takeOver();
        }
        // a forged status is corrected when the resource is reconciled next
        tampered.stream().filter(name -> api.named(name).isPresent()).forEach(this::request);
    }

    // --- steps ---------------------------------------------------------------------------------------------------

    private void step() {
        steps++;
        String name = NAMES.get(random.nextInt(10) < 7 ? 0 : random.nextInt(NAMES.size()));
        boolean exists = api.named(name).isPresent();
        switch (random.nextInt(24)) {
            case 0, 1, 2, 3 -> act("edit", name, exists, () -> edit(name));
            case 4 -> act("request", name, exists, () -> request(name));
            case 5, 6 -> act("delete", name, exists, () -> api.delete(name));
            case 7 -> {
                // a rename: the successor comes before or after
                String other = NAMES.get(random.nextInt(NAMES.size()));
                act("rename to " + other, name, exists && api.named(other).isEmpty(), () -> rename(name, other));
            }
            case 8 ->
                act("replace", name, exists, () -> {
                    api.delete(name);
                    time.pass(Duration.ofMillis(random.nextInt(300)));
                    create(name);
                });
            case 9 -> act("wipe the status", name, exists, () -> tamper(name, null));
            case 10 -> act("forge the status", name, exists, () -> tamper(name, forged(name)));
            case 11 -> secret();
            case 12, 13 -> hangWatch();
            case 14 -> crash();
            case 15, 16 -> freezeOrThaw();
            case 17 -> stop();
            default -> {
                note("something at Wawp");
                wawp.happen(INSTANCES.get(random.nextInt(5) == 0 ? 1 : 0));
            }
        }
    }

    private void act(String what, String name, boolean isPossible, Runnable action) {
        if (isPossible) {
            note(what + " " + name);
            action.run();
        } else {
            note("create " + name);
            create(name);
        }
    }

    private void create(String name) {
        if (api.named(name).isEmpty()) {
            api.create(name, spec(random.nextInt(3) > 0 ? "one" : "two", random.nextBoolean()));
            checker.declaredAnew();
        }
    }

    private WhatsAppSessionSpec spec(String secret, boolean namesInstance) {
        String instance = INSTANCES.get(secret.equals("one") ? 0 : 1);
        return WhatsAppSessionSpec.builder()
                .desiredState(any(DesiredState.values()))
                .instanceId(namesInstance ? instance : null)
                .credentialsSecretRef(new CredentialsSecretRef(secret))
                .suspend(random.nextInt(8) == 0)
                .deletionPolicy(any(DeletionPolicy.values()))
                .build();
    }

    private void edit(String name) {
        WhatsAppSessionSpec before = api.named(name).orElseThrow().getSpec();
        WhatsAppSessionSpec.Builder edit = before.toBuilder();
        switch (random.nextInt(5)) {
            case 0, 1 -> edit.desiredState(any(DesiredState.values()));
            case 2 -> edit.desiredState(DesiredState.LoggedOut).suspend(false);
            case 3 -> edit.deletionPolicy(any(DeletionPolicy.values()));
            default -> edit.suspend(!before.suspend());
        }
        WhatsAppSessionSpec after = edit.build();
        if (!after.equals(before)) {
            api.edit(name, after);
            checker.declaredAnew();
        }
    }

    private void request(String name) {
        api.annotate(name, PersonRequests.REQUESTED_AT, "request-" + ++requests);
    }

    private void rename(String name, String other) {
        WhatsAppSessionSpec spec = api.named(name).orElseThrow().getSpec();
        boolean successorFirst = random.nextBoolean();
        if (successorFirst) {
            api.create(other, spec);
        } else {
            api.delete(name);
        }
        time.pass(Duration.ofMillis(random.nextInt(2_000)));
        if (successorFirst) {
            if (api.named(name).isPresent()) {
                api.delete(name);
            }
        } else {
            api.create(other, spec);
        }
        checker.declaredAnew();
    }

    private void tamper(String name, WhatsAppSessionStatus status) {
        api.forge(name, status);
        tampered.add(name);
        checker.declaredAnew();
    }

    private WhatsAppSessionStatus forged(String name) {
        WhatsAppSessionStatus status =
                Optional.ofNullable(api.named(name).orElseThrow().getStatus()).orElse(WhatsAppSessionStatus.EMPTY);
        return switch (random.nextInt(4)) {
            case 0 -> status.toBuilder().observedGeneration(99L).build();
            case 1 ->
                status.toBuilder()
                        .lastAction(new LastAction(
                                any(net.wawp.operator.session.Action.values()).name(),
                                "forged-" + steps,
                                "Desired",
                                any(net.wawp.operator.session.LastAction.Phase.values())
                                        .name(),
                                1 + random.nextInt(3),
                                1L,
                                "2099-01-01T00:00:00Z"))
                        .build();
            case 2 ->
                status.toBuilder()
                        .instanceId(any(INSTANCES.toArray(String[]::new)))
                        .build();
            default -> {
                checker.saidToBeReady();
                yield status.toBuilder()
                        .conditions(List.of(
                                new Condition("Ready", "True", "Working", "All is well.", "2025-01-01T00:00:00Z", 1L)))
                        .build();
            }
        };
    }

    private void secret() {
        note("the Secret");
        secretsChangedAt = time.instant();
        String secret = random.nextInt(3) > 0 ? "one" : "two";
        switch (random.nextInt(6)) {
            case 0 -> api.secretFails(secret, 404);
            case 1 -> api.secretFails(secret, 500);
            case 2 -> api.secretFails(secret, 403);
            case 3 -> {
                wawp.token = "token-" + ++tokens;
                if (random.nextBoolean()) {
                    restoreSecrets();
                }
            }
            case 4 -> api.secret(secret, wawp.token, INSTANCES.get(random.nextInt(INSTANCES.size())));
            default -> restoreSecrets();
        }
    }

    private void restoreSecrets() {
        secretsChangedAt = time.instant();
        api.secret("one", wawp.token, INSTANCES.get(0));
        api.secret("two", wawp.token, INSTANCES.get(1));
    }

    private void hangWatch() {
        note("the watch hangs");
        leader.ifPresent(process -> process.hangWatch(Duration.ofMillis(500 + random.nextInt(40_000))));
    }

    // --- processes -----------------------------------------------------------------------------------------------

    private void crash() {
        note("a crash");
        leader.filter(process -> process.life.isAlive()).ifPresent(SimulatedProcess::crash);
    }

    private void stop() {
        note("a stop");
        leader.filter(process -> process.life.runs())
                .ifPresent(process -> process.stop(() -> {
                    if (leader.filter(process::equals).isPresent()) {
                        takeOver();
                    }
                }));
    }

    private void freezeOrThaw() {
        Optional<SimulatedProcess> frozen =
                processes.stream().filter(process -> process.life.isFrozen()).findFirst();
        if (frozen.isPresent()) {
            note("a thaw");
            thaw(frozen.get());
        } else {
            note("a freeze");
            leader.filter(process -> process.life.runs()).ifPresent(process -> {
                process.life.freeze();
                time.after(Duration.ofMillis(random.nextInt(60_000)), () -> thaw(process));
            });
        }
    }

    /** One that has lost the Lease meanwhile finds that out some seconds later, and ends. */
    private void thaw(SimulatedProcess process) {
        if (process.life.isFrozen() && process.life.isAlive()) {
            process.life.thaw();
            if (!holdsLease(process)) {
                time.after(Duration.ofMillis(random.nextInt(8_000)), process::crash);
            }
        }
    }

    /** When the Lease has run out another process takes over. */
    private void elect() {
        boolean isHeld = leader.filter(process ->
                        time.instant().isBefore(process.life.renewed().plus(LEASE)))
                .isPresent();
        if (!isHeld) {
            takeOver();
        }
    }

    private void takeOver() {
        processes.removeIf(process -> !process.life.isAlive());
        SimulatedProcess next = new SimulatedProcess(this, ++processesMade, random.split());
        note(next + " leads");
        leader = Optional.of(next);
        processes.add(next);
    }

    Optional<SimulatedProcess> leader() {
        return leader;
    }

    boolean holdsLease(SimulatedProcess process) {
        // a process renews first while it is made
        return leader.isEmpty() || leader.get() == process;
    }

    // --- what the checker asks -----------------------------------------------------------------------------------

    private void changed(WhatsAppSession now) {
        note(describe(now));
        String uid = now.getMetadata().getUid();
        names.put(uid, now.getMetadata().getName());
        createdAt.putIfAbsent(uid, time.instant());
        Optional.ofNullable(now.getStatus())
                .filter(status -> "Paired".equals(status.pairing()))
                .map(status -> wawp.session(status.instanceId()))
                .ifPresent(SimulatedWawp.Session::linkWritten);
        checker.changed(now);
        if (isChaos && isAboutToLogOut(now) && random.nextInt(6) == 0) {
            String name = now.getMetadata().getName();
            time.after(Duration.ofMillis(random.nextInt(500)), () -> withdraw(name));
        }
    }

    private static boolean isAboutToLogOut(WhatsAppSession session) {
        LastAction action =
                session.getStatus() == null ? null : session.getStatus().lastAction();
        return action != null
                && action.type().equals("Logout")
                && action.phase().equals("Intended");
    }

    /** Somebody changes their mind in the last moment, and the watch does not tell. */
    private void withdraw(String name) {
        leader.ifPresent(process -> process.hangWatch(Duration.ofSeconds(20)));
        api.named(name).filter(session -> !session.isMarkedForDeletion()).ifPresent(session -> {
            note("withdraw the logout of " + name);
            api.edit(
                    name,
                    session.getSpec().toBuilder()
                            .desiredState(DesiredState.Running)
                            .build());
            checker.declaredAnew();
        });
    }

    private static String describe(WhatsAppSession now) {
        var meta = now.getMetadata();
        WhatsAppSessionSpec spec = now.getSpec();
        WhatsAppSessionStatus status = now.getStatus();
        return "%s %s v%s g%s %s%s %s %s: %s"
                .formatted(
                        meta.getName(),
                        meta.getUid(),
                        meta.getResourceVersion(),
                        meta.getGeneration(),
                        spec.desiredState(),
                        spec.suspend() ? " suspended" : "",
                        now.isMarkedForDeletion() ? "deleted, " + spec.deletionPolicy() : "",
                        spec.credentialsSecretRef().name(),
                        status == null
                                ? "no status"
                                : status.sessionState() + " " + status.pairing() + " " + status.instanceId() + " "
                                        + status.lastAction() + " "
                                        + status.conditions().stream()
                                                .map(condition -> condition.type() + "=" + condition.status() + " "
                                                        + condition.reason())
                                                .toList());
    }

    Optional<String> nameOf(String uid) {
        return Optional.ofNullable(names.get(uid));
    }

    Optional<WhatsAppSession> cachedBy(SimulatedProcess process, String uid) {
        return nameOf(uid)
                .flatMap(process::cached)
                .filter(known -> known.getMetadata().getUid().equals(uid));
    }

    /** Whether another resource that works with the same Secret is bound to the instance, or not reconciled, and the process knows it. */
    boolean hasKnownSuccessor(SimulatedProcess process, String uid, String instance, Duration since) {
        if (time.instant().isBefore(secretsChangedAt.plus(Duration.ofMinutes(1)))) {
            return false;
        }
        Optional<WhatsAppSession> going = api.find(uid);
        return going.isPresent()
                && api.list()
                        .filter(other -> !other.getMetadata().getUid().equals(uid) && !other.isMarkedForDeletion())
                        .filter(other -> other.getSpec()
                                .credentialsSecretRef()
                                .equals(going.get().getSpec().credentialsSecretRef()))
                        .filter(other -> createdAt
                                .get(other.getMetadata().getUid())
                                .plus(since)
                                .isBefore(time.instant()))
                        .filter(other ->
                                cachedBy(process, other.getMetadata().getUid()).isPresent())
                        .anyMatch(other -> other.getStatus() != null
                                && instance.equalsIgnoreCase(other.getStatus().instanceId()));
    }

    int steps() {
        return steps;
    }

    /** Notes what happens, for the one who has to understand why a rule was broken. */
    void note(String event) {
        history.add(time.instant() + " " + event);
        if (history.size() > HISTORY) {
            history.remove();
        }
    }

    private <T> T any(T[] values) {
        return values[random.nextInt(values.length)];
    }

    /** Times and ids do not matter, the rest does. */
    private long hash() {
        StringBuilder state = new StringBuilder(wawp.toString());
        api.list().forEach(session -> {
            WhatsAppSessionStatus status = session.getStatus();
            state.append(session.getMetadata().getName())
                    .append(session.isMarkedForDeletion())
                    .append(session.getMetadata().getFinalizers())
                    .append(session.getSpec());
            if (status != null) {
                state.append(status.sessionState())
                        .append(status.pairing())
                        .append(status.instanceId())
                        .append(status.plannedAction())
                        .append(status.restarts());
                status.conditions().forEach(condition -> state.append(condition.type())
                        .append(condition.status())
                        .append(condition.reason()));
                if (status.lastAction() != null) {
                    state.append(status.lastAction().type())
                            .append(status.lastAction().phase())
                            .append(status.lastAction().purpose())
                            .append(status.lastAction().attempt());
                }
            }
        });
        processes.forEach(process -> state.append(process.life.isAlive())
                .append(process.life.isFrozen())
                .append(holdsLease(process)));
        long hash = 1125899906842597L;
        for (int i = 0; i < state.length(); i++) {
            hash = 31 * hash + state.charAt(i);
        }
        return hash;
    }
}
