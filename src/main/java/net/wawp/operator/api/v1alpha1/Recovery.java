package net.wawp.operator.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** What Running may do about a session that fails or hangs. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
public record Recovery(
        @JsonPropertyDescription(
                "How long a session may be STARTING before that counts as a failure: a duration such as 60s or 5m, from"
                        + " 10s to 30m.")
        @Default(Recovery.STARTING_TIMEOUT)
        @Size(max = Durations.MAX_LENGTH)
        @ValidationRule(
                value = "self.matches('" + Durations.PATTERN + "') && duration(self) >= duration('10s')"
                        + " && duration(self) <= duration('30m')",
                message = "startingTimeout must be a duration from 10s to 30m, such as 60s or 5m")
        String startingTimeout,

        @JsonPropertyDescription(
                "How many restarts (stop, then start) are tried, 0 to 100, before the session is left to a person. 0"
                        + " turns recovery off. The count returns to 0 after 10 minutes in WORKING.")
        @Default("" + Recovery.MAX_RESTARTS)
        @Min(0)
        @Max(100)
        Integer maxRestarts) {

    static final String STARTING_TIMEOUT = "60s";
    static final int MAX_RESTARTS = 3;

    /** What applies when a user names nothing. */
    public static final Recovery DEFAULT = new Recovery(null, null);

    public Recovery {
        startingTimeout = startingTimeout == null ? STARTING_TIMEOUT : startingTimeout;
        maxRestarts = maxRestarts == null ? MAX_RESTARTS : maxRestarts;
    }
}
