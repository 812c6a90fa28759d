package net.wawp.operator.testing.kubernetes;

/**
 * A program that one test class runs. It is not in the set that every build brings: it is built when that class runs for the first time, into a
 * folder of its own.
 */
public enum SingleProgram {
    KubeStateMetrics("kube-state-metrics", "k8s.io/kube-state-metrics/v2");

    private final String fileName;
    private final String goModule;

    SingleProgram(String fileName, String goModule) {
        this.fileName = fileName;
        this.goModule = goModule;
    }

    /** Also the folder of the {@code go.mod} that builds it. */
    String fileName() {
        return fileName;
    }

    /** The module whose root is the program. */
    String goModule() {
        return goModule;
    }
}
