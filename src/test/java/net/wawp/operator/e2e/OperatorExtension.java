package net.wawp.operator.e2e;

import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Starts the one operator of a test run, and its cluster. */
final class OperatorExtension implements ParameterResolver {

    private record Running(OperatedCluster cluster, OperatorJar operator) implements AutoCloseable {
        @Override
        public void close() {
            operator.close();
            cluster.close();
        }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == OperatedCluster.class;
    }

    @Override
    public OperatedCluster resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return context.getRoot()
                .getStore(Namespace.create(OperatorExtension.class))
                .getOrComputeIfAbsent(Running.class, key -> start(), Running.class)
                .cluster();
    }

    private static Running start() {
        OperatedCluster cluster = OperatedCluster.create();
        return new Running(cluster, cluster.startOperator().awaitReady());
    }
}
