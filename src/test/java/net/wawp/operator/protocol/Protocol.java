package net.wawp.operator.protocol;

import edu.mit.csail.sdg.alloy4.A4Reporter;
import edu.mit.csail.sdg.ast.Command;
import edu.mit.csail.sdg.parser.CompModule;
import edu.mit.csail.sdg.parser.CompUtil;
import edu.mit.csail.sdg.translator.A4Options;
import edu.mit.csail.sdg.translator.A4Solution;
import edu.mit.csail.sdg.translator.TranslateAlloyToKodkod;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/** The Alloy model of the protocol. */
final class Protocol {

    /**
     * A guard of the model.
     *
     * @param className the class of the code that holds it
     * @param rule what some run breaks without it
     */
    record Guard(String name, String className, String rule) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static final Path FILE = Path.of("src/test/alloy/protocol.als");
    private static final Pattern GUARD = Pattern.compile("(?m)^one sig (\\w+) extends Guard \\{} // (\\w+): (\\w+)$");

    private Protocol() {}

    static List<Guard> guards() {
        return GUARD.matcher(text())
                .results()
                .map(found -> new Guard(found.group(1), found.group(2), found.group(3)))
                .toList();
    }

    /** Solves the model with one command added, for example {@code run {…} for 3 Version}. */
    static A4Solution solve(String command) {
        CompModule model = CompUtil.parseEverything_fromString(A4Reporter.NOP, text() + "\n" + command + "\n");
        Command only = model.getAllCommands().get(0);
        return TranslateAlloyToKodkod.execute_command(
                A4Reporter.NOP, model.getAllReachableSigs(), only, new A4Options());
    }

    private static String text() {
        try {
            return Files.readString(FILE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
