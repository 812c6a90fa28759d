package net.wawp.operator.config;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Finds variables that are named like settings but are none: most often a typing error. */
public final class UnknownVariables {

    private static final String PREFIX = "WAWP_";

    /** Kubernetes sets these in every container of a namespace that has a Service {@code wawp-…}. */
    private static final Pattern INJECTED_NAME =
            Pattern.compile(".+_SERVICE_HOST|.+_SERVICE_PORT(_.*)?|.+_PORT_\\d+_.+");

    private static final Pattern INJECTED_ADDRESS = Pattern.compile("(tcp|udp|sctp)://.*");

    private static final Set<String> KNOWN =
            Settings.ALL.stream().map(Setting::variable).collect(Collectors.toUnmodifiableSet());

    private UnknownVariables() {}

    /** One sentence for each unknown variable with the operator's prefix; it names the nearest setting and never quotes the value. */
    public static List<String> warnings(Map<String, String> variables) {
        return variables.entrySet().stream()
                .filter(variable -> variable.getKey().startsWith(PREFIX))
                .filter(variable -> !KNOWN.contains(variable.getKey()))
                .filter(variable -> !isInjected(variable.getKey(), variable.getValue()))
                .map(Map.Entry::getKey)
                .sorted()
                .map(name -> "%s is not a setting of this operator and is ignored; did you mean %s?"
                        .formatted(name, nearest(name)))
                .toList();
    }

    private static boolean isInjected(String name, String value) {
        return INJECTED_NAME.matcher(name).matches()
                || (name.endsWith("_PORT") && INJECTED_ADDRESS.matcher(value).matches());
    }

    private static String nearest(String name) {
        return KNOWN.stream()
                // a word of the prefix that was left out comes before any slip
                .min(Comparator.comparing((String known) -> !known.endsWith("_" + name.substring(PREFIX.length())))
                        .thenComparingInt(known -> distance(name, known))
                        .thenComparing(Comparator.naturalOrder()))
                .orElseThrow();
    }

    /** Levenshtein's distance: the number of letters to add, remove or change. */
    private static int distance(String from, String to) {
        int[] above = IntStream.rangeClosed(0, to.length()).toArray();
        for (int i = 1; i <= from.length(); i++) {
            int[] row = new int[to.length() + 1];
            row[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int change = above[j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(change, 1 + Math.min(above[j], row[j - 1]));
            }
            above = row;
        }
        return above[to.length()];
    }
}
