package net.wawp.operator.session.policy;

import static net.wawp.operator.session.Desired.Running;
import static net.wawp.operator.session.SessionState.WORKING;
import static net.wawp.operator.session.policy.PolicyFixture.wanted;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import net.wawp.operator.session.Decision.ReadSecret;
import net.wawp.operator.session.Decision.UpdateStatus;
import net.wawp.operator.session.Failure.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

class SecretRuleTest {

    private static final Duration BEFORE = Duration.ofSeconds(3);
    private static final Duration THEN = Duration.ofSeconds(2);

    @Test
    void aSecretIsReadAgainOnceWawpRefusesItsToken() {
        PolicyFixture refused =
                wanted(Running).seen(WORKING).pollsFail(Kind.Unauthorized, 1).failingSince(THEN);

        assertThat(SecretRule.mustBeRead(refused.secretRead(BEFORE).inputs())).isTrue();
        assertThat(SecretRule.mustBeRead(refused.secretRead(THEN).inputs())).isFalse();
    }

    @ParameterizedTest
    @EnumSource(value = Kind.class, mode = Mode.EXCLUDE, names = "Unauthorized")
    void noOtherFailureIsTheSecretsFault(Kind kind) {
        PolicyFixture failing = wanted(Running).seen(WORKING).pollsFail(kind, 1).failingSince(THEN);

        assertThat(SecretRule.mustBeRead(failing.secretRead(BEFORE).inputs())).isFalse();
    }

    @Test
    void aSecretIsReadAgainWhenAPersonRequestsSomething() {
        PolicyFixture requested = wanted(Running).seen(WORKING).requested(THEN);

        assertThat(requested.secretRead(BEFORE).decide()).isInstanceOf(ReadSecret.class);
        assertThat(requested.secretRead(THEN).decide()).isInstanceOf(UpdateStatus.class);
    }
}
