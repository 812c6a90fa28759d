package net.wawp.operator.mutation;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/**
 * One break that PIT made in the code.
 *
 * @param name class, method, what was done, the mutator, and which of those that are equal in all of that: no line, no number of a lambda,
 *     so that it stays the same when other code changes
 * @param className with its package
 * @param line where it is now
 * @param isKilled whether a test failed, or did not end
 */
record Mutant(String name, String className, int line, boolean isKilled) {

    private static final String ROOT = "net.wawp.operator.";
    private static final Set<String> KILLED = Set.of("KILLED", "TIMED_OUT", "MEMORY_ERROR", "NON_VIABLE");
    private static final Pattern LAMBDA = Pattern.compile("lambda\\$(\\w+)\\$\\d+");

    /** The mutants in a report of PIT, in its order. */
    static List<Mutant> read(Path report) throws IOException {
        NodeList elements = parse(report);
        List<Element> mutations = IntStream.range(0, elements.getLength())
                .mapToObj(index -> (Element) elements.item(index))
                .toList();
        Map<String, Integer> total = new HashMap<>();
        mutations.forEach(mutation -> total.merge(kind(mutation), 1, Integer::sum));
        Map<String, Integer> seen = new HashMap<>();
        List<Mutant> mutants = new ArrayList<>();
        for (Element mutation : mutations) {
            String kind = kind(mutation);
            int number = seen.merge(kind, 1, Integer::sum);
            mutants.add(new Mutant(
                    total.get(kind) == 1 ? kind : "%s, %d of %d".formatted(kind, number, total.get(kind)),
                    text(mutation, "mutatedClass"),
                    Integer.parseInt(text(mutation, "lineNumber")),
                    KILLED.contains(mutation.getAttribute("status"))));
        }
        return mutants;
    }

    private static NodeList parse(Path report) throws IOException {
        try {
            return DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .parse(report.toFile())
                    .getElementsByTagName("mutation");
        } catch (ParserConfigurationException | SAXException e) {
            throw new IOException("Cannot read " + report, e);
        }
    }

    private static String kind(Element mutation) {
        String mutator = text(mutation, "mutator");
        String kind = "%s#%s: %s (%s)"
                .formatted(
                        text(mutation, "mutatedClass"),
                        text(mutation, "mutatedMethod"),
                        text(mutation, "description"),
                        mutator.substring(mutator.lastIndexOf('.') + 1).replace("Mutator", ""));
        return LAMBDA.matcher(kind.replace('/', '.').replace(ROOT, "")).replaceAll("$1~");
    }

    private static String text(Element mutation, String name) {
        return mutation.getElementsByTagName(name).item(0).getTextContent();
    }
}
