package net.wawp.operator.simulator;

import io.vertx.core.json.JsonObject;

/** The forms in which Wawp, and gateways before it, write an error. */
public enum BodyFormat {
    Json("application/json"),
    Xml("application/xml"),
    Html("text/html"),
    Text("text/plain"),
    Empty("text/plain");

    private final String contentType;

    BodyFormat(String contentType) {
        this.contentType = contentType;
    }

    String contentType() {
        return contentType;
    }

    String write(String code, String message) {
        return switch (this) {
            case Json ->
                new JsonObject().put("code", code).put("message", message).encode();
            case Xml ->
                "<?xml version=\"1.0\"?><error><code>" + code + "</code><message>" + message + "</message></error>";
            case Html ->
                "<!DOCTYPE html><html><head><title>" + code + "</title></head><body><h1>" + message
                        + "</h1></body></html>";
            case Text -> message;
            case Empty -> "";
        };
    }
}
