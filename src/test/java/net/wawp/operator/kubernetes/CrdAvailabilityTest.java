package net.wawp.operator.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import net.wawp.operator.testing.EmbeddedCluster;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CrdAvailabilityTest implements CrdAvailability.Listener {

    private final EmbeddedCluster cluster = new EmbeddedCluster();
    private final KubernetesClient client = cluster.server()
            .createClient(builder -> builder.withHttpClientBuilderConsumer(
                    http -> http.addOrReplaceInterceptor("failure", new Failing())));
    private final ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor();
    private final CrdAvailability availability =
            new CrdAvailability(client, List.of(), scheduler, Duration.ofMillis(10), this);
    private final List<String> heard = new CopyOnWriteArrayList<>();
    private volatile Optional<Throwable> failure = Optional.empty();

    @AfterEach
    void close() {
        scheduler.shutdownNow();
        client.close();
        cluster.close();
    }

    @Test
    void anExceptionThatNobodyExpectsIsReportedAndTheCheckGoesOn() {
        failsAndRecovers(new IllegalStateException("no JSON"));
    }

    @Test
    void anErrorIsReportedAndTheCheckGoesOn() {
        failsAndRecovers(new NoClassDefFoundError("net/wawp/Missing"));
    }

    @Test
    void anExceptionAfterTheStartIsReportedAndTheCheckGoesOn() {
        availability.start();
        await().until(() -> availability.readiness().isGood());

        failure = Optional.of(new IllegalStateException("no JSON"));
        await().until(() -> !availability.readiness().isGood());

        failure = Optional.empty();
        await().until(() -> availability.readiness().isGood());
        assertThat(heard).containsExactly("first");
    }

    /** A part would look like all, and hide what no shard serves. */
    @Test
    void resourcesThatCannotBeListedHaveNoNumber() {
        availability.start();
        await().until(() -> availability.resources().isPresent());

        failure = Optional.of(new KubernetesClientException("forbidden", 403, new Status()));
        await().until(() -> availability.resources().isEmpty());

        failure = Optional.empty();
        await().until(() -> availability.resources().isPresent());
    }

    private void failsAndRecovers(Throwable unexpected) {
        failure = Optional.of(unexpected);
        availability.start();
        await().until(() -> availability.readiness().reason().contains(unexpected.getMessage()));
        assertThat(availability.readiness().isGood()).isFalse();
        assertThat(heard).isEmpty();

        failure = Optional.empty();
        await().until(() -> heard.equals(List.of("first")));
        assertThat(availability.readiness().isGood()).isTrue();
    }

    @Override
    public void onFirst() {
        heard.add("first");
    }

    @Override
    public void onMore() {
        heard.add("more");
    }

    private final class Failing implements Interceptor {
        @Override
        public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
            failure.ifPresent(Failing::raise);
        }

        private static void raise(Throwable failure) {
            if (failure instanceof Error error) {
                throw error;
            }
            throw (RuntimeException) failure;
        }
    }
}
