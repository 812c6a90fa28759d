package net.wawp.operator.demo;

import java.io.OutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The end of the demo's JVM: it leaves no child process behind, and an interrupt ends it with a line and status 1. */
final class DemoExit {

    private static final Duration GRACE = Duration.ofSeconds(3);

    private final PrintStream out = System.out;
    private volatile boolean isOver;
    private volatile int status = 1;
    private volatile String line = "The demo was interrupted before its end: run mvn -q -Pdemo to see it whole.";

    private DemoExit() {}

    static DemoExit install() {
        DemoExit exit = new DemoExit();
        System.setOut(exit.untilTheEnd(System.out));
        System.setErr(exit.untilTheEnd(System.err));
        Runtime.getRuntime().addShutdownHook(new Thread(exit::end, "demo-exit"));
        return exit;
    }

    /** An interrupt is the way to end it from now on. */
    void interruptEndsWell() {
        status = 0;
        line = "The demo has ended.";
    }

    void exit(int status) {
        this.status = status;
        line = "";
        System.exit(status);
    }

    /** What still runs has nothing to say after the last line. */
    private PrintStream untilTheEnd(PrintStream stream) {
        OutputStream gate = new OutputStream() {
            @Override
            public void write(int b) {
                if (!isOver) {
                    stream.write(b);
                }
            }

            @Override
            public void write(byte[] bytes, int offset, int length) {
                if (!isOver) {
                    stream.write(bytes, offset, length);
                    stream.flush();
                }
            }
        };
        return new PrintStream(gate, true);
    }

    private void end() {
        isOver = true;
        if (!line.isEmpty()) {
            out.println();
            out.println(line);
        }
        out.flush();
        // the clusters' own hooks stop their programs meanwhile; whatever hangs, and whatever was started meanwhile, is
        // killed
        List<ProcessHandle> children = children();
        try {
            CompletableFuture.allOf(children.stream().map(ProcessHandle::onExit).toArray(CompletableFuture[]::new))
                    .get(GRACE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | InterruptedException | ExecutionException e) {
            children.forEach(ProcessHandle::destroyForcibly);
        }
        children().forEach(ProcessHandle::destroyForcibly);
        // idle threads of libraries, and hooks that hang, keep the JVM alive no longer
        Runtime.getRuntime().halt(status);
    }

    private static List<ProcessHandle> children() {
        return ProcessHandle.current().descendants().toList();
    }
}
