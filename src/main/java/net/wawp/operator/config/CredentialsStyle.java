package net.wawp.operator.config;

/** Where instance id and access token travel. The constants are the words of the setting. */
public enum CredentialsStyle {
    /** As fields of a JSON body: nothing secret is in any URL. */
    Body,
    /** In the query string, for gateways that want it so. */
    Query
}
