package net.wawp.operator.controller;

import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.List;
import net.wawp.operator.events.EventRecorder;
import net.wawp.operator.session.Reason;

/** Adds type and reason of each Event to a list. */
record RecordedEvents(List<String> events) implements EventRecorder {

    @Override
    public void normal(HasMetadata about, Reason reason, String message) {
        events.add("normal " + reason);
    }

    @Override
    public void warning(HasMetadata about, Reason reason, String message) {
        events.add("warning " + reason);
    }
}
