package net.wawp.operator.e2e;

import java.net.URI;
import java.util.List;
import java.util.Map;
import net.wawp.operator.testing.kubernetes.OnKubernetes.Cluster;
import net.wawp.operator.testing.kubernetes.SharedCluster;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;

/** Starts the one operator of a test run, its cluster, and the gateway between the two. */
final class OperatorExtension implements ParameterResolver, TestExecutionExceptionHandler {

    private static final int LAST_LINES = 40;

    private record Running(OperatedCluster cluster, FaultyGateway gateway, OperatorJar operator)
            implements AutoCloseable {

        static Running start() {
            OperatedCluster cluster = OperatedCluster.create();
            FaultyGateway gateway = new FaultyGateway(
                    URI.create(cluster.kubernetes().client().getMasterUrl().toString()));
            OperatorJar operator = cluster.startOperator(
                            gateway.kubeconfigLike(cluster.installation().kubeconfig()), Map.of())
                    .awaitReady();
            return new Running(cluster, gateway, operator);
        }

        @Override
        public void close() {
            operator.close();
            gateway.close();
            cluster.close();
        }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        return type == OperatedCluster.class || type == FaultyGateway.class || type == OperatorJar.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        Running running = running(context);
        Class<?> type = parameter.getParameter().getType();
        if (type == FaultyGateway.class) {
            return running.gateway();
        }
        return type == OperatorJar.class ? running.operator() : running.cluster();
    }

    /** Adds what the operator said last: all tests of the run may fail for the same reason, which none of them sees. */
    @Override
    public void handleTestExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
        OperatorJar operator = running(context).operator();
        List<String> log = operator.log().lines().toList();
        failure.addSuppressed(new AssertionError("The operator %s. It said last:%n%s"
                .formatted(
                        operator.isRunning() ? "runs" : "has ended",
                        String.join("\n", log.subList(Math.max(0, log.size() - LAST_LINES), log.size())))));
        throw failure;
    }

    private static Running running(ExtensionContext context) {
        return SharedCluster.of(context).get(Cluster.Operated, Running.class, Running::start);
    }
}
