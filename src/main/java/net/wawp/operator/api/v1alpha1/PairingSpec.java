package net.wawp.operator.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** How a person links a phone by way of this resource. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
public record PairingSpec(
        @JsonPropertyDescription(
                "What the operator puts into the Secret <name>-pairing when a person asks for it with the annotation"
                        + " wawp.net/pair. None: nothing. Link: the address of a temporary page that shows the QR code."
                        + " QR: the address and the QR code itself. Default: None.")
        @JsonFormat(with = JsonFormat.Feature.READ_UNKNOWN_ENUM_VALUES_AS_NULL)
        @Default("None")
        PairingMode mode,

        @JsonPropertyDescription(
                "The only phone number that may be linked, with its country code, in digits alone. When another one is"
                        + " linked, the operator reports AccountMismatch and calls nothing. Default: any number may be"
                        + " linked.")
        @Size(max = 1024)
        @ValidationRule(
                value = "self.matches('^[0-9]{6,20}$')",
                message =
                        "expectedAccount must be a phone number with its country code: 6 to 20 digits and nothing else")
        String expectedAccount) {

    /** The pairing of a user who names none. */
    public static final PairingSpec DEFAULT = new PairingSpec(null, null);

    public PairingSpec {
        mode = mode == null ? PairingMode.None : mode;
    }

    /** Without the number, which is personal data. */
    @Override
    public String toString() {
        return "PairingSpec[mode=" + mode + "]";
    }
}
