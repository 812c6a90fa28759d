package net.wawp.operator.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import net.wawp.operator.api.v1alpha1.CredentialsSecretRef;
import net.wawp.operator.controller.CredentialsReader.Result;
import net.wawp.operator.controller.SecretStore.Content;
import net.wawp.operator.controller.SecretStore.Forbidden;
import net.wawp.operator.controller.SecretStore.Found;
import net.wawp.operator.controller.SecretStore.Known;
import net.wawp.operator.controller.SecretStore.Missing;
import net.wawp.operator.controller.SecretStore.TooLarge;
import net.wawp.operator.controller.SecretStore.Unavailable;
import net.wawp.operator.session.Reason;
import net.wawp.operator.session.SecretState.Unread;
import net.wawp.operator.session.SecretState.Unusable;
import net.wawp.operator.session.SecretState.Usable;
import net.wawp.operator.wawp.Credentials;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class CredentialsReaderTest {

    private static final String TOKEN = "wawp-token-0123456789abcdef";
    private static final String INSTANCE = "3EB0BCB2E3D4";
    private static final CredentialsSecretRef REF = new CredentialsSecretRef("wawp-credentials");
    private static final Instant READ_AT = Instant.parse("2026-01-01T00:00:00Z");

    @Test
    void tokenAndInstanceIdComeFromTheSecret() {
        Result result = read(values(Map.of("access_token", TOKEN, "instance_id", INSTANCE)), REF, Optional.empty());

        assertThat(result.credentials()).contains(new Credentials(INSTANCE, TOKEN));
        assertThat(result.state()).isEqualTo(new Usable(INSTANCE, true, READ_AT, Optional.empty()));
    }

    @Test
    void theResourcesOwnInstanceIdComesBeforeTheSecrets() {
        Result result = read(
                values(Map.of("access_token", TOKEN, "instance_id", "not an id at all")), REF, Optional.of(INSTANCE));

        assertThat(result.credentials()).contains(new Credentials(INSTANCE, TOKEN));
        assertThat(result.state()).isEqualTo(new Usable(INSTANCE, false, READ_AT, Optional.empty()));
    }

    @Test
    void whiteSpaceAroundAValueIsIgnored() {
        Result result = read(
                values(Map.of("access_token", " \t" + TOKEN + "\r\n", "instance_id", "\n" + INSTANCE + " \n")),
                REF,
                Optional.empty());

        assertThat(result.credentials()).contains(new Credentials(INSTANCE, TOKEN));
    }

    @Test
    void theKeysMayBeNamed() {
        CredentialsSecretRef named = new CredentialsSecretRef("wawp-credentials", "token", "id");
        Secret secret = encoded(Map.of("token", TOKEN, "id", INSTANCE, "access_token", "another"));

        Result result = read(Found.of(secret, named), named, Optional.empty());

        assertThat(result.credentials()).contains(new Credentials(INSTANCE, TOKEN));
    }

    @Test
    void aSecretWithoutATypeCountsAsOpaque() {
        Secret untyped = new SecretBuilder(encoded(Map.of("access_token", TOKEN, "instance_id", INSTANCE)))
                .withType(null)
                .build();

        assertThat(read(Found.of(untyped, REF), REF, Optional.empty()).credentials())
                .contains(new Credentials(INSTANCE, TOKEN));
    }

    @Test
    void resourcesWithOneSecretShareItsToken() {
        Content secret = values(Map.of("access_token", TOKEN));

        assertThat(read(secret, REF, Optional.of(INSTANCE)).credentials().get().accessToken())
                .isSameAs(read(secret, REF, Optional.of("4EB0BCB2E3D4"))
                        .credentials()
                        .get()
                        .accessToken());
    }

    static Stream<Arguments> badSecrets() {
        return Stream.of(
                Arguments.of("no data", secret(null), "access_token"),
                Arguments.of("no token", encoded(Map.of("instance_id", INSTANCE)), "access_token"),
                Arguments.of("a blank token", encoded(Map.of("access_token", " \n")), "access_token"),
                Arguments.of("a token of two lines", token(TOKEN + "\n" + TOKEN), "one line"),
                Arguments.of("a token with a space", token(TOKEN + " " + TOKEN), "without spaces"),
                Arguments.of("a token with a control character", token(TOKEN + "\u0007"), "printable ASCII"),
                Arguments.of("a token beyond ASCII", token(TOKEN + "é"), "printable ASCII"),
                Arguments.of("a token that is too long", token("x".repeat(4097)), "access token"),
                Arguments.of("no instance id", encoded(Map.of("access_token", TOKEN)), "spec.instanceId"),
                Arguments.of("a wrong instance id", instance("quoted-by-nobody"), "6 to 64 letters and digits"),
                Arguments.of(
                        "bytes that are no text",
                        secret(Map.of("access_token", Base64.getEncoder().encodeToString(new byte[] {(byte) 0xff}))),
                        "has no text under the key access_token"),
                Arguments.of("not base64", secret(Map.of("access_token", "%%%")), "access_token"),
                Arguments.of(
                        "another type",
                        new SecretBuilder(encoded(Map.of("access_token", TOKEN, "instance_id", INSTANCE)))
                                .withType("kubernetes.io/tls")
                                .build(),
                        "type Opaque"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("badSecrets")
    void aSecretThatMakesNoSenseIsReportedWithoutAnyOfItsValues(String what, Secret secret, String words) {
        Result result = read(Found.of(secret, REF), REF, Optional.empty());

        Unusable unusable = unusable(result);
        assertThat(unusable.reason()).isEqualTo(Reason.SecretInvalid);
        assertThat(unusable.isTransient()).isFalse();
        assertThat(unusable.readAt()).isEqualTo(READ_AT);
        assertThat(unusable.message())
                .contains("Secret wawp-credentials", words)
                .endsWith(".")
                .doesNotContain(TOKEN, "quoted-by-nobody", "%%%", "xxxx");
        assertThat(result.toString()).doesNotContain(TOKEN, "quoted-by-nobody", "%%%", "xxxx");
    }

    @Test
    void theLongestTokenHas4096Characters() {
        assertThat(read(Found.of(token("x".repeat(4096)), REF), REF, Optional.empty())
                        .credentials())
                .isPresent();
    }

    @Test
    void aSecretThatIsTooLargeIsReportedWithItsLimitAndWhatToDo() {
        Unusable unusable = unusable(read(new TooLarge(), REF, Optional.empty()));

        assertThat(unusable.reason()).isEqualTo(Reason.SecretInvalid);
        assertThat(unusable.isTransient()).isFalse();
        assertThat(unusable.message())
                .isEqualTo("Secret wawp-credentials is larger than 128 KiB, so the operator does not read it: keep the"
                        + " access token in a Secret of its own.");
    }

    @Test
    void aMissingSecretIsReported() {
        Unusable unusable = unusable(read(new Missing(), REF, Optional.empty()));

        assertThat(unusable.reason()).isEqualTo(Reason.SecretNotFound);
        assertThat(unusable.isTransient()).isFalse();
        assertThat(unusable.message()).contains("Secret wawp-credentials does not exist", "create it");
    }

    @Test
    void aSecretThatTheOperatorMayNotReadIsReportedWithTheRightItNeeds() {
        Unusable unusable = unusable(read(new Forbidden(), REF, Optional.empty()));

        assertThat(unusable.reason()).isEqualTo(Reason.SecretNotFound);
        assertThat(unusable.isTransient()).isFalse();
        assertThat(unusable.message()).contains("may not read Secret wawp-credentials", "verb get on secrets");
    }

    @Test
    void anApiServerThatCannotBeAskedSaysNothingAboutTheSecretAndIsAskedAgain() {
        Unusable unusable = unusable(read(new Unavailable("the API server answered 500"), REF, Optional.empty()));

        assertThat(unusable.reason()).isEqualTo(Reason.SecretNotFound);
        assertThat(unusable.isTransient()).isTrue();
        assertThat(unusable.message())
                .isEqualTo(
                        "Secret wawp-credentials cannot be read: the API server answered 500. It is read again within a"
                                + " minute.");
    }

    @Test
    void whatWasReadBeforeStandsWhileTheSecretCannotBeReadAgain() {
        Known stale = new Known(
                values(Map.of("access_token", TOKEN, "instance_id", INSTANCE)),
                READ_AT,
                Optional.of("the API server answered 500"));

        Result result = CredentialsReader.read(stale, REF, Optional.empty());

        assertThat(result.credentials()).contains(new Credentials(INSTANCE, TOKEN));
        assertThat(result.state())
                .isEqualTo(new Usable(INSTANCE, true, READ_AT, Optional.of("the API server answered 500")));
    }

    @Test
    void theLastKnownCredentialsAreUsableAsOfTheReadThatFoundTheSecretMissing() {
        Result result = CredentialsReader.lastKnown(new Credentials(INSTANCE, TOKEN), READ_AT);

        assertThat(result.credentials()).contains(new Credentials(INSTANCE, TOKEN));
        assertThat(((Usable) result.state()).readAt()).isEqualTo(READ_AT);
    }

    @Test
    void beforeTheFirstReadThereIsNothing() {
        assertThat(CredentialsReader.UNREAD.state()).isEqualTo(new Unread());
        assertThat(CredentialsReader.UNREAD.credentials()).isEmpty();
    }

    @Test
    void theTextOfAResultShowsNeitherTokenNorInstance() {
        assertThat(read(values(Map.of("access_token", TOKEN, "instance_id", INSTANCE)), REF, Optional.empty())
                        .toString())
                .doesNotContain(TOKEN, INSTANCE);
    }

    private static Result read(Content content, CredentialsSecretRef ref, Optional<String> instanceId) {
        return CredentialsReader.read(new Known(content, READ_AT, Optional.empty()), ref, instanceId);
    }

    private static Unusable unusable(Result result) {
        assertThat(result.credentials()).isEmpty();
        return (Unusable) result.state();
    }

    private static Found values(Map<String, String> values) {
        return Found.of(encoded(values), REF);
    }

    private static Secret token(String token) {
        return encoded(Map.of("access_token", token, "instance_id", INSTANCE));
    }

    private static Secret instance(String id) {
        return encoded(Map.of("access_token", TOKEN, "instance_id", id));
    }

    private static Secret encoded(Map<String, String> values) {
        Map<String, String> data = new HashMap<>();
        values.forEach((key, value) ->
                data.put(key, Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.UTF_8))));
        return secret(data);
    }

    private static Secret secret(Map<String, String> data) {
        return new SecretBuilder().withType("Opaque").withData(data).build();
    }
}
