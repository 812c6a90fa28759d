package net.wawp.operator.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** Where the access token is, and the instance id when the spec has none. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
@ValidationRule(
        value = "self.accessTokenKey != self.instanceIdKey",
        fieldPath = ".instanceIdKey",
        message = "instanceIdKey and accessTokenKey must be two different keys of the Secret")
public record CredentialsSecretRef(
        @JsonPropertyDescription("Name of the Secret.")
        @Required
        @Size(max = 1024)
        @ValidationRule(
                value = "!format.dns1123Subdomain().validate(self).hasValue()",
                message = "name must be the name of a Secret: at most 253 lower-case letters, digits, '-' and '.',"
                        + " with a letter or digit first and last")
        String name,

        @JsonPropertyDescription("Key of the Secret that holds the access token.")
        @Default(CredentialsSecretRef.ACCESS_TOKEN_KEY)
        @Size(max = 1024)
        @ValidationRule(
                value = CredentialsSecretRef.IS_KEY,
                message = "accessTokenKey must be a key of a Secret: 1 to 253 letters, digits, '-', '_' and '.'")
        String accessTokenKey,

        @JsonPropertyDescription(
                "Key of the Secret that holds the instance id. Read only when spec.instanceId is absent, and never the"
                        + " same as accessTokenKey.")
        @Default(CredentialsSecretRef.INSTANCE_ID_KEY)
        @Size(max = 1024)
        @ValidationRule(
                value = CredentialsSecretRef.IS_KEY,
                message = "instanceIdKey must be a key of a Secret: 1 to 253 letters, digits, '-', '_' and '.'")
        String instanceIdKey) {

    static final String ACCESS_TOKEN_KEY = "access_token";
    static final String INSTANCE_ID_KEY = "instance_id";
    static final String IS_KEY = "self.matches('^[-._a-zA-Z0-9]{1,253}$')";

    public CredentialsSecretRef {
        accessTokenKey = accessTokenKey == null ? ACCESS_TOKEN_KEY : accessTokenKey;
        instanceIdKey = instanceIdKey == null ? INSTANCE_ID_KEY : instanceIdKey;
    }

    /** The Secret of this name, with the usual keys. */
    public CredentialsSecretRef(String name) {
        this(name, null, null);
    }
}
