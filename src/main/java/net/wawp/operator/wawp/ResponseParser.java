package net.wawp.operator.wawp;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.Base64;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import net.wawp.operator.session.Failure;
import net.wawp.operator.session.Failure.Delivery;
import net.wawp.operator.session.Failure.Kind;
import net.wawp.operator.session.SessionInfo;
import net.wawp.operator.session.SessionState;

/**
 * Turns an HTTP answer into a {@link WawpResponse}. The HTTP status alone tells failures apart; the body is read only for the session state
 * that a 2xx answer must contain, or for the way to pair that was requested. Of a state only plain words and names pass, and the account is
 * masked: push name and QR code stay behind.
 */
final class ResponseParser {

    private static final ObjectReader JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
            .build()
            .reader();

    private static final Predicate<String> PLAIN_WORD =
            Pattern.compile("[A-Z][A-Z_]{0,31}").asMatchPredicate();
    private static final Predicate<String> LINK =
            Pattern.compile("https?://[!-~]{1,2000}").asMatchPredicate();
    /** What fits into a QR code of 80 columns. Those of WhatsApp hold about 240. */
    private static final int MOST_QR_CHARACTERS = 450;

    private static final Predicate<String> PLAIN_NAME =
            Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}").asMatchPredicate();

    private ResponseParser() {}

    static WawpResponse parse(Operation operation, RawResponse raw) {
        int status = raw.status();
        if (status >= 200 && status < 300) {
            return raw.body()
                    .map(body -> parseBody(operation, body))
                    .orElseGet(
                            () -> new WawpResponse.Refused(new Failure(Kind.GatewayUnavailable, Delivery.Unanswered)));
        }
        return switch (status) {
            case 401 -> refused(Kind.Unauthorized);
            case 403 -> refused(Kind.QuotaExceeded);
            case 404 -> refused(Kind.InstanceNotFound);
            case 408, 425 -> refused(Kind.GatewayUnavailable);
            case 429 -> new WawpResponse.Refused(new Failure(Kind.RateLimited, Delivery.Answered, raw.notBefore()));
            default -> refused(status >= 400 && status < 500 ? Kind.RequestRejected : Kind.GatewayUnavailable);
        };
    }

    private static WawpResponse refused(Kind kind) {
        return new WawpResponse.Refused(new Failure(kind, Delivery.Answered));
    }

    private static WawpResponse parseBody(Operation operation, byte[] body) {
        return switch (operation.payload()) {
            case Session -> parse(body, ResponseParser::session);
            case Link -> parse(body, ResponseParser::link);
            case QrCode -> parse(body, ResponseParser::qrCode);
            case Nothing -> new WawpResponse.Done();
        };
    }

    private static WawpResponse parse(byte[] body, Function<JsonNode, Optional<WawpResponse>> meaning) {
        try {
            return meaning.apply(JSON.readTree(body)).orElseGet(() -> refused(Kind.GatewayUnavailable));
        } catch (IOException e) {
            return refused(Kind.GatewayUnavailable);
        }
    }

    private static Optional<WawpResponse> session(JsonNode root) {
        return text(root.path("status")).map(word -> new WawpResponse.Success(info(word, root)));
    }

    private static Optional<WawpResponse> link(JsonNode root) {
        return text(root.path("link")).filter(LINK).map(WawpResponse.PairingLink::new);
    }

    /** The payload lies in base64 within JSON. */
    private static Optional<WawpResponse> qrCode(JsonNode root) {
        return text(root.path("data"))
                .flatMap(data -> {
                    try {
                        return text(
                                JSON.readTree(Base64.getDecoder().decode(data)).path("value"));
                    } catch (IOException | IllegalArgumentException e) {
                        return Optional.empty();
                    }
                })
                .filter(payload -> payload.length() <= MOST_QR_CHARACTERS)
                .map(WawpResponse.QrCode::new);
    }

    private static SessionInfo info(String word, JsonNode root) {
        SessionState state = SessionState.of(word);
        Optional<AccountId> account = text(root.path("me").path("id")).flatMap(AccountId::parse);
        return new SessionInfo(
                state,
                state == SessionState.UNKNOWN ? Optional.of(word).filter(PLAIN_WORD) : state.word(),
                text(root.path("name")).filter(PLAIN_NAME),
                account.map(AccountId::masked),
                account.flatMap(AccountId::phone));
    }

    private static Optional<String> text(JsonNode node) {
        return Optional.ofNullable(node.textValue()).filter(value -> !value.isBlank());
    }
}
