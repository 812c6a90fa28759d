package net.wawp.operator.mutation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The mutants that may survive, each with the reason why no test can or need kill it.
 *
 * <p>In the file a mutant's name begins a line, its reason is in the indented lines below; lines that begin with {@code #} are comments.
 * {@code main} compares it with a report of PIT.
 */
record JustifiedSurvivors(Map<String, String> reasons) {

    static final Path FILE = Path.of("src/test/mutation/survivors.txt");

    /**
     * Fails unless the survivors are those in the file.
     *
     * @param arguments the folder with PIT's reports, then classes that they have to have mutants of
     */
    public static void main(String... arguments) throws IOException {
        List<Mutant> mutants = new ArrayList<>();
        for (Path report : reports(Path.of(arguments[0]))) {
            mutants.addAll(Mutant.read(report));
        }
        List<String> targets = Stream.of(arguments).skip(1).toList();
        List<String> complaints = read(FILE).complaints(mutants, targets);
        long killed = mutants.stream().filter(Mutant::isKilled).count();
        System.out.printf("%d mutants, %d killed, %d survived%n", mutants.size(), killed, mutants.size() - killed);
        if (!complaints.isEmpty()) {
            throw new IllegalStateException(String.join("\n", complaints));
        }
    }

    private static List<Path> reports(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.endsWith("mutations.xml")).sorted().toList();
        }
    }

    /** @throws IllegalArgumentException when a name comes twice, or a reason is missing or belongs to nothing */
    static JustifiedSurvivors read(Path file) throws IOException {
        Map<String, String> reasons = new LinkedHashMap<>();
        String name = "";
        for (String line : Files.readAllLines(file)) {
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            if (!line.startsWith(" ")) {
                name = line.strip();
                if (reasons.put(name, "") != null) {
                    throw new IllegalArgumentException("Listed twice: " + name);
                }
            } else if (reasons.computeIfPresent(name, (mutant, reason) -> reason + line) == null) {
                throw new IllegalArgumentException("A reason for nothing: " + line.strip());
            }
        }
        reasons.forEach((mutant, reason) -> {
            if (reason.isEmpty()) {
                throw new IllegalArgumentException("Listed without a reason: " + mutant);
            }
        });
        return new JustifiedSurvivors(reasons);
    }

    /** What differs between a report and this list, one sentence each. */
    List<String> complaints(List<Mutant> mutants, List<String> targets) {
        List<String> complaints = new ArrayList<>();
        targets.stream()
                .filter(target ->
                        mutants.stream().noneMatch(mutant -> mutant.className().equals(target)))
                .forEach(target -> complaints.add("No mutant was made of " + target));
        Set<String> gone = new HashSet<>(reasons.keySet());
        Map<Boolean, List<Mutant>> byFate = mutants.stream().collect(Collectors.partitioningBy(Mutant::isKilled));
        for (Mutant killed : byFate.get(true)) {
            if (gone.remove(killed.name())) {
                complaints.add("Listed, but a test kills it: " + killed.name());
            }
        }
        for (Mutant survivor : byFate.get(false)) {
            if (!gone.remove(survivor.name())) {
                complaints.add("Survived in line %d: %s".formatted(survivor.line(), survivor.name()));
            }
        }
        gone.stream().sorted().forEach(name -> complaints.add("Listed, but there is no such mutant: " + name));
        return complaints;
    }
}
