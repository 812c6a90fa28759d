package net.wawp.operator;

import java.util.function.BooleanSupplier;

/** One unbroken time of leading. Once it has ended it never allows anything again, even if this process leads anew. */
final class Tenure implements BooleanSupplier {

    private final BooleanSupplier mayAct;
    private volatile boolean hasEnded;

    Tenure(BooleanSupplier mayAct) {
        this.mayAct = mayAct;
    }

    void end() {
        hasEnded = true;
    }

    @Override
    public boolean getAsBoolean() {
        return !hasEnded && mayAct.getAsBoolean();
    }
}
