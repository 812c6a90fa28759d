package net.wawp.operator.e2e;

import static net.wawp.operator.testing.EmbeddedCluster.TOKEN;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import net.wawp.operator.api.v1alpha1.Condition;
import net.wawp.operator.api.v1alpha1.DesiredState;
import net.wawp.operator.api.v1alpha1.WhatsAppSessionSpec;
import net.wawp.operator.api.v1alpha1.WhatsAppSessionStatus;
import net.wawp.operator.simulator.EngineState;
import net.wawp.operator.simulator.Fault;
import net.wawp.operator.simulator.Operation;
import net.wawp.operator.simulator.SimulatedSession;
import net.wawp.operator.simulator.WawpSimulator;
import net.wawp.operator.status.Conditions;
import net.wawp.operator.testing.EmbeddedCluster;
import net.wawp.operator.testing.KillableOperator;
import net.wawp.operator.testing.KillableOperator.Moment;
import net.wawp.operator.testing.ManualClock;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The fence around a logout: the operator is killed between any two of its steps, and another takes over, while Wawp answers
 * promptly, slowly, or not at all.
 */
class LogoutFenceTest {

    private static final String NAME = "support-line";
    private static final String INSTANCE = "3EB0BCB2E3D4";
    /** Time passes only while the test waits: a busy machine slows both the operator and its clock. */
    private static final Duration STEP = Duration.ofSeconds(3);

    private static final Duration INTERVAL = Duration.ofMillis(50);
    private static final Duration TIMEOUT = Duration.ofMinutes(2);

    /** How Wawp treats the logout call. */
    enum Answers {
        Prompt,
        Slow,
        LostWithEffect,
        LostWithoutEffect;

        void prepare(WawpSimulator wawp, SimulatedSession session) {
            switch (this) {
                case Prompt -> {}
                case Slow -> session.conduct().timing(session.conduct().timing().withLatency(200));
                case LostWithEffect ->
                    wawp.inject(Fault.of(Fault.Kind.ResetBeforeAnswer)
                            .on(Operation.logout)
                            .times(1)
                            .withEffect());
                case LostWithoutEffect ->
                    wawp.inject(Fault.of(Fault.Kind.ResetBeforeAnswer)
                            .on(Operation.logout)
                            .times(1));
            }
        }
    }

    record Case(Moment killedAt, Answers answers) {
        @Override
        public String toString() {
            return "killed " + killedAt + ", answers " + answers;
        }
    }

    static Stream<Case> everyMomentAndAnswer() {
        return Stream.of(Moment.values())
                .flatMap(moment -> Stream.of(Answers.values()).map(answers -> new Case(moment, answers)));
    }

    @ParameterizedTest
    @MethodSource("everyMomentAndAnswer")
    void noIntentIsSentTwiceAndTheSessionIsLoggedOutInTheEnd(Case fence) {
        try (Fixture fixture = new Fixture(fence)) {
            fixture.startOperatorThatDies();
            fixture.startSuccessor();

            fixture.await().ignoreException(NullPointerException.class).untilAsserted(() -> {
                fixture.goOn();
                WhatsAppSessionStatus status = fixture.cluster.status(NAME);
                assertThat(Conditions.find(status.conditions(), Conditions.READY))
                        .map(Condition::reason)
                        .contains("LoggedOut");
                assertThat(status.pairing()).isEqualTo("Unpaired");
            });
            assertThat(fixture.session.isPaired()).isFalse();
            assertThat(fixture.sentIntents()).as("intents, as sent").doesNotHaveDuplicates();
            assertThat(fixture.cluster.status(NAME).lastAction().phase())
                    .as("how the last one ended")
                    .isEqualTo("Confirmed");
            assertThat(fixture.wawp.ledger().calls(Operation.logout, INSTANCE))
                    .as("a second call is made only where the first provably had no effect within its time")
                    .hasSizeLessThanOrEqualTo(fence.answers() == Answers.LostWithoutEffect ? 2 : 1);
        }
    }

    @ParameterizedTest
    @MethodSource("everyMomentAndAnswer")
    void noneIsSentAfterTheResourceStoppedAskingForIt(Case fence) {
        try (Fixture fixture = new Fixture(fence)) {
            fixture.startOperatorThatDies();
            fixture.cluster.edit(NAME, LogoutFenceTest::running);
            int sentBefore = fixture.sentIntents().size();
            fixture.startSuccessor();

            fixture.await().ignoreException(NullPointerException.class).untilAsserted(() -> {
                fixture.goOn();
                WhatsAppSessionStatus status = fixture.cluster.status(NAME);
                assertThat(Conditions.find(status.conditions(), Conditions.READY))
                        .map(Condition::reason)
                        .get()
                        .isIn("Working", "PairingRequired");
                assertThat(
                                status.lastAction() == null
                                        ? "none"
                                        : status.lastAction().phase())
                        .as("no intent stays open")
                        .isNotEqualTo("Intended");
            });
            assertThat(fixture.sentIntents()).hasSize(sentBefore);
        }
    }

    private static WhatsAppSessionSpec running(WhatsAppSessionSpec spec) {
        return spec.toBuilder().desiredState(DesiredState.Running).build();
    }

    /** A linked session whose resource asks for a logout. */
    private static final class Fixture implements AutoCloseable {

        private final Case fence;
        private final ManualClock clock = new ManualClock();
        private final WawpSimulator wawp = WawpSimulator.start();
        private final EmbeddedCluster cluster = new EmbeddedCluster();
        private final SimulatedSession session = wawp.add(INSTANCE, TOKEN).put(EngineState.WORKING);
        private final List<KillableOperator> operators = new ArrayList<>();

        Fixture(Case fence) {
            this.fence = fence;
            fence.answers().prepare(wawp, session);
            cluster.secret("wawp-credentials", TOKEN);
            cluster.apply(NAME, INSTANCE, DesiredState.LoggedOut);
        }

        void startOperatorThatDies() {
            KillableOperator first = new KillableOperator(cluster, wawp, clock);
            operators.add(first);
            first.dieAt(fence.killedAt());
            first.start();
            await().until(() -> {
                goOn();
                return first.isDead();
            });
        }

        void startSuccessor() {
            KillableOperator second = new KillableOperator(cluster, wawp, clock);
            operators.add(second);
            second.start();
        }

        ConditionFactory await() {
            return Awaitility.await().atMost(TIMEOUT).pollInterval(INTERVAL);
        }

        void goOn() {
            clock.advance(STEP);
        }

        List<String> sentIntents() {
            return operators.stream()
                    .flatMap(operator -> operator.sentIntents().stream())
                    .toList();
        }

        @Override
        public void close() {
            operators.forEach(KillableOperator::close);
            cluster.close();
            wawp.close();
        }
    }
}
