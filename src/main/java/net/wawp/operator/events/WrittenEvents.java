package net.wawp.operator.events;

import io.fabric8.kubernetes.api.model.Event;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;

/** The counts of the Events that this process wrote last, so that each repetition is one request. Confined to the thread that writes. */
final class WrittenEvents {

    static final int MOST = 1_000;

    private final Map<String, Integer> counts = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Integer> eldest) {
            return size() > MOST;
        }
    };

    OptionalInt count(Event event) {
        Integer count = counts.get(key(event));
        return count == null ? OptionalInt.empty() : OptionalInt.of(count);
    }

    void remember(Event event, int count) {
        counts.put(key(event), count);
    }

    private static String key(Event event) {
        return event.getMetadata().getNamespace() + "/" + event.getMetadata().getName();
    }
}
