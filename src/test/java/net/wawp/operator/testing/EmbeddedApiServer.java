package net.wawp.operator.testing;

import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.mockwebserver.Context;
import io.fabric8.mockwebserver.MockWebServer;
import io.fabric8.mockwebserver.http.Dispatcher;
import java.util.HashMap;

/** The mock server of Fabric8, whose end fails no test. */
public final class EmbeddedApiServer extends KubernetesMockServer {

    /** One that answers what it is told to expect. */
    public EmbeddedApiServer() {}

    /** One that speaks HTTP and leaves each answer to this. */
    EmbeddedApiServer(Dispatcher dispatcher) {
        super(new Context(), new MockWebServer(), new HashMap<>(), dispatcher, false);
    }

    /** On a busy machine it may not end within the 10 s that it grants itself; all that a test says has been said by then. */
    @Override
    public void destroy() {
        try {
            super.destroy();
        } catch (IllegalStateException e) {
            System.err.println("The embedded API server is left behind: " + e.getMessage());
        }
    }
}
