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

    /** Programs without which the class makes no sense, beside the API server and kubectl. */
    Program[] needs() default {};
}
