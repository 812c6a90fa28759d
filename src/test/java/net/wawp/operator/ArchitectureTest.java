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
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.List;
import net.wawp.operator.session.PolicyInputs;
import net.wawp.operator.session.policy.SessionPolicy;

/** Who may import whom: data flows one way, and each library has its place. */
@AnalyzeClasses(packages = "net.wawp.operator", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    private static final String ROOT = "net.wawp.operator";
    private static final String CONFIG = ROOT + ".config..";
    private static final String TIME = ROOT + ".time..";
    private static final String API = ROOT + ".api..";
    private static final String SESSION = ROOT + ".session";
    private static final String POLICY = ROOT + ".session.policy..";
    private static final String WAWP = ROOT + ".wawp";
    private static final String LIMITS = ROOT + ".wawp.limits..";
    private static final String PAIRING = ROOT + ".pairing..";
    private static final String SCHEDULE = ROOT + ".schedule..";
    private static final String POLLER = ROOT + ".poller..";
    private static final String COMMAND = ROOT + ".command..";
    private static final String STATUS = ROOT + ".status..";
    private static final String CONTROLLER = ROOT + ".controller..";
    private static final String EVENTS = ROOT + ".events..";
    private static final String METRICS = ROOT + ".metrics..";
    private static final String LOGGING = ROOT + ".logging..";
    private static final String MANAGEMENT = ROOT + ".management..";
    private static final String KUBERNETES = ROOT + ".kubernetes..";
    private static final String LEADER_ELECTION = ROOT + ".leaderelection..";

    private static final String JAVA = "java..";
    private static final String JAVA_TLS = "javax.net.ssl..";
    private static final String CRON = "com.cronutils..";
    private static final String ZXING = "com.google.zxing..";
    private static final String SLF4J = "org.slf4j..";
    private static final String LOGBACK = "ch.qos.logback..";
    private static final String LOGSTASH_ENCODER = "net.logstash.logback..";
    private static final String VERTX = "io.vertx..";
    private static final String NETTY = "io.netty..";
    private static final String JACKSON = "com.fasterxml.jackson..";
    private static final String MICROMETER = "io.micrometer..";
    private static final String PROMETHEUS = "io.prometheus..";
    private static final String FABRIC8_CLIENT = "io.fabric8.kubernetes..";
    private static final String JOSDK_METRICS = "io.javaoperatorsdk.operator..";

    @ArchTest
    static final ArchRule configurationIsPlainJava = only(CONFIG, CONFIG, TIME, JAVA);

    @ArchTest
    static final ArchRule timeIsPlainJava = only(TIME, TIME, JAVA);

    @ArchTest
    static final ArchRule theValuesOfTheDomainArePlainJava = only(SESSION, SESSION, JAVA);

    @ArchTest
    static final ArchRule thePolicyIsPlainJava = only(POLICY, POLICY, SESSION, TIME, JAVA);

    @ArchTest
    static final ArchRule theResourceIsDataOnly = only(
            API,
            API,
            JAVA,
            JACKSON,
            "io.fabric8.kubernetes.api.model..",
            "io.fabric8.kubernetes.model..",
            "io.fabric8.generator..",
            "io.fabric8.crd.generator..",
            CustomResource.class.getName());

    @ArchTest
    static final ArchRule theWawpClientKnowsOnlyTheValuesOfTheDomain =
            only(WAWP, WAWP, SESSION, TIME, JAVA, JAVA_TLS, SLF4J, VERTX, NETTY, JACKSON);

    @ArchTest
    static final ArchRule theLimitsStandAroundTheWawpClient = only(LIMITS, LIMITS, WAWP, SESSION, TIME, JAVA);

    @ArchTest
    static final ArchRule thePollerKnowsNoKubernetes =
            only(POLLER, POLLER, SESSION, POLICY, WAWP, TIME, JAVA, SLF4J, VERTX);

    @ArchTest
    static final ArchRule commandsMayUseThePollerWhichKnowsNothingOfThem =
            only(COMMAND, COMMAND, POLLER, SESSION, POLICY, WAWP, TIME, JAVA, SLF4J);

    @ArchTest
    static final ArchRule pairingKnowsNoRule =
            only(PAIRING, PAIRING, POLLER, SESSION, WAWP, API, KUBERNETES, TIME, JAVA, FABRIC8_CLIENT, ZXING);

    @ArchTest
    static final ArchRule theScheduleKnowsTheCronLibraryAlone = only(SCHEDULE, SCHEDULE, JAVA, CRON);

    @ArchTest
    static final ArchRule theStatusIsMadeOfTheResourceAndTheDomain = only(STATUS, STATUS, API, SESSION, TIME, JAVA);

    @ArchTest
    static final ArchRule managementServesProbesAndMetrics =
            only(MANAGEMENT, MANAGEMENT, LOGGING, JAVA, SLF4J, VERTX, MICROMETER);

    @ArchTest
    static final ArchRule eventsKnowTheResourceAndTheDomain =
            only(EVENTS, EVENTS, API, SESSION, TIME, KUBERNETES, LOGGING, JAVA, SLF4J, FABRIC8_CLIENT);

    @ArchTest
    static final ArchRule metricsKnowTheResourceTheDomainAndTheWawpClient = only(
            METRICS, METRICS, API, SESSION, STATUS, WAWP, JAVA, MICROMETER, PROMETHEUS, FABRIC8_CLIENT, JOSDK_METRICS);

    @ArchTest
    static final ArchRule loggingKnowsTheSettingsAndItsLibrary =
            only(LOGGING, LOGGING, CONFIG, JAVA, SLF4J, LOGBACK, LOGSTASH_ENCODER);

    @ArchTest
    static final ArchRule kubernetesKnowsTheResourceAloneAndWhatTheClientRunsOn =
            only(KUBERNETES, KUBERNETES, API, MANAGEMENT, LOGGING, JAVA, SLF4J, FABRIC8_CLIENT, VERTX, JACKSON);

    @ArchTest
    static final ArchRule leaderElectionKnowsTheLeaseAlone = only(
            LEADER_ELECTION, LEADER_ELECTION, CONFIG, KUBERNETES, MANAGEMENT, LOGGING, JAVA, SLF4J, FABRIC8_CLIENT);

    @ArchTest
    static final ArchRule theRulesOfThePolicyAreItsOwn =
            classes().that().resideInAPackage(POLICY).and().arePublic().should().haveSimpleName("SessionPolicy");

    @ArchTest
    static final ArchRule onlyTheReconcilerHasThePolicyDecide = noClasses()
            .that()
            .doNotHaveSimpleName("SessionReconciler")
            .should()
            .callMethod(SessionPolicy.class, "decide", PolicyInputs.class, Instant.class);

    @ArchTest
    static final ArchRule theControllerKnowsNeitherManagementNorLeaderElectionNorHttp = only(
            CONTROLLER,
            CONTROLLER,
            API,
            SESSION,
            POLICY,
            STATUS,
            SCHEDULE,
            POLLER,
            COMMAND,
            PAIRING,
            EVENTS,
            METRICS,
            KUBERNETES,
            WAWP,
            LOGGING,
            TIME,
            JAVA,
            SLF4J,
            FABRIC8_CLIENT,
            JOSDK_METRICS);

    @ArchTest
    static final ArchRule theRootIsWiringAlone = classes()
            .that()
            .resideInAPackage(ROOT)
            .and()
            .areTopLevelClasses()
            .should()
            .haveNameMatching(".*[.](OperatorMain|OperatorRuntime|LeaderWorkload)");

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

    /**
     * What is due goes by the steady clock, since somebody may set the wall clock. What these four read of that is written for others, or
     * compared with what others wrote.
     */
    @ArchTest
    static final ArchRule whatIsDueGoesByTheSteadyClock = noClasses()
            .that()
            .doNotHaveSimpleName("SteadyClock")
            .and()
            .doNotHaveSimpleName("OperatorRuntime")
            .and()
            .doNotHaveSimpleName("LeaderWorkload")
            .and()
            .doNotHaveSimpleName("FencedLeaseLock")
            .should()
            .callMethod(Instant.class, "now")
            .orShould()
            .callMethod(InstantSource.class, "system")
            .orShould()
            .callMethod(Clock.class, "systemUTC")
            .orShould()
            .callMethod(ZonedDateTime.class, "now")
            .orShould()
            .callMethod(ZonedDateTime.class, "now", ZoneId.class)
            .orShould()
            .callMethod(System.class, "currentTimeMillis");

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
