package net.wawp.operator.controller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import net.wawp.operator.api.v1alpha1.CredentialsSecretRef;
import net.wawp.operator.controller.CredentialsResolver.Resolution;
import net.wawp.operator.controller.CredentialsResolver.Resolved;
import net.wawp.operator.controller.CredentialsResolver.Unresolved;
import net.wawp.operator.session.Reason;
import net.wawp.operator.testing.FaultyApiServer;
import net.wawp.operator.testing.ManualClock;
import net.wawp.operator.wawp.Credentials;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class CredentialsResolverTest {

    private static final String NAMESPACE = "crm";
    private static final String TOKEN = "wawp-token-0123456789abcdef";
    private static final String INSTANCE = "3EB0BCB2E3D4";
    private static final CredentialsSecretRef REF = new CredentialsSecretRef("wawp-credentials");

    private final ManualClock clock = new ManualClock();
    private final FaultyApiServer api = new FaultyApiServer();
    private final KubernetesClient client = api.client();
    private final CredentialsResolver resolver = new CredentialsResolver(client, clock);

    @AfterEach
    void close() {
        client.close();
        api.close();
    }

    @Test
    void tokenAndInstanceIdComeFromTheSecret() {
        put(Map.of("access_token", TOKEN, "instance_id", INSTANCE));

        assertThat(credentials(resolve(REF, Optional.empty()))).isEqualTo(new Credentials(INSTANCE, TOKEN));
    }

    @Test
    void theResourcesOwnInstanceIdComesBeforeTheSecrets() {
        put(Map.of("access_token", TOKEN, "instance_id", "not an id at all"));

        assertThat(credentials(resolve(REF, Optional.of(INSTANCE)))).isEqualTo(new Credentials(INSTANCE, TOKEN));
    }

    @Test
    void whiteSpaceAroundAValueIsIgnored() {
        put(Map.of("access_token", " \t" + TOKEN + "\r\n", "instance_id", "\n" + INSTANCE + " \n"));

        assertThat(credentials(resolve(REF, Optional.empty()))).isEqualTo(new Credentials(INSTANCE, TOKEN));
    }

    @Test
    void theKeysMayBeNamed() {
        put(Map.of("token", TOKEN, "id", INSTANCE, "access_token", "another"));

        CredentialsSecretRef named = new CredentialsSecretRef("wawp-credentials", "token", "id");
        assertThat(credentials(resolve(named, Optional.empty()))).isEqualTo(new Credentials(INSTANCE, TOKEN));
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
                Arguments.of("a token without end", token("x".repeat(4097)), "access token"),
                Arguments.of("no instance id", encoded(Map.of("access_token", TOKEN)), "spec.instanceId"),
                Arguments.of("a wrong instance id", instance("quoted-by-nobody"), "6 to 64 letters and digits"),
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
    void aSecretThatMakesNoSenseIsToldWithoutAnyOfItsValues(String what, Secret secret, String words) {
        client.resource(secret).create();

        assertThat(resolve(REF, Optional.empty())).as(what).isInstanceOfSatisfying(Unresolved.class, unresolved -> {
            assertThat(unresolved.reason()).isEqualTo(Reason.SecretInvalid);
            assertThat(unresolved.message())
                    .contains("Secret wawp-credentials", words)
                    .doesNotContain(TOKEN, "quoted-by-nobody", "%%%", "xxxx");
        });
    }

    @Test
    void aMissingSecretIsTold() {
        assertThat(resolve(REF, Optional.empty())).isInstanceOfSatisfying(Unresolved.class, unresolved -> {
            assertThat(unresolved.reason()).isEqualTo(Reason.SecretNotFound);
            assertThat(unresolved.message()).contains("Secret wawp-credentials does not exist", "create it");
        });
    }

    @Test
    void aSecretThatTheOperatorMayNotReadIsToldWithTheRightItNeeds() {
        api.refuse(request -> true, 403, "secrets is forbidden");

        assertThat(resolve(REF, Optional.empty())).isInstanceOfSatisfying(Unresolved.class, unresolved -> {
            assertThat(unresolved.reason()).isEqualTo(Reason.SecretNotFound);
            assertThat(unresolved.message()).contains("may not read", "verb get on secrets");
        });
    }

    @Test
    void anApiServerInTroubleSaysNothingAboutTheSecret() {
        api.refuse(request -> true, 400, "the API server is confused");

        assertThatThrownBy(() -> resolve(REF, Optional.empty())).isInstanceOf(KubernetesClientException.class);
    }

    @Test
    void oneReadServesAllResourcesThatShareASecret() {
        put(Map.of("access_token", TOKEN, "instance_id", INSTANCE));
        Resolution first = resolve(REF, Optional.empty());
        client.secrets().inNamespace(NAMESPACE).withName("wawp-credentials").delete();
        clock.advance(Duration.ofMinutes(9));

        Resolution second = resolver.resolve(
                NAMESPACE, REF, Optional.of("ANOTHER1"), clock.instant().minus(Duration.ofMinutes(10)));

        assertThat(credentials(second)).isEqualTo(new Credentials("ANOTHER1", TOKEN));
        assertThat(second.readAt()).isEqualTo(first.readAt());
    }

    @Test
    void aSecretThatWasReadTooLongAgoIsReadAnew() {
        put(Map.of("access_token", "the-token-before", "instance_id", INSTANCE));
        resolve(REF, Optional.empty());
        put(Map.of("access_token", TOKEN, "instance_id", INSTANCE));
        clock.advance(Duration.ofMinutes(11));

        Resolution anew = resolver.resolve(
                NAMESPACE, REF, Optional.empty(), clock.instant().minus(Duration.ofMinutes(10)));

        assertThat(credentials(anew).accessToken()).isEqualTo(TOKEN);
        assertThat(anew.readAt()).isEqualTo(clock.instant());
    }

    @Test
    void aSecretOfTheSameNameElsewhereIsAnother() {
        put(Map.of("access_token", TOKEN, "instance_id", INSTANCE));
        resolve(REF, Optional.empty());

        assertThat(resolver.resolve("sales", REF, Optional.empty(), Instant.MIN))
                .isInstanceOfSatisfying(Unresolved.class, unresolved -> assertThat(unresolved.reason())
                        .isEqualTo(Reason.SecretNotFound));
    }

    private Resolution resolve(CredentialsSecretRef ref, Optional<String> instanceId) {
        return resolver.resolve(NAMESPACE, ref, instanceId, Instant.MIN);
    }

    private static Credentials credentials(Resolution resolution) {
        return ((Resolved) resolution).credentials();
    }

    private void put(Map<String, String> values) {
        client.secrets().inNamespace(NAMESPACE).withName("wawp-credentials").delete();
        client.resource(encoded(values)).create();
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
        return new SecretBuilder()
                .withNewMetadata()
                .withNamespace(NAMESPACE)
                .withName("wawp-credentials")
                .endMetadata()
                .withType("Opaque")
                .withData(data)
                .build();
    }
}
