package net.wawp.operator.kubernetes;

import static java.util.stream.Collectors.toUnmodifiableSet;

import io.fabric8.kubernetes.api.model.GenericKubernetesResourceList;
import io.fabric8.kubernetes.api.model.ListOptions;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;
import net.wawp.operator.logging.FailureLog;
import net.wawp.operator.management.Health;
import org.slf4j.LoggerFactory;

/**
 * Whether and where the operator can list its resources: somebody may install the CRD or grant the rights later, or take them away. The
 * work begins once one namespace can be listed and all others are either listed or refused.
 */
public final class CrdAvailability {

    /** Hears of it, on the scheduler. */
    public interface Listener {
        /** The resources of a namespace can be listed, for the first time. Called once. */
        void onFirst();

        /** The resources of a further namespace can be listed, or again those of one that could not be listed for a while. */
        void onMore();
    }

    private static final ResourceDefinitionContext KIND =
            ResourceDefinitionContext.fromResourceType(WhatsAppSession.class);
    private static final String KIND_NAME = "whatsappsessions.wawp.net";
    private static final String EVERYWHERE = "";
    private static final ListOptions ONE =
            new ListOptionsBuilder().withLimit(1L).build();
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration PAUSE_BEFORE_THE_FIRST = Duration.ofSeconds(1);

    private final KubernetesClient client;
    private final List<String> namespaces;
    private final ScheduledExecutorService scheduler;
    private final Duration pause;
    private final Listener listener;
    private final FailureLog failures = new FailureLog(LoggerFactory.getLogger(CrdAvailability.class));
    private final Map<String, Blocker> blockers = new TreeMap<>();
    private final Map<String, Long> counts = new TreeMap<>();
    private volatile Set<String> listable = Set.of();
    private volatile OptionalLong resources = OptionalLong.empty();
    private volatile Health readiness = Health.bad("the operator has not listed " + KIND_NAME + " yet");
    private boolean isOpen;

    /**
     * @param namespaces where the operator watches resources; empty for all
     * @param pause between two checks once the work has begun
     */
    public CrdAvailability(
            KubernetesClient client,
            List<String> namespaces,
            ScheduledExecutorService scheduler,
            Duration pause,
            Listener listener) {
        this.client = UnretriedClient.of(client, REQUEST_TIMEOUT);
        this.namespaces = namespaces.isEmpty() ? List.of(EVERYWHERE) : namespaces;
        this.scheduler = scheduler;
        this.pause = pause;
        this.listener = listener;
    }

    public void start() {
        scheduler.execute(this::check);
    }

    /** Bad while nothing can be listed. */
    public Health readiness() {
        return readiness;
    }

    /** The namespaces whose resources can be listed now; empty where all are watched. */
    public List<String> listable() {
        return listable.stream()
                .filter(name -> !name.equals(EVERYWHERE))
                .sorted()
                .toList();
    }

    /** The number of resources in all watched namespaces, whatever labels they have; empty while one of them cannot be counted. */
    public OptionalLong resources() {
        return resources;
    }

    private void check() {
        try {
            namespaces.forEach(this::list);
            if (!scheduler.isShutdown()) { // the result of an interrupted request says nothing
                publish();
            }
        } catch (RuntimeException | Error e) {
            // an Error too: nobody else would check again
            String problem = "Cannot check whether the API server serves %s; the operator tries again. %s"
                    .formatted(KIND_NAME, e);
            readiness = Health.bad(problem);
            failures.failing(problem, e);
        }
        if (!scheduler.isShutdown()) {
            scheduler.schedule(
                    this::check, (isOpen ? pause : PAUSE_BEFORE_THE_FIRST).toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private void list(String namespace) {
        try {
            GenericKubernetesResourceList first = namespace.equals(EVERYWHERE)
                    ? client.genericKubernetesResources(KIND).inAnyNamespace().list(ONE)
                    : client.genericKubernetesResources(KIND)
                            .inNamespace(namespace)
                            .list(ONE);
            counts.put(namespace, count(first));
            blockers.remove(namespace);
        } catch (KubernetesClientException e) {
            String where = namespace.equals(EVERYWHERE) ? "in all namespaces" : "in namespace " + namespace;
            switch (e.getCode()) {
                case HttpURLConnection.HTTP_NOT_FOUND ->
                    block(
                            namespace,
                            "The API server does not know %s: install crds/%s.yaml".formatted(KIND_NAME, KIND_NAME),
                            e);
                case HttpURLConnection.HTTP_FORBIDDEN ->
                    block(
                            namespace,
                            "The operator may not list %s %s: %s"
                                    .formatted(
                                            KIND_NAME,
                                            where,
                                            ApiServerError.missingRight(e).orElse("grant it to its service account")),
                            e);
                default -> {
                    // an API server that is away for a while takes nothing back that it has served
                    if (!listable.contains(namespace)) {
                        block(
                                namespace,
                                "Cannot list %s %s of %s".formatted(KIND_NAME, where, client.getMasterUrl()),
                                e);
                    }
                }
            }
        }
    }

    /** A page without a selector says how many are on the pages after it. */
    private static long count(GenericKubernetesResourceList page) {
        Long remaining = page.getMetadata().getRemainingItemCount();
        return page.getItems().size() + (remaining == null ? 0 : remaining);
    }

    private void block(String namespace, String problem, KubernetesClientException e) {
        counts.remove(namespace);
        blockers.put(
                namespace,
                new Blocker(
                        problem,
                        ApiServerError.cause(e),
                        !List.of(HttpURLConnection.HTTP_NOT_FOUND, HttpURLConnection.HTTP_FORBIDDEN)
                                .contains(e.getCode())));
    }

    private String sentences(Blocker blocker) {
        return "%s. The operator %stries again. %s"
                .formatted(
                        blocker.problem(),
                        listable.isEmpty() || blocker.passes() ? "" : "serves the other namespaces and ",
                        blocker.cause());
    }

    private record Blocker(String problem, String cause, boolean passes) {}

    private void publish() {
        Set<String> before = listable;
        // a part of the sum would hide what nobody serves
        resources = counts.keySet().containsAll(namespaces)
                ? OptionalLong.of(
                        counts.values().stream().mapToLong(Long::longValue).sum())
                : OptionalLong.empty();
        listable =
                namespaces.stream().filter(name -> !blockers.containsKey(name)).collect(toUnmodifiableSet());
        Optional<String> problem = blockers.values().stream().findFirst().map(this::sentences);
        problem.ifPresentOrElse(failures::failing, () -> failures.ended("The API server serves " + KIND_NAME + " now"));
        // a namespace that fails for the moment may hold the older claim on an instance: the work begins with it, not
        // before it
        boolean isComplete = isOpen || blockers.values().stream().noneMatch(Blocker::passes);
        readiness = new Health(isComplete && !listable.isEmpty(), problem.orElse("the API server serves " + KIND_NAME));
        if (!isOpen && isComplete && !listable.isEmpty()) {
            isOpen = true;
            listener.onFirst();
        } else if (isOpen && !before.containsAll(listable)) {
            listener.onMore();
        }
    }
}
