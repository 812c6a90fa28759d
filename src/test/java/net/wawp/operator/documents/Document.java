package net.wawp.operator.documents;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A Markdown file for users or contributors. */
public record Document(Path path, String text) {

    private static final int SECTIONS = Pattern.MULTILINE | Pattern.DOTALL;

    public static Document read(String path) {
        try {
            return new Document(Path.of(path), Files.readString(Path.of(path)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All of them: in the root, in the folder {@code docs}, and in the chart. */
    public static List<Document> all() {
        return Stream.of(".", "docs", "helm/wawp-operator")
                .flatMap(Document::markdownFilesIn)
                .map(path -> read(path.toString()))
                .toList();
    }

    private static Stream<Path> markdownFilesIn(String folder) {
        try (Stream<Path> files = Files.list(Path.of(folder))) {
            return files
                    .map(Path::normalize)
                    .filter(file -> file.toString().endsWith(".md"))
                    .sorted()
                    .toList()
                    .stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The matches of this pattern's first group, from top to bottom; {@code ^} and {@code $} match at line breaks. */
    List<String> every(String pattern) {
        return Pattern.compile(pattern, Pattern.MULTILINE)
                .matcher(text)
                .results()
                .map(match -> match.group(1))
                .toList();
    }

    /** The anchors of the headings, and those with an {@code id}. */
    List<String> anchors() {
        Stream<String> headings = every("^#+ (.+)$").stream()
                .map(heading ->
                        heading.toLowerCase().replaceAll("[^a-z0-9 _-]", "").replace(' ', '-'));
        return Stream.concat(headings, every("<a id=\"([^\"]+)\"></a>").stream())
                .toList();
    }

    /** The heading of every section with commands for a shell. */
    public List<String> headingsWithCommands() {
        return every("^#+ (.+)$").stream()
                .filter(heading -> !commands(heading).isEmpty())
                .toList();
    }

    /** The blocks of shell commands below a heading, without their indentation. */
    public List<String> commands(String heading) {
        return blocks(heading, "sh");
    }

    /** The blocks of this language below a heading, from top to bottom. */
    public List<String> blocks(String heading, String language) {
        return Pattern.compile("^ *```" + language + "\n(.*?)^ *```$", SECTIONS)
                .matcher(section(heading))
                .results()
                .map(block -> block.group(1).stripIndent())
                .toList();
    }

    /** The text below a heading, down to the next one. */
    String section(String heading) {
        Matcher section = Pattern.compile("^#+ " + Pattern.quote(heading) + "$(.*?)(?=^##|\\z)", SECTIONS)
                .matcher(text);
        if (!section.find()) {
            throw new IllegalArgumentException(path + " has no heading " + heading);
        }
        return section.group(1);
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
