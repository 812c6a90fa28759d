package net.wawp.operator.leaderelection;

/** A fence that is closed for good when this process stops leading, or when the task that has it has stopped. */
final class RevocableFence implements LeadershipFence {

    private final LeadershipFence outer;
    private volatile boolean isRevoked;

    /** @param outer decides as long as nobody revokes this fence */
    RevocableFence(LeadershipFence outer) {
        this.outer = outer;
    }

    void revoke() {
        isRevoked = true;
    }

    @Override
    public boolean isLeader() {
        return !isRevoked && outer.isLeader();
    }
}
