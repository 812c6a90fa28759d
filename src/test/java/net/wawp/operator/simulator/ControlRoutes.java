package net.wawp.operator.simulator;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The switches, over HTTP while the simulator runs. All bodies are JSON.
 *
 * <pre>
 * POST   /_sim/instances                {"instanceId", "accessToken", "state"}, or an array of them
 * GET    /_sim/instances/{id}           what it is in now
 * DELETE /_sim/instances/{id}
 * POST   /_sim/instances/{id}/{event}   scan, confirmPasskey, unlink, stop (in the dashboard), fail
 * GET    /_sim/conduct                  {"timing": {…}, "quirks": […]} for all
 * PATCH  /_sim/conduct                  times given here replace the old ones, quirks replace the set
 * GET, PATCH /_sim/instances/{id}/conduct   the same for one
 * GET, POST, DELETE /_sim/faults        see {@link Fault}; DELETE with ?instance= takes away those of one
 * GET    /_sim/ledger?after={number}    the calls that came in
 * DELETE /_sim/ledger
 * </pre>
 */
final class ControlRoutes {

    private static final ObjectMapper JSON = JsonMapper.builder()
            .addModule(new Jdk8Module())
            .addModule(new JavaTimeModule())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .enable(DeserializationFeature.ACCEPT_SINGLE_VALUE_AS_ARRAY)
            .build();

    private final Instances instances;
    private final Faults faults;
    private final Ledger ledger;

    private record NewInstance(String instanceId, String accessToken, Optional<EngineState> state) {}

    private record Shown(String instanceId, EngineState state, boolean paired, String sessionName, String accountId) {}

    private record ShownConduct(Timing timing, Set<Quirk> quirks) {}

    private enum Event {
        scan,
        confirmPasskey,
        unlink,
        stop,
        fail
    }

    ControlRoutes(Instances instances, Faults faults, Ledger ledger) {
        this.instances = instances;
        this.faults = faults;
        this.ledger = ledger;
    }

    void mount(Router router) {
        router.post("/_sim/instances").handler(this::addInstances);
        router.get("/_sim/instances/:id").handler(context -> answer(context, show(session(context))));
        router.delete("/_sim/instances/:id").handler(this::removeInstance);
        router.get("/_sim/conduct").handler(context -> answer(context, show(instances.general())));
        router.patch("/_sim/conduct").handler(context -> change(context, instances.general()));
        router.get("/_sim/instances/:id/conduct")
                .handler(context -> answer(context, show(session(context).conduct())));
        router.patch("/_sim/instances/:id/conduct")
                .handler(context -> change(context, session(context).conduct()));
        router.post("/_sim/instances/:id/:event").handler(this::happen);
        router.get("/_sim/faults").handler(context -> answer(context, faults.list()));
        router.post("/_sim/faults").handler(this::addFaults);
        router.delete("/_sim/faults").handler(this::clearFaults);
        router.get("/_sim/ledger").handler(this::readLedger);
        router.delete("/_sim/ledger").handler(this::clearLedger);
        router.route("/_sim/*").handler(context -> refuse(context, 404, "There is no such switch"));
        router.route("/_sim/*").failureHandler(context -> refuse(context, 400, "" + context.failure()));
    }

    private void addInstances(RoutingContext context) {
        for (NewInstance added : read(context, new TypeReference<List<NewInstance>>() {})) {
            SimulatedSession session = instances.add(added.instanceId(), added.accessToken());
            added.state().ifPresent(session::put);
        }
        done(context);
    }

    private void removeInstance(RoutingContext context) {
        instances.remove(context.pathParam("id"));
        done(context);
    }

    private void happen(RoutingContext context) {
        SimulatedSession session = session(context);
        switch (Event.valueOf(context.pathParam("event"))) {
            case scan -> session.scan();
            case confirmPasskey -> session.confirmPasskey();
            case unlink -> session.unlink();
            case stop -> session.stopInDashboard();
            case fail -> session.fail();
        }
        answer(context, show(session));
    }

    private void change(RoutingContext context, Conduct conduct) {
        JsonNode wanted = read(context, new TypeReference<JsonNode>() {});
        if (wanted.get("timing") instanceof ObjectNode times) {
            ObjectNode merged = JSON.valueToTree(conduct.timing());
            conduct.timing(JSON.convertValue(merged.setAll(times), Timing.class));
        }
        if (wanted.has("quirks")) {
            conduct.quirks(JSON.convertValue(wanted.get("quirks"), new TypeReference<Set<Quirk>>() {}));
        }
        answer(context, show(conduct));
    }

    private void addFaults(RoutingContext context) {
        read(context, new TypeReference<List<Fault>>() {}).forEach(faults::add);
        done(context);
    }

    private void clearFaults(RoutingContext context) {
        Optional.ofNullable(context.request().getParam("instance")).ifPresentOrElse(faults::clear, faults::clear);
        done(context);
    }

    private void readLedger(RoutingContext context) {
        answer(context, ledger.callsAfter(Long.parseLong(context.request().getParam("after", "0"))));
    }

    private void clearLedger(RoutingContext context) {
        ledger.clear();
        done(context);
    }

    private SimulatedSession session(RoutingContext context) {
        String id = context.pathParam("id");
        return instances.find(id).orElseThrow(() -> new IllegalArgumentException("There is no instance " + id));
    }

    private static Shown show(SimulatedSession session) {
        return new Shown(
                session.instanceId(), session.state(), session.isPaired(), session.sessionName(), session.accountId());
    }

    private static ShownConduct show(Conduct conduct) {
        return new ShownConduct(conduct.timing(), conduct.quirks());
    }

    private static <T> T read(RoutingContext context, TypeReference<T> type) {
        try {
            return JSON.readValue(context.body().asString(), type);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e.getOriginalMessage(), e);
        }
    }

    private static void answer(RoutingContext context, Object body) {
        try {
            context.response().putHeader("Content-Type", "application/json").end(JSON.writeValueAsString(body));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void done(RoutingContext context) {
        context.response().setStatusCode(204).end();
    }

    private static void refuse(RoutingContext context, int status, String message) {
        context.response().setStatusCode(status).end(message + "\n");
    }
}
