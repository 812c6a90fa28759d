package net.wawp.operator.documents;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A Markdown file for users or contributors. */
record Document(Path path, String text) {

    static Document read(String path) {
        try {
            return new Document(Path.of(path), Files.readString(Path.of(path)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All of them: those of the root and of the folder {@code docs}. */
    static List<Document> all() {
        return Stream.of(".", "docs")
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

    /** What this pattern's first group matches, from top to bottom; {@code ^} and {@code $} match at line breaks. */
    List<String> every(String pattern) {
        return Pattern.compile(pattern, Pattern.MULTILINE)
                .matcher(text)
                .results()
                .map(match -> match.group(1))
                .toList();
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
