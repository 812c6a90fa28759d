package net.wawp.operator;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.fabric8.kubernetes.client.CustomResource;
import java.util.List;

/** Who may import whom: data flows one way, and each library has its place. */
@AnalyzeClasses(packages = "net.wawp.operator", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    private static final String ROOT = "net.wawp.operator";
    private static final String CONFIG = ROOT + ".config..";
    private static final String API = ROOT + ".api..";
    private static final String SESSION = ROOT + ".session..";
    private static final String WAWP = ROOT + ".wawp..";
    private static final String OBSERVER = ROOT + ".observer..";
    private static final String STATUS = ROOT + ".status..";
    private static final String CONTROLLER = ROOT + ".controller..";
    private static final String SERVER = ROOT + ".server..";

    private static final String JAVA = "java..";
    private static final String JAVA_TLS = "javax.net.ssl..";
    private static final String LOGGING = "org.slf4j..";
    private static final String VERTX = "io.vertx..";
    private static final String NETTY = "io.netty..";
    private static final String JACKSON = "com.fasterxml.jackson..";
    private static final String MICROMETER = "io.micrometer..";

    @ArchTest
    static final ArchRule configurationIsPlainJava = only(CONFIG, CONFIG, JAVA);

    @ArchTest
    static final ArchRule theBrainIsPlainJava = only(SESSION, SESSION, JAVA);

    @ArchTest
    static final ArchRule theResourceIsDataOnly = only(
            API,
            API,
            JAVA,
            "com.fasterxml.jackson.annotation..",
            "com.fasterxml.jackson.databind.annotation..",
            "io.fabric8.kubernetes.api.model..",
            "io.fabric8.kubernetes.model..",
            "io.fabric8.generator..",
            "io.fabric8.crd.generator..",
            CustomResource.class.getName());

    @ArchTest
    static final ArchRule theWawpClientKnowsOnlyTheWordsOfTheDomain =
            only(WAWP, WAWP, SESSION, JAVA, JAVA_TLS, LOGGING, VERTX, NETTY, JACKSON);

    @ArchTest
    static final ArchRule theObserverKnowsNoKubernetes = only(OBSERVER, OBSERVER, SESSION, WAWP, JAVA, LOGGING, VERTX);

    @ArchTest
    static final ArchRule theStatusIsMadeOfTheResourceAndTheDomain = only(STATUS, STATUS, API, SESSION, JAVA);

    @ArchTest
    static final ArchRule theServerKnowsOnlyProbesAndMetrics = only(SERVER, SERVER, JAVA, LOGGING, VERTX, MICROMETER);

    @ArchTest
    static final ArchRule onlyTheControllerAndTheRootSpeakToKubernetes = noClasses()
            .that()
            .resideOutsideOfPackages(ROOT, CONTROLLER, API)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.javaoperatorsdk..", "io.fabric8.kubernetes.client..");

    @ArchTest
    static final ArchRule nobodyDependsOnTheRoot = noClasses()
            .that()
            .resideOutsideOfPackage(ROOT)
            .should()
            .dependOnClassesThat()
            .resideInAPackage(ROOT);

    @ArchTest
    static final ArchRule packagesHaveNoCycles =
            slices().matching(ROOT + ".(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule nothingStaticChanges =
            fields().that().areStatic().should().beFinal();

    @ArchTest
    static final ArchRule namesTellWhatAClassIs = noClasses()
            .should()
            .haveNameMatching(".*(Utils?|Helper|Manager)")
            .orShould()
            .haveSimpleNameStartingWith("Abstract");

    private static ArchRule only(String subject, String... mayImport) {
        DescribedPredicate<JavaClass> isAllowed = describe(
                "are allowed",
                type -> JavaClass.Predicates.resideInAnyPackage(mayImport).test(type.getBaseComponentType())
                        || type.getBaseComponentType().isPrimitive()
                        || List.of(mayImport).contains(type.getName()));
        return classes()
                .that()
                .resideInAPackage(subject)
                .should()
                .onlyDependOnClassesThat(isAllowed)
                .as(subject + " imports only " + List.of(mayImport));
    }
}
