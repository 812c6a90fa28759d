package net.wawp.operator.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Reads settings from variables and collects the bad ones, with one problem for each. */
final class Environment {

    // user info, query and fragment of a URL may hold a secret: a text that may have one of them is never quoted
    private static final Pattern UNFIT_TO_QUOTE = Pattern.compile("[@?#%\\p{Cntrl}]");
    private static final int LONGEST_QUOTE = 60;

    private final Map<String, String> variables;
    private final Map<Setting<?>, String> problems = new LinkedHashMap<>();

    Environment(Map<String, String> variables) {
        this.variables = variables;
    }

    /** The value of the setting, or its default where the variable is absent, blank or bad. */
    <T> T read(Setting<T> setting) {
        String text = variables.getOrDefault(setting.variable(), "").trim();
        try {
            return setting.parser().parse(text.isEmpty() ? setting.defaultText() : text);
        } catch (IllegalArgumentException e) {
            reject(setting, e.getMessage());
            return setting.parser().parse(setting.defaultText());
        }
    }

    /**
     * Records that the setting is bad, unless it or one of the others is already: a default took the place of what was set there, and
     * says nothing about this one.
     *
     * @param others the settings that this one was compared with
     */
    void reject(Setting<?> setting, String whatIsRight, Setting<?>... others) {
        if (Stream.concat(Stream.of(setting), Stream.of(others)).anyMatch(problems::containsKey)) {
            return;
        }
        String text = variables.getOrDefault(setting.variable(), "").trim();
        boolean isQuoted = !setting.isSecret()
                && !text.isEmpty()
                && text.length() <= LONGEST_QUOTE
                && !UNFIT_TO_QUOTE.matcher(text).find();
        problems.put(setting, setting.variable() + " " + whatIsRight + (isQuoted ? ", but is \"" + text + "\"" : ""));
    }

    /** @throws InvalidConfigurationException if any setting is bad */
    void requireNoProblems() {
        if (!problems.isEmpty()) {
            throw new InvalidConfigurationException(List.copyOf(problems.values()));
        }
    }
}
