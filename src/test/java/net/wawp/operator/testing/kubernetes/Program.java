package net.wawp.operator.testing.kubernetes;

import java.util.EnumSet;
import java.util.Set;

/** A program that the tests run, with the Go package that it is built from. */
public enum Program {
    KubeApiServer("kube-apiserver", "kubernetes", "k8s.io/kubernetes/cmd/kube-apiserver"),
    Etcd("etcd", "kubernetes", "go.etcd.io/etcd/server/v3"),
    Kubectl("kubectl", "kubernetes", "k8s.io/kubernetes/cmd/kubectl"),
    KubeControllerManager("kube-controller-manager", "kubernetes", "k8s.io/kubernetes/cmd/kube-controller-manager"),
    Helm("helm", "kubernetes", "helm.sh/helm/v4/cmd/helm"),
    Promtool("promtool", "promtool", "github.com/prometheus/prometheus/cmd/promtool");

    /** Without these there is no API server. The others come only with a build, or from a folder that has them. */
    static final Set<Program> ESSENTIAL = EnumSet.of(KubeApiServer, Etcd, Kubectl);

    private final String fileName;
    private final String goModule;
    private final String goPackage;

    Program(String fileName, String goModule, String goPackage) {
        this.fileName = fileName;
        this.goModule = goModule;
        this.goPackage = goPackage;
    }

    public String fileName() {
        return fileName;
    }

    /** The folder of the {@code go.mod} that builds it. */
    String goModule() {
        return goModule;
    }

    String goPackage() {
        return goPackage;
    }
}
