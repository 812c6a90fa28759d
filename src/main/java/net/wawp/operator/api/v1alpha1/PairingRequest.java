package net.wawp.operator.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;

/** The last request of a person to link a phone. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
public record PairingRequest(
        @JsonPropertyDescription("The value of the annotation wawp.net/pair that requested it.") @Size(max = 128)
        String token,

        @JsonPropertyDescription(
                "The progress of the request. Preparing: the session is brought to show a QR code. Offered: the Secret"
                        + " <name>-pairing holds a way to link a phone. Paired: a phone is linked. Expired: nobody linked"
                        + " one in time, or the request could not be served. In Paired and Expired the Secret is gone and"
                        + " the link revoked.")
        @Size(max = 64)
        String phase,

        @JsonPropertyDescription("When the request ends at the latest, in UTC (RFC 3339, to the second).")
        @Size(max = 64)
        String expiresAt) {}
