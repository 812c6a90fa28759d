package net.wawp.operator.controller;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Optional;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PersonRequestsTest {

    private static final Optional<String> NONE = Optional.empty();

    @Test
    void aNewTokenIsARequest() {
        assertThat(openRequest("2026-01-01", NONE)).contains("2026-01-01");
    }

    @Test
    void withoutAnnotationOrWithAnEmptyOneThereIsNone() {
        WhatsAppSession without = SampleResource.any().build();

        assertThat(PersonRequests.openRequest(without, NONE)).isEmpty();
        assertThat(openRequest("", NONE)).isEmpty();
        assertThat(PersonRequests.ignored(without)).isEmpty();
        assertThat(PersonRequests.ignored(with("wawp.net/lastUsedAt", ""))).isEmpty();
    }

    @Test
    void aTokenCountsOnceAndAnyOtherIsANewRequest() {
        assertThat(openRequest("again", Optional.of("again"))).isEmpty();
        assertThat(openRequest("again", Optional.of("before"))).contains("again");
    }

    @ParameterizedTest
    @ValueSource(strings = {"wawp.net/requestedAt", "wawp.net/pair", "wawp.net/restart"})
    void aTokenOf128CharactersCountsAndALongerOneIsIgnoredAndTheUserIsTold(String annotation) {
        WhatsAppSession longest = with(annotation, "x".repeat(128));
        WhatsAppSession tooLong = with(annotation, "x".repeat(129));

        assertThat(token(annotation, longest)).contains("x".repeat(128));
        assertThat(PersonRequests.ignored(longest)).isEmpty();
        assertThat(token(annotation, tooLong)).isEmpty();
        assertThat(PersonRequests.ignored(tooLong))
                .contains("The annotation " + annotation + " is longer than 128 characters and is ignored.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"2026-01-31T08:00:00Z", "2026-01-31T09:00:00+01:00", "2026-01-31T08:00:00.000Z"})
    void theLastUseIsATimeAsRfc3339WritesIt(String time) {
        WhatsAppSession used = with("wawp.net/lastUsedAt", time);

        assertThat(PersonRequests.lastUsedAt(used)).contains(Instant.parse("2026-01-31T08:00:00Z"));
        assertThat(PersonRequests.ignored(used)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"yesterday", "1767225600", "2026-01-31", "1969-12-31T23:59:59Z", "-999999999-01-01T00:00:00Z"})
    void aLastUseThatIsNoTimeIsIgnoredAndTheUserIsTold(String text) {
        WhatsAppSession used = with("wawp.net/lastUsedAt", text);

        assertThat(PersonRequests.lastUsedAt(used)).isEmpty();
        assertThat(PersonRequests.ignored(used))
                .contains("The annotation wawp.net/lastUsedAt is not a time such as 2026-01-31T08:00:00Z (RFC 3339)"
                        + " and is ignored.");
    }

    @Test
    void eachValueThatIsIgnoredIsNamed() {
        WhatsAppSession both = SampleResource.any()
                .annotation("wawp.net/restart", "x".repeat(129))
                .annotation("wawp.net/lastUsedAt", "yesterday")
                .build();

        assertThat(PersonRequests.ignored(both).orElseThrow())
                .contains("wawp.net/restart")
                .contains("wawp.net/lastUsedAt");
    }

    private static Optional<String> token(String annotation, WhatsAppSession resource) {
        return switch (annotation) {
            case "wawp.net/pair" -> PersonRequests.pair(resource);
            case "wawp.net/restart" -> PersonRequests.restart(resource);
            default -> PersonRequests.openRequest(resource, NONE);
        };
    }

    private static Optional<String> openRequest(String token, Optional<String> lastHandled) {
        return PersonRequests.openRequest(with("wawp.net/requestedAt", token), lastHandled);
    }

    private static WhatsAppSession with(String annotation, String value) {
        return SampleResource.any().annotation(annotation, value).build();
    }
}
