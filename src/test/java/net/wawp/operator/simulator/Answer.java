package net.wawp.operator.simulator;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;

/** An answer as it should reach the client. */
record Answer(int status, String contentType, Buffer body) {

    static Answer ok(JsonObject body) {
        return new Answer(200, BodyFormat.Json.contentType(), body.toBuffer());
    }

    static Answer error(int status, BodyFormat format, String code, String message) {
        return new Answer(status, format.contentType(), Buffer.buffer(format.write(code, message)));
    }

    static Answer error(int status, String code, String message) {
        return error(status, BodyFormat.Json, code, message);
    }
}
