package net.wawp.operator.mutation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JustifiedSurvivorsTest {

    private static final String LANE = "net.wawp.operator.command.InstanceLane";
    private static final List<String> TARGETS = List.of(LANE);
    private static final String SENT = "command.InstanceLane#sent: negated conditional (NegateConditionals)";

    @TempDir
    Path folder;

    @Test
    void aSurvivorThatIsNotListedIsNamed() throws IOException {
        assertThat(complaints("", mutation("SURVIVED", "sent", 10), mutation("KILLED", "ended", 20)))
                .containsExactly("Survived in line 10: " + SENT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"NO_COVERAGE", "RUN_ERROR", "NOT_STARTED"})
    void whatNoTestKilledIsASurvivorWhateverPitCallsIt(String status) throws IOException {
        assertThat(complaints("", mutation(status, "sent", 10))).hasSize(1);
    }

    @Test
    void aSurvivorThatIsListedIsNone() throws IOException {
        assertThat(complaints(SENT + "\n    Nobody asks.", mutation("SURVIVED", "sent", 10)))
                .isEmpty();
    }

    @Test
    void oneThatIsListedAndKilledIsNamed() throws IOException {
        assertThat(complaints(SENT + "\n    Nobody asks.", mutation("KILLED", "sent", 10)))
                .containsExactly("Listed, but a test kills it: " + SENT);
    }

    @Test
    void oneThatIsListedAndGoneIsNamed() throws IOException {
        assertThat(complaints(SENT + "\n    Nobody asks.", mutation("KILLED", "ended", 10)))
                .containsExactly("Listed, but there is no such mutant: " + SENT);
    }

    @Test
    void oneOfSeveralThatAreEqualIsNamedByItsNumber() throws IOException {
        assertThat(complaints(
                        SENT + ", 1 of 2\n    Nobody asks.",
                        mutation("SURVIVED", "lambda$sent$3", 10),
                        mutation("SURVIVED", "sent", 11),
                        mutation("SURVIVED", "sent", 12)))
                .containsExactly(
                        "Survived in line 10: command.InstanceLane#sent~: negated conditional (NegateConditionals)",
                        "Survived in line 12: " + SENT + ", 2 of 2");
    }

    @Test
    void aClassThatNothingWasMadeOfIsNamed() throws IOException {
        assertThat(complaints("")).containsExactly("No mutant was made of " + LANE);
    }

    @Test
    void aListWithoutReasonsOrWithANameTwiceIsRefused() {
        assertThatThrownBy(() -> read(SENT)).hasMessage("Listed without a reason: " + SENT);
        assertThatThrownBy(() -> read(SENT + "\n    One.\n" + SENT + "\n    Two."))
                .hasMessage("Listed twice: " + SENT);
        assertThatThrownBy(() -> read("    One.")).hasMessage("A reason for nothing: One.");
    }

    @Test
    void theListOfTheProjectCanBeRead() {
        assertThatCode(() -> JustifiedSurvivors.read(JustifiedSurvivors.FILE)).doesNotThrowAnyException();
    }

    private List<String> complaints(String list, String... mutations) throws IOException {
        Path report = folder.resolve("mutations.xml");
        Files.writeString(report, "<mutations>" + String.join("", mutations) + "</mutations>");
        return read(list).complaints(Mutant.read(report), TARGETS);
    }

    private JustifiedSurvivors read(String list) throws IOException {
        return JustifiedSurvivors.read(Files.writeString(folder.resolve("survivors.txt"), list));
    }

    private static String mutation(String status, String method, int line) {
        return ("<mutation status='%s'><mutatedClass>%s</mutatedClass><mutatedMethod>%s</mutatedMethod>"
                        + "<lineNumber>%d</lineNumber><mutator>org.pitest.NegateConditionalsMutator</mutator>"
                        + "<description>negated conditional</description></mutation>")
                .formatted(status, LANE, method, line);
    }
}
