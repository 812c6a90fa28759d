package net.wawp.operator.config;

/** Where a request carries instance id and access token. The constants are the words of the setting. */
public enum CredentialsStyle {
    /** As fields of a JSON body: no URL holds a secret. */
    Body,
    /** In the query string, for gateways that require it. */
    Query
}
