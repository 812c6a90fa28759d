package net.wawp.operator.e2e;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.stream.Collectors;
import net.wawp.operator.e2e.ChaosLine.Declaration;
import net.wawp.operator.simulator.Call;
import net.wawp.operator.simulator.Operation;
import net.wawp.operator.testing.kubernetes.AuditEvent;
import net.wawp.operator.testing.kubernetes.AuditLog.Mark;

/** Holds the simulator's ledger against what people declared, and against what the operator read before it called. */
final class ChaosJudge {

    /** A logout whose outcome nobody knows is not repeated within 60 s; the ledger's clock and the operator's need not agree to the second. */
    private static final Duration REPEATED_AFTER = Duration.ofSeconds(55);

    record Violation(String rule, ChaosLine line) {}

    private final OperatedCluster cluster;
    private final Set<String> operators;
    private final BiPredicate<Instant, Instant> wereInterruptedBetween;
    private final List<ChaosLine> lines;
    private final List<AuditEvent> reads = new ArrayList<>();
    private Mark mark;
    private long forgotten;
    private int changes;
    private int logouts;
    private int rounds;

    /**
     * @param operators as the audit log names them
     * @param wereInterruptedBetween whether an operator may have been killed, frozen or followed by another between two times
     */
    ChaosJudge(
            OperatedCluster cluster,
            Set<String> operators,
            BiPredicate<Instant, Instant> wereInterruptedBetween,
            List<ChaosLine> lines) {
        this.cluster = cluster;
        this.operators = operators;
        this.wereInterruptedBetween = wereInterruptedBetween;
        this.lines = lines;
        this.mark = cluster.kubernetes().audit().mark();
    }

    int changes() {
        return changes;
    }

    int logouts() {
        return logouts;
    }

    String summary() {
        return "%d rounds, %d calls, %d of them logouts, no rule broken".formatted(rounds, changes, logouts);
    }

    /** Everything is settled: what follows is judged by itself. */
    void forget() {
        for (ChaosLine line : lines) {
            List<Call> calls = line.line().changes(forgotten);
            changes += calls.size();
            logouts += (int) calls.stream().filter(ChaosJudge::isLogout).count();
        }
        forgotten = cluster.wawp().ledger().lastNumber();
        reads.clear();
    }

    /** The first rule that was broken since the last calm. */
    Optional<Violation> judge() {
        rounds++;
        Mark next = cluster.kubernetes().audit().mark();
        cluster.kubernetes().audit().since(mark).stream()
                .filter(event -> event.verb().equals("get")
                        && event.resource().equals("whatsappsessions")
                        && operators.contains(event.user()))
                .forEach(reads::add);
        mark = next;
        return lines.stream()
                .flatMap(line -> judge(line).map(rule -> new Violation(rule, line)).stream())
                .findFirst();
    }

    /** What was wanted of a line, what happened to it, and what it is now. */
    String report(ChaosLine line) {
        return "%s, declared logouts %s%n  %s%n  %s%n  now: %s %s%n"
                .formatted(
                        line,
                        line.declarations(),
                        line.story(),
                        ledgerOf(line),
                        line.line().session().state(),
                        line.name().map(name -> line.line().at(name).get()));
    }

    private String ledgerOf(ChaosLine line) {
        return line.line().changes(forgotten).stream()
                .map(call -> "%s to %s: %s, effect %s, answer %s"
                        .formatted(
                                call.at(),
                                call.ended().map(Instant::toString).orElse("?"),
                                call.operation().orElseThrow(),
                                call.effect(),
                                call.status().map(String::valueOf).orElse("none")))
                .collect(Collectors.joining("\n  "));
    }

    private Optional<String> judge(ChaosLine line) {
        List<Call> calls = line.line().changes(forgotten);
        for (int i = 0; i < calls.size(); i++) {
            Call call = calls.get(i);
            if (i > 0 && wereTogether(calls.get(i - 1), call)) {
                return Optional.of("two calls were in flight at once: " + call);
            }
            if (isLogout(call)) {
                if (!wasDeclared(line, call)) {
                    return Optional.of("nobody had declared this logout when the operator asked last: " + call);
                }
                Optional<String> broken = calls.subList(0, i).stream()
                        .filter(ChaosJudge::isLogout)
                        .flatMap(earlier -> repetition(line, earlier, call).stream())
                        .findFirst();
                if (broken.isPresent()) {
                    return broken;
                }
            }
        }
        return Optional.empty();
    }

    /** The call of a frozen process hangs as long as that is frozen; whoever leads then may not wait for it. */
    private boolean wereTogether(Call earlier, Call later) {
        Instant end = earlier.ended().orElse(Instant.MAX);
        return end.isAfter(later.at()) && !wereInterruptedBetween.test(earlier.at(), later.at());
    }

    /** Whether the resource for which it may have been asked for it when the operator read it for the last time. */
    private boolean wasDeclared(ChaosLine line, Call logout) {
        return line.declarations().stream().anyMatch(declaration -> lastRead(line, declaration, logout.at())
                .filter(declaration::covers)
                .isPresent());
    }

    private Optional<Instant> lastRead(ChaosLine line, Declaration declaration, Instant before) {
        return reads.stream()
                .filter(read -> read.namespace().equals(line.line().namespace())
                        && read.name().equals(declaration.name())
                        && read.received().isBefore(before))
                .map(AuditEvent::received)
                .max(Instant::compareTo);
    }

    private Optional<String> repetition(ChaosLine line, Call earlier, Call later) {
        boolean isDeclaredAnew = line.declarations().stream()
                .anyMatch(declaration -> declaration.from().isAfter(earlier.at())
                        && declaration.from().isBefore(later.at()));
        // a new leader knows of a call only by the status
        boolean isForgotten = wereInterruptedBetween.test(earlier.at(), later.at())
                && line.wipes().stream()
                        .anyMatch(at -> at.isAfter(earlier.at().minusSeconds(5)) && at.isBefore(later.at()));
        if (isDeclaredAnew || isForgotten) {
            return Optional.empty();
        }
        boolean isLinkedAnew =
                line.relinks().stream().anyMatch(at -> at.isAfter(earlier.at()) && at.isBefore(later.at()));
        if (earlier.effect() && !isLinkedAnew) {
            return Optional.of("a session that was logged out was logged out again: " + earlier + " and " + later);
        }
        boolean isRefused =
                earlier.status().filter(status -> status >= 400 && status < 500).isPresent();
        boolean isEarly = later.at().isBefore(earlier.at().plus(REPEATED_AFTER));
        return !earlier.effect() && !isRefused && isEarly
                ? Optional.of("a logout was repeated before its time: " + earlier + " and " + later)
                : Optional.empty();
    }

    private static boolean isLogout(Call call) {
        return call.operation().equals(Optional.of(Operation.logout));
    }
}
