package net.wawp.operator.events;

import net.wawp.operator.api.v1alpha1.WhatsAppSession;
import net.wawp.operator.session.Reason;

/** Records Events about resources. Best effort: it never throws. */
public interface EventRecorder {

    void normal(WhatsAppSession about, Reason reason, String message);

    void warning(WhatsAppSession about, Reason reason, String message);
}
