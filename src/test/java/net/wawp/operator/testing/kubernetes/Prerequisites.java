package net.wawp.operator.testing.kubernetes;

import java.io.PrintStream;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Assumptions;

/**
 * What tests need that a machine may lack: programs, Go, a way to the Go modules, Java 25. One rule for all of them: the tests are skipped with the reason, or
 * fail where {@value #REQUIRE_VARIABLE} forbids to skip them.
 */
public final class Prerequisites {

    /** {@code true}: what would be skipped fails. */
    static final String REQUIRE_VARIABLE = "WAWP_TEST_REQUIRE_KUBERNETES";

    private static final Prerequisites OF_THIS_RUN = new Prerequisites(System.getenv(), System.out);

    private final boolean required;
    private final PrintStream screen;
    private final Set<String> told = ConcurrentHashMap.newKeySet();

    Prerequisites(Map<String, String> environment, PrintStream screen) {
        this.required = Boolean.parseBoolean(environment.get(REQUIRE_VARIABLE));
        this.screen = screen;
    }

    public static Prerequisites ofThisRun() {
        return OF_THIS_RUN;
    }

    /**
     * Skips the test that calls this.
     *
     * @throws IllegalStateException if nothing may be skipped
     */
    public <T> T skip(String reason) {
        tell(reason);
        return Assumptions.abort(reason);
    }

    /**
     * Says that tests are skipped: once for each reason, on the screen, since Maven counts there what is skipped and writes the reasons into its reports only.
     *
     * @throws IllegalStateException if nothing may be skipped
     */
    void tell(String reason) {
        if (required) {
            throw new IllegalStateException("%s forbids to skip this, but %s".formatted(REQUIRE_VARIABLE, reason));
        }
        if (told.add(reason)) {
            screen.println("Tests are skipped: " + reason);
        }
    }
}
