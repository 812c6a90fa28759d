package net.wawp.operator.config;

/**
 * One environment variable.
 *
 * @param defaultText the value that counts while the variable is absent or blank
 * @param defaultShown what documents say about the default; the text itself, in most cases
 * @param isSecret whether its text may hold a secret and is therefore never quoted
 * @param meaning one sentence without a full stop, unit and bounds included
 */
public record Setting<T>(
        String variable, String defaultText, String defaultShown, boolean isSecret, Parser<T> parser, String meaning) {

    /** From the trimmed text of a variable to its value. */
    @FunctionalInterface
    public interface Parser<T> {
        /**
         * @throws IllegalArgumentException whose message says what is right, as the rest of a sentence that begins with the name of the
         *     variable: "must be …"
         */
        T parse(String text);
    }

    static <T> Setting<T> of(String variable, String defaultText, Parser<T> parser, String meaning) {
        return new Setting<>(variable, defaultText, defaultText, false, parser, meaning);
    }

    /** One whose default is the absence of a value, which documents say in words. */
    static <T> Setting<T> ofAbsent(String variable, String defaultShown, Parser<T> parser, String meaning) {
        return new Setting<>(variable, "", defaultShown, false, parser, meaning);
    }

    /** Like {@link #ofAbsent}, for a value that may hold a secret. */
    static <T> Setting<T> ofSecret(String variable, String defaultShown, Parser<T> parser, String meaning) {
        return new Setting<>(variable, "", defaultShown, true, parser, meaning);
    }
}
