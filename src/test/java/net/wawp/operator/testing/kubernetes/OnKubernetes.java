package net.wawp.operator.testing.kubernetes;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A test class for a real API server, which it takes as a parameter of type {@link KubernetesCluster}. One is started
 * for all classes of a test run, so each works in {@linkplain KubernetesCluster#createNamespace a namespace of its own}.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(KubernetesExtension.class)
public @interface OnKubernetes {

    /** Which cluster a class uses. */
    enum Cluster {
        /** The shared one, in which nothing of ours runs. */
        Plain,
        /** The shared one in which the operator is installed and runs. */
        Operated,
        /** Those that it starts itself, when no other test runs any more: such a class is {@code @Isolated}. */
        Own
    }

    /** Programs without which the class makes no sense, beside the API server and kubectl. */
    Program[] needs() default {};

    Cluster cluster() default Cluster.Plain;
}
