package net.wawp.operator.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A terminal in which one command runs, as the person in front of it sees it. */
final class Terminal implements AutoCloseable {

    private static final String ENTER_ALTERNATE_SCREEN = "\u001b[?1049h";
    private static final String LEAVE_ALTERNATE_SCREEN = "\u001b[?1049l";
    private static final String FROM_THE_TOP = "\u001b[H";
    private static final String END_OF_FRAME = "\u001b[J";
    private static final String WHITE_ON_BLACK = "\u001b[38;5;231;48;5;16m";
    private static final String INTERRUPT = "\u0003";
    private static final Pattern CONTROL = Pattern.compile("\u001b\\[[?0-9;]*[A-Za-z]");
    private static final Pattern BLOCKS = Pattern.compile("[█▀▄ ]*[█▀▄][█▀▄ ]*");

    private final Process process;
    private final Path output;

    private Terminal(Process process, Path output) {
        this.process = process;
        this.output = output;
    }

    /** @param builder of a program that shows a pseudo-terminal */
    static Terminal open(ProcessBuilder builder) {
        try {
            Path output = Files.createTempFile("terminal", null);
            return new Terminal(
                    builder.redirectErrorStream(true)
                            .redirectOutput(output.toFile())
                            .start(),
                    output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The lines of blocks that stand in the alternate screen now. */
    List<String> picture() {
        return frame().lines()
                .map(Terminal::plain)
                .filter(line -> BLOCKS.matcher(line).matches())
                .toList();
    }

    /** Whether the blocks are drawn lighter than what they stand on, by colours that the program sets. */
    boolean blocksAreLight() {
        return frame().contains(WHITE_ON_BLACK);
    }

    /** The text that stands in the alternate screen now; empty while the terminal shows its own. */
    String screen() {
        return plain(frame());
    }

    /** What is left in the window and its scrollback once the alternate screen was left. */
    String scrollback() {
        String all = raw();
        Matcher hidden = Pattern.compile(
                        Pattern.quote(ENTER_ALTERNATE_SCREEN) + ".*?(" + Pattern.quote(LEAVE_ALTERNATE_SCREEN) + "|$)",
                        Pattern.DOTALL)
                .matcher(all);
        return plain(hidden.replaceAll(""));
    }

    boolean hasEnded() {
        return !process.isAlive();
    }

    int exitCode() {
        return process.exitValue();
    }

    /** Ctrl-C. */
    void interrupt() {
        try {
            process.getOutputStream().write(INTERRUPT.getBytes(StandardCharsets.US_ASCII));
            process.getOutputStream().flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        try {
            Files.delete(output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The last frame that was drawn in full. */
    private String frame() {
        String all = raw();
        int entered = all.lastIndexOf(ENTER_ALTERNATE_SCREEN);
        if (entered < 0 || all.indexOf(LEAVE_ALTERNATE_SCREEN, entered) >= 0) {
            return "";
        }
        int end = all.lastIndexOf(END_OF_FRAME);
        return end < entered ? "" : all.substring(all.lastIndexOf(FROM_THE_TOP, end), end);
    }

    private String raw() {
        try {
            return new String(Files.readAllBytes(output), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String plain(String shown) {
        return CONTROL.matcher(shown).replaceAll("");
    }
}
