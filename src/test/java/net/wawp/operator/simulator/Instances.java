package net.wawp.operator.simulator;

import java.time.InstantSource;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The instances that exist, and the tokens that are valid. The case of an id does not matter. Thread-safe. */
final class Instances {

    private final Map<String, SimulatedSession> byId = new ConcurrentHashMap<>();
    private final Set<String> tokens = ConcurrentHashMap.newKeySet();
    private final Conduct general = Conduct.ofAll();
    private final InstantSource clock;

    Instances(InstantSource clock) {
        this.clock = clock;
    }

    /** How all of them behave. */
    Conduct general() {
        return general;
    }

    /** A new instance, stopped and without a pairing; an older one of the same id is gone. */
    SimulatedSession add(String instanceId, String accessToken) {
        SimulatedSession session = new SimulatedSession(instanceId, accessToken, Conduct.ofOne(general), clock);
        tokens.add(accessToken);
        byId.put(key(instanceId), session);
        return session;
    }

    Optional<SimulatedSession> find(String instanceId) {
        return Optional.ofNullable(byId.get(key(instanceId)));
    }

    /** Removes the instance; its token stays valid. */
    void remove(String instanceId) {
        byId.remove(key(instanceId));
    }

    void revoke(String accessToken) {
        tokens.remove(accessToken);
    }

    boolean knowsToken(String accessToken) {
        return tokens.contains(accessToken);
    }

    private static String key(String instanceId) {
        return instanceId.toUpperCase(Locale.ROOT);
    }
}
