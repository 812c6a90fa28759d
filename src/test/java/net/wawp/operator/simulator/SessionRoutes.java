package net.wawp.operator.simulator;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.InstantSource;
import java.util.Optional;

/** The session API of Wawp. Takes effect when a call arrives, answers after the latency. */
final class SessionRoutes {

    private final Vertx vertx;
    private final Instances instances;
    private final Faults faults;
    private final Ledger ledger;
    private final InstantSource clock;

    SessionRoutes(Vertx vertx, Instances instances, Faults faults, Ledger ledger, InstantSource clock) {
        this.vertx = vertx;
        this.instances = instances;
        this.faults = faults;
        this.ledger = ledger;
        this.clock = clock;
    }

    void mount(Router router) {
        for (Operation operation : Operation.values()) {
            for (HttpMethod method : operation.methods()) {
                router.route(method, operation.path()).handler(context -> serve(context, operation));
            }
        }
        router.route().handler(this::refuse);
    }

    private void serve(RoutingContext context, Operation operation) {
        Caller caller = caller(context);
        Exchange exchange = enter(context, Optional.of(operation), caller);
        Optional<Fault> fault = faults.take(caller.instanceId(), operation);
        boolean effect = fault.map(Fault::effect).orElse(true);
        Answer answer = answer(caller, effect ? operation : Operation.info);
        if (effect && answer.status() == 200) {
            exchange.noteEffect();
        }
        afterLatency(
                caller,
                () -> fault.ifPresentOrElse(present -> exchange.spoil(answer, present), () -> exchange.send(answer)));
    }

    private void refuse(RoutingContext context) {
        enter(context, Optional.empty(), caller(context))
                .send(Answer.error(404, "not_found", "There is nothing at this path"));
    }

    private Answer answer(Caller caller, Operation operation) {
        if (!caller.isComplete()) {
            return Answer.error(400, "missing_parameter", "instance_id and access_token are required");
        }
        if (!instances.knowsToken(caller.accessToken())) {
            return Answer.error(401, "invalid_access_token", "The access token is not valid");
        }
        return instances
                .find(caller.instanceId())
                .filter(session -> session.accepts(caller.accessToken()))
                .map(session -> session.handle(operation)
                        .map(Answer::ok)
                        .orElseGet(() -> Answer.error(400, "no_qr_code", "The session shows no QR code")))
                .orElseGet(() -> Answer.error(404, "invalid_instance", "The session does not exist"));
    }

    private void afterLatency(Caller caller, Runnable step) {
        Conduct conduct = instances
                .find(caller.instanceId())
                .map(SimulatedSession::conduct)
                .orElse(instances.general());
        long latency = conduct.timing().latency();
        if (latency > 0) {
            vertx.setTimer(latency, timer -> step.run());
        } else {
            step.run();
        }
    }

    private Exchange enter(RoutingContext context, Optional<Operation> operation, Caller caller) {
        HttpServerRequest request = context.request();
        long number = ledger.enter(clock.instant(), request.method().name(), request.path(), operation, caller);
        return new Exchange(vertx, context.response(), ledger, number, clock);
    }

    private static Caller caller(RoutingContext context) {
        Buffer body = context.body().buffer();
        return Caller.of(context.request(), body == null ? Buffer.buffer() : body);
    }
}
