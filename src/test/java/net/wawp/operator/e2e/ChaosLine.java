package net.wawp.operator.e2e;

import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import net.wawp.operator.api.v1alpha1.DeletionPolicy;
import net.wawp.operator.api.v1alpha1.DesiredState;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;
import net.wawp.operator.simulator.EngineState;
import net.wawp.operator.testing.kubernetes.KubernetesCluster;
import org.awaitility.Awaitility;

/** A line in the chaos: what people do to its resource, and from when to when a logout was declared by that. One step at a time. */
final class ChaosLine {

    private static final PatchContext MERGE = PatchContext.of(PatchType.JSON_MERGE);

    private static final Duration REQUEST_INTERVAL = Duration.ofSeconds(10);
    private static final Set<String> WAITS_FOR_A_PERSON = Set.of("RecoveryExhausted", "LogoutUncertain");

    /** The operator waits 5 s for the successor of a resource that is deleted. */
    private static final Duration RENAME_LIMIT = Duration.ofSeconds(4);

    private static final Duration RIVAL_LIMIT = Duration.ofMinutes(4);

    /**
     * A resource asks for a logout.
     *
     * @param from before it was written
     * @param until after it was withdrawn; absent while it stands
     */
    record Declaration(String name, Instant from, Optional<Instant> until) {
        boolean covers(Instant time) {
            return !time.isBefore(from) && until.filter(time::isAfter).isEmpty();
        }
    }

    private final Line line;
    private final KubernetesCluster kubernetes;
    private final List<Declaration> declarations = new ArrayList<>();
    private final List<Instant> relinks = new ArrayList<>();
    private final List<Instant> wipes = new ArrayList<>();
    private final List<String> story = new ArrayList<>();

    private int generation;
    private Optional<String> name = Optional.empty();
    /** The resources that were deleted and may still be there. */
    private final List<String> leaving = new ArrayList<>();

    private DesiredState desired = DesiredState.Running;
    private DeletionPolicy policy = DeletionPolicy.Retain;
    private boolean mustLogOut;
    private boolean hasSecret;
    private boolean wasSecretAway;

    ChaosLine(Line line, KubernetesCluster kubernetes) {
        this.line = line;
        this.kubernetes = kubernetes;
    }

    Line line() {
        return line;
    }

    synchronized Optional<String> name() {
        return name;
    }

    synchronized List<String> leaving() {
        return List.copyOf(leaving);
    }

    synchronized DesiredState desired() {
        return desired;
    }

    synchronized List<Declaration> declarations() {
        return List.copyOf(declarations);
    }

    synchronized List<Instant> relinks() {
        return List.copyOf(relinks);
    }

    synchronized List<Instant> wipes() {
        return List.copyOf(wipes);
    }

    /** Whether the deleted resource had to log the session out, and nothing allowed it not to. */
    synchronized boolean mustBeLoggedOut() {
        return name.isEmpty() && mustLogOut && !wasSecretAway;
    }

    synchronized String story() {
        return String.join("\n  ", story);
    }

    private void note(String what) {
        story.add(Instant.now() + " " + what);
        if (story.size() > 60) {
            story.remove(0);
        }
    }

    // --- what people do ------------------------------------------------------------------------------------------

    synchronized void putSecret() {
        if (!hasSecret) {
            line.putSecret();
            hasSecret = true;
            note("put the Secret back");
        }
    }

    synchronized void takeSecretAway() {
        putSecret();
        line.deleteSecret();
        hasSecret = false;
        wasSecretAway = true;
        note("took the Secret away");
    }

    synchronized void create(DesiredState newDesired, DeletionPolicy newPolicy) {
        create("%s-%d".formatted(line.instanceId().toLowerCase(Locale.ROOT), ++generation), newDesired, newPolicy);
    }

    private void create(String newName, DesiredState newDesired, DeletionPolicy newPolicy) {
        desired = newDesired;
        policy = newPolicy;
        name = Optional.of(newName);
        if (desired == DesiredState.LoggedOut) {
            declare(newName);
        }
        line.create(newName, desired, policy);
        note("created %s, %s, %s".formatted(newName, desired, policy));
    }

