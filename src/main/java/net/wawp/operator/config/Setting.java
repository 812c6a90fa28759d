package net.wawp.operator.config;

/**
 * One environment variable.
 *
 * @param defaultText the value where the variable is absent or blank
 * @param defaultShown the default as documents show it; the text itself, in most cases
 * @param isSecret whether the value may hold a secret, so that nothing ever quotes it
 * @param meaning one sentence without a full stop, with unit and bounds
 */
public record Setting<T>(
        String variable, String defaultText, String defaultShown, boolean isSecret, Parser<T> parser, String meaning) {

    /** Turns the trimmed text of a variable into its value. */
    @FunctionalInterface
    public interface Parser<T> {
        /**
         * @throws IllegalArgumentException its message says what is right and completes a sentence that begins with the name of the
         *     variable: "must be …"
         */
        T parse(String text);
    }

    static <T> Setting<T> of(String variable, String defaultText, Parser<T> parser, String meaning) {
        return new Setting<>(variable, defaultText, defaultText, false, parser, meaning);
    }

    /** A setting whose default is no value; documents describe it in words. */
    static <T> Setting<T> ofAbsent(String variable, String defaultShown, Parser<T> parser, String meaning) {
        return new Setting<>(variable, "", defaultShown, false, parser, meaning);
    }

    /** The same for a value that may hold a secret. */
    static <T> Setting<T> ofSecret(String variable, String defaultShown, Parser<T> parser, String meaning) {
        return new Setting<>(variable, "", defaultShown, true, parser, meaning);
    }
}
