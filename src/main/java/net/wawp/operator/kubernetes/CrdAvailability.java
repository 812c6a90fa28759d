package net.wawp.operator.kubernetes;

import io.fabric8.kubernetes.api.model.ListOptions;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;
import net.wawp.operator.logging.FailureLog;
import net.wawp.operator.management.Health;
import org.slf4j.LoggerFactory;

/** Lets the work begin once the API server serves the resources: whoever installs the operator may bring their definition later. */
public final class CrdAvailability {

    private static final ResourceDefinitionContext KIND =
            ResourceDefinitionContext.fromResourceType(WhatsAppSession.class);
    private static final String KIND_NAME = "whatsappsessions.wawp.net";
    private static final ListOptions ONE =
            new ListOptionsBuilder().withLimit(1L).build();
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final KubernetesClient client;
    private final List<String> namespaces;
    private final ScheduledExecutorService scheduler;
    private final Runnable whenOpen;
    private final FailureLog failures = new FailureLog(LoggerFactory.getLogger(CrdAvailability.class));
    private volatile Health readiness = Health.bad("the API server has not been asked for " + KIND_NAME + " yet");

    /**
     * @param namespaces where resources are listed; empty for all
     * @param whenOpen run once, on the scheduler
     */
    public CrdAvailability(
            KubernetesClient client, List<String> namespaces, ScheduledExecutorService scheduler, Runnable whenOpen) {
        this.client = UnretriedClient.of(client, REQUEST_TIMEOUT);
        this.namespaces = namespaces;
        this.scheduler = scheduler;
        this.whenOpen = whenOpen;
    }

    public void start() {
        scheduler.execute(this::check);
    }

    public Health readiness() {
        return readiness;
    }

    private void check() {
        Optional<String> blocker = namespaces.isEmpty()
                ? blocker("")
                : namespaces.stream()
                        .map(this::blocker)
                        .flatMap(Optional::stream)
                        .findFirst();
        if (scheduler.isShutdown()) {
            return; // what came of an interrupted request is of no interest
        }
        if (blocker.isPresent()) {
            readiness = Health.bad(blocker.get());
            failures.failing(blocker.get());
            scheduler.schedule(this::check, PAUSE.toMillis(), TimeUnit.MILLISECONDS);
        } else {
            readiness = Health.good("the API server serves " + KIND_NAME);
            failures.ended("The API server serves " + KIND_NAME + " now");
            whenOpen.run();
        }
    }

    private Optional<String> blocker(String namespace) {
        try {
            if (namespace.isEmpty()) {
                client.genericKubernetesResources(KIND).inAnyNamespace().list(ONE);
            } else {
                client.genericKubernetesResources(KIND).inNamespace(namespace).list(ONE);
            }
            return Optional.empty();
        } catch (KubernetesClientException e) {
            String where = namespace.isEmpty() ? "in all namespaces" : "in namespace " + namespace;
            String what =
                    switch (e.getCode()) {
                        case HttpURLConnection.HTTP_NOT_FOUND ->
                            "The API server does not know %s: install crds/%s.yaml".formatted(KIND_NAME, KIND_NAME);
                        case HttpURLConnection.HTTP_FORBIDDEN ->
                            "The operator may not list %s %s: grant it to its service account"
                                    .formatted(KIND_NAME, where);
                        default -> "Cannot list %s %s of %s".formatted(KIND_NAME, where, client.getMasterUrl());
                    };
            return Optional.of(what + "; going on trying. " + ApiServerError.cause(e));
        }
    }
}
