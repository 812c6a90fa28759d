package net.wawp.operator.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import net.wawp.operator.simulator.EngineState;
import net.wawp.operator.simulator.Quirk;
import org.awaitility.Awaitility;
import org.awaitility.core.ThrowingRunnable;

/** What users find {@value #NAME} in when they run a command of the documents; most are the reason that they see. */
enum Situation {
    Working {
        @Override
        void bringAbout(OperatedCluster cluster, SessionScene scene) {
            scene.session().put(EngineState.WORKING);
            scene.secret(SessionScene.TOKEN).resource(NAME, "desiredState: Running");
            scene.awaitReason(NAME, "Working");
        }
    },
    Starting {
        @Override
        void bringAbout(OperatedCluster cluster, SessionScene scene) {
            scene.session().put(EngineState.WORKING).stopInDashboard();
            scene.secret(SessionScene.TOKEN).resource(NAME, "desiredState: Running");
        }
    },
    Recovering {
        @Override
        void bringAbout(OperatedCluster cluster, SessionScene scene) {
            scene.session().put(EngineState.WORKING).fail();
            scene.secret(SessionScene.TOKEN).resource(NAME, "desiredState: Running");
            scene.awaitReason(NAME, "Recovering");
        }
    },
    Suspended {
        @Override
        void bringAbout(OperatedCluster cluster, SessionScene scene) {
            scene.session().put(EngineState.WORKING);
            scene.secret(SessionScene.TOKEN).resource(NAME, "desiredState: Stopped\nsuspend: true");
            scene.awaitReason(NAME, "Suspended");
        }
    },
    SecretNotFound {
        @Override
        void bringAbout(OperatedCluster cluster, SessionScene scene) {
            scene.resource(NAME, "desiredState: Running");
            scene.awaitReason(NAME, "SecretNotFound");
        }
    },
    SecretInvalid {
        @Override
        void bringAbout(OperatedCluster cluster, SessionScene scene) {
            scene.secret("two words").resource(NAME, "desiredState: Running");
            scene.awaitReason(NAME, "SecretInvalid");
        }
    },
    Unauthorized {
        @Override
        void bringAbout(OperatedCluster cluster, SessionScene scene) {
            scene.session().put(EngineState.WORKING);
            scene.secret("expired-" + scene.instanceId()).resource(NAME, "desiredState: Running");
            scene.awaitReason(NAME, "Unauthorized");
        }
    },
    InstanceConflict {
        @Override
        void bringAbout(OperatedCluster cluster, SessionScene scene) {
            scene.session().put(EngineState.WORKING);
            scene.secret(SessionScene.TOKEN).resource("elder-line", "desiredState: Running");
            scene.awaitReason("elder-line", "Working");
            scene.resource(NAME, "desiredState: Running");
            scene.awaitReason(NAME, "InstanceConflict");
        }
    },
    Deleting {
        @Override
        void bringAbout(OperatedCluster cluster, SessionScene scene) {
            scene.session().put(EngineState.WORKING).conduct().turnOn(Quirk.StopIgnored);
            scene.secret(SessionScene.TOKEN).resource(NAME, "desiredState: Running\ndeletionPolicy: Stop");
            scene.awaitReason(NAME, "Working");
            scene.kubectl("delete", "was/" + NAME, "--wait=false");
        }
    },
    FinalizerReleased {
        @Override
        void bringAbout(OperatedCluster cluster, SessionScene scene) {
            scene.resource(NAME, "desiredState: Running\ndeletionPolicy: Stop");
            scene.awaitReason(NAME, "SecretNotFound");
            scene.kubectl("delete", "was/" + NAME);
        }
    };

    static final String NAME = "support-line";

    private static final Duration PATIENCE = Duration.ofMinutes(1);

    abstract void bringAbout(OperatedCluster cluster, SessionScene scene);

    /** Waits for what a document says a command leads to: {@code Gone}, {@code Requested} for a handled request, else a reason. */
    static void awaitEnd(String end, SessionScene scene) {
        switch (end) {
            case "Gone" -> awaitThat(() -> assertThat(scene.find(NAME)).isEmpty());
            case "Requested" ->
                awaitThat(() ->
                        assertThat(scene.status(NAME).lastHandledRequestAt()).isNotNull());
            default -> scene.awaitReason(NAME, end);
        }
    }

    private static void awaitThat(ThrowingRunnable assertion) {
        Awaitility.await().atMost(PATIENCE).untilAsserted(assertion);
    }
}
