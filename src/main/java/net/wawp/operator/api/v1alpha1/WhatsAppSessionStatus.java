package net.wawp.operator.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Size;
import java.util.List;

/**
 * What the session is. Words are plain strings here, not enums: a cluster may hold those of an older or newer operator,
 * and its CRD may be older than the operator that writes them. What is not known is null, save the conditions: an empty
 * list.
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
public record WhatsAppSessionStatus(
        @JsonPropertyDescription(
                "The generation of the spec that this status is about; -1 as long as nobody polled the resource.")
        @Min(-1)
        Long observedGeneration,

        @JsonPropertyDescription(
                "The session's state as Wawp says it: STOPPED, STARTING, SCAN_QR_CODE, WORKING, FAILED, or UNKNOWN for"
                        + " a word that this operator does not know.")
        @Size(max = 64)
        String sessionState,

        @JsonPropertyDescription("Whether a phone is linked: Paired, Unpaired or Unknown. Outlives a stopped engine.")
        @Size(max = 64)
        String pairing,

        @JsonPropertyDescription(
                "The instance that this resource is bound to: the first that Wawp answered for with these credentials.")
        @Size(max = 64)
        String instanceId,

        @JsonPropertyDescription("Wawp's own name for the session, for its support.") @Size(max = 256)
        String sessionName,

        @JsonPropertyDescription("The linked WhatsApp account.")
        Account account,

        @JsonPropertyDescription("Only while suspended: the call that would be made otherwise: Start, Stop or Logout.")
        @Size(max = 64)
        String plannedAction,

        @JsonPropertyDescription("The last call that changes the session.")
        LastAction lastAction,

        @JsonPropertyDescription(
                "How many restarts recovery has tried, up to spec.recovery.maxRestarts. Returns to 0 after 10 minutes in"
                        + " WORKING.")
        @Min(0)
        Integer restarts,

        @JsonPropertyDescription("The value of the annotation wawp.net/requestedAt that was handled last.")
        @Size(max = 128)
        String lastHandledRequestAt,

        @JsonPropertyDescription(
                "Ready: the session is as desired. Reconciling, only while True: the operator is at work or waits."
                        + " Stalled, only while True: somebody has to do something.")
        @JsonInclude(JsonInclude.Include.NON_EMPTY)
        @Size(max = 8)
        List<Condition> conditions) {

    public WhatsAppSessionStatus {
        conditions = conditions == null ? List.of() : List.copyOf(conditions);
    }
}
