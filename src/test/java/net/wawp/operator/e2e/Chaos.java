package net.wawp.operator.e2e;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import net.wawp.operator.api.v1alpha1.DeletionPolicy;
import net.wawp.operator.api.v1alpha1.DesiredState;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;
import net.wawp.operator.simulator.BodyFormat;
import net.wawp.operator.simulator.Fault;
import net.wawp.operator.simulator.Operation;
import net.wawp.operator.simulator.Timing;
import org.awaitility.core.ConditionTimeoutException;

/** A cluster with two replicas and some lines, in which everybody does what they please, by the dice of a seed. */
final class Chaos implements AutoCloseable {

    private static final int LINES = 8;
    private static final int MOST_DEEDS = 5;
    private static final int ROUND_MILLIS = 3_000;
    private static final int LONGEST_GAP_MILLIS = 2_000;
    private static final int LONGEST_REGRET_MILLIS = 1_500;
    private static final long LATENCY_MILLIS = 100;
    private static final long LATE_LOGOUT_MILLIS = 1_500;
    private static final long QR_CODE_MILLIS = 3_600_000;
    /** A lost call counts as without effect after 60 s, a second one after 120 s; a busy machine takes longer. */
    private static final Duration CALM_LIMIT = Duration.ofMinutes(8);

    /** What may happen to a line. */
    private enum Deed {
        Run,
        Stop,
        LogOut,
        RegretLogout,
        RenameNewFirst,
        RenameOldFirst,
        Recreate,
        Delete,
        SpoilCall,
        SpoilLogout,
        SpoilPoll,
        TakeSecretAway,
        PutSecretBack,
        WipeStatus,
        FailEngine,
        StopInDashboard
    }

    /** What may happen to a replica. */
    private enum Fate {
        Nothing,
        KillLeader,
        KillStandby,
        FreezeLeader,
        TerminateLeader
    }

    private final long seed;
    private final OperatedCluster cluster = OperatedCluster.create();
    private final ScheduledExecutorService people = Executors.newScheduledThreadPool(LINES + 2);
    private final Set<String> announced = ConcurrentHashMap.newKeySet();
    private final List<ChaosLine> lines;
    private final Replicas replicas;
    private final ChaosJudge judge;
    private final List<String> fates = new ArrayList<>();
    private int round;
    private Duration longestCalm = Duration.ZERO;

    Chaos(long seed) {
        this.seed = seed;
        Timing timing = Timing.DEFAULT.withLatency(LATENCY_MILLIS).withQrCodes(1, QR_CODE_MILLIS);
        cluster.wawp().conduct().timing(timing);
        String namespace = cluster.kubernetes().createNamespace("chaos");
        lines = IntStream.range(0, LINES)
                .mapToObj(number -> new ChaosLine(new Line(cluster, namespace, number), cluster.kubernetes()))
                .toList();
        for (int i = 0; i < LINES; i += 4) {
            // Wawp accepts a logout at once, and the session still shows as linked for a while
            lines.get(i).line().session().conduct().timing(timing.withLogout(LATE_LOGOUT_MILLIS));
        }
        replicas = Replicas.of(cluster);
        judge = new ChaosJudge(cluster, Set.of(cluster.installation().user()), replicas::wereInterruptedBetween, lines);
        cluster.kubernetes()
                .client()
                .resources(WhatsAppSession.class)
                .inNamespace(namespace)
                .inform(new Announcements(announced));
        replicas.awaitReady();
        replicas.awaitLeader();
        lines.forEach(ChaosLine::putSecret);
    }

    int changes() {
        return judge.changes();
    }

    String summary() {
        return "%s; the longest calm until all was as declared: %d s"
                .formatted(judge.summary(), longestCalm.toSeconds());
    }

    // --- a round -------------------------------------------------------------------------------------------------

    void play(int number) {
        round = number;
        Random random = new Random(seed + number);
        if (number == 0 || lines.stream().allMatch(line -> line.name().isEmpty())) {
            lines.forEach(line -> line.begin(random, anyPolicy(random)));
        }
        List<CompletableFuture<Void>> steps = new ArrayList<>();
        List<ChaosLine> touched = new ArrayList<>(lines);
        Collections.shuffle(touched, random);
        for (ChaosLine line : touched.subList(0, 1 + random.nextInt(MOST_DEEDS))) {
            Deed deed = Deed.values()[random.nextInt(Deed.values().length)];
            Random dice = new Random(random.nextLong());
            steps.add(after(random.nextInt(ROUND_MILLIS), () -> carryOut(deed, line, dice)));
        }
        Fate fate = Fate.values()[random.nextInt(Fate.values().length)];
        Moment moment = Moment.values()[random.nextInt(Moment.values().length)];
        Random dice = new Random(random.nextLong());
        steps.add(after(random.nextInt(ROUND_MILLIS), () -> befall(fate, moment, dice)));
        try {
            steps.forEach(CompletableFuture::join);
            replicas.awaitLeader();
        } catch (RuntimeException e) {
            throw new AssertionError(report(e.toString(), Optional.empty()), e);
        }
        judge.judge().ifPresent(violation -> {
            throw new AssertionError(report(violation.rule(), Optional.of(violation.line())));
        });
    }

    private CompletableFuture<Void> after(int millis, Runnable step) {
        return CompletableFuture.runAsync(step, command -> people.schedule(command, millis, TimeUnit.MILLISECONDS));
    }

