package net.wawp.operator.leaderelection;

import java.util.function.BooleanSupplier;

/** One unbroken time of leading. Once it has ended it never allows anything again, even if this process leads anew. */
final class LeadershipFence implements BooleanSupplier {

    private final BooleanSupplier mayAct;
    private volatile boolean hasEnded;

    LeadershipFence(BooleanSupplier mayAct) {
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
