package net.wawp.operator.controller;

import static org.assertj.core.api.Assertions.assertThat;

import net.wawp.operator.controller.InstanceClaims.Claim;
import org.junit.jupiter.api.Test;

class InstanceClaimsTest {

    private static final String INSTANCE = "3EB0BCB2E3D4";
    private static final String EARLY = "2026-01-01T00:00:00Z";
    private static final String LATE = "2026-01-01T00:00:01Z";

    private final InstanceClaims claims = new InstanceClaims();

    @Test
    void theOldestOwnsWhateverOrderTheyComeIn() {
        claims.put(claim("young", LATE));
        claims.put(claim("old", EARLY));

        assertThat(owner()).isEqualTo("old");
    }

    @Test
    void ofTwoThatAreEquallyOldTheFirstByNamespaceThenNameOwns() {
        claims.put(claim(SampleResource.named("crm", "b")));
        claims.put(claim(SampleResource.named("sales", "a")));
        claims.put(claim(SampleResource.named("crm", "a")));

        assertThat(owner()).isEqualTo("crm-a");
    }

    @Test
    void theCaseOfAnIdMakesNoDifference() {
        claims.put(claim("old", EARLY));
        claims.put(Claim.of(resource("young", LATE).build(), "3eb0bcb2e3d4", true));

        assertThat(claims.rivals("young")).extracting(Claim::uid).containsExactly("old");
        assertThat(claims.owner("3eb0BCB2e3d4")).map(Claim::uid).contains("old");
    }

    @Test
    void anotherInstanceIsNobodysConcern() {
        claims.put(claim("old", EARLY));
        claims.put(Claim.of(resource("young", LATE).build(), "ANOTHER1", true));

        assertThat(claims.rivals("young")).isEmpty();
        assertThat(claims.owner("ANOTHER1")).map(Claim::uid).contains("young");
    }

    @Test
    void theNextOldestTakesOverWhenTheOwnerIsGone() {
        claims.put(claim("old", EARLY));
        claims.put(claim("young", LATE));

        claims.remove("old");

        assertThat(owner()).isEqualTo("young");
        assertThat(claims.rivals("young")).isEmpty();
    }

    @Test
    void aTerminatingOwnerStillOwns() {
        claims.put(claim("young", LATE));
        claims.put(claim(resource("old", EARLY).deleted()));

        assertThat(owner()).isEqualTo("old");
        assertThat(claims.hasSuccessor("old")).isTrue();
    }

    @Test
    void oneThatIsBeingDeletedItselfIsNoSuccessor() {
        claims.put(claim("old", EARLY));
        claims.put(claim(resource("young", LATE).deleted()));

        assertThat(claims.hasSuccessor("old")).isFalse();
    }

    @Test
    void oneWithoutUsableCredentialsIsNoSuccessor() {
        claims.put(claim("old", EARLY));
        claims.put(Claim.of(resource("young", LATE).build(), INSTANCE, false));

        assertThat(claims.hasSuccessor("old")).isFalse();
    }

    @Test
    void oneThatOwnsNothingHasNoSuccessor() {
        claims.put(claim("old", EARLY));
        claims.put(claim("young", LATE));

        assertThat(claims.hasSuccessor("young")).isFalse();
        assertThat(claims.hasSuccessor("unknown")).isFalse();
    }

    @Test
    void aClaimMovesWithTheInstance() {
        claims.put(claim("old", EARLY));
        claims.put(Claim.of(resource("old", EARLY).build(), "ANOTHER1", true));

        assertThat(claims.owner(INSTANCE)).isEmpty();
        assertThat(claims.owner("ANOTHER1")).map(Claim::uid).contains("old");
    }

    @Test
    void onlyAChangeIsReported() {
        assertThat(claims.put(claim("old", EARLY))).isTrue();
        assertThat(claims.put(claim("old", EARLY))).isFalse();
        assertThat(claims.put(claim(resource("old", EARLY).deleted()))).isTrue();
    }

    @Test
    void aResourceCreatedAnewInTheSameSecondKeepsItsClaimWhenTheOldOneIsForgotten() {
        claims.put(claim(SampleResource.any().uid("before")));
        claims.put(claim(SampleResource.any().uid("after")));

        claims.remove("before");

        assertThat(owner()).isEqualTo("after");
        assertThat(claims.rivals("after")).isEmpty();
    }

    @Test
    void forgettingOneThatClaimedNothingDoesNothing() {
        claims.remove("unknown");

        assertThat(claims.rivals("unknown")).isEmpty();
    }

    private String owner() {
        return claims.owner(INSTANCE).orElseThrow().uid();
    }

    private static Claim claim(String uid, String created) {
        return claim(resource(uid, created));
    }

    private static Claim claim(SampleResource resource) {
        return Claim.of(resource.build(), INSTANCE, true);
    }

    private static SampleResource resource(String uid, String created) {
        return SampleResource.named("crm", uid).uid(uid).created(created);
    }
}
