package net.wawp.operator.testing.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProgramSourceTest {

    private static final String VERSIONS = "kubernetes-1.37.2-helm-4.3.1-prometheus-0.316.0";

    @TempDir
    private Path folder;

    private final Map<String, String> environment = new HashMap<>();
    private final ByteArrayOutputStream progress = new ByteArrayOutputStream();

    @BeforeEach
    void anEmptyCacheAndNoInternet() {
        environment.put("XDG_CACHE_HOME", folder.resolve("cache").toString());
        environment.put(ProgramSource.OFFLINE_VARIABLE, "true");
    }

    @Test
    void aNamedFolderComesFirst() throws Exception {
        environment.put(
                ProgramSource.DIRECTORY_VARIABLE, folder.resolve("named").toString());
        put(folder.resolve("named"), "1.36.3", Program.ESSENTIAL);
        put(folder.resolve("named"), "1.36.12", Program.ESSENTIAL);
        put(cache(), "1.37.2", Program.ESSENTIAL);

        KubernetesPrograms programs = source(withoutGo()).get();

        assertThat(programs.version()).isEqualTo("1.36.12");
        assertThat(programs.path(Program.Etcd)).hasParent(programs.directory()).isExecutable();
        assertThat(programs.missing()).containsExactly(Program.KubeControllerManager, Program.Helm, Program.Promtool);
    }

    @Test
    void aNamedFolderWithoutTheProgramsIsAMistakeToTell() {
        environment.put(
                ProgramSource.DIRECTORY_VARIABLE, folder.resolve("nowhere").toString());

        assertThatThrownBy(() -> source(withoutGo()).get())
                .isInstanceOf(ProgramsMissingException.class)
                .hasMessageMatching("KUBE_API_TEST_DIR names .*/nowhere, where there is no"
                        + " k8s/1[.]37[.]2-.*/\\{kube-apiserver, etcd, kubectl}");
    }

    @Test
    void aChosenVersionIsTakenFromANamedFolderThatHasNewerOnesToo() throws Exception {
        environment.put(
                ProgramSource.DIRECTORY_VARIABLE, folder.resolve("named").toString());
        environment.put(ProgramSource.VERSION_VARIABLE, "1.31");
        put(folder.resolve("named"), "1.31.3", Program.ESSENTIAL);
        put(folder.resolve("named"), "1.31.14", Program.ESSENTIAL);
        put(folder.resolve("named"), "1.37.2", Program.ESSENTIAL);

        assertThat(source(withoutGo()).get().version()).isEqualTo("1.31.14");
    }

    @Test
    void aNamedFolderWithOtherVersionsThanTheChosenOneIsAMistakeToTell() throws Exception {
        environment.put(
                ProgramSource.DIRECTORY_VARIABLE, folder.resolve("named").toString());
        environment.put(ProgramSource.VERSION_VARIABLE, "1.31");
        put(folder.resolve("named"), "1.3.1", Program.ESSENTIAL);
        put(folder.resolve("named"), "1.310.0", Program.ESSENTIAL);
        put(folder.resolve("named"), "1.37.2", Program.ESSENTIAL);

        assertThat(source(withoutGo()).alreadyThere()).isEmpty();
        assertThatThrownBy(() -> source(withoutGo()).get())
                .isInstanceOf(ProgramsMissingException.class)
                .hasMessageMatching("KUBE_API_TEST_DIR names .*/named, where there is no Kubernetes 1[.]31, which"
                        + " WAWP_TEST_KUBERNETES chooses: put k8s/1[.]31[.]14-.*/\\{kube-apiserver, etcd, kubectl} there,"
                        + " or unset one of the two variables");
    }

    @Test
    void theCacheIsTakenAsItIsWhereNothingCanBeBuilt() throws Exception {
        put(cache(), "1.37.0", Program.ESSENTIAL);

        assertThat(source(withoutGo()).get().version()).isEqualTo("1.37.0");
        assertThat(progress()).isEmpty();
    }

    @Test
    void aBuildFillsTheCacheAndSaysHowLongItTakes() throws Exception {
        ProgramSource source = source(go("echo program > $6; chmod +x $6"));
        assertThat(source.alreadyThere()).isEmpty();

        KubernetesPrograms programs = source.get();

        assertThat(programs.directory()).startsWith(cache());
        assertThat(programs.missing()).isEmpty();
        assertThat(source.alreadyThere()).contains(programs);
        assertThat(progress())
                .contains(
                        "Building kube-apiserver, etcd, kubectl, kube-controller-manager, helm, promtool from their Go modules")
                .contains("5 to 25 minutes the first time");
    }

    @Test
    void aBuildAddsOnlyWhatADownloadLacks() throws Exception {
        put(cache(), "1.37.0", Program.ESSENTIAL);

        KubernetesPrograms programs =
                source(go("echo program > $6; chmod +x $6")).get();

        assertThat(programs.version()).isEqualTo("1.37.0");
        assertThat(programs.missing()).isEmpty();
        assertThat(programs.path(Program.Helm)).hasContent("program");
        assertThat(programs.path(Program.Etcd)).isEmptyFile();
    }

    @Test
    void aBuildThatBreaksOffLeavesNoHalfProgramBehind() throws Exception {
        ProgramSource source = source(go("echo half > $6; echo no space left on device >&2; exit 1"));

        assertThatThrownBy(source::get)
                .isInstanceOf(ProgramsMissingException.class)
                .hasMessageContaining("go build of kube-apiserver failed: no space left on device");
        assertThat(source.alreadyThere()).isEmpty();
    }

    @Test
    void anInterruptedBuildGoesOnWithTheProgramThatItWasAt() throws Exception {
        Path calls = folder.resolve("calls");
        String build = "echo ${7##*/} >> " + calls + "; test -e $6 && exit 2; echo program > $6; chmod +x $6";
        ProgramSource interrupted = source(go(build + "; test ${7##*/} != kubectl"));
        assertThatThrownBy(interrupted::get).isInstanceOf(ProgramsMissingException.class);
        assertThat(calls).hasContent("kube-apiserver\nv3\nkubectl");

        source(go(build)).get();

        assertThat(calls).hasContent("kube-apiserver\nv3\nkubectl\nkubectl\nkube-controller-manager\nhelm\npromtool");
        assertThat(progress()).contains("Built etcd (2 of 6).").contains("Built kubectl (1 of 4).");
    }

    @Test
    void aBuildSaysEveryNowAndThenThatItGoesOn() throws Exception {
        Path seen = folder.resolve("seen");
        ProgramSource source =
                source(go("until test -e " + seen + "; do sleep 0.1; done; echo program > $6; chmod +x $6"));
        Future<KubernetesPrograms> programs = CompletableFuture.supplyAsync(() -> got(source));

        await().until(() -> progress()
                        .lines()
                        .filter(line -> line.matches("Still building kube-apiserver \\(1 of 6\\), for \\d+ s now[.]"))
                        .count()
                > 1);

        Files.createFile(seen);
        assertThat(programs.get().missing()).isEmpty();
    }

    /** Holds the lock on a file until its input ends. */
    public static final class LockHolder {

        private LockHolder() {}

        public static void main(String[] args) throws IOException {
            try (FileChannel file =
                    FileChannel.open(Path.of(args[0]), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                file.lock();
                System.out.println("locked");
                System.in.read();
            }
        }
    }

    @Test
    void whoWaitsForAnotherProcessSaysSo() throws Exception {
        Path lock = Files.createDirectories(cache()).resolve("lock");
        Process other = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-classpath",
                        System.getProperty("java.class.path"),
                        LockHolder.class.getName(),
                        lock.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        assertThat(other.inputReader().readLine()).isEqualTo("locked");
        ProgramSource source = source(go("echo program > $6; chmod +x $6"));
        Future<KubernetesPrograms> programs = CompletableFuture.supplyAsync(() -> got(source));

        await().until(() -> progress().contains("Still waiting for the Kubernetes programs of another process, for "));
        assertThat(programs.isDone()).isFalse();

        other.outputWriter().close();
        assertThat(programs.get().missing()).isEmpty();
    }

    @Test
    void whereNoWayWorksTheReasonNamesThemAll() {
        assertThatThrownBy(() -> source(withoutGo()).get())
                .isInstanceOf(ProgramsMissingException.class)
                .hasMessageContaining("Download: turned off by KUBE_API_TEST_OFFLINE_MODE.")
                .hasMessageContaining("Build: there is no go command (1.26 or later).")
                .hasMessageContaining("Or set KUBE_API_TEST_DIR to a folder with k8s/1.37.2-");
    }

    @Test
    void aProgramOfOneTestIsBuiltOnceIntoAFolderOfItsOwn() throws Exception {
        Path calls = folder.resolve("calls");
        ProgramSource source = source(go("echo $7 >> " + calls + "; echo program > $6; chmod +x $6"));

        Path program = source.get(SingleProgram.KubeStateMetrics);

        assertThat(source.get(SingleProgram.KubeStateMetrics)).isEqualTo(program);
        assertThat(calls).hasContent("k8s.io/kube-state-metrics/v2");
        assertThat(program)
                .hasContent("program")
                .startsWith(folder.resolve("cache/wawp-operator/kube-state-metrics/k8s"));
        assertThat(program.getParent().getFileName().toString()).startsWith("2.18.0-");
        assertThat(source.alreadyThere()).isEmpty();
        assertThat(progress()).contains("Building kube-state-metrics from its Go module");
    }

    @Test
    void aProgramOfOneTestThatCannotBeBuiltIsMissingForAReason() throws Exception {
        assertThatThrownBy(() -> source(withoutGo()).get(SingleProgram.KubeStateMetrics))
                .isInstanceOf(ProgramsMissingException.class)
                .hasMessageEndingWith("and no go command (1.26 or later) to build it");
        assertThatThrownBy(() ->
                        source(go("echo dial tcp: no such host >&2; exit 1")).get(SingleProgram.KubeStateMetrics))
                .isInstanceOf(ProgramsMissingException.class)
                .hasMessage("go build of kube-state-metrics failed: dial tcp: no such host");
    }

    private ProgramSource source(String goCommand) throws IOException {
        Path modules = folder.resolve("modules");
        Files.writeString(Files.createDirectories(modules.resolve("promtool")).resolve("go.mod"), """
                module example
                require github.com/prometheus/prometheus v0.316.0 // indirect
                """);
        Files.writeString(Files.createDirectories(modules.resolve("kubernetes")).resolve("go.mod"), """
                module example
                require (
                	helm.sh/helm/v4 v4.3.1 // indirect
                	k8s.io/kubernetes v1.37.2 // indirect
                )
                """);
        Files.writeString(
                Files.createDirectories(modules.resolve("kubernetes-1.31")).resolve("go.mod"), """
                module example
                require k8s.io/kubernetes v1.31.14 // indirect
                """);
        Files.writeString(
                Files.createDirectories(modules.resolve("kube-state-metrics")).resolve("go.mod"), """
                module example
                require k8s.io/kube-state-metrics/v2 v2.18.0 // indirect
                """);
        return new ProgramSource(
                environment,
                new GoModules(modules, goCommand, Optional.ofNullable(environment.get(ProgramSource.VERSION_VARIABLE))),
                new PrintStream(progress, true, StandardCharsets.UTF_8),
                Duration.ofMillis(100));
    }

    private static KubernetesPrograms got(ProgramSource source) {
        try {
            return source.get();
        } catch (ProgramsMissingException e) {
            throw new IllegalStateException(e);
        }
    }

    private String progress() {
        return progress.toString(StandardCharsets.UTF_8);
    }

    private String withoutGo() {
        return folder.resolve("no-such-command").toString();
    }

    /** A stand-in for {@code go}: {@code version} succeeds, {@code build} does what the script says. */
    private String go(String build) throws IOException {
        Path script = Files.writeString(folder.resolve("go"), """
                #!/bin/sh
                test "$1" = version && exit 0
                %s
                """.formatted(build));
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
        return script.toString();
    }

    private Path cache() {
        return folder.resolve("cache/wawp-operator/kubernetes-programs").resolve(VERSIONS);
    }

    private static void put(Path root, String version, Set<Program> programs) throws IOException {
        Path directory = Files.createDirectories(KubernetesPrograms.directory(root, version));
        for (Program program : programs) {
            Path file = Files.createFile(directory.resolve(program.fileName()));
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
    }

    @Test
    void anotherVersionOfKubernetesHasProgramsOfItsOwnAndTheSameHelm() {
        Path modules = Path.of("src/test/go");

        assertThat(new GoModules(modules, "go", Optional.of("1.31")).versions())
                .matches("kubernetes-1[.]31[.]\\d+-helm-4.+");
        assertThat(new GoModules(modules, "go", Optional.of("1.36")).versions())
                .matches("kubernetes-1[.]36[.]\\d+-helm-4.+");
        assertThatThrownBy(() -> new GoModules(modules, "go", Optional.of("1.12")))
                .hasMessageContainingAll(
                        "kubernetes-1.12",
                        "WAWP_TEST_KUBERNETES can name 1.31 or 1.36; without it the newest one is taken");
    }
}
