package net.wawp.operator.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;

/** One aspect of the status, with the fields and rules of the Kubernetes API conventions. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
public record Condition(
        @JsonPropertyDescription("Ready, Paired, Reconciling or Stalled. One condition per type.")
        @Required
        @Size(max = 316)
        String type,

        @JsonPropertyDescription("True, False or Unknown.") @Required @Size(max = 64)
        String status,

        @JsonPropertyDescription("The reason, one word of a closed list, for programs.")
        @Required
        @Size(min = 1, max = 1024)
        String reason,

        @JsonPropertyDescription(
                "The reason in whole sentences, for people: what is wrong, who can fix it and how. Not for programs: the"
                        + " words may change.")
        @Required
        @Size(max = 32768)
        String message,

        @JsonPropertyDescription(
                "When the status of this condition last changed, in UTC (RFC 3339, to the second). A new reason or message"
                        + " does not move it.")
        @Required
        @Size(max = 64)
        String lastTransitionTime,

        @JsonPropertyDescription("The generation of the spec that this condition is about.")
        @Min(0)
        @Max(WhatsAppSessionStatus.MAX_GENERATION)
        @JsonDeserialize(using = OptionalNumber.OfLong.class)
        Long observedGeneration) {}
