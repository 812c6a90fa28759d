package net.wawp.operator.install;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import net.wawp.operator.api.v1alpha1.CrdFile;
import net.wawp.operator.testing.kubernetes.ProgramSource;
import net.wawp.operator.testing.kubernetes.ProgramsMissingException;

/** Files that are generated from other files of the checkout. {@code main} writes them. */
public final class GeneratedFiles {

    static final String COMMAND = "mvn -q test-compile exec:java@install-files";

    private static final Path CHART_README = HelmChart.DIRECTORY.resolve("README.md");
    private static final String TABLE_BEGIN = "<!-- values: begin -->\n";
    private static final String TABLE_END = "<!-- values: end -->";

    private GeneratedFiles() {}

    public static void main(String[] args) throws IOException, ProgramsMissingException {
        write(withoutHelm());
        write(DeployFiles.render(
                new HelmChart(ProgramSource.ofThisCheckout(System.out).get())));
    }

    /** The files that do not need Helm, by their paths in the checkout. */
    static Map<Path, String> withoutHelm() {
        Map<Path, String> files = new LinkedHashMap<>();
        files.put(HelmChart.DIRECTORY.resolve("files").resolve(CrdFile.PATH.getFileName()), Yaml.text(CrdFile.PATH));
        for (ArgoCd.Configuration configuration : ArgoCd.Configuration.values()) {
            files.put(configuration.path(), configuration.text());
        }
        files.put(
                DeployFiles.MONITORING.resolve("dashboard.json"),
                Yaml.text(HelmChart.DIRECTORY.resolve("files/dashboard.json")));
        files.put(CHART_README, withTable(Yaml.text(CHART_README)));
        return files;
    }

    /** The committed text of the same files. */
    static Map<Path, String> asCommitted(Map<Path, String> generated) {
        return generated.keySet().stream()
                .collect(Collectors.toMap(
                        path -> path, path -> Files.exists(path) ? Yaml.text(path) : "", (a, b) -> a, TreeMap::new));
    }

    private static String withTable(String readme) {
        String rows = ChartValues.described().stream()
                .map(value -> "| `%s` | `%s` | %s |\n".formatted(value.path(), value.fallback(), value.description()))
                .collect(Collectors.joining());
        int begin = readme.indexOf(TABLE_BEGIN) + TABLE_BEGIN.length();
        return readme.substring(0, begin)
                + "| value | default | meaning |\n|---|---|---|\n"
                + rows
                + readme.substring(readme.indexOf(TABLE_END));
    }

    private static void write(Map<Path, String> files) throws IOException {
        for (Map.Entry<Path, String> file : files.entrySet()) {
            Files.createDirectories(file.getKey().getParent());
            Files.writeString(file.getKey(), file.getValue());
        }
    }
}
