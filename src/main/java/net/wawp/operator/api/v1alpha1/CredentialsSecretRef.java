package net.wawp.operator.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** The Secret that holds the access token, and the instance id where the spec has none. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
@ValidationRule(
        value = "self.accessTokenKey != self.instanceIdKey",
        fieldPath = ".instanceIdKey",
        message = "instanceIdKey and accessTokenKey must be two different keys of the Secret")
public record CredentialsSecretRef(
        @JsonPropertyDescription("The name of the Secret.")
        @Required
        @Size(max = 1024)
        @ValidationRule(
                // CEL's own format library is not in Kubernetes 1.31
                value = "self.size() <= 253 &&"
                        + " self.matches('^[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*$')",
                message = "name must be the name of a Secret: at most 253 lower-case letters, digits, '-' and '.',"
                        + " with a letter or digit first and last")
        String name,

        @JsonPropertyDescription("The key of the Secret that holds the access token. Default: access_token.")
        @Default(CredentialsSecretRef.ACCESS_TOKEN_KEY)
        @Size(max = 1024)
        @ValidationRule(
                value = CredentialsSecretRef.IS_KEY,
                message = "accessTokenKey must be a key of a Secret: 1 to 253 letters, digits, '-', '_' and '.'")
        String accessTokenKey,

        @JsonPropertyDescription(
                "The key of the Secret that holds the instance id. The operator reads it only where spec.instanceId is"
                        + " absent. It must not be the same as accessTokenKey. Default: instance_id.")
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

    /** The Secret with this name and the default keys. */
    public CredentialsSecretRef(String name) {
        this(name, null, null);
    }
}
