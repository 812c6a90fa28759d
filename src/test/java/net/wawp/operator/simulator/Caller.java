package net.wawp.operator.simulator;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** What a caller says of itself, in any of the three ways that are in use. Missing parts are empty. */
record Caller(String instanceId, String accessToken, Call.Style style) {

    /** Reads them from the body, if the request says that it is JSON, else from the query, else from the headers. */
    static Caller of(HttpServerRequest request, Buffer body) {
        String type = request.getHeader("Content-Type");
        JsonObject json = type != null && type.startsWith("application/json") ? parse(body) : new JsonObject();
        if (json.containsKey("instance_id") || json.containsKey("access_token")) {
            return new Caller(text(json, "instance_id"), text(json, "access_token"), Call.Style.Body);
        }
        if (request.params().contains("instance_id") || request.params().contains("access_token")) {
            return new Caller(
                    request.params().get("instance_id"), request.params().get("access_token"), Call.Style.Query);
        }
        String authorization = request.getHeader("Authorization");
        if (authorization != null && authorization.startsWith("Bearer ")) {
            return new Caller(
                    request.getHeader("X-Instance-ID"),
                    authorization.substring("Bearer ".length()),
                    Call.Style.Headers);
        }
        return new Caller("", "", Call.Style.None);
    }

    Caller {
        instanceId = instanceId == null ? "" : instanceId;
        accessToken = accessToken == null ? "" : accessToken;
    }

    boolean isComplete() {
        return !instanceId.isEmpty() && !accessToken.isEmpty();
    }

    String tokenFingerprint() {
        if (accessToken.isEmpty()) {
            return "";
        }
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(accessToken.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, 4);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }

    private static JsonObject parse(Buffer body) {
        try {
            return body.length() == 0 ? new JsonObject() : body.toJsonObject();
        } catch (DecodeException | ClassCastException e) {
            return new JsonObject();
        }
    }

    private static String text(JsonObject json, String key) {
        return json.getValue(key) instanceof String value ? value : "";
    }
}
