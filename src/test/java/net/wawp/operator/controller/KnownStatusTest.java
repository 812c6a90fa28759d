package net.wawp.operator.controller;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import net.wawp.operator.api.v1alpha1.Condition;
import net.wawp.operator.api.v1alpha1.LastAction;
import net.wawp.operator.api.v1alpha1.WhatsAppSessionStatus;
import net.wawp.operator.session.LastAction.Phase;
import net.wawp.operator.session.Pairing;
import net.wawp.operator.session.Progress.ReportedStatus;
import org.junit.jupiter.api.Test;

class KnownStatusTest {

    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    private static final WhatsAppSessionStatus LINKED = status("Paired", "own", "Intended");

    @Test
    void whatThisProcessWroteStandsWhateverTheStatusSaysLater() {
        KnownStatus own = KnownStatus.found(WhatsAppSessionStatus.EMPTY, NOW).written(LINKED, false, NOW);

        assertThat(own.seen(status("Unpaired", "forged", "Confirmed"), NOW)).isEqualTo(own);
        assertThat(own.seen(WhatsAppSessionStatus.EMPTY, NOW)).isEqualTo(own);
    }

    @Test
    void beforeTheFirstWriteALateActionOfTheLeaderBeforeCounts() {
        KnownStatus found = KnownStatus.found(WhatsAppSessionStatus.EMPTY, NOW);

        assertThat(found.seen(LINKED, NOW).lastAction().orElseThrow().id()).isEqualTo("own");
    }

    @Test
    void beforeTheFirstWriteNobodyElseUnpairsASession() {
        KnownStatus found = KnownStatus.found(LINKED, NOW);

        assertThat(found.seen(status("Unpaired", "another", "Confirmed"), NOW).pairing())
                .isEqualTo(Pairing.Paired);
        assertThat(found.seen(status("Unpaired", "own", "Ineffective"), NOW).pairing())
                .isEqualTo(Pairing.Paired);
        assertThat(found.seen(status("Unpaired", "own", "Confirmed"), NOW).pairing())
                .as("the leader before closed its own logout")
                .isEqualTo(Pairing.Unpaired);
    }

    @Test
    void factsAreWrittenWithoutMakingTheConditionsBesideThemOwn() {
        KnownStatus found = KnownStatus.found(LINKED, NOW);
        WhatsAppSessionStatus facts = status("Paired", "own", "Confirmed").toBuilder()
                .conditions(List.of(new Condition("Ready", "True", "LoggedOut", "Forged.", null, 1L)))
                .restarts(7)
                .lastHandledRequestAt("forged")
                .build();

        KnownStatus recorded = found.recorded(facts, NOW);

        assertThat(recorded.isOwn()).isTrue();
        assertThat(recorded.lastAction().orElseThrow().phase()).isEqualTo(Phase.Confirmed);
        assertThat(recorded.reported().map(ReportedStatus::isReady)).isEmpty();
        assertThat(recorded.restarts()).isZero();
        assertThat(recorded.handledRequest()).isEmpty();
    }

    private static WhatsAppSessionStatus status(String pairing, String id, String phase) {
        return WhatsAppSessionStatus.builder()
                .pairing(pairing)
                .lastAction(new LastAction("Logout", id, "Desired", phase, 1, 1L, "2026-03-01T11:59:00Z"))
                .build();
    }
}
