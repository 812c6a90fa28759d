package net.wawp.operator.e2e;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import net.wawp.operator.testing.kubernetes.OnKubernetes;
import net.wawp.operator.testing.kubernetes.Program;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A test class for an installed, running operator, which it takes as a parameter of type {@link OperatedCluster}. One is started for all
 * classes of a test run, so each test sets {@linkplain OperatedCluster#newFixture a fixture of its own}.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@OnKubernetes(needs = {Program.KubeControllerManager, Program.Helm})
@ExtendWith(OperatorExtension.class)
@interface WithOperator {}
