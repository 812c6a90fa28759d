package net.wawp.operator.controller;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import net.wawp.operator.controller.InstanceClaims.Claim;
import net.wawp.operator.controller.InstanceClaims.Validity;
import org.junit.jupiter.api.Test;

class InstanceClaimsTest {

    private static final String INSTANCE = "3EB0BCB2E3D4";
    private static final String EARLY = "2026-01-01T00:00:00Z";
    private static final String LATE = "2026-01-01T00:00:01Z";
    private static final String LATEST = "2026-01-01T00:00:02Z";
    private static final Instant NOW = Instant.parse("2026-01-01T01:00:00Z");
    private static final Instant NEARLY = NOW.plus(Duration.ofMinutes(10)).minusMillis(1);
    private static final Instant LAPSED = NOW.plus(Duration.ofMinutes(10));

    private final InstanceClaims claims = new InstanceClaims();

    @Test
    void theOldestOwnsWhateverOrderTheyComeIn() {
        put(claim("young", LATE));
        put(claim("old", EARLY));

        assertThat(ownerOver("young")).contains("old");
        assertThat(ownerOver("old")).isEmpty();
    }

    @Test
    void aClaimThatWasNotPutYetIsComparedAsWell() {
        put(claim("old", EARLY));

        assertThat(claims.olderOwner(claim("young", LATE), NOW)).isPresent();
        assertThat(claims.olderOwner(claim("oldest", "2025-12-31T23:59:59Z"), NOW))
                .isEmpty();
    }

    @Test
    void theOldestOfAllOlderOnesIsTheOwner() {
        put(claim("middle", LATE));
        put(claim("old", EARLY));

        assertThat(owner(claim("young", LATEST), NOW)).contains("old");
    }

    @Test
    void anInstanceIsLookedForAsItIsWrittenAndInUpperAndLowerCase() {
        assertThat(InstanceClaims.spellings("3eB0")).containsExactly("3eB0", "3EB0", "3eb0");
        assertThat(InstanceClaims.spellings(INSTANCE)).containsExactly(INSTANCE, "3eb0bcb2e3d4");
    }

    @Test
    void ofTwoThatAreEquallyOldTheFirstByNamespaceThenNameOwns() {
        put(claim(SampleResource.named("crm", "b")));
        put(claim(SampleResource.named("sales", "a")));
        put(claim(SampleResource.named("crm", "a")));

        assertThat(owner(claim(SampleResource.named("sales", "a")), NOW)).contains("crm-a");
        assertThat(owner(claim(SampleResource.named("crm", "b")), NOW)).contains("crm-a");
        assertThat(owner(claim(SampleResource.named("crm", "a")), NOW)).isEmpty();
    }

    @Test
    void anOwnerThatNobodyHasDecidedAboutYetDoesNotLoseItsInstanceByThat() {
        claims.learn(Claim.of(resource("old", EARLY).build(), INSTANCE, Validity.Unknown));
        put(claim("young", LATE));
        assertThat(owner(claim("young", LATE), LAPSED)).contains("old");

        claims.put(Claim.of(resource("old", EARLY).build(), INSTANCE, Validity.Unknown), NOW);

        assertThat(owner(claim("young", LATE), NEARLY)).contains("old");
        assertThat(owner(claim("young", LATE), LAPSED)).isEmpty();
    }

    @Test
    void theCaseOfAnIdMakesNoDifference() {
        put(claim("old", EARLY));
        Claim young = Claim.of(resource("young", LATE).build(), "3eb0bcb2e3d4", Validity.Valid);
        put(young);

        assertThat(claims.competing("young")).extracting(Claim::uid).containsExactly("old");
        assertThat(owner(young, NOW)).contains("old");
    }

    @Test
    void anotherInstanceIsNobodysConcern() {
        put(claim("old", EARLY));
        Claim young = Claim.of(resource("young", LATE).build(), "ANOTHER1", Validity.Valid);
        put(young);

        assertThat(claims.competing("young")).isEmpty();
        assertThat(owner(young, NOW)).isEmpty();
    }

    @Test
    void theNextOldestTakesOverWhenTheOwnerIsGone() {
        put(claim("old", EARLY));
        put(claim("young", LATE));

        claims.remove("old");

        assertThat(ownerOver("young")).isEmpty();
        assertThat(claims.competing("young")).isEmpty();
    }

    @Test
    void aTerminatingOwnerStillOwns() {
        put(claim("young", LATE));
        put(claim(resource("old", EARLY).deleted()));

        assertThat(ownerOver("young")).contains("old");
        assertThat(owner(claim("young", LATE), LAPSED.plusSeconds(3600))).contains("old");
        assertThat(claims.hasSuccessor("old", NOW)).isTrue();
    }

    @Test
    void aSuccessorWhoseSecretCannotBeReadIsUndecidedUntilItCan() {
        put(claim("old", EARLY));
        put(Claim.of(resource("young", LATE).build(), INSTANCE, Validity.Unknown));

        assertThat(claims.hasSuccessor("old", NOW)).isFalse();
        assertThat(claims.hasUndecidedSuccessor("old", NOW)).isTrue();

        put(claim("young", LATE));
        assertThat(claims.hasSuccessor("old", NOW)).isTrue();
        assertThat(claims.hasUndecidedSuccessor("old", NOW)).isFalse();
    }

