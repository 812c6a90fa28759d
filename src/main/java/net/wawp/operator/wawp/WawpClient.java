package net.wawp.operator.wawp;

import java.util.concurrent.CompletionStage;

/** The port to Wawp. It does not block, it sends each request at most once, and no stage completes exceptionally. */
public interface WawpClient {

    /** Sends the request. Every outcome is a {@link WawpResponse}, a request that was held back included. */
    CompletionStage<WawpResponse> send(WawpRequest request);
}
