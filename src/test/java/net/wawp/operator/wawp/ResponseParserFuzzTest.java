package net.wawp.operator.wawp;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Optional;
import java.util.stream.Stream;
import net.wawp.operator.session.Failure;
import net.wawp.operator.session.SessionInfo;

/** Any bytes for a body. */
class ResponseParserFuzzTest {

    @FuzzTest(maxDuration = "25s")
    void everyBodyHasAMeaningAndOnlyPlainWordsPass(byte[] body) {
        WawpResponse good = parse(200, body);
        if (good instanceof WawpResponse.Success success) {
            SessionInfo info = success.info();
            assertThat(Stream.of(info.word(), info.sessionName(), info.account())
                            .flatMap(Optional::stream))
                    .allMatch(text -> text.matches("[•A-Za-z0-9@._-]{1,64}"));
            info.account().ifPresent(account -> assertThat(account).doesNotContainPattern("[0-9]{4}"));
        } else {
            assertThat(((WawpResponse.Refused) good).failure().kind()).isEqualTo(Failure.Kind.GatewayUnavailable);
        }
        // the body of an error is not read
        assertThat(parse(404, body)).isEqualTo(parse(404, new byte[0]));
    }

    private static WawpResponse parse(int status, byte[] body) {
        return ResponseParser.parse(Operation.Info, new RawResponse(status, Optional.empty(), Optional.of(body)));
    }
}
