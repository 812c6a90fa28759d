package net.wawp.operator.controller;

import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.controller.ResourceAction;
import io.javaoperatorsdk.operator.processing.event.source.controller.ResourceEvent;
import io.javaoperatorsdk.operator.processing.event.source.inbound.SimpleInboundEventSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;

/** Requests reconciliations of the framework: from poller, command sender and store of Secrets, which know UIDs, to names. */
final class ReconcileTrigger implements Consumer<String> {

    private final Bridge events = new Bridge();
    private final Map<String, ResourceID> names = new ConcurrentHashMap<>();
    private final Map<ResourceID, String> uids = new ConcurrentHashMap<>();

    /** Asks for a reconciliation of the resource with this UID; does nothing when it is gone. Never blocks. */
    @Override
    public void accept(String uid) {
        ResourceID name = names.get(uid);
        if (name != null) {
            wake(name);
        }
    }

    /** Asks for a reconciliation of the resource with this name. */
    void wake(ResourceID name) {
        events.propagateEvent(name);
    }

    EventSource<?, WhatsAppSession> eventSource() {
        return events;
    }

    /** As if the watch had just brought this resource: for one that the framework knows no longer. */
    void rediscover(WhatsAppSession resource) {
        events.rediscover(resource);
    }

    /** The UID of the resource that was last learned to have this name. */
    Optional<String> uid(ResourceID name) {
        return Optional.ofNullable(uids.get(name));
    }

    /** Learns the name of a resource; gives the UID of the one that had the name before, if that was another. */
    Optional<String> learn(String uid, ResourceID name) {
        names.putIfAbsent(uid, name);
        String before = uids.get(name);
        if (uid.equals(before)) {
            return Optional.empty();
        }
        uids.put(name, uid);
        return Optional.ofNullable(before);
    }

    void forget(String uid) {
        ResourceID name = names.remove(uid);
        if (name != null) {
            uids.remove(name, uid);
        }
    }

    private static final class Bridge extends SimpleInboundEventSource<WhatsAppSession> {

        Bridge() {
            super("trigger");
        }

        void rediscover(WhatsAppSession resource) {
            if (isRunning()) {
                getEventHandler()
                        .handleEvent(
                                new ResourceEvent(ResourceAction.ADDED, ResourceID.fromResource(resource), resource));
            }
        }
    }
}
