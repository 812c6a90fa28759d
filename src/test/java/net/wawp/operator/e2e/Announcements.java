package net.wawp.operator.e2e;

import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import java.util.Optional;
import java.util.Set;
import net.wawp.operator.api.v1alpha1.LastAction;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;
import net.wawp.operator.api.v1alpha1.WhatsAppSessionStatus;

/** Collects the ids of the calls that stand announced in some status. */
record Announcements(Set<String> ids) implements ResourceEventHandler<WhatsAppSession> {

    @Override
    public void onAdd(WhatsAppSession session) {
        Optional.ofNullable(session.getStatus())
                .map(WhatsAppSessionStatus::lastAction)
                .filter(action -> "Intended".equals(action.phase()))
                .map(LastAction::id)
                .ifPresent(ids::add);
    }

    @Override
    public void onUpdate(WhatsAppSession before, WhatsAppSession now) {
        onAdd(now);
    }

    @Override
    public void onDelete(WhatsAppSession session, boolean isUnknown) {
        // what was announced stays so
    }
}
