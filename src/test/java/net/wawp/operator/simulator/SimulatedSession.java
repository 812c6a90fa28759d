package net.wawp.operator.simulator;

import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Optional;
import java.util.UUID;

/**
 * One instance: the states of the engine, and whether a phone is linked. There is no timer in it: what time has changed is worked out
 * when somebody asks, so that ten thousand of them cost nothing. Thread-safe.
 */
public final class SimulatedSession {

    private static final Duration LINK_LIFETIME = Duration.ofMinutes(30);

    private final String instanceId;
    private final String accessToken;
    private final Conduct conduct;
    private final InstantSource clock;

    private EngineState state;
    private Instant since;
    private boolean paired;
    private Optional<Change> announced = Optional.empty();
    private String account;
    private Optional<Link> link = Optional.empty();

    /** The page that shows the QR code. */
    private record Link(String url, Instant goneAt) {}

    /** A change that a call has requested and that is yet to come. */
    private record Change(Instant at, EngineState to, boolean paired) {}

    SimulatedSession(String instanceId, String accessToken, Conduct conduct, InstantSource clock) {
        this.instanceId = instanceId;
        this.accessToken = accessToken;
        this.conduct = conduct;
        this.clock = clock;
        this.state = EngineState.STOPPED;
        this.since = clock.instant();
        this.account = "2010" + (10_000_000 + Math.floorMod(instanceId.hashCode(), 90_000_000));
    }

    public String instanceId() {
        return instanceId;
    }

    /** How this instance behaves. */
    public Conduct conduct() {
        return conduct;
    }

    boolean accepts(String token) {
        return accessToken.equals(token);
    }

    public synchronized EngineState state() {
        advance();
        return state;
    }

    public synchronized boolean isPaired() {
        advance();
        return paired;
    }

    /** The QR code that is shown now. Every other one is a data URI. */
    public synchronized Optional<String> qrCode() {
        advance();
        if (state != EngineState.SCAN_QR_CODE) {
            return Optional.empty();
        }
        long number = codeNumber();
        String image = Base64.getEncoder()
                .encodeToString(("PNG of QR code " + number + " of " + instanceId).getBytes(StandardCharsets.UTF_8));
        return Optional.of(number % 2 == 0 ? image : "data:image/png;base64," + image);
    }

    /** What the QR code that is shown now holds. */
    public synchronized Optional<String> qrPayload() {
        advance();
        return state == EngineState.SCAN_QR_CODE
                ? Optional.of("2@" + Integer.toHexString((instanceId + since).hashCode()) + "," + instanceId + ","
                        + codeNumber())
                : Optional.empty();
    }

    private long codeNumber() {
        long shown = Duration.between(since, clock.instant()).toMillis();
        long further = shown - conduct.timing().firstQrCode();
        return further < 0 ? 0 : 1 + further / conduct.timing().qrCode();
    }

    /** The page that shows the QR code, while there is one. */
    public synchronized Optional<String> link() {
        return link.filter(page -> page.goneAt().isAfter(clock.instant())).map(Link::url);
    }

    /** Puts the instance in this state at once, whatever it was in. WORKING comes with a pairing, SCAN_QR_CODE without. */
    public synchronized SimulatedSession put(EngineState newState) {
        paired = newState == EngineState.WORKING || paired && newState != EngineState.SCAN_QR_CODE;
        announced = Optional.empty();
        enter(newState, clock.instant());
        return this;
    }

    /** A person scans the QR code. Without one on show nothing happens. */
    public synchronized void scan() {
        advance();
        if (state == EngineState.SCAN_QR_CODE && conduct.has(Quirk.AsksForPasskey)) {
            enter(EngineState.PASSKEY_REQUIRED, clock.instant());
        } else if (state == EngineState.SCAN_QR_CODE) {
            linkPhone();
        }
    }

    /**
     * A person scans a code that somebody handed on.
     *
     * @return false when nothing happens, since it is not the one of now
     */
    public synchronized boolean scan(String payload) {
        boolean isCurrent = qrPayload().filter(payload::equals).isPresent();
        if (isCurrent) {
            scan();
        }
        return isCurrent;
    }

    /** The same with a phone of another number. */
    public synchronized void scanWith(String number) {
        account = number;
        scan();
    }

    /** A person does in a browser what the passkey asks for next. */
    public synchronized void confirmPasskey() {
        if (state == EngineState.PASSKEY_REQUIRED) {
            enter(EngineState.PASSKEY_CONFIRMATION_REQUIRED, clock.instant());
        } else if (state == EngineState.PASSKEY_CONFIRMATION_REQUIRED) {
            linkPhone();
        }
    }

    private void linkPhone() {
        paired = true;
        enter(EngineState.WORKING, clock.instant());
    }

    /** A person removes the device on the phone. */
    public synchronized void unlink() {
        advance();
        paired = false;
        if (state == EngineState.WORKING) {
            enter(conduct.has(Quirk.UnlinkFails) ? EngineState.FAILED : EngineState.SCAN_QR_CODE, clock.instant());
        }
    }

