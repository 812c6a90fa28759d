package net.wawp.operator.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** A time in which a session runs, again and again. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
public record RunningHours(
        @JsonPropertyDescription(
                "When the time begins: a cron expression of five fields (minute, hour, day of month, month, day of week),"
                        + " such as 0 8 * * 1-5.")
        @Required
        @Size(max = 256)
        @ValidationRule(
                value = "self.matches('^[0-9A-Za-z*/,-]+( +[0-9A-Za-z*/,-]+){4}$')",
                message = "start must be a cron expression of five fields: minute, hour, day of month, month and day of"
                        + " week, such as 0 8 * * 1-5")
        String start,

        @JsonPropertyDescription(
                "How long it lasts: a duration such as 10h or 90m, from 1m to 168h. It is time that passes: an hour that"
                        + " the clock skips or repeats does not change it.")
        @Required
        @Size(max = Durations.MAX_LENGTH)
        @ValidationRule(
                value = "self.matches('" + Durations.PATTERN + "') && duration(self) >= duration('1m')"
                        + " && duration(self) <= duration('168h')",
                message = "duration must be a duration from 1m to 168h, such as 10h or 90m")
        String duration,

        @JsonPropertyDescription("The time zone of start, such as Europe/Berlin or UTC.")
        @Required
        @Size(max = 64)
        @ValidationRule(
                value = "self.matches('^[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*$')",
                message = "timeZone must be the name of a time zone, such as Europe/Berlin or UTC")
        String timeZone) {}
