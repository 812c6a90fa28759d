package net.wawp.operator.controller;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import net.wawp.operator.api.v1alpha1.DeletionPolicy;
import net.wawp.operator.api.v1alpha1.DesiredState;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;
import net.wawp.operator.command.CommandSender;
import net.wawp.operator.pairing.InMemoryPairingSecrets;
import net.wawp.operator.pairing.PairingOffers;
import net.wawp.operator.poller.SessionPoller;
import net.wawp.operator.session.Action;
import net.wawp.operator.session.Decision;
import net.wawp.operator.session.Decision.Release;
import net.wawp.operator.session.Decision.UpdateStatus;
import net.wawp.operator.session.Failure;
import net.wawp.operator.session.Observation;
import net.wawp.operator.session.PolicyInputs;
import net.wawp.operator.session.PolicyResult;
import net.wawp.operator.session.SecretState.Usable;
import net.wawp.operator.session.SessionInfo;
import net.wawp.operator.session.SessionState;
import net.wawp.operator.session.policy.SessionPolicy;
import net.wawp.operator.status.StatusFactory;
import net.wawp.operator.testing.LoopFixture;
import net.wawp.operator.testing.ManualClock;
import net.wawp.operator.testing.ScriptedWawpClient;

/**
 * Any resource that is JSON of the right shape, the schema aside: the definition in a cluster may be older or edited, and anybody with the
 * rights may have written the status. The metadata are the API server's own but for annotations, finalizers and generation.
 */
class ResourceFuzzTest {

    private static final String UID = "0b6f4a8e-1f7f-4a3e-9d3c-1f0f5a6b7c8d";
    private static final String INSTANCE = "3EB0BCB2E3D4";
    private static final ObjectMapper MAPPER = new ObjectMapper();

    static {
        // sets the mapper up as the client does
        new KubernetesSerialization(MAPPER, false);
    }

    private static final LoopFixture LOOP = new LoopFixture();
    private static final ManualClock CLOCK = new ManualClock();
    private static final ScriptedWawpClient WAWP = new ScriptedWawpClient();
    private static final SessionPoller POLLER = new SessionPoller(
            LOOP.loop(),
            WAWP,
            CLOCK,
            new SplittableRandom(1),
            () -> true,
            1,
            Optional::empty,
            isOut -> {},
            new ReconcileTrigger());
    private static final CommandSender COMMANDS =
            new CommandSender(LOOP.loop(), WAWP, CLOCK, new SplittableRandom(1), ended -> {});
    private static final PairingOffers OFFERS =
            new PairingOffers(LOOP.loop(), WAWP, new InMemoryPairingSecrets(), () -> true, CLOCK, uid -> {});
    private static final SecretStore SECRETS = new SecretStore(key -> new CompletableFuture<>(), uid -> {}, CLOCK);

    @FuzzTest(maxDuration = "25s")
    void everyResourceLeadsToADecisionAndOnlyADeclaredLogoutToALogout(byte[] json) {
        WhatsAppSession resource;
        try {
            resource = MAPPER.readValue(json, WhatsAppSession.class);
        } catch (IOException noResource) {
            return;
        }
        if (resource == null) {
            return;
        }
        resource.setMetadata(sane(Optional.ofNullable(resource.getMetadata()).orElseGet(ObjectMeta::new)));
        Instant now = CLOCK.instant();
        Map<String, ResourceMemory> memories = new ConcurrentHashMap<>();
        memories.put(
                UID, ResourceMemory.found(1, ReconcileInputs.statusOf(resource), now.minus(Duration.ofMinutes(20))));
        InputsGatherer gatherer = new InputsGatherer(
                new SpecReader(Duration.ofSeconds(60)),
                SECRETS,
                new InstanceClaims(),
                new ClusterClaims(LOOP.loop(), Optional.empty(), uid -> true, uid -> {}),
                POLLER,
                COMMANDS,
                OFFERS,
                CLOCK,
                memories);

        PolicyInputs gathered =
                gatherer.gather(resource, new InMemorySessionStore(CLOCK), now).facts();

        assertThat(SessionPolicy.decide(gathered, now)).isNotNull();
        observations(now).forEach(observation -> check(resource, seen(gathered, observation, now), now));
    }

    private static ObjectMeta sane(ObjectMeta written) {
        return new ObjectMetaBuilder()
                .withNamespace("crm")
                .withName("support-line")
                .withUid(UID)
                .withCreationTimestamp("2026-01-01T00:00:00Z")
                .withResourceVersion("1")
                .withGeneration(written.getGeneration())
                .withAnnotations(written.getAnnotations())
                .withFinalizers(written.getFinalizers())
                .withDeletionTimestamp(written.getDeletionTimestamp())
                .build();
    }

    /** Everything that a poll can have shown, just now and a while ago. */
    private static List<Observation> observations(Instant now) {
        Stream<Observation> seen = Arrays.stream(SessionState.values()).flatMap(state -> Stream.of(
                        now, now.minus(Duration.ofMinutes(15)))
                .map(begun -> Observation.NONE.seen(
                        new SessionInfo(state, Optional.of(state.name()), Optional.empty(), Optional.empty()), begun)));
        Stream<Observation> failed = Arrays.stream(Failure.Kind.values())
                .map(kind -> Observation.NONE.failed(new Failure(kind, Failure.Delivery.Answered), now));
        return Stream.concat(seen, failed).toList();
    }

    private static PolicyInputs seen(PolicyInputs gathered, Observation observation, Instant now) {
        Usable secret = new Usable(INSTANCE, false, now, Optional.empty());
        return new PolicyInputs(
                gathered.target(), observation, gathered.progress(), secret, gathered.ownership(), gathered.pairing());
    }

    private static void check(WhatsAppSession resource, PolicyInputs inputs, Instant now) {
        PolicyResult result = SessionPolicy.decide(inputs, now);
        Decision decision = result.decision();
        if (decision instanceof Release release) {
            release.unfinished().ifPresent(why -> assertThat(why).matches(ResourceFuzzTest::isPlain));
        }
        if (decision instanceof UpdateStatus update) {
            assertThat(update.readiness().message()).matches(ResourceFuzzTest::isPlain);
            update.call().ifPresent(call -> {
                assertThat(resource.getSpec()).isNotNull();
                assertThat(resource.getSpec().suspend()).isNotEqualTo(true);
                if (call.action() == Action.Logout) {
                    assertThat(declaresLogout(resource)).isTrue();
                }
            });
            assertThat(StatusFactory.create(
                            ReconcileInputs.statusOf(resource),
                            update,
                            update.lastAction(),
                            inputs.target().generation(),
                            inputs.observation(),
                            result.boundInstance(),
                            Optional.empty(),
                            now))
                    .isNotNull();
        }
    }

    private static boolean declaresLogout(WhatsAppSession resource) {
        return resource.isMarkedForDeletion()
                ? resource.getSpec().deletionPolicy() == DeletionPolicy.Logout
                        || resource.getSpec().deletionPolicy() == DeletionPolicy.Retain
                                && resource.getSpec().desiredState() == DesiredState.LoggedOut
                : resource.getSpec().desiredState() == DesiredState.LoggedOut;
    }

    /** One line without characters that a terminal or a log would act upon. */
    private static boolean isPlain(String message) {
        return message.codePoints()
                .allMatch(c -> c >= 0x20 && c < 0x7f || Character.isLetterOrDigit(c) || "•…".indexOf(c) >= 0);
    }
}
