package net.wawp.operator.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** How the operator restarts a session that should be running and fails or hangs. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
public record Recovery(
        @JsonPropertyDescription(
                "How long a session may be STARTING before the operator takes that for a failure: a duration such as 60s"
                        + " or 5m, from 10s to 30m. Default: 60s.")
        @Default(Recovery.STARTING_TIMEOUT)
        @Size(max = Durations.MAX_LENGTH)
        @ValidationRule(
                value = "self.matches('" + Durations.PATTERN + "') && duration(self) >= duration('10s')"
                        + " && duration(self) <= duration('30m')",
                message = "startingTimeout must be a duration from 10s to 30m, such as 60s or 5m")
        String startingTimeout,

        @JsonPropertyDescription(
                "How many restarts (a stop, then a start) the operator tries before a person has to act, from 0 to 100. 0"
                        + " turns recovery off. The count returns to 0 after 10 minutes in WORKING. Default: 3.")
        @Default("" + Recovery.MAX_RESTARTS)
        @Min(0)
        @Max(100)
        Integer maxRestarts) {

    static final String STARTING_TIMEOUT = "60s";
    static final int MAX_RESTARTS = 3;

    /** The recovery of a user who names none. */
    public static final Recovery DEFAULT = new Recovery(null, null);

    public Recovery {
        startingTimeout = startingTimeout == null ? STARTING_TIMEOUT : startingTimeout;
        maxRestarts = maxRestarts == null ? MAX_RESTARTS : maxRestarts;
    }
}