    synchronized void edit(DesiredState newDesired) {
        if (name.isEmpty() || desired == newDesired) {
            return;
        }
        if (newDesired == DesiredState.LoggedOut) {
            declare(name.get());
        }
        patch("{\"spec\": {\"desiredState\": \"%s\"}}".formatted(newDesired));
        withdrawUnless(newDesired == DesiredState.LoggedOut);
        desired = newDesired;
        note("edited %s: %s".formatted(name.get(), desired));
    }

    synchronized void wipeStatus() {
        name.ifPresent(present -> {
            wipes.add(Instant.now());
            line.at(present).subresource("status").patch(MERGE, "{\"status\": null}");
            note("wiped the status of " + present);
        });
    }

    synchronized void request(String token) {
        if (name.isPresent()) {
            patch("{\"metadata\": {\"annotations\": {\"wawp.net/requestedAt\": \"%s\"}}}".formatted(token));
            note("requested " + token);
        }
    }

    /** The new name first, then the deletion of the old one, or the other way round. */
    synchronized void rename(boolean newFirst, DeletionPolicy newPolicy, Runnable gap) {
        if (name.isEmpty()) {
            return;
        }
        putSecret();
        String old = name.get();
        boolean wasDeclared = desired == DesiredState.LoggedOut;
        if (newFirst) {
            create(desired, newPolicy);
            gap.run();
            line.at(old).delete();
            withdraw(old);
        } else {
            boolean logsOut = policy == DeletionPolicy.Logout;
            Instant deleted = Instant.now();
            line.at(old).delete();
            note("deleted " + old);
            gap.run();
            create(desired, newPolicy);
            if (logsOut && Duration.between(deleted, Instant.now()).compareTo(RENAME_LIMIT) > 0) {
                // a machine so busy has made a deletion of the rename
                declarations.add(new Declaration(old, deleted, Optional.of(Instant.now())));
            }
            withdraw(old);
        }
        leaving.add(old);
        note("renamed %s to %s%s".formatted(old, name.get(), wasDeclared ? ", LoggedOut" : ""));
    }

    /** Somebody makes another resource of this instance by mistake, which is to log out when it is deleted, and deletes it again. */
    synchronized void haveRival(DesiredState rivalDesired, Runnable gap) {
        if (name.isEmpty()) {
            return;
        }
        String rival = "%s-rival-%d".formatted(line.instanceId().toLowerCase(Locale.ROOT), ++generation);
        line.create(rival, rivalDesired, DeletionPolicy.Logout);
        note("created %s, %s".formatted(rival, rivalDesired));
        gap.run();
        line.at(rival).delete();
        note("deleted " + rival);
        // a rename meanwhile would leave a moment in which nobody wants the session any more
        Awaitility.await().alias(rival + " is gone").atMost(RIVAL_LIMIT).until(() -> line.isGone(rival));
    }

    /** {@code kubectl replace --force}: a resource of the same name with another UID. */
    synchronized void recreate(DesiredState newDesired) {
        if (name.isEmpty()) {
            return;
        }
        String same = name.get();
        patch("{\"spec\": {\"deletionPolicy\": \"Retain\"}}");
        policy = DeletionPolicy.Retain;
        note("replacing %s by force: %s".formatted(same, newDesired));
        if (newDesired == DesiredState.LoggedOut) {
            declare(same);
        }
        WhatsAppSession draft = line.draft(same, newDesired, policy);
        boolean isDone = kubernetes
                .kubectlReading(Serialization.asJson(draft), "replace", "--force", "--timeout=60s", "-f", "-")
                .succeeded();
        withdrawUnless(newDesired == DesiredState.LoggedOut);
        if (!isDone && line.isGone(same)) {
            name = Optional.empty();
            withdraw(same);
            note("nobody let it go in time, so it was not created anew");
            return;
        }
        desired = newDesired;
        note("replaced " + same);
    }