    @Test
    void anotherClaimCountsAlsoWhileItsSecretIsGoneButNotOnceItIsBeingDeleted() {
        put(claim("old", EARLY));
        assertThat(claims.isClaimedByAnother("old")).isFalse();

        put(Claim.of(resource("young", LATE).build(), INSTANCE, Validity.Invalid));
        assertThat(claims.isClaimedByAnother("old")).isTrue();
        assertThat(claims.hasSuccessor("old", NOW)).isFalse();

        put(Claim.of(resource("young", LATE).deleted().build(), INSTANCE, Validity.Invalid));
        assertThat(claims.isClaimedByAnother("old")).isFalse();
    }

    @Test
    void anOwnerWithoutUsableCredentialsOwnsForTenMinutesAndNoLonger() {
        put(unusable("old", EARLY));
        put(claim("young", LATE));

        assertThat(owner(claim("young", LATE), NEARLY)).contains("old");
        assertThat(owner(claim("young", LATE), LAPSED)).isEmpty();
    }

    @Test
    void theTenMinutesBeginWhenTheCredentialsAreFirstUnusable() {
        put(claim("old", EARLY));
        claims.put(unusable("old", EARLY), NOW.plusSeconds(60));
        // another change of the same claim does not begin anew
        claims.put(
                Claim.of(resource("old", EARLY).deleted().build(), INSTANCE, Validity.Invalid), NOW.plusSeconds(300));

        assertThat(owner(claim("young", LATE), LAPSED)).contains("old");
        assertThat(owner(claim("young", LATE), LAPSED.plusSeconds(59))).contains("old");
        assertThat(owner(claim("young", LATE), LAPSED.plusSeconds(60))).isEmpty();
    }

    @Test
    void anOwnerWhoseCredentialsAreUsableAgainOwnsAgain() {
        put(unusable("old", EARLY));
        put(claim("young", LATE));
        claims.put(claim("old", EARLY), LAPSED.plusSeconds(1));

        assertThat(owner(claim("young", LATE), LAPSED.plusSeconds(2))).contains("old");

        claims.put(unusable("old", EARLY), LAPSED.plusSeconds(3));
        assertThat(owner(claim("young", LATE), LAPSED.plusSeconds(4)))
                .as("the ten minutes begin anew")
                .contains("old");
    }

    @Test
    void afterALapsedOwnerTheNextOldestOwns() {
        put(unusable("old", EARLY));
        put(claim("middle", LATE));
        put(claim("young", LATE));

        assertThat(owner(claim("young", LATE), LAPSED)).contains("middle");
        assertThat(owner(claim("middle", LATE), LAPSED)).isEmpty();
    }

    @Test
    void oneThatIsBeingDeletedItselfIsNoSuccessor() {
        put(claim("old", EARLY));
        put(claim(resource("young", LATE).deleted()));

        assertThat(claims.hasSuccessor("old", NOW)).isFalse();
    }

    @Test
    void oneWithoutUsableCredentialsIsNoSuccessor() {
        put(claim("old", EARLY));
        put(unusable("young", LATE));

        assertThat(claims.hasSuccessor("old", NOW)).isFalse();
    }

    @Test
    void oneThatOwnsNothingHasNoSuccessor() {
        put(claim("old", EARLY));
        put(claim("young", LATE));

        assertThat(claims.hasSuccessor("young", NOW)).isFalse();
        assertThat(claims.hasSuccessor("unknown", NOW)).isFalse();
    }

    @Test
    void aClaimMovesWithTheInstance() {
        put(claim("old", EARLY));
        put(Claim.of(resource("old", EARLY).build(), "ANOTHER1", Validity.Valid));

        assertThat(ownerOver("young")).isEmpty();
        assertThat(owner(Claim.of(resource("young", LATE).build(), "ANOTHER1", Validity.Valid), NOW))
                .contains("old");
    }

    @Test
    void onlyAChangeIsReported() {
        assertThat(put(claim("old", EARLY))).isTrue();
        assertThat(put(claim("old", EARLY))).isFalse();
        assertThat(put(unusable("old", EARLY))).isTrue();
        assertThat(put(claim(resource("old", EARLY).deleted()))).isTrue();
    }

    @Test
    void aResourceCreatedAnewInTheSameSecondKeepsItsClaimWhenTheOldOneIsForgotten() {
        put(claim(SampleResource.any().uid("before")));
        put(claim(SampleResource.any().uid("after")));

        claims.remove("before");

        assertThat(ownerOver("young")).contains("after");
        assertThat(claims.competing("after")).isEmpty();
    }

    @Test
    void forgettingOneThatClaimedNothingDoesNothing() {
        claims.remove("unknown");

        assertThat(claims.competing("unknown")).isEmpty();
    }

    private boolean put(Claim claim) {
        return claims.put(claim, NOW);
    }

    private Optional<String> ownerOver(String uid) {
        return owner(claim(uid, uid.equals("old") ? EARLY : LATE), NOW);
    }

    private Optional<String> owner(Claim claim, Instant now) {
        return claims.olderOwner(claim, now).map(Claim::uid);
    }

    private static Claim unusable(String uid, String created) {
        return Claim.of(resource(uid, created).build(), INSTANCE, Validity.Invalid);
    }

    private static Claim claim(String uid, String created) {
        return claim(resource(uid, created));
    }

    private static Claim claim(SampleResource resource) {
        return Claim.of(resource.build(), INSTANCE, Validity.Valid);
    }

    private static SampleResource resource(String uid, String created) {
        return SampleResource.named("crm", uid).uid(uid).created(created);
    }
}
