package net.wawp.operator.documents;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A command that a document gives its reader: a block marked {@code sh}, a line of a block marked {@code console}, or a command
 * within a sentence.
 *
 * <p>A comment before a block, {@code <!-- fixture: Suspended; then: Stopped -->}, names the fixture that it is meant for and what it leads to.
 * Either part may be absent. Below a heading that is a reason, the fixture is that reason.
 *
 * @param where document and line
 * @param fixture empty: any without a problem
 * @param then what happens after some time
 * @param output the output that the document shows
 */
public record Command(
        String where, Optional<String> fixture, Optional<String> then, String script, Optional<String> output) {

    private static final Pattern COMMENT = Pattern.compile("<!-- (?:fixture: (\\w+))?(?:; )?(?:then: (\\w+))? -->");
    private static final Pattern FENCE = Pattern.compile(" *```(\\w*)");
    private static final Pattern WITHIN_A_SENTENCE =
            Pattern.compile("`((?:kubectl|helm|java|curl) [^ `]+ [^`]+|mvn [^`]+)`");
    private static final Pattern HEADING = Pattern.compile("#+ (?:`([A-Z]\\w+)`|.*)");
    private static final String PROMPT = "$ ";

    /** All commands of a document, from top to bottom. */
    public static List<Command> in(Document document) {
        return new Reading(document).commands();
    }

    private static final class Reading {

        private final Document document;
        private final List<String> lines;
        private final List<Command> commands = new ArrayList<>();
        private Optional<String> reason = Optional.empty();
        private Optional<String> fixture = Optional.empty();
        private Optional<String> then = Optional.empty();

        Reading(Document document) {
            this.document = document;
            this.lines = document.text().lines().toList();
        }

        List<Command> commands() {
            for (int i = 0; i < lines.size(); i++) {
                Matcher fence = FENCE.matcher(lines.get(i));
                if (fence.matches()) {
                    int end = i + 1;
                    while (!FENCE.matcher(lines.get(end)).matches()) {
                        end++;
                    }
                    block(fence.group(1), i + 1, end);
                    i = end;
                } else {
                    sentence(i);
                }
            }
            return commands;
        }

        private void block(String language, int from, int to) {
            String text = String.join("\n", lines.subList(from, to)).stripIndent() + "\n";
            if (language.equals("sh")) {
                add(from, text, Optional.empty());
            } else if (language.equals("console")) {
                for (String step : text.split("(?m)^" + Pattern.quote(PROMPT))) {
                    String[] parts = step.split("\n", 2);
                    if (!step.isEmpty()) {
                        add(from, parts[0], Optional.of(parts[1]));
                    }
                }
            }
            fixture = Optional.empty();
            then = Optional.empty();
        }

        private void sentence(int index) {
            String line = lines.get(index);
            Matcher comment = COMMENT.matcher(line);
            if (comment.matches()) {
                fixture = Optional.ofNullable(comment.group(1));
                then = Optional.ofNullable(comment.group(2));
                return;
            }
            Matcher heading = HEADING.matcher(line);
            if (heading.matches()) {
                reason = Optional.ofNullable(heading.group(1));
                return;
            }
            WITHIN_A_SENTENCE
                    .matcher(line)
                    .results()
                    .forEach(command -> commands.add(
                            new Command(where(index), reason, Optional.empty(), command.group(1), Optional.empty())));
        }

        private void add(int index, String script, Optional<String> output) {
            commands.add(new Command(where(index), fixture.or(() -> reason), then, script, output));
        }

        private String where(int index) {
            return document + ":" + (index + 1);
        }
    }
}
