package net.wawp.operator.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.fabric8.crd.generator.annotation.SelectableField;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Size;
import java.util.List;

/**
 * The observed state of the session. Words are plain strings here, not enums: a cluster may hold those of an older or newer
 * operator, and its CRD may be older than the operator that writes them. A field that is not known is null; the conditions are
 * an empty list instead.
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
public record WhatsAppSessionStatus(
        @JsonPropertyDescription(
                "The generation of the spec that this status is about. -1 until the operator has reconciled the"
                        + " resource.")
        @Min(-1)
        @Max(WhatsAppSessionStatus.MAX_GENERATION)
        @JsonDeserialize(using = OptionalNumber.OfLong.class)
        Long observedGeneration,

        @JsonPropertyDescription(
                "The state of the session as last seen at Wawp: STOPPED, STARTING, SCAN_QR_CODE, PASSKEY_REQUIRED,"
                        + " PASSKEY_CONFIRMATION_REQUIRED, WORKING, FAILED, or UNKNOWN for a word that this operator does not know.")
        @Size(max = 64)
        String sessionState,

        @JsonPropertyDescription(
                "Whether a phone is linked, as last seen: Paired, Unpaired or Unknown. Stays while the session is"
                        + " stopped.")
        @Size(max = 64)
        String pairing,

        @JsonPropertyDescription(
                "The instance that this resource is bound to: the first one that Wawp answered for with these"
                        + " credentials. Never changes.")
        @Size(max = 64)
        @SelectableField
        String instanceId,

        @JsonPropertyDescription("Wawp's own name for the session, as last seen. Wawp's support asks for it.")
        @Size(max = 256)
        String sessionName,

        @JsonPropertyDescription("The linked WhatsApp account, as last seen. Absent while no phone is linked.")
        Account account,

        @JsonPropertyDescription(
                "The call that the operator would send if spec.suspend were false: Start, Stop or Logout. Present only"
                        + " while the resource is suspended.")
        @Size(max = 64)
        String plannedAction,

        @JsonPropertyDescription("The last call that changes the session.")
        LastAction lastAction,

        @JsonPropertyDescription(
                "How many restarts recovery has begun, at most spec.recovery.maxRestarts. Returns to 0 after 10 minutes"
                        + " in WORKING.")
        @Min(0)
        @Max(Integer.MAX_VALUE)
        @JsonDeserialize(using = OptionalNumber.OfInteger.class)
        Integer restarts,

        @JsonPropertyDescription("The value of the annotation wawp.net/requestedAt that the operator handled last.")
        @Size(max = 128)
        String lastHandledRequestAt,

        @JsonPropertyDescription("The value of the annotation wawp.net/restart that the operator handled last.")
        @Size(max = 128)
        String lastHandledRestart,

        @JsonPropertyDescription("The last request of a person to link a phone: the annotation wawp.net/pair.")
        PairingRequest pairingRequest,

        @JsonPropertyDescription(
                "When spec.runningHours or spec.idleTimeout will start or stop the session next, in UTC (RFC 3339, to the"
                        + " second). Absent while neither will.")
        @Size(max = 64)
        String nextTransitionAt,

        @JsonPropertyDescription(
                "When the session was found to be unused for spec.idleTimeout, in UTC (RFC 3339, to the second). Absent"
                        + " while it is not idle.")
        @Size(max = 64)
        String idleSince,

        @JsonPropertyDescription(
                "Ready is True while the session is as desired. Paired is True while a phone is linked. Reconciling is present, and True, while the operator"
                        + " works or waits. Stalled is present, and True, while somebody else has to act.")
        @JsonInclude(JsonInclude.Include.NON_EMPTY)
        @Size(max = 8)
        List<Condition> conditions) {

    /** The largest whole number that every JSON reader keeps. */
    static final long MAX_GENERATION = 9_007_199_254_740_991L;

    /** The status of a resource that the operator has not reconciled. */
    public static final WhatsAppSessionStatus EMPTY = builder().build();

    public WhatsAppSessionStatus {
        conditions = conditions == null ? List.of() : List.copyOf(conditions);
    }

    public static Builder builder() {
        return new Builder();
    }

    /** A builder that begins with the fields of this status. */
    public Builder toBuilder() {
        return builder()
                .observedGeneration(observedGeneration)
                .sessionState(sessionState)
                .pairing(pairing)
                .instanceId(instanceId)
                .sessionName(sessionName)
                .account(account)
                .plannedAction(plannedAction)
                .lastAction(lastAction)
                .restarts(restarts)
                .lastHandledRequestAt(lastHandledRequestAt)
                .lastHandledRestart(lastHandledRestart)
                .pairingRequest(pairingRequest)
                .nextTransitionAt(nextTransitionAt)
                .idleSince(idleSince)
                .conditions(conditions);
    }

    /** Leaves out what it is not given. */
    public static final class Builder {

        private Long observedGeneration;
        private String sessionState;
        private String pairing;
        private String instanceId;
        private String sessionName;
        private Account account;
        private String plannedAction;
        private LastAction lastAction;
        private Integer restarts;
        private String lastHandledRequestAt;
        private String lastHandledRestart;
        private PairingRequest pairingRequest;
        private String nextTransitionAt;
        private String idleSince;
        private List<Condition> conditions;

        private Builder() {}

        public Builder observedGeneration(Long generation) {
            this.observedGeneration = generation;
            return this;
        }

        public Builder sessionState(String state) {
            this.sessionState = state;
            return this;
        }

        public Builder pairing(String pairing) {
            this.pairing = pairing;
            return this;
        }

        public Builder instanceId(String id) {
            this.instanceId = id;
            return this;
        }

        public Builder sessionName(String name) {
            this.sessionName = name;
            return this;
        }

        public Builder account(Account account) {
            this.account = account;
            return this;
        }

        public Builder plannedAction(String action) {
            this.plannedAction = action;
            return this;
        }

        public Builder lastAction(LastAction action) {
            this.lastAction = action;
            return this;
        }

        public Builder restarts(Integer restarts) {
            this.restarts = restarts;
            return this;
        }

        public Builder lastHandledRequestAt(String token) {
            this.lastHandledRequestAt = token;
            return this;
        }

        public Builder lastHandledRestart(String token) {
            this.lastHandledRestart = token;
            return this;
        }

        public Builder pairingRequest(PairingRequest request) {
            this.pairingRequest = request;
            return this;
        }

        public Builder nextTransitionAt(String time) {
            this.nextTransitionAt = time;
            return this;
        }

        public Builder idleSince(String time) {
            this.idleSince = time;
            return this;
        }

        public Builder conditions(List<Condition> conditions) {
            this.conditions = conditions;
            return this;
        }

        public WhatsAppSessionStatus build() {
            return new WhatsAppSessionStatus(
                    observedGeneration,
                    sessionState,
                    pairing,
                    instanceId,
                    sessionName,
                    account,
                    plannedAction,
                    lastAction,
                    restarts,
                    lastHandledRequestAt,
                    lastHandledRestart,
                    pairingRequest,
                    nextTransitionAt,
                    idleSince,
                    conditions);
        }
    }
}
