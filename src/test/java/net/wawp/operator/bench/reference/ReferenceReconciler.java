package net.wawp.operator.bench.reference;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;
import net.wawp.operator.api.v1alpha1.WhatsAppSessionStatus;

/** Asks Wawp in the reconciler's thread, writes what it hears to the status, and asks to be called again. */
@ControllerConfiguration
class ReferenceReconciler implements Reconciler<WhatsAppSession> {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final URI info;
    private final Duration interval;

    ReferenceReconciler(URI baseUrl, Duration interval) {
        this.info = baseUrl.resolve("/v2/session/info");
        this.interval = interval;
    }

    @Override
    public List<EventSource<?, WhatsAppSession>> prepareEventSources(EventSourceContext<WhatsAppSession> context) {
        return List.of(new InformerEventSource<>(
                InformerEventSourceConfiguration.from(Secret.class, WhatsAppSession.class)
                        .withSecondaryToPrimaryMapper(secret -> Set.of())
                        .withPrimaryToSecondaryMapper((WhatsAppSession session) -> Set.of(secret(session)))
                        .build(),
                context));
    }

    private static ResourceID secret(WhatsAppSession session) {
        return new ResourceID(
                session.getSpec().credentialsSecretRef().name(),
                session.getMetadata().getNamespace());
    }

    @Override
    public UpdateControl<WhatsAppSession> reconcile(WhatsAppSession session, Context<WhatsAppSession> context)
            throws IOException, InterruptedException {
        Secret secret = context.getSecondaryResource(Secret.class).orElseThrow();
        String token =
                new String(Base64.getDecoder().decode(secret.getData().get("access_token")), StandardCharsets.UTF_8);
        HttpRequest request = HttpRequest.newBuilder(info)
                .timeout(Duration.ofSeconds(10))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(
                        Map.of("instance_id", session.getSpec().instanceId(), "access_token", token))))
                .build();
        String state = JSON.readTree(http.send(request, BodyHandlers.ofString()).body())
                .get("status")
                .asText();
        if (state.equals(session.getStatus().sessionState())) {
            return UpdateControl.<WhatsAppSession>noUpdate().rescheduleAfter(interval);
        }
        // the patch holds what this operator manages and nothing else: it is a server-side apply
        WhatsAppSession patch = new WhatsAppSession();
        patch.setMetadata(new ObjectMetaBuilder()
                .withName(session.getMetadata().getName())
                .withNamespace(session.getMetadata().getNamespace())
                .build());
        patch.setStatus(WhatsAppSessionStatus.builder().sessionState(state).build());
        return UpdateControl.patchStatus(patch).rescheduleAfter(interval);
    }
}
