package net.wawp.operator.testing.kubernetes;

import io.fabric8.kubeapitest.KubeAPIServerConfigBuilder;
import io.fabric8.kubeapitest.KubeAPITestException;
import io.fabric8.kubeapitest.Utils;
import io.fabric8.kubeapitest.binary.BinaryManager;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Where the Kubernetes programs come from. The first way that works is taken:
 *
 * <ol>
 *   <li>the folder that {@value #DIRECTORY_VARIABLE} names,
 *   <li>the user's cache folder, which the other two fill,
 *   <li>the download of kube-api-test, which has the essential programs only,
 *   <li>a build from the Go modules, which also adds what a download lacks.
 * </ol>
 */
public final class ProgramSource {

    static final String DIRECTORY_VARIABLE = KubeAPIServerConfigBuilder.KUBE_API_TEST_DIR;
    static final String VERSION_VARIABLE = "WAWP_TEST_KUBERNETES";
    static final String OFFLINE_VARIABLE = KubeAPIServerConfigBuilder.KUBE_API_TEST_OFFLINE_MODE;

    private static final URI DOWNLOADS = URI.create("https://raw.githubusercontent.com/");

    private final Map<String, String> environment;
    private final GoModules modules;
    private final PrintStream progress;
    private final Heartbeat heartbeat;

    /**
     * @param progress gets a line before anything that takes long
     * @param interval how often it gets a line while that goes on
     */
    ProgramSource(Map<String, String> environment, GoModules modules, PrintStream progress, Duration interval) {
        this.environment = environment;
        this.modules = modules;
        this.progress = progress;
        this.heartbeat = new Heartbeat(progress, interval);
    }

    /**
     * The source for this checkout, which must be the working directory. The variable {@value #VERSION_VARIABLE} chooses another minor version of
     * Kubernetes than the newest.
     */
    public static ProgramSource ofThisCheckout(PrintStream progress) {
        return new ProgramSource(
                System.getenv(),
                new GoModules(Path.of("src/test/go"), "go", chosenVersion()),
                progress,
                Duration.ofSeconds(20));
    }

    /** The minor version of Kubernetes that somebody has chosen; empty for the newest. */
    static Optional<String> chosenVersion() {
        return chosenVersion(System.getenv());
    }

    private static Optional<String> chosenVersion(Map<String, String> environment) {
        return Optional.ofNullable(environment.get(VERSION_VARIABLE)).filter(name -> !name.isBlank());
    }

    /** The programs, if they are on this machine already. */
    public Optional<KubernetesPrograms> alreadyThere() {
        return KubernetesPrograms.in(named().orElseGet(this::cache), chosenVersion(environment));
    }

    /**
     * The programs, by whatever way there is. May take minutes, once.
     *
     * @throws ProgramsMissingException if there is none
     */
    public KubernetesPrograms get() throws ProgramsMissingException {
        Optional<KubernetesPrograms> there = alreadyThere();
        if (named().isPresent()) {
            return there.orElseThrow(() -> new ProgramsMissingException(
                    "%s names %s, where there is no %s".formatted(DIRECTORY_VARIABLE, named().get(), wanted())));
        }
        if (there.isPresent() && (there.get().missing().isEmpty() || !modules.canBuild())) {
            return there.get();
        }
        try {
            Path root = Files.createDirectories(cache());
            try (FileChannel lock =
                    FileChannel.open(root.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                // one process fills the cache; those that waited find it filled
                lock(lock);
                return fill(root);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * A program that is in no set, from the cache folder, where a build puts it. May take minutes, once.
     *
     * @throws ProgramsMissingException if it is not there and cannot be built
     */
    public Path get(SingleProgram program) throws ProgramsMissingException {
        Path file = KubernetesPrograms.directory(userCache().resolve(program.fileName()), modules.version(program))
                .resolve(program.fileName());
        if (Files.isExecutable(file)) {
            return file;
        }
        if (!modules.canBuild()) {
            throw new ProgramsMissingException(
                    "there is no %s, and no go command (1.26 or later) to build it".formatted(file));
        }
        try {
            Path folder = Files.createDirectories(file.getParent());
            try (FileChannel lock =
                    FileChannel.open(folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                lock(lock);
                if (!Files.isExecutable(file)) {
                    progress.printf(
                            "Building %s from its Go module to %s: 2 to 5 minutes, once.%n",
                            program.fileName(), folder);
                    heartbeat.during("building " + program.fileName(), () -> modules.build(program, file));
                }
                return file;
            }
        } catch (IllegalStateException e) {
            throw new ProgramsMissingException(e.getMessage());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void lock(FileChannel file) throws IOException {
        if (file.tryLock() == null) {
            progress.println("Another process fetches or builds the Kubernetes programs: this one waits for it.");
            heartbeat.during("waiting for the Kubernetes programs of another process", file::lock);
        }
    }

    private KubernetesPrograms fill(Path root) throws IOException, ProgramsMissingException {
        String download = alreadyThere().isPresent() ? "" : download(root);
        String build = build(root);
        return alreadyThere()
                .orElseThrow(() -> new ProgramsMissingException(("the Kubernetes programs are not on this machine and"
                                + " could not be had. %s %s Or set %s to a folder with %s")
                        .formatted(download, build, DIRECTORY_VARIABLE, layout())));
    }

    /** Returns why nothing came of it, empty if something did. */
    private String download(Path root) throws IOException {
        if ("true".equals(environment.get(OFFLINE_VARIABLE))) {
            return "Download: turned off by " + OFFLINE_VARIABLE + ".";
        }
        if (!reachable(DOWNLOADS)) {
            return "Download: " + DOWNLOADS.getHost() + " cannot be reached.";
        }
        Path unfinished = Files.createTempDirectory(root, "download-");
        progress.println("Downloading kube-apiserver, etcd and kubectl to " + root + ": some seconds, once.");
        try {
            BinaryManager manager = new BinaryManager(KubeAPIServerConfigBuilder.anAPIServerConfig()
                    .withTestDir(unfinished.toString())
                    .withOfflineMode(false)
                    .withApiServerVersion(minorVersion() + ".*")
                    .build());
            heartbeat.during("downloading", manager::initAndDownloadIfRequired);
            KubernetesPrograms downloaded = KubernetesPrograms.in(unfinished, chosenVersion(environment))
                    .orElseThrow();
            Path target = KubernetesPrograms.directory(root, downloaded.version());
            Files.createDirectories(target.getParent());
            Files.move(downloaded.directory(), target, StandardCopyOption.ATOMIC_MOVE);
            return "";
        } catch (KubeAPITestException e) {
            return "Download: " + e.getMessage() + ".";
        } finally {
            Utils.deleteDirectory(unfinished.toFile());
        }
    }

    /** Builds what is still missing. Returns why nothing came of it, empty if something did. */
    private String build(Path root) throws IOException {
        if (!modules.canBuild()) {
            return "Build: there is no go command (1.26 or later).";
        }
        KubernetesPrograms programs = alreadyThere()
                .orElseGet(() -> new KubernetesPrograms(
                        KubernetesPrograms.directory(root, modules.kubernetesVersion()), modules.kubernetesVersion()));
        Files.createDirectories(programs.directory());
        Set<Program> missing = programs.missing();
        if (!missing.isEmpty()) {
            progress.printf(
                    "Building %s from their Go modules to %s: 5 to 25 minutes the first time, then never again.%n",
                    names(missing), programs.directory());
        }
        int number = 0;
        for (Program program : missing) {
            String which = "%s (%d of %d)".formatted(program.fileName(), ++number, missing.size());
            try {
                heartbeat.during("building " + which, () -> modules.build(program, programs.path(program)));
            } catch (IllegalStateException e) {
                progress.println(e.getMessage());
                return "Build: " + e.getMessage() + ".";
            }
            progress.println("Built " + which + ".");
        }
        return "";
    }

    private Optional<Path> named() {
        return Optional.ofNullable(environment.get(DIRECTORY_VARIABLE))
                .filter(name -> !name.isBlank())
                .map(Path::of);
    }

    private Path cache() {
        return userCache().resolve("kubernetes-programs").resolve(modules.versions());
    }

    private Path userCache() {
        return Optional.ofNullable(environment.get("XDG_CACHE_HOME"))
                .filter(name -> !name.isBlank())
                .map(Path::of)
                .orElseGet(() -> Path.of(System.getProperty("user.home"), ".cache"))
                .resolve("wawp-operator");
    }

    private String wanted() {
        return chosenVersion(environment)
                .map(version -> "Kubernetes %s, which %s chooses: put %s there, or unset one of the two variables"
                        .formatted(version, VERSION_VARIABLE, layout()))
                .orElseGet(this::layout);
    }

    private String layout() {
        return KubernetesPrograms.directory(Path.of(""), modules.kubernetesVersion()) + "/{" + names(Program.ESSENTIAL)
                + "}";
    }

    private String minorVersion() {
        String version = modules.kubernetesVersion();
        return version.substring(0, version.lastIndexOf('.'));
    }

    private static String names(Set<Program> programs) {
        return programs.stream().map(Program::fileName).collect(Collectors.joining(", "));
    }

    /** The download itself knows no time-out, and a firewall may swallow what it sends. */
    private static boolean reachable(URI address) {
        HttpClient client = HttpClient.newBuilder()
                .connectTimeout(Duration.ofSeconds(5))
                .proxy(ProxySelector.getDefault())
                .build();
        try {
            client.send(
                    HttpRequest.newBuilder(address)
                            .method("HEAD", HttpRequest.BodyPublishers.noBody())
                            .timeout(Duration.ofSeconds(10))
                            .build(),
                    BodyHandlers.discarding());
            return true;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
