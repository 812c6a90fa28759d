package net.wawp.operator.session;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The state of a session as Wawp says it. */
public enum SessionState {
    /** The session is stopped; a pairing, if there is one, is kept. */
    STOPPED,
    /** The session is starting. */
    STARTING,
    /** The session runs and waits for a person to link a device. */
    SCAN_QR_CODE,
    /** A phone is about to be linked by a passkey, which a person has to create in a browser. */
    PASSKEY_REQUIRED,
    /** A phone is about to be linked by a passkey, which a person has to confirm in a browser. */
    PASSKEY_CONFIRMATION_REQUIRED,
    /** Linked: sends and receives. */
    WORKING,
    /** Engine error, lost authentication, unlinked from the phone, or a QR code that nobody scanned. */
    FAILED,
    /** A word that this operator does not know: shown, never acted upon. */
    UNKNOWN;

    private static final Map<String, SessionState> BY_WORD =
            Arrays.stream(values()).collect(Collectors.toMap(SessionState::name, Function.identity()));

    private final Optional<String> word = Optional.of(name());

    /** How Wawp spells it; one object for all sessions in this state. */
    public Optional<String> word() {
        return word;
    }

    /** The state that this word of Wawp's names, {@link #UNKNOWN} for any other word. */
    public static SessionState of(String word) {
        return BY_WORD.getOrDefault(word, UNKNOWN);
    }
}