    /** Somebody stops the session in Wawp's dashboard. */
    public synchronized void stopInDashboard() {
        enter(EngineState.STOPPED, clock.instant());
    }

    /** The engine breaks. */
    public synchronized void fail() {
        enter(EngineState.FAILED, clock.instant());
    }

    /** Carries out a call and gives the body of its success; empty for a QR code that is not there. */
    synchronized Optional<JsonObject> handle(Operation operation) {
        advance();
        return switch (operation) {
            case info -> Optional.of(describe());
            case start -> Optional.of(start());
            case stop -> Optional.of(stop());
            case logout -> Optional.of(logout());
            case offerLink -> {
                String url = "https://app.wawp.net/temp-qr/" + UUID.randomUUID();
                link = Optional.of(new Link(url, clock.instant().plus(LINK_LIFETIME)));
                yield Optional.of(linkBody());
            }
            case readLink -> Optional.of(linkBody());
            case revokeLink -> {
                link = Optional.empty();
                yield Optional.of(linkBody());
            }
            case qr -> qrPayload().map(SimulatedSession::qrBody);
        };
    }

    private JsonObject linkBody() {
        return new JsonObject().put("link", link().orElse(null));
    }

    private static JsonObject qrBody(String payload) {
        JsonObject value = new JsonObject().put("value", payload).put("expiry", 20);
        return new JsonObject()
                .put("mimetype", "application/json")
                .put("data", Base64.getEncoder().encodeToString(value.toBuffer().getBytes()));
    }

    private JsonObject start() {
        if (state == EngineState.STOPPED && !conduct.has(Quirk.StartIgnored)) {
            announced = Optional.empty();
            enter(EngineState.STARTING, clock.instant());
        }
        return body(state == EngineState.STOPPED ? EngineState.STARTING : state);
    }

    private JsonObject stop() {
        if (!conduct.has(Quirk.StopIgnored)) {
            changeAfter(conduct.timing().stop(), EngineState.STOPPED, paired);
        }
        return body(EngineState.STOPPED);
    }

    private JsonObject logout() {
        boolean staysDown = state == EngineState.STOPPED && conduct.has(Quirk.LogoutKeepsStopped);
        EngineState end = staysDown ? EngineState.STOPPED : EngineState.SCAN_QR_CODE;
        if (!conduct.has(Quirk.LogoutIgnored)) {
            changeAfter(conduct.timing().logout(), end, false);
        }
        return new JsonObject()
                .put("name", sessionName())
                .put("status", end.name())
                .put("instance_id", instanceId);
    }

    private JsonObject describe() {
        JsonObject body = body(state);
        qrCode().ifPresent(code -> body.put("qr", code));
        if (state == EngineState.WORKING) {
            body.put("me", new JsonObject().put("id", accountId()).put("pushName", "John Doe"));
        }
        return body;
    }

    private JsonObject body(EngineState shown) {
        JsonObject config = new JsonObject().put("webhooks", new JsonObject()).putNull("proxy");
        return new JsonObject()
                .put("name", sessionName())
                .put("status", shown.name())
                .put("config", config);
    }

    /** The name that Wawp gives the session, always the same for an instance. */
    public String sessionName() {
        return "wawp-" + (10_000_000 + Math.floorMod(instanceId.hashCode(), 90_000_000));
    }

    /** The WhatsApp account that scans the code of this instance: always the same, unless another phone scanned it. */
    public synchronized String accountId() {
        return account + "@c.us";
    }

    private void changeAfter(long millis, EngineState to, boolean pairedThen) {
        announced = Optional.of(new Change(clock.instant().plusMillis(millis), to, pairedThen));
        advance();
    }

    private void enter(EngineState newState, Instant at) {
        state = newState;
        since = at;
    }

    /** Brings the state up to the present. */
    private void advance() {
        Instant now = clock.instant();
        announced.filter(change -> !change.at().isAfter(now)).ifPresent(change -> {
            paired = change.paired();
            announced = Optional.empty();
            enter(change.to(), change.at());
        });
        Instant booted = since.plusMillis(conduct.timing().boot());
        if (state == EngineState.STARTING && conduct.has(Quirk.StuckStarting)) {
            since = now;
        } else if (state == EngineState.STARTING && !booted.isAfter(now)) {
            land(booted);
        }
        Instant lastCodeGone = since.plusMillis(conduct.timing().scan());
        if (state == EngineState.SCAN_QR_CODE && !lastCodeGone.isAfter(now)) {
            enter(EngineState.FAILED, lastCodeGone);
        }
    }

    private void land(Instant at) {
        if (conduct.has(Quirk.BootFails)) {
            enter(EngineState.FAILED, at);
        } else {
            enter(paired ? EngineState.WORKING : EngineState.SCAN_QR_CODE, at);
        }
    }
}
