package net.wawp.operator.events;

import io.fabric8.kubernetes.api.model.HasMetadata;
import net.wawp.operator.session.Reason;

/** Records Events about resources, and about the operator itself by way of its Lease. Best effort: it never throws. */
public interface EventRecorder {

    void normal(HasMetadata about, Reason reason, String message);

    void warning(HasMetadata about, Reason reason, String message);
}
