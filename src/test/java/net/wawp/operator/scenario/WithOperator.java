package net.wawp.operator.scenario;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import net.wawp.operator.kube.OnKubernetes;
import net.wawp.operator.kube.Program;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A test class for an installed, running operator, which it takes as a parameter of type {@link OperatedCluster}. One is started for all
 * classes of a test run, so each test sets {@linkplain OperatedCluster#newScene a scene of its own}.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@OnKubernetes(needs = {Program.KubeControllerManager, Program.Helm})
@ExtendWith(OperatorExtension.class)
@interface WithOperator {}
