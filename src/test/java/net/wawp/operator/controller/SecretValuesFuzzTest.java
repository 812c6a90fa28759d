package net.wawp.operator.controller;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import net.wawp.operator.api.v1alpha1.CredentialsSecretRef;
import net.wawp.operator.session.SecretState.Unusable;

/** Any bytes for the values of a Secret: what comes before the first line break is the token, the rest the instance id. */
class SecretValuesFuzzTest {

    private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");
    private static final CredentialsSecretRef REF = new CredentialsSecretRef("wawp-credentials");

    @FuzzTest(maxDuration = "25s")
    void everySecretGivesPlainCredentialsOrASentenceThatQuotesNothing(byte[] values) {
        String text = new String(values, StandardCharsets.ISO_8859_1);
        int end = text.indexOf('\n');
        String token = end < 0 ? text : text.substring(0, end);
        String instanceId = end < 0 ? "" : text.substring(end + 1);

        check(read(base64(token), base64(instanceId)));
        // as a value that is no Base64 either
        check(read(token, instanceId));
    }

    private static void check(CredentialsReader.Result result) {
        result.credentials().ifPresent(credentials -> {
            assertThat(credentials.accessToken()).matches("[\\x21-\\x7e]{1,4096}");
            assertThat(credentials.instanceId()).matches("[0-9A-Za-z]{6,64}");
            assertThat(credentials.toString()).isEqualTo("Credentials[redacted]");
        });
        assertThat(result.credentials().isPresent()).isNotEqualTo(result.state() instanceof Unusable);
        if (result.state() instanceof Unusable unusable) {
            // every sentence about the values: nothing else can be in the status
            assertThat(unusable.message())
                    .matches("Secret wawp-credentials has (a value|no text) under the key (access_token|instance_id)"
                            + "( that cannot be an (access token: it must be one line of printable ASCII without spaces"
                            + "|instance id: it must be 6 to 64 letters and digits)\\."
                            + "|: put the access token there\\."
                            + "| and the resource names no spec\\.instanceId: set one of them\\.)");
        }
    }

    private static CredentialsReader.Result read(String token, String instanceId) {
        Secret secret = new SecretBuilder()
                .withType("Opaque")
                .addToData("access_token", token)
                .addToData("instance_id", instanceId)
                .build();
        SecretStore.Known known = new SecretStore.Known(SecretStore.Found.of(secret, REF), NOW, Optional.empty());
        return CredentialsReader.read(known, REF, Optional.empty());
    }

    private static String base64(String value) {
        return Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.ISO_8859_1));
    }
}
