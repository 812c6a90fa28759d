package net.wawp.operator.controller;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import net.wawp.operator.controller.InstanceClaims.Claim;
import net.wawp.operator.session.Reason;
import net.wawp.operator.wawp.Credentials;
import org.junit.jupiter.api.Test;

class InstanceFootingTest {

    private static final String INSTANCE = "3EB0BCB2E3D4";
    private static final Credentials CREDENTIALS = new Credentials(INSTANCE, "token");
    private static final Instant NOW = Instant.parse("2026-01-01T01:00:00Z");

    private final InstanceClaims claims = new InstanceClaims();
    private final SampleResource resource = SampleResource.any().created("2026-01-01T00:30:00Z");

    @Test
    void theOwnerOfTheInstanceMayAct() {
        claim(resource);
        claim(SampleResource.named("sales", "younger").created("2026-01-01T00:31:00Z"));

        assertThat(InstanceFooting.check(subject(), INSTANCE, CREDENTIALS, false, claims))
                .isEmpty();
    }

    @Test
    void theCaseOfTheIdMakesNoDifference() {
        Credentials lowerCase = new Credentials("3eb0bcb2e3d4", "token");

        assertThat(InstanceFooting.check(subject(), INSTANCE, lowerCase, false, claims))
                .isEmpty();
    }

    @Test
    void anOwnerInTheSameNamespaceIsNamed() {
        claim(SampleResource.named("crm", "older"));
        claim(resource);

        assertThat(InstanceFooting.check(subject(), INSTANCE, CREDENTIALS, false, claims))
                .hasValueSatisfying(lost -> {
                    assertThat(lost.reason()).isEqualTo(Reason.InstanceConflict);
                    assertThat(lost.message())
                            .isEqualTo(
                                    "The instance belongs to the WhatsAppSession older, which is older: delete one of the two.");
                });
    }

    @Test
    void anOwnerInAnotherNamespaceIsNotNamed() {
        claim(SampleResource.named("sales", "secret-project"));
        claim(resource);

        assertThat(InstanceFooting.check(subject(), INSTANCE, CREDENTIALS, false, claims))
                .hasValueSatisfying(lost -> {
                    assertThat(lost.reason()).isEqualTo(Reason.InstanceConflict);
                    assertThat(lost.message())
                            .doesNotContain("secret-project", "sales")
                            .contains("in another namespace");
                });
    }

    @Test
    void anotherInstanceThanTheOneBoundToIsRefusedWithBothNames() {
        Credentials other = new Credentials("ANOTHER1", "token");

        assertThat(InstanceFooting.check(subject(), INSTANCE, other, false, claims))
                .hasValueSatisfying(lost -> {
                    assertThat(lost.reason()).isEqualTo(Reason.SecretInvalid);
                    assertThat(lost.message()).contains("was " + INSTANCE, "now ANOTHER1", "delete the resource");
                });
    }

    @Test
    void anIdFromASecretIsNotToldBeforeWawpAnsweredForIt() {
        Credentials other = new Credentials("ANOTHER1", "token");

        assertThat(InstanceFooting.check(subject(), INSTANCE, other, true, claims))
                .hasValueSatisfying(lost -> assertThat(lost.message()).doesNotContain("ANOTHER1"));
    }

    private void claim(SampleResource by) {
        claims.put(Claim.of(by.build(), INSTANCE, true));
    }

    private ReconcileSubject subject() {
        return new ReconcileSubject(resource.build(), new SessionMemory(NOW), NOW);
    }
}
