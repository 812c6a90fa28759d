package net.wawp.operator.controller;

import io.fabric8.kubernetes.client.informers.cache.ItemStore;
import io.javaoperatorsdk.operator.api.config.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.config.ResolvedControllerConfiguration;
import io.javaoperatorsdk.operator.api.config.informer.InformerConfiguration;
import io.javaoperatorsdk.operator.processing.event.rate.RateLimiter;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;

/** The framework's configuration of the controller, so that the framework keeps little in memory of each resource. */
public final class SessionControllerConfiguration extends ResolvedControllerConfiguration<WhatsAppSession> {

    /** The framework's timer keeps a cancelled task until its time comes: each reconciliation would leave one. See {@link ReconcileTimers}. */
    private static final Duration NO_MAX_INTERVAL = null;

    /** @param settings all but what this class decides itself */
    public SessionControllerConfiguration(ControllerConfiguration<WhatsAppSession> settings) {
        super(
                settings.getName(),
                settings.isGenerationAware(),
                settings.getAssociatedReconcilerClassName(),
                settings.getRetry(),
                Unlimited.INSTANCE,
                NO_MAX_INTERVAL,
                settings.getFinalizerName(),
                Map.of(),
                settings.fieldManager(),
                settings.getConfigurationService(),
                new Watches(settings.getInformerConfig()),
                settings.triggerReconcilerOnAllEvents(),
                settings.getWorkflowSpec().orElse(null));
    }

    /** The framework asks for the store anew for the watch of each namespace. */
    private static final class Watches extends InformerConfiguration<WhatsAppSession> {

        Watches(InformerConfiguration<WhatsAppSession> settings) {
            super(
                    settings.getResourceClass(),
                    settings.getName(),
                    settings.getNamespaces(),
                    settings.getFollowControllerNamespaceChanges(),
                    settings.getLabelSelector(),
                    settings.getOnAddFilter(),
                    settings.getOnUpdateFilter(),
                    settings.getOnDeleteFilter(),
                    settings.getGenericFilter(),
                    null,
                    settings.getInformerListLimit(),
                    settings.getFieldSelector());
        }

        @Override
        public ItemStore<WhatsAppSession> getItemStore() {
            return new SessionItemStore();
        }
    }

    /** Without a state for each resource. */
    private enum Unlimited implements RateLimiter<Unlimited>, RateLimiter.RateLimitState {
        INSTANCE;

        @Override
        public Optional<Duration> isLimited(RateLimitState state) {
            return Optional.empty();
        }

        @Override
        public Unlimited initState() {
            return this;
        }
    }
}
