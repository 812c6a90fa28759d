package net.wawp.operator.e2e;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import net.wawp.operator.testing.kubernetes.OnKubernetes;
import net.wawp.operator.testing.kubernetes.OnKubernetes.Cluster;
import net.wawp.operator.testing.kubernetes.Program;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * A test class for an installed, running operator. Parameters: the {@link OperatedCluster}, its {@link OperatorJar}, and the
 * {@link FaultyGateway} by which the operator reaches the API server. One of each is started for all classes of a test run, so each test sets
 * {@linkplain OperatedCluster#newFixture a fixture of its own}.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@OnKubernetes(
        needs = {Program.KubeControllerManager, Program.Helm},
        cluster = Cluster.Operated)
@ExtendWith(OperatorExtension.class)
@Execution(ExecutionMode.CONCURRENT)
@interface WithOperator {}
