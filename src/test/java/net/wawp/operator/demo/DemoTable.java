package net.wawp.operator.demo;

import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.io.PrintStream;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import net.wawp.operator.api.v1alpha1.Condition;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;
import net.wawp.operator.status.Conditions;

/** Prints a line as {@code kubectl get whatsappsessions} would, with a word on why, whenever one of its columns changed. */
final class DemoTable implements Watcher<WhatsAppSession> {

    private static final String LINE = "%-13s %-10s %-13s %-8s %-17s %s%n";

    /** What a line shows. */
    record Row(String desired, String state, String ready, String reason, String why) {}

    private final PrintStream out;
    private final Map<String, Row> rows = new ConcurrentHashMap<>();
    private volatile WatcherException broken;

    DemoTable(PrintStream out) {
        this.out = out;
        out.printf(LINE, "NAME", "DESIRED", "STATE", "READY", "REASON", "WHY");
    }

    /**
     * The line printed last for this resource.
     *
     * @throws DemoFailedException if no more lines will come
     */
    Optional<Row> row(String name) {
        if (broken != null) {
            throw new DemoFailedException(
                    "The watch of the Kubernetes API broke (%s): run the demo again.".formatted(broken.getMessage()));
        }
        return Optional.ofNullable(rows.get(name));
    }

    @Override
    public void eventReceived(Action action, WhatsAppSession session) {
        switch (action) {
            case ADDED, MODIFIED -> print(session);
            case DELETED, ERROR, BOOKMARK -> {}
        }
    }

    @Override
    public void onClose(WatcherException cause) {
        broken = cause;
    }

    private synchronized void print(WhatsAppSession session) {
        Optional<Condition> ready = Optional.ofNullable(session.getStatus())
                .flatMap(status -> Conditions.find(status.conditions(), Conditions.READY));
        Row row = new Row(
                session.getSpec().desiredState().name(),
                session.getStatus() == null || session.getStatus().sessionState() == null
                        ? ""
                        : session.getStatus().sessionState(),
                ready.map(Condition::status).orElse(""),
                ready.map(Condition::reason).orElse(""),
                ready.map(Condition::message).orElse("The resource was applied."));
        String name = session.getMetadata().getName();
        if (!row.equals(rows.put(name, row))) {
            out.printf(LINE, name, row.desired(), row.state(), row.ready(), row.reason(), row.why());
        }
    }
}
