package net.wawp.operator.testing;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesCrudDispatcher;
import io.fabric8.mockwebserver.http.MockResponse;
import io.fabric8.mockwebserver.http.RecordedRequest;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;

/** An embedded Kubernetes API that answers as it should until told otherwise. */
public final class FaultyApiServer implements AutoCloseable {

    /** @param carriesOut whether it does what is asked and only its answer is another */
    private record FailureStreak(Predicate<RecordedRequest> requests, int status, String message, boolean carriesOut) {}

    private final List<RecordedRequest> requests = new CopyOnWriteArrayList<>();
    private final AtomicReference<FailureStreak> failureStreak = new AtomicReference<>();
    private final EmbeddedApiServer server = new EmbeddedApiServer(new Dispatcher());

    public FaultyApiServer() {
        server.init();
    }

    public KubernetesClient client() {
        return server.createClient();
    }

    /** Answers these requests with a status from now on. */
    public void refuse(Predicate<RecordedRequest> requests, int status, String message) {
        failureStreak.set(new FailureStreak(requests, status, message, false));
    }

    /** Carries these requests out from now on, but answers that they timed out. */
    public void loseAnswers(Predicate<RecordedRequest> requests) {
        failureStreak.set(new FailureStreak(requests, 504, "timed out", true));
    }

    /** Of all requests so far, in order. */
    public List<String> methods() {
        return requests.stream().map(RecordedRequest::getMethod).toList();
    }

    /** Of all requests so far, in order. */
    public List<String> paths() {
        return requests.stream().map(RecordedRequest::getPath).toList();
    }

    public void recover() {
        failureStreak.set(null);
    }

    @Override
    public void close() {
        server.destroy();
    }

    private final class Dispatcher extends KubernetesCrudDispatcher {
        @Override
        public MockResponse dispatch(RecordedRequest request) {
            requests.add(request);
            FailureStreak now = failureStreak.get();
            if (now == null || !now.requests().test(request)) {
                return super.dispatch(request);
            }
            if (now.carriesOut()) {
                super.dispatch(request);
            }
            String status = """
                    {"apiVersion": "v1", "kind": "Status", "status": "Failure", "code": %d, "message": "%s"}""".formatted(now.status(), now.message());
            return new MockResponse().setResponseCode(now.status()).setBody(status);
        }
    }
}
