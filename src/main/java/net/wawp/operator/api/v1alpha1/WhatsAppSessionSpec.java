package net.wawp.operator.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crd.generator.annotation.SelectableField;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;

/**
 * The desired state of the session, and how to reach it. A field that a user leaves out has its default here too, for API servers
 * that fill in none.
 *
 * @param desiredState null where it is missing or an unknown word, so that one such resource does not make a whole list
 *     unreadable
 * @param instanceId null where the Secret has it
 * @param pollInterval null where the operator's setting applies
 * @param pairing null where nothing is said of it
 * @param idleTimeout null where an unused session runs on
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
@ValidationRule(
        value = "!has(oldSelf.instanceId) || (has(self.instanceId) && self.instanceId == oldSelf.instanceId)",
        fieldPath = ".instanceId",
        message = "instanceId can neither be changed nor removed once it is set:"
                + " delete the resource and create it anew for another instance")
public record WhatsAppSessionSpec(
        @JsonPropertyDescription(
                "The state that the session should be in. Running: started, with a phone linked. Stopped: not running,"
                        + " the phone stays linked. LoggedOut: no phone linked, which only a person with the phone can"
                        + " undo.")
        @JsonFormat(with = JsonFormat.Feature.READ_UNKNOWN_ENUM_VALUES_AS_NULL)
        @Required
        @SelectableField
        DesiredState desiredState,

        @JsonPropertyDescription(
                "The instance at Wawp that this resource controls: 6 to 64 letters and digits, as Wawp's dashboard shows"
                        + " them. It can neither be changed nor removed once it is set. Default: the id in the Secret,"
                        + " under credentialsSecretRef.instanceIdKey.")
        @Size(max = 1024)
        @ValidationRule(
                value = "self.matches('^[0-9A-Za-z]{6,64}$')",
                message = "instanceId must be 6 to 64 letters and digits, as Wawp's dashboard shows them")
        String instanceId,

        @JsonPropertyDescription("The Secret that holds the access token, in the namespace of this resource.") @Required
        CredentialsSecretRef credentialsSecretRef,

        @JsonPropertyDescription(
                "true pauses the resource: the operator still polls the session and reports on it, but sends no call that"
                        + " changes it. status.plannedAction shows the call that it would send. Default: false.")
        @Default("false")
        Boolean suspend,

        @JsonPropertyDescription(
                "The time between two polls of a session that is as desired: a duration such as 30s, 5m or 1h30m, from 5s"
                        + " to 24h. Default: the operator's setting WAWP_POLL_INTERVAL, which is 60s unless changed.")
        @Size(max = Durations.MAX_LENGTH)
        @ValidationRule(
                value = "self.matches('" + Durations.PATTERN + "') && duration(self) >= duration('5s')"
                        + " && duration(self) <= duration('24h')",
                message = "pollInterval must be a duration from 5s to 24h, such as 30s, 5m or 1h30m")
        String pollInterval,

        @JsonPropertyDescription(
                "What happens to the session when this resource is deleted. Retain: nothing, and the resource is gone at"
                        + " once. Stop: the session is stopped first. Logout: the session is logged out first. Stop and"
                        + " Logout delay the deletion for 10 minutes at most. Default: Retain, or the annotation"
                        + " wawp.net/deletion-policy of the namespace where the cluster has the policy for it.")
        @JsonFormat(with = JsonFormat.Feature.READ_UNKNOWN_ENUM_VALUES_AS_NULL)
        DeletionPolicy deletionPolicy,

        @JsonPropertyDescription("How the operator restarts a session that should be Running and fails or hangs.")
        @Default("{}")
        Recovery recovery,

        @JsonPropertyDescription("How a person links a phone by way of this resource.")
        PairingSpec pairing,

        @JsonPropertyDescription(
                "The times in which a session runs whose desiredState is Running: outside of all of them it is stopped, and"
                        + " misses messages. Default: always.")
        @JsonInclude(JsonInclude.Include.NON_EMPTY)
        @Size(max = 16)
        List<RunningHours> runningHours,

        @JsonPropertyDescription(
                "How long a session whose desiredState is Running may be unused before it is stopped: a duration such as"
                        + " 24h, from 1h to 720h. It counts from the later of the time in the annotation"
                        + " wawp.net/lastUsedAt and the last turn to WORKING; a later time there starts the session again."
                        + " Default: for ever.")
        @Size(max = Durations.MAX_LENGTH)
        @ValidationRule(
                value = "self.matches('" + Durations.PATTERN + "') && duration(self) >= duration('1h')"
                        + " && duration(self) <= duration('720h')",
                message = "idleTimeout must be a duration from 1h to 720h, such as 24h")
        String idleTimeout) {

    public WhatsAppSessionSpec {
        suspend = suspend != null && suspend;
        deletionPolicy = deletionPolicy == null ? DeletionPolicy.Retain : deletionPolicy;
        recovery = recovery == null ? Recovery.DEFAULT : recovery;
        runningHours = runningHours == null ? List.of() : List.copyOf(runningHours);
    }

    public static Builder builder() {
        return new Builder();
    }

    /** A builder that begins with the fields of this spec. */
    public Builder toBuilder() {
        return builder()
                .desiredState(desiredState)
                .instanceId(instanceId)
                .credentialsSecretRef(credentialsSecretRef)
                .suspend(suspend)
                .pollInterval(pollInterval)
                .deletionPolicy(deletionPolicy)
                .recovery(recovery)
                .pairing(pairing)
                .runningHours(runningHours)
                .idleTimeout(idleTimeout);
    }

    /** Leaves out what it is not given, as a user does. */
    public static final class Builder {

        private DesiredState desiredState;
        private String instanceId;
        private CredentialsSecretRef credentialsSecretRef;
        private Boolean suspend;
        private String pollInterval;
        private DeletionPolicy deletionPolicy;
        private Recovery recovery;
        private PairingSpec pairing;
        private List<RunningHours> runningHours;
        private String idleTimeout;

        private Builder() {}

        public Builder desiredState(DesiredState state) {
            this.desiredState = state;
            return this;
        }

        public Builder instanceId(String id) {
            this.instanceId = id;
            return this;
        }

        public Builder credentialsSecretRef(CredentialsSecretRef secret) {
            this.credentialsSecretRef = secret;
            return this;
        }

        public Builder suspend(Boolean suspend) {
            this.suspend = suspend;
            return this;
        }

        public Builder pollInterval(String interval) {
            this.pollInterval = interval;
            return this;
        }

        public Builder deletionPolicy(DeletionPolicy policy) {
            this.deletionPolicy = policy;
            return this;
        }

        public Builder recovery(Recovery recovery) {
            this.recovery = recovery;
            return this;
        }

        public Builder pairing(PairingSpec pairing) {
            this.pairing = pairing;
            return this;
        }

        public Builder runningHours(List<RunningHours> hours) {
            this.runningHours = hours;
            return this;
        }

        public Builder idleTimeout(String timeout) {
            this.idleTimeout = timeout;
            return this;
        }

        public WhatsAppSessionSpec build() {
            return new WhatsAppSessionSpec(
                    desiredState,
                    instanceId,
                    credentialsSecretRef,
                    suspend,
                    pollInterval,
                    deletionPolicy,
                    recovery,
                    pairing,
                    runningHours,
                    idleTimeout);
        }
    }
}
