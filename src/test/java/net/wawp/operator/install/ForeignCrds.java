package net.wawp.operator.install;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import net.wawp.operator.testing.kubernetes.Prerequisites;
import net.wawp.operator.testing.kubernetes.ProgramRun;

/** The definitions of the resources of other programs, out of the Go modules of those. */
final class ForeignCrds {

    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final ObjectMapper JSON = new ObjectMapper();

    private static final List<Crd> CRDS = List.of(
            new Crd("github.com/argoproj/argo-cd/v3@v3.2.6", "manifests/crds/application-crd.yaml"),
            new Crd(
                    "github.com/fluxcd/kustomize-controller@v1.7.3",
                    "config/crd/bases/kustomize.toolkit.fluxcd.io_kustomizations.yaml"),
            new Crd(
                    "github.com/fluxcd/helm-controller@v1.4.3",
                    "config/crd/bases/helm.toolkit.fluxcd.io_helmreleases.yaml"),
            new Crd(
                    "github.com/fluxcd/source-controller@v1.7.3",
                    "config/crd/bases/source.toolkit.fluxcd.io_gitrepositories.yaml"),
            new Crd(
                    "github.com/external-secrets/external-secrets@v1.3.2",
                    "config/crds/bases/external-secrets.io_externalsecrets.yaml"),
            new Crd(
                    "github.com/bitnami-labs/sealed-secrets@v0.40.0",
                    "helm/sealed-secrets/crds/bitnami.com_sealedsecrets.yaml"),
            new Crd(
                    "github.com/hashicorp/vault-secrets-operator@v0.10.0",
                    "config/crd/bases/secrets.hashicorp.com_vaultstaticsecrets.yaml"));

    private record Crd(String module, String file) {}

    private ForeignCrds() {}

    /** Their files: from the cache of Go, or fetched. Without Go, or where a module cannot be fetched, the test is skipped, or fails if that is forbidden. */
    static List<Path> download() {
        return CRDS.stream().map(ForeignCrds::download).toList();
    }

    private static Path download(Crd crd) {
        try {
            ProcessBuilder builder = new ProcessBuilder("go", "mod", "download", "-json", crd.module());
            ProgramRun run = ProgramRun.of(
                    builder.directory(Files.createTempDirectory("crds").toFile()), "", LIMIT);
            JsonNode module = JSON.readTree(run.output());
            if (!run.succeeded() || !module.hasNonNull("Dir")) {
                return missing(crd, run.output() + run.errors());
            }
            return Path.of(module.get("Dir").asText(), crd.file());
        } catch (JsonProcessingException e) {
            return missing(crd, e.getMessage());
        } catch (IOException | UncheckedIOException e) {
            return missing(crd, "there is no go command");
        }
    }

    private static Path missing(Crd crd, String reason) {
        return Prerequisites.ofThisRun().skip("%s cannot be fetched: %s".formatted(crd.module(), reason));
    }
}
