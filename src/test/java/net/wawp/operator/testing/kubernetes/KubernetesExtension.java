package net.wawp.operator.testing.kubernetes;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestInstanceFactoryContext;
import org.junit.jupiter.api.extension.TestInstancePreConstructCallback;
import org.junit.platform.commons.support.AnnotationSupport;

/** Skips the tests where there are no programs to run them on, with the reason; starts the cluster where there are. */
final class KubernetesExtension implements ExecutionCondition, TestInstancePreConstructCallback, ParameterResolver {

    private static final Namespace NAMESPACE = Namespace.create(KubernetesExtension.class);

    /** What the search came to: one of the two. */
    private record Search(Optional<KubernetesPrograms> programs, String reason) {}

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        Optional<String> reason = AnnotationSupport.findAnnotation(context.getElement(), OnKubernetes.class)
                .flatMap(annotation -> reasonToSkip(annotation, context));
        if (reason.isEmpty()) {
            return ConditionEvaluationResult.enabled("there is an API server");
        }
        Prerequisites.ofThisRun().tell(reason.get());
        return ConditionEvaluationResult.disabled(reason.get());
    }

    @Override
    public void preConstructTestInstance(TestInstanceFactoryContext factory, ExtensionContext context) {
        AnnotationSupport.findAnnotation(factory.getTestClass(), OnKubernetes.class)
                .filter(annotation -> annotation.cluster() == OnKubernetes.Cluster.Own)
                .ifPresent(annotation -> SharedCluster.of(context).close());
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == KubernetesCluster.class;
    }

    @Override
    public KubernetesCluster resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return SharedCluster.of(context)
                .get(
                        OnKubernetes.Cluster.Plain,
                        KubernetesCluster.class,
                        () -> KubernetesCluster.start(search(context).programs().orElseThrow()));
    }

    private static Optional<String> reasonToSkip(OnKubernetes annotation, ExtensionContext context) {
        Search search = search(context);
        if (search.programs().isEmpty()) {
            return Optional.of(search.reason());
        }
        KubernetesPrograms programs = search.programs().get();
        String missing = Arrays.stream(annotation.needs())
                .filter(program -> !programs.has(program))
                .map(Program::fileName)
                .collect(Collectors.joining(" and "));
        return missing.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        "there is no %s in %s, and it could not be built".formatted(missing, programs.directory()));
    }

    /** One search for the whole run: it may take minutes. */
    private static Search search(ExtensionContext context) {
        return store(context)
                .getOrComputeIfAbsent(
                        Search.class,
                        key -> {
                            try {
                                return new Search(
                                        Optional.of(ProgramSource.ofThisCheckout(System.out)
                                                .get()),
                                        "");
                            } catch (ProgramsMissingException e) {
                                return new Search(Optional.empty(), e.getMessage());
                            }
                        },
                        Search.class);
    }

    private static Store store(ExtensionContext context) {
        return context.getRoot().getStore(NAMESPACE);
    }
}
