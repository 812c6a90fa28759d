package net.wawp.operator.controller;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.stream.Stream;
import net.wawp.operator.api.v1alpha1.CredentialsSecretRef;
import net.wawp.operator.api.v1alpha1.DeletionPolicy;
import net.wawp.operator.api.v1alpha1.DesiredState;
import net.wawp.operator.api.v1alpha1.Recovery;
import net.wawp.operator.api.v1alpha1.WhatsAppSessionSpec;
import net.wawp.operator.controller.SpecReader.Spec;
import net.wawp.operator.controller.SpecReader.Unreadable;
import net.wawp.operator.session.Desired;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SpecReaderTest {

    private static final CredentialsSecretRef SECRET = new CredentialsSecretRef("wawp-credentials");

    private final SpecReader reader = new SpecReader(Duration.ofSeconds(60));

    static Stream<Arguments> nonsense() {
        return Stream.of(
                Arguments.of("no spec", null, "spec.desiredState"),
                Arguments.of("no desired state", valid().desiredState(null).build(), "spec.desiredState"),
                Arguments.of("no Secret", secret(null), "spec.credentialsSecretRef.name"),
                Arguments.of(
                        "a Secret without a name",
                        secret(new CredentialsSecretRef(null)),
                        "spec.credentialsSecretRef.name"),
                Arguments.of(
                        "a Secret with a blank name",
                        secret(new CredentialsSecretRef(" ")),
                        "spec.credentialsSecretRef.name"),
                Arguments.of(
                        "a Secret whose name leads elsewhere",
                        secret(new CredentialsSecretRef("../configmaps/a")),
                        "spec.credentialsSecretRef.name"),
                Arguments.of(
                        "a Secret's name with a query",
                        secret(new CredentialsSecretRef("a?watch=true")),
                        "spec.credentialsSecretRef.name"),
                Arguments.of(
                        "a Secret's name in capitals",
                        secret(new CredentialsSecretRef("Wawp")),
                        "spec.credentialsSecretRef.name"),
                Arguments.of(
                        "a Secret's name with an empty label",
                        secret(new CredentialsSecretRef("a..b")),
                        "spec.credentialsSecretRef.name"),
                Arguments.of(
                        "a Secret's name that begins with a hyphen",
                        secret(new CredentialsSecretRef("-a")),
                        "spec.credentialsSecretRef.name"),
                Arguments.of(
                        "a Secret's name that ends with a dot",
                        secret(new CredentialsSecretRef("a.")),
                        "spec.credentialsSecretRef.name"),
                Arguments.of(
                        "a Secret's name with a line break",
                        secret(new CredentialsSecretRef("a\n")),
                        "spec.credentialsSecretRef.name"),
                Arguments.of(
                        "a Secret's name beyond ASCII",
                        secret(new CredentialsSecretRef("\u0101")),
                        "spec.credentialsSecretRef.name"),
                Arguments.of(
                        "a Secret's name that is too long",
                        secret(new CredentialsSecretRef("a".repeat(254))),
                        "spec.credentialsSecretRef.name"),
                Arguments.of(
                        "one key for both", secret(new CredentialsSecretRef("s", "key", "key")), "two different keys"),
                Arguments.of(
                        "the token's key for the id",
                        secret(new CredentialsSecretRef("s", null, "access_token")),
                        "two different keys"),
                Arguments.of(
                        "a key with an escape sequence",
                        secret(new CredentialsSecretRef("s", "\u001b[31mtoken", null)),
                        "must name keys of a Secret"),
                Arguments.of(
                        "a key with a line break",
                        secret(new CredentialsSecretRef("s", null, "id\n")),
                        "must name keys of a Secret"),
                Arguments.of(
                        "an empty key", secret(new CredentialsSecretRef("s", "", null)), "must name keys of a Secret"),
                Arguments.of("a short id", instance("3EB0B"), "spec.instanceId"),
                Arguments.of("a long id", instance("A".repeat(65)), "spec.instanceId"),
                Arguments.of("an id with a sign", instance("3EB0BCB2E3D/"), "spec.instanceId"),
                Arguments.of("an id with a line break", instance("3EB0BCB2E3D4\n"), "spec.instanceId"),
                Arguments.of("an empty id", instance(""), "spec.instanceId"),
                Arguments.of("an interval too short", poll("4s"), "spec.pollInterval"),
                Arguments.of("an interval too long", poll("24h1s"), "spec.pollInterval"),
                Arguments.of("an interval without unit", poll("60"), "spec.pollInterval"),
                Arguments.of("an interval below zero", poll("-60s"), "spec.pollInterval"),
                Arguments.of("an empty interval", poll(""), "spec.pollInterval"),
                Arguments.of("a timeout too short", recovery("9s", 3), "spec.recovery.startingTimeout"),
                Arguments.of("a timeout too long", recovery("31m", 3), "spec.recovery.startingTimeout"),
                Arguments.of("a timeout that is none", recovery("soon", 3), "spec.recovery.startingTimeout"),
                Arguments.of("restarts below zero", recovery("60s", -1), "spec.recovery.maxRestarts"),
                Arguments.of("restarts without end", recovery("60s", 101), "spec.recovery.maxRestarts"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("nonsense")
    void theMessageNamesTheFieldThatMakesNoSense(String what, WhatsAppSessionSpec spec, String field) {
        assertThat(reader.read(spec)).as(what).isInstanceOfSatisfying(Unreadable.class, unreadable -> assertThat(
                        unreadable.message())
                .contains(field)
                .endsWith("."));
    }

    @Test
    void whatIsLeftOutHasItsDefault() {
        assertThat(reader.read(valid().build())).isInstanceOfSatisfying(Spec.class, spec -> {
            assertThat(spec.desired()).isEqualTo(Desired.Running);
            assertThat(spec.instanceId()).isEmpty();
            assertThat(spec.secret().accessTokenKey()).isEqualTo("access_token");
            assertThat(spec.suspended()).isFalse();
            assertThat(spec.pollInterval()).isEqualTo(Duration.ofSeconds(60));
            assertThat(spec.deletionPolicy()).isEqualTo(DeletionPolicy.Retain);
            assertThat(spec.startingTimeout()).isEqualTo(Duration.ofSeconds(60));
            assertThat(spec.maxRestarts()).isEqualTo(3);
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"5s", "24h", "1h30m", "90s", "1.5m"})
    void thePollIntervalMayBeAnythingFrom5SecondsTo24Hours(String interval) {
        assertThat(reader.read(poll(interval))).isInstanceOf(Spec.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "0", "wawp-credentials", "wawp.credentials.v2", "a--b"})
    void theNameOfASecretIsADnsSubdomainName(String name) {
        assertThat(reader.read(secret(new CredentialsSecretRef(name)))).isInstanceOf(Spec.class);
    }

    @Test
    void theNameOfASecretMayHave253Characters() {
        assertThat(reader.read(secret(new CredentialsSecretRef("a".repeat(253)))))
                .isInstanceOf(Spec.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"abc123", "3EB0BCB2E3D4", "123456789"})
    void anInstanceIdIsMadeOfLettersAndDigits(String id) {
        assertThat(reader.read(instance(id))).isInstanceOf(Spec.class);
    }

    private static WhatsAppSessionSpec.Builder valid() {
        return WhatsAppSessionSpec.builder().desiredState(DesiredState.Running).credentialsSecretRef(SECRET);
    }

    private static WhatsAppSessionSpec secret(CredentialsSecretRef secret) {
        return valid().credentialsSecretRef(secret).build();
    }

    private static WhatsAppSessionSpec instance(String id) {
        return valid().instanceId(id).build();
    }

    private static WhatsAppSessionSpec poll(String interval) {
        return valid().pollInterval(interval).build();
    }

    private static WhatsAppSessionSpec recovery(String timeout, int maxRestarts) {
        return valid().recovery(new Recovery(timeout, maxRestarts)).build();
    }
}
