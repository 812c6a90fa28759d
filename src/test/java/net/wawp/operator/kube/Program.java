package net.wawp.operator.kube;

import java.util.EnumSet;
import java.util.Set;

/** A program of the Kubernetes project, with the Go package that it is built from. */
public enum Program {
    KubeApiServer("kube-apiserver", "k8s.io/kubernetes/cmd/kube-apiserver"),
    Etcd("etcd", "go.etcd.io/etcd/server/v3"),
    Kubectl("kubectl", "k8s.io/kubernetes/cmd/kubectl"),
    KubeControllerManager("kube-controller-manager", "k8s.io/kubernetes/cmd/kube-controller-manager"),
    Helm("helm", "helm.sh/helm/v4/cmd/helm");

    /** Without these there is no API server. The others come only with a build, or from a folder that has them. */
    static final Set<Program> ESSENTIAL = EnumSet.of(KubeApiServer, Etcd, Kubectl);

    private final String fileName;
    private final String goPackage;

    Program(String fileName, String goPackage) {
        this.fileName = fileName;
        this.goPackage = goPackage;
    }

    public String fileName() {
        return fileName;
    }

    String goPackage() {
        return goPackage;
    }
}
