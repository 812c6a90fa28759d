package net.wawp.operator.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Size;

/** The last call that changes the session, written before it is sent and closed once its outcome is known. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
public record LastAction(
        @JsonPropertyDescription("The call: Start, Stop or Logout.") @Size(max = 64)
        String type,

        @JsonPropertyDescription("Names this very call: it is sent once at most, by the process that wrote this id.")
        @Size(max = 128)
        String id,

        @JsonPropertyDescription(
                "How far it has come. Intended: written, perhaps sent. Confirmed: took effect. Abandoned: provably"
                        + " nothing happened. Ineffective: no effect within its time.")
        @Size(max = 64)
        String phase,

        @JsonPropertyDescription("Counts the calls for the same end, from 1.") @Min(1)
        Integer attempt,

        @JsonPropertyDescription("When it was written, in UTC (RFC 3339, to the second).") @Size(max = 64)
        String time) {}
