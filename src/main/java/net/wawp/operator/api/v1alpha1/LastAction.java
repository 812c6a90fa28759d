package net.wawp.operator.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Size;

/** The last call that changes the session. It is written before it is sent, and closed once its outcome is known. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
public record LastAction(
        @JsonPropertyDescription("The call: Start, Stop or Logout.") @Size(max = 64)
        String type,

        @JsonPropertyDescription(
                "The id of this call. Only the process that wrote it sends the call, and at most once.")
        @Size(max = 128)
        String id,

        @JsonPropertyDescription(
                "The purpose of the call. Desired: spec.desiredState. Recovery: a restart of a session that failed, hangs or needs"
                        + " a fresh QR code. Restart: a restart that a person requested. Pairing: a fresh QR code that a"
                        + " person requested. Deletion: spec.deletionPolicy.")
        @Size(max = 64)
        String purpose,

        @JsonPropertyDescription(
                "The progress of the call. Intended: announced here, perhaps sent. Confirmed: it took effect. Abandoned:"
                        + " it certainly changed nothing. Ineffective: it had no effect within its time.")
        @Size(max = 64)
        String phase,

        @JsonPropertyDescription("The number of this call among those for the same purpose, from 1.")
        @Min(1)
        @Max(Integer.MAX_VALUE)
        @JsonDeserialize(using = OptionalNumber.OfInteger.class)
        Integer attempt,

        @JsonPropertyDescription("The generation of the resource that the call was made for.")
        @Min(0)
        @Max(WhatsAppSessionStatus.MAX_GENERATION)
        @JsonDeserialize(using = OptionalNumber.OfLong.class)
        Long generation,

        @JsonPropertyDescription("When the call was announced here, in UTC (RFC 3339, to the second).") @Size(max = 64)
        String time) {}