    synchronized void delete() {
        if (name.isEmpty()) {
            return;
        }
        putSecret();
        String old = name.get();
        Instant before = Instant.now();
        line.at(old).delete();
        withdraw(old);
        if (policy == DeletionPolicy.Logout) {
            declarations.add(new Declaration(old, before, Optional.empty()));
        }
        mustLogOut = policy == DeletionPolicy.Logout;
        name = Optional.empty();
        leaving.add(old);
        note("deleted %s, %s".formatted(old, policy));
    }

    /** A person with the phone scans a QR code that is on show, where the resource wants the session linked. */
    synchronized void scan() {
        if (line.session().state() == EngineState.SCAN_QR_CODE) {
            relinks.add(Instant.now());
            line.session().scan();
            note("scanned the QR code");
        }
    }

    /**
     * Waits until all is as declared, and does meanwhile what only a person can: scans the QR code, and asks where asked to.
     *
     * @throws org.awaitility.core.ConditionTimeoutException if it takes longer
     */
    void awaitDeclared(Duration limit) {
        Instant[] requestedAt = {Instant.MIN};
        Awaitility.await().atMost(limit).pollInterval(Duration.ofMillis(500)).until(() -> {
            if (name().isPresent() && desired() == DesiredState.Running) {
                scan();
            }
            Optional<String> reason = name().flatMap(line::reason);
            boolean asksForAPerson = reason.filter(this::asksForAPerson).isPresent();
            Instant now = Instant.now();
            if (asksForAPerson && now.isAfter(requestedAt[0].plus(REQUEST_INTERVAL))) {
                requestedAt[0] = now;
                request("request-" + now);
            }
            return isAsDeclared(reason);
        });
    }

    /** An engine that failed before anybody scanned shows no QR code: a person asks for a fresh one. */
    private boolean asksForAPerson(String reason) {
        return WAITS_FOR_A_PERSON.contains(reason)
                || reason.equals("PairingRequired") && line.session().state() == EngineState.FAILED;
    }

    private boolean isAsDeclared(Optional<String> reason) {
        boolean areOthersGone = leaving().stream().allMatch(line::isGone);
        EngineState state = line.session().state();
        boolean isPaired = line.session().isPaired();
        if (name().isEmpty()) {
            return areOthersGone && !(mustBeLoggedOut() && isPaired);
        }
        return areOthersGone
                && switch (desired()) {
                    case Running -> reason.equals(Optional.of("Working")) && state == EngineState.WORKING;
                    case Stopped -> reason.equals(Optional.of("Stopped")) && state == EngineState.STOPPED;
                    case LoggedOut -> reason.equals(Optional.of("LoggedOut")) && !isPaired;
                };
    }

    synchronized void failEngine() {
        line.session().fail();
        note("the engine failed");
    }

    synchronized void stopInDashboard() {
        line.session().stopInDashboard();
        note("stopped in the dashboard");
    }

    /** After calm: nothing of the past counts any more. */
    synchronized void begin(Random random, DeletionPolicy newPolicy) {
        leaving.clear();
        wasSecretAway = false;
        if (name.isEmpty()) {
            // whoever was deleted is gone, and its declaration with it
            Instant now = Instant.now();
            declarations.replaceAll(declaration -> closed(declaration, now));
            mustLogOut = false;
            create(random.nextBoolean() ? DesiredState.Running : DesiredState.Stopped, newPolicy);
        }
    }

    private void patch(String json) {
        line.at(name.orElseThrow()).patch(MERGE, json);
    }

    private void declare(String by) {
        declarations.add(new Declaration(by, Instant.now(), Optional.empty()));
    }

    private void withdrawUnless(boolean isDeclaredAnew) {
        if (!isDeclaredAnew) {
            withdraw(name.orElseThrow());
        }
    }

    /** What was declared by this resource is withdrawn by now. */
    private void withdraw(String by) {
        Instant now = Instant.now();
        declarations.replaceAll(declaration -> declaration.name().equals(by) ? closed(declaration, now) : declaration);
    }

    private static Declaration closed(Declaration declaration, Instant now) {
        return new Declaration(
                declaration.name(), declaration.from(), declaration.until().or(() -> Optional.of(now)));
    }

    @Override
    public String toString() {
        return line.toString();
    }
}
