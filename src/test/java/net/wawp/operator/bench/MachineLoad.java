package net.wawp.operator.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * The processor time of the whole machine and of all processes of this benchmark that live, since some time in the past. One that ends between two
 * readings would count as somebody else's.
 */
record MachineLoad(long nanos, Duration machine, Duration ours) {

    private static final int TICKS_PER_SECOND = 100; // USER_HZ, the same on every Linux
    private static final int USER = 1;
    private static final int IDLE = 4;
    private static final int IOWAIT = 5;
    private static final int STEAL = 8;

    static MachineLoad now() throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc/stat"))) {
            String[] fields = lines.findFirst().orElseThrow().split("\\s+");
            long ticks = LongStream.rangeClosed(USER, STEAL)
                    .filter(field -> field != IDLE && field != IOWAIT)
                    .map(field -> Long.parseLong(fields[(int) field]))
                    .sum();
            Duration ours = Stream.concat(
                            Stream.of(ProcessHandle.current()),
                            ProcessHandle.current().descendants())
                    .map(process -> process.info().totalCpuDuration().orElse(Duration.ZERO))
                    .reduce(Duration.ZERO, Duration::plus);
            return new MachineLoad(System.nanoTime(), Duration.ofMillis(ticks * 1000 / TICKS_PER_SECOND), ours);
        }
    }

    /** How many cores others kept busy since then. */
    double othersSince(MachineLoad before) {
        Duration others = machine.minus(before.machine).minus(ours.minus(before.ours));
        return Math.max(0, others.toNanos() / (double) (nanos - before.nanos));
    }
}