    private void carryOut(Deed deed, ChaosLine line, Random dice) {
        switch (deed) {
            case Run -> line.edit(DesiredState.Running);
            case Stop -> line.edit(DesiredState.Stopped);
            case LogOut -> line.edit(DesiredState.LoggedOut);
            case RegretLogout -> {
                line.edit(DesiredState.LoggedOut);
                pause(dice.nextInt(LONGEST_REGRET_MILLIS));
                line.edit(dice.nextBoolean() ? DesiredState.Running : DesiredState.Stopped);
            }
            case RenameNewFirst -> line.rename(true, anyPolicy(dice), () -> pause(dice.nextInt(LONGEST_GAP_MILLIS)));
            case RenameOldFirst -> line.rename(false, anyPolicy(dice), () -> pause(dice.nextInt(LONGEST_GAP_MILLIS)));
            case Recreate -> line.recreate(DesiredState.values()[dice.nextInt(DesiredState.values().length)]);
            case Delete -> line.delete();
            case SpoilCall -> spoil(line, dice, Operation.start, Operation.stop, Operation.logout);
            case SpoilLogout -> {
                spoil(line, dice, Operation.logout);
                line.edit(DesiredState.LoggedOut);
            }
            case SpoilPoll -> spoil(line, dice, Operation.info);
            case TakeSecretAway -> line.takeSecretAway();
            case PutSecretBack -> line.putSecret();
            case WipeStatus -> line.wipeStatus();
            case FailEngine -> line.failEngine();
            case StopInDashboard -> line.stopInDashboard();
        }
    }

    private void spoil(ChaosLine line, Random dice, Operation... operations) {
        for (Operation operation : operations) {
            Fault fault =
                    switch (dice.nextInt(6)) {
                        case 0 -> Fault.error(502, BodyFormat.Html);
                        case 1 -> Fault.error(503, BodyFormat.Json).retryAfter("1");
                        case 2 -> Fault.of(Fault.Kind.Hang);
                        case 3 -> Fault.of(Fault.Kind.ResetBeforeAnswer);
                        case 4 -> Fault.of(Fault.Kind.ResetMidBody);
                        default -> Fault.of(Fault.Kind.Garbage);
                    };
            Fault once = fault.on(operation).at(line.line().instanceId()).times(1);
            cluster.wawp().inject(dice.nextBoolean() ? once.withEffect() : once);
        }
    }

    private void befall(Fate fate, Moment moment, Random dice) {
        if (fate == Fate.Nothing) {
            return;
        }
        OperatorJar victim = fate == Fate.KillStandby ? replicas.standby() : replicas.leader();
        moment.await(announced, cluster.wawp());
        fates.add("%s %s, %s".formatted(Instant.now(), fate, moment));
        switch (fate) {
            case Nothing -> {}
            case KillLeader, KillStandby -> replicas.kill(victim);
            case FreezeLeader -> {
                replicas.freeze(victim);
                pause((int) Replicas.FREEZE.toMillis() + dice.nextInt(3_000));
                replicas.thaw(victim);
            }
            case TerminateLeader -> {
                int status = replicas.terminate(victim);
                if (status != 0) {
                    throw new IllegalStateException("Exit status %d after SIGTERM".formatted(status));
                }
            }
        }
    }

    /** Time that passes between two steps of the dice: nothing is waited for. */
    private void pause(int millis) {
        CompletableFuture.runAsync(() -> {}, command -> people.schedule(command, millis, TimeUnit.MILLISECONDS))
                .join();
    }

    private static DeletionPolicy anyPolicy(Random random) {
        return DeletionPolicy.values()[random.nextInt(DeletionPolicy.values().length)];
    }

    // --- calm ----------------------------------------------------------------------------------------------------

    /** Everything works and nobody does anything, but for a person who scans QR codes and asks where asked to. */
    void calm() {
        Instant begun = Instant.now();
        cluster.wawp().heal();
        lines.forEach(ChaosLine::putSecret);
        try {
            replicas.awaitReady();
            lines.forEach(this::awaitDeclared);
            replicas.awaitLeader();
        } catch (RuntimeException e) {
            throw new AssertionError(report(e.toString(), Optional.empty()), e);
        }
        judge.judge().ifPresent(violation -> {
            throw new AssertionError(report(violation.rule(), Optional.of(violation.line())));
        });
        judge.forget();
        Duration took = Duration.between(begun, Instant.now());
        longestCalm = took.compareTo(longestCalm) > 0 ? took : longestCalm;
        Random random = new Random(seed + round);
        lines.forEach(line -> line.begin(random, anyPolicy(random)));
    }

    private void awaitDeclared(ChaosLine line) {
        try {
            line.awaitDeclared(CALM_LIMIT);
        } catch (ConditionTimeoutException e) {
            throw new AssertionError(
                    report("the line is not as declared after %s of calm".formatted(CALM_LIMIT), Optional.of(line)), e);
        }
    }

    // --- a failure -----------------------------------------------------------------------------------------------

    private String report(String what, Optional<ChaosLine> about) {
        StringBuilder report = new StringBuilder();
        report.append("%s%nRound %d; the same steps again: -Dchaos.seed=%d -Dchaos.first=%d -Dchaos.rounds=%d%n"
                .formatted(what, round, seed, round - round % 10, round % 10 + 1));
        report.append("Logs of the operators and the audit log: %s%n"
                .formatted(cluster.kubernetes().directory()));
        fates.stream()
                .skip(Math.max(0, fates.size() - 12))
                .forEach(fate -> report.append("  ").append(fate).append('\n'));
        about.map(List::of).orElse(lines).forEach(line -> report.append(judge.report(line)));
        return report.toString();
    }

    @Override
    public void close() {
        people.shutdownNow();
        replicas.close();
        cluster.close();
    }
}
