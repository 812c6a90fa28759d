package net.wawp.operator.config;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Selects resources by their labels, as {@code kubectl --selector} does: all requirements must hold.
 *
 * @param requirements empty where every resource is selected
 */
record LabelSelector(List<Requirement> requirements) {

    private static final String FORM =
            "must be a label selector such as tier=gold,env!=test,region in (eu,us),!legacy, with names and values that labels can have";

    private static final String NAME = "[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?";
    private static final String KEY = "((?:[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?/)?" + NAME + ")";
    private static final String VALUE = "(?:" + NAME + ")?";

    private static final Pattern EXISTENCE = Pattern.compile("!? *" + KEY);
    private static final Pattern EQUALITY = Pattern.compile(KEY + " *(==?|!=) *(" + VALUE + ")");
    private static final Pattern SET =
            Pattern.compile(KEY + " +(in|notin) *\\( *(" + VALUE + "(?: *, *" + VALUE + ")*) *\\)");

    // not those between parentheses
    private static final Pattern COMMA = Pattern.compile(",(?![^(]*\\))");

    /**
     * What one label has to be.
     *
     * @param key of the label
     * @param text the whole requirement as the API server takes it
     */
    record Requirement(String key, String text) {

        static Requirement hasValue(String key, String value) {
            return new Requirement(key, key + "=" + value);
        }

        static Requirement isAbsent(String key) {
            return new Requirement(key, "!" + key);
        }
    }

    /** @throws IllegalArgumentException says what a selector looks like */
    static LabelSelector parse(String text) {
        if (text.isEmpty()) {
            return new LabelSelector(List.of());
        }
        return new LabelSelector(Stream.of(COMMA.split(text, -1))
                .map(part -> requirement(part.trim()))
                .toList());
    }

    private static Requirement requirement(String text) {
        Matcher existence = EXISTENCE.matcher(text);
        if (existence.matches()) {
            return new Requirement(existence.group(1), text.replace(" ", ""));
        }
        Matcher equality = EQUALITY.matcher(text);
        if (equality.matches()) {
            String operator = equality.group(2).equals("!=") ? "!=" : "=";
            return new Requirement(equality.group(1), equality.group(1) + operator + equality.group(3));
        }
        Matcher set = SET.matcher(text);
        if (set.matches()) {
            String values = set.group(3).replace(" ", "");
            return new Requirement(set.group(1), "%s %s (%s)".formatted(set.group(1), set.group(2), values));
        }
        throw new IllegalArgumentException(FORM);
    }

    /** With this requirement first; the same once more changes nothing. */
    LabelSelector and(Requirement first) {
        List<Requirement> all = new ArrayList<>(List.of(first));
        requirements.stream().filter(other -> !other.equals(first)).forEach(all::add);
        return new LabelSelector(List.copyOf(all));
    }

    /** As the API server takes it. */
    @Override
    public String toString() {
        return requirements.stream().map(Requirement::text).collect(Collectors.joining(","));
    }
}
