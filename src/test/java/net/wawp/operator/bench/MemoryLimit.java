package net.wawp.operator.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A memory cgroup of its own for one process, as a container has it; version 2 or 1, whichever this machine lets us write. */
sealed interface MemoryLimit extends AutoCloseable {

    Path V2 = Path.of("/sys/fs/cgroup");
    Path V1 = Path.of("/sys/fs/cgroup/memory");

    /** Makes one; {@link None} where the machine lets nobody. */
    static MemoryLimit of(long bytes, String name) {
        try {
            if (Files.exists(V2.resolve("cgroup.controllers"))) {
                Path group = Files.createDirectory(V2.resolve(name));
                Files.writeString(group.resolve("memory.max"), "" + bytes);
                return new Group(group, "memory.peak");
            }
            if (Files.exists(V1.resolve("memory.limit_in_bytes"))) {
                Path group = Files.createDirectory(V1.resolve(name));
                Files.writeString(group.resolve("memory.limit_in_bytes"), "" + bytes);
                return new Group(group, "memory.max_usage_in_bytes");
            }
            return new None("this machine has no memory cgroups");
        } catch (IOException e) {
            return new None("no memory cgroup can be made here: " + e);
        }
    }

    /** Which kind this machine has. */
    static String describe() throws IOException {
        try (MemoryLimit probe =
                of(1L << 30, "wawp-bench-probe-" + ProcessHandle.current().pid())) {
            return probe instanceof None none
                    ? "no memory limit (" + none.why() + ")"
                    : "in a memory cgroup with the chart's limit";
        }
    }

    /** Runs a command inside it. */
    List<String> around(List<String> command);

    /** The most that the kernel counted, page cache included. */
    Optional<Long> peak() throws IOException;

    @Override
    void close() throws IOException;

    /** No limit. */
    record None(String why) implements MemoryLimit {
        @Override
        public List<String> around(List<String> command) {
            return command;
        }

        @Override
        public Optional<Long> peak() {
            return Optional.empty();
        }

        @Override
        public void close() {}
    }

    /** @param peakFile where the kernel tells the peak */
    record Group(Path directory, String peakFile) implements MemoryLimit {
        @Override
        public List<String> around(List<String> command) {
            List<String> inside = new java.util.ArrayList<>(
                    List.of("/bin/sh", "-c", "echo $$ > " + directory + "/cgroup.procs && exec \"$@\"", "limited"));
            inside.addAll(command);
            return inside;
        }

        @Override
        public Optional<Long> peak() throws IOException {
            return Optional.of(
                    Long.parseLong(Files.readString(directory.resolve(peakFile)).strip()));
        }

        @Override
        public void close() throws IOException {
            Files.deleteIfExists(directory);
        }
    }
}
