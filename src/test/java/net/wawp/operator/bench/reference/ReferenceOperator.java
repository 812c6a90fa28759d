package net.wawp.operator.bench.reference;

import io.javaoperatorsdk.operator.Operator;
import java.net.URI;
import java.time.Duration;

/** Started with the address of Wawp and the poll interval in seconds. */
public final class ReferenceOperator {

    private ReferenceOperator() {}

    public static void main(String[] args) {
        Operator operator = new Operator(overrider -> overrider.checkingCRDAndValidateLocalModel(false));
        operator.register(new ReferenceReconciler(URI.create(args[0]), Duration.ofSeconds(Long.parseLong(args[1]))));
        operator.installShutdownHook(Duration.ofSeconds(1));
        operator.start();
    }
}
