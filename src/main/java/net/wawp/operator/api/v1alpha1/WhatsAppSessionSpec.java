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

/**
 * What the session shall be, and how to reach it. What a user leaves out has its default here too, for API servers that
 * fill in none.
 *
 * @param desiredState null when missing or a word that is not known, so that one such resource does not make a whole
 *     list unreadable
 * @param instanceId null: the Secret's
 * @param pollInterval null: the operator's setting applies
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
                "What the session shall be. Running: engine up and a phone linked. Stopped: engine down, pairing kept."
                        + " LoggedOut: no phone linked, which only a person with the phone can undo.")
        @JsonFormat(with = JsonFormat.Feature.READ_UNKNOWN_ENUM_VALUES_AS_NULL)
        @Required
        @SelectableField
        DesiredState desiredState,

        @JsonPropertyDescription(
                "The instance at Wawp that this resource drives: 6 to 64 letters and digits, as Wawp's dashboard shows"
                        + " them. Can neither be changed nor removed once it is set. When it is absent, the id is read"
                        + " from the Secret.")
        @Size(max = 1024)
        @ValidationRule(
                value = "self.matches('^[0-9A-Za-z]{6,64}$')",
                message = "instanceId must be 6 to 64 letters and digits, as Wawp's dashboard shows them")
        String instanceId,

        @JsonPropertyDescription("The Secret with the access token, in the namespace of this resource.") @Required
        CredentialsSecretRef credentialsSecretRef,

        @JsonPropertyDescription(
                "true: the session is polled and reported on, but nothing that changes it is called. What would be"
                        + " called is shown in status.plannedAction.")
        @Default("false")
        Boolean suspend,

        @JsonPropertyDescription(
                "How often a settled session is polled: a duration such as 30s, 5m or 1h30m, from 5s to 24h. When"
                        + " absent, the operator's setting WAWP_POLL_INTERVAL applies (60s unless changed).")
        @Size(max = Durations.MAX_LENGTH)
        @ValidationRule(
                value = "self.matches('" + Durations.PATTERN + "') && duration(self) >= duration('5s')"
                        + " && duration(self) <= duration('24h')",
                message = "pollInterval must be a duration from 5s to 24h, such as 30s, 5m or 1h30m")
        String pollInterval,

        @JsonPropertyDescription(
                "What happens to the session when this resource is deleted. Retain: nothing, deletion is instant. Stop:"
                        + " it is stopped first. Logout: it is logged out first. Stop and Logout hold the deletion back"
                        + " for 10 minutes at most.")
        @JsonFormat(with = JsonFormat.Feature.READ_UNKNOWN_ENUM_VALUES_AS_NULL)
        @Default("Retain")
        DeletionPolicy deletionPolicy,

        @JsonPropertyDescription("What desiredState Running may do about a session that fails or hangs.") @Default("{}")
        Recovery recovery) {

    public WhatsAppSessionSpec {
        suspend = suspend != null && suspend;
        deletionPolicy = deletionPolicy == null ? DeletionPolicy.Retain : deletionPolicy;
        recovery = recovery == null ? Recovery.DEFAULT : recovery;
    }

    /** A spec with everything that can be left out left out. */
    public WhatsAppSessionSpec(DesiredState desiredState, CredentialsSecretRef credentialsSecretRef) {
        this(desiredState, null, credentialsSecretRef, null, null, null, null);
    }
}
