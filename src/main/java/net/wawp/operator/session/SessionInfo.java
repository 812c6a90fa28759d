package net.wawp.operator.session;

import java.util.Optional;

/**
 * What a successful answer of Wawp says about a session. Shows nothing secret: no QR code, no full phone number.
 *
 * @param word the state as Wawp spelled it, when it is a plain upper-case word; else empty
 * @param sessionName Wawp's name for the session, for example {@code wawp-84729105}
 * @param account the linked account's id, masked
 * @param number the linked account's phone number, where the id is one
 */
public record SessionInfo(
        SessionState state,
        Optional<String> word,
        Optional<String> sessionName,
        Optional<String> account,
        Optional<PhoneNumber> number) {

    /** A session whose account has no known number. */
    public SessionInfo(
            SessionState state, Optional<String> word, Optional<String> sessionName, Optional<String> account) {
        this(state, word, sessionName, account, Optional.empty());
    }
}
