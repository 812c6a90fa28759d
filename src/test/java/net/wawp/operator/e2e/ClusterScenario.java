package net.wawp.operator.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import net.wawp.operator.api.v1alpha1.PairingRequest;
import net.wawp.operator.simulator.EngineState;
import net.wawp.operator.simulator.Quirk;
import org.awaitility.Awaitility;
import org.awaitility.core.ThrowingRunnable;

/** What users find {@value #NAME} in when they run a command of the documents; most are the reason that they see. */
enum ClusterScenario {
    Working {
        @Override
        void bringAbout(OperatedCluster cluster, SessionFixture fixture) {
            fixture.session().put(EngineState.WORKING);
            fixture.secret(SessionFixture.TOKEN).resource(NAME, "desiredState: Running");
            fixture.awaitReason(NAME, "Working");
        }
    },
    /** The ConfigMap that Argo CD brings along; the rest of it is not needed. */
    ArgoCd {
        @Override
        void bringAbout(OperatedCluster cluster, SessionFixture fixture) {
            cluster.kubernetes().kubectlReading("""
                            {apiVersion: v1, kind: Namespace, metadata: {name: argocd}}
                            ---
                            {apiVersion: v1, kind: ConfigMap, metadata: {name: argocd-cm, namespace: argocd}}
                            """, "apply", "-f", "-").orThrow();
        }
    },
    Starting {
        @Override
        void bringAbout(OperatedCluster cluster, SessionFixture fixture) {
            fixture.session().put(EngineState.WORKING).stopInDashboard();
            fixture.secret(SessionFixture.TOKEN).resource(NAME, "desiredState: Running");
        }
    },
    Recovering {
        @Override
        void bringAbout(OperatedCluster cluster, SessionFixture fixture) {
            // it fails again and again, so that nobody has to see it within the first pause
            fixture.session().put(EngineState.WORKING).conduct().turnOn(Quirk.BootFails);
            fixture.session().fail();
            fixture.secret(SessionFixture.TOKEN).resource(NAME, "desiredState: Running");
            fixture.awaitReason(NAME, "Recovering");
        }
    },
    Pairable {
        @Override
        void bringAbout(OperatedCluster cluster, SessionFixture fixture) {
            fixture.secret(SessionFixture.TOKEN).resource(NAME, "desiredState: Running\npairing: {mode: QR}");
            fixture.awaitReason(NAME, "PairingRequired");
        }
    },
    Offered {
        @Override
        void bringAbout(OperatedCluster cluster, SessionFixture fixture) {
            Pairable.bringAbout(cluster, fixture);
            new PairingFixture(cluster, fixture).ask("scan").awaitPhase("scan", "Offered");
        }
    },
    Suspended {
        @Override
        void bringAbout(OperatedCluster cluster, SessionFixture fixture) {
            fixture.session().put(EngineState.WORKING);
            fixture.secret(SessionFixture.TOKEN).resource(NAME, "desiredState: Stopped\nsuspend: true");
            fixture.awaitReason(NAME, "Suspended");
        }
    },
    SecretNotFound {
        @Override
        void bringAbout(OperatedCluster cluster, SessionFixture fixture) {
            fixture.resource(NAME, "desiredState: Running");
            fixture.awaitReason(NAME, "SecretNotFound");
        }
    },
    SecretInvalid {
        @Override
        void bringAbout(OperatedCluster cluster, SessionFixture fixture) {
            fixture.secret("two words").resource(NAME, "desiredState: Running");
            fixture.awaitReason(NAME, "SecretInvalid");
        }
    },
    Unauthorized {
        @Override
        void bringAbout(OperatedCluster cluster, SessionFixture fixture) {
            fixture.session().put(EngineState.WORKING);
            fixture.secret("expired-" + fixture.instanceId()).resource(NAME, "desiredState: Running");
            fixture.awaitReason(NAME, "Unauthorized");
        }
    },
    InstanceConflict {
        @Override
        void bringAbout(OperatedCluster cluster, SessionFixture fixture) {
            fixture.session().put(EngineState.WORKING);
            fixture.secret(SessionFixture.TOKEN).resource("older-line", "desiredState: Running");
            fixture.awaitReason("older-line", "Working");
            fixture.resource(NAME, "desiredState: Running");
            fixture.awaitReason(NAME, "InstanceConflict");
        }
    },
    Deleting {
        @Override
        void bringAbout(OperatedCluster cluster, SessionFixture fixture) {
            fixture.session().put(EngineState.WORKING).conduct().turnOn(Quirk.StopIgnored);
            fixture.secret(SessionFixture.TOKEN).resource(NAME, "desiredState: Running\ndeletionPolicy: Stop");
            fixture.awaitReason(NAME, "Working");
            fixture.kubectl("delete", "was/" + NAME, "--wait=false");
        }
    },
    FinalizerReleased {
        @Override
        void bringAbout(OperatedCluster cluster, SessionFixture fixture) {
            fixture.resource(NAME, "desiredState: Running\ndeletionPolicy: Stop");
            fixture.awaitReason(NAME, "SecretNotFound");
            fixture.kubectl("delete", "was/" + NAME);
        }
    };

    static final String NAME = "support-line";

    private static final Duration TIMEOUT = Duration.ofSeconds(150);

    abstract void bringAbout(OperatedCluster cluster, SessionFixture fixture);

    /** Waits for what a document says a command leads to: {@code Gone}, {@code Requested} for a handled request, else a reason. */
    static void awaitEnd(String end, SessionFixture fixture) {
        switch (end) {
            case "Gone" -> awaitThat(() -> assertThat(fixture.find(NAME)).isEmpty());
            case "Requested" ->
                awaitThat(() ->
                        assertThat(fixture.status(NAME).lastHandledRequestAt()).isNotNull());
            case "Used" ->
                awaitThat(() -> assertThat(
                                fixture.find(NAME).orElseThrow().getMetadata().getAnnotations())
                        .containsKey("wawp.net/lastUsedAt"));
            case "Offered" ->
                awaitThat(() -> assertThat(fixture.status(NAME).pairingRequest())
                        .isNotNull()
                        .extracting(PairingRequest::phase)
                        .isEqualTo("Offered"));
            case "Restarted" ->
                awaitThat(() ->
                        assertThat(fixture.status(NAME).lastHandledRestart()).isNotNull());
            default -> fixture.awaitReason(NAME, end);
        }
    }

    private static void awaitThat(ThrowingRunnable assertion) {
        Awaitility.await().atMost(TIMEOUT).untilAsserted(assertion);
    }
}
