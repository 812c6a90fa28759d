package net.wawp.operator.kubernetes;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.NamespacedKubernetesClient;
import io.fabric8.kubernetes.client.RequestConfig;
import io.fabric8.kubernetes.client.RequestConfigBuilder;
import java.time.Duration;

/** A view of a client for callers that retry by themselves: by default the client itself repeats a request for half a minute. */
public final class UnretriedClient {

    private UnretriedClient() {}

    /** Shares the connections of the client; closing the client closes it too. */
    public static KubernetesClient of(KubernetesClient client, Duration requestTimeout) {
        RequestConfig config = new RequestConfigBuilder(
                        client.getConfiguration().getRequestConfig())
                .withRequestRetryBackoffLimit(0)
                .withRequestTimeout((int) requestTimeout.toMillis())
                .build();
        return client.adapt(NamespacedKubernetesClient.class)
                .withRequestConfig(config)
                .call(view -> view);
    }
}
