package net.wawp.operator;

import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.wawp.operator.config.InvalidConfigurationException;
import net.wawp.operator.config.OperatorConfig;
import net.wawp.operator.config.Setting;
import net.wawp.operator.config.Settings;
import net.wawp.operator.config.UnknownVariables;
import net.wawp.operator.kubernetes.ApiServerClient;
import net.wawp.operator.logging.LogConfiguration;
import net.wawp.operator.management.ClassArchive;
import net.wawp.operator.management.ReadinessCheck;
import net.wawp.operator.time.SteadyClock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Entry point of the operator. Exit status: 0 after SIGTERM, 2 for a bad setting, 1 for any other failure; of the runtime 3 where memory is used up. */
public final class OperatorMain {

    private static final int CLEAN = 0;
    private static final int BROKEN = 1;
    private static final int BAD_SETTING = 2;

    /** Kubernetes mounts it into every pod that has a service account. */
    private static final Path POD_NAMESPACE = Path.of("/var/run/secrets/kubernetes.io/serviceaccount/namespace");

    private static final String ARGUMENTS =
            "The only arguments are --help, --version and --ready with an address; settings are environment variables";

    private OperatorMain() {}

    public static void main(String[] args) {
        switch (List.of(args).isEmpty() ? "" : args[0]) {
            case "" -> run(System.getenv());
            case "--help" -> System.out.print(help());
            case "--version" -> System.out.println(version());
            case "--ready" -> checkReadiness(args);
            default -> refuse(ARGUMENTS);
        }
    }

    private static void checkReadiness(String[] args) {
        if (args.length != 2) {
            refuse(ARGUMENTS);
        }
        System.exit(ReadinessCheck.of(args[1], System.out, System.err) ? CLEAN : BROKEN);
    }

    private static void run(Map<String, String> variables) {
        OperatorConfig config;
        try {
            config = OperatorConfig.from(variables, podNamespace());
        } catch (InvalidConfigurationException e) {
            refuse(e.getMessage());
            return;
        }
        LogConfiguration.set(config.log().format(), config.log().level());
        Logger log = LoggerFactory.getLogger(OperatorMain.class);
        Thread.setDefaultUncaughtExceptionHandler(
                (thread, failure) -> log.error("Thread {} has failed", thread.getName(), failure));
        log.info("Wawp operator {} starts: {}", version(), summary(config));
        ClassArchive.warning().ifPresent(log::warn);
        UnknownVariables.warnings(variables).forEach(log::warn);
        try {
            start(config, log);
        } catch (RuntimeException e) {
            log.error("The operator cannot start: {}", e.getMessage(), e);
            halt(BROKEN);
        }
    }

    /** Returns at once: the threads of the process keep it alive until a signal stops it. */
    private static void start(OperatorConfig config, Logger log) {
        // a thread of their own: what reads the pages of a list does not delay a poll
        Vertx connections = Vertx.vertx(OperatorRuntime.threads(1).setUseDaemonThread(true));
        KubernetesClient client = ApiServerClient.create(new ConfigBuilder().build(), connections);
        OperatorRuntime operator = OperatorRuntime.create(config, client, new SteadyClock());
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(operator, log), "stop"));
        operator.start();
    }

    private static String summary(OperatorConfig config) {
        return "it watches %s with the label selector %s, calls %s with credentials in the %s, and %s"
                .formatted(
                        config.watchNamespaces().isEmpty()
                                ? "all namespaces"
                                : "the namespaces " + String.join(", ", config.watchNamespaces()),
                        config.watchSelector(),
                        config.wawp().baseUrl(),
                        switch (config.wawp().credentialsStyle()) {
                            case Body -> "body";
                            case Query -> "query string";
                        },
                        config.lease()
                                .map(lease -> "takes part in leader election in namespace " + lease.namespace())
                                .orElse("leads without leader election"));
    }

    /** Halts with a status of its own: that of a process which a signal ends is never 0. */
    private static void stop(OperatorRuntime operator, Logger log) {
        int status = BROKEN;
        try {
            operator.close();
            status = CLEAN;
        } catch (RuntimeException e) {
            log.error("The operator did not stop cleanly", e);
        } finally {
            halt(status);
        }
    }

    /** Unlike {@link System#exit}, it waits for nothing. */
    private static void halt(int status) {
        Runtime.getRuntime().halt(status);
    }

    private static void refuse(String lines) {
        System.err.println(lines);
        System.exit(BAD_SETTING);
    }

    private static Optional<String> podNamespace() {
        try {
            return Optional.of(Files.readString(POD_NAMESPACE).trim()).filter(name -> !name.isEmpty());
        } catch (IOException e) {
            return Optional.empty(); // this is no pod
        }
    }

    /** The version in the manifest of the jar; loose classes have none. */
    public static String version() {
        return Optional.ofNullable(OperatorMain.class.getPackage().getImplementationVersion())
                .orElse("(unpackaged)");
    }

    private static String help() {
        StringBuilder help =
                new StringBuilder("Usage: java -jar wawp-operator.jar [--help | --version | --ready ADDRESS]\n\n");
        help.append(
                "Runs the operator until a signal stops it. It finds the cluster as kubectl does. Settings are environment\n");
        help.append("variables:\n");
        for (Setting<?> setting : Settings.ALL) {
            help.append(
                    "\n%s (%s)\n    %s.\n".formatted(setting.variable(), setting.defaultShown(), setting.meaning()));
        }
        return help.toString();
    }
}
