package net.wawp.operator.e2e;

import java.net.URI;
import java.util.Map;
import net.wawp.operator.testing.kubernetes.OnKubernetes.Cluster;
import net.wawp.operator.testing.kubernetes.SharedCluster;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Starts the one operator of a test run, its cluster, and the gateway between the two. */
final class OperatorExtension implements ParameterResolver {

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
        Running running = SharedCluster.of(context).get(Cluster.Operated, Running.class, Running::start);
        Class<?> type = parameter.getParameter().getType();
        if (type == FaultyGateway.class) {
            return running.gateway();
        }
        return type == OperatorJar.class ? running.operator() : running.cluster();
    }
}
