package net.wawp.operator.leaderelection;

/** A fence that the election closes for good when this process stops leading. */
final class RevocableFence implements LeadershipFence {

    private final LeadershipFence lease;
    private volatile boolean isRevoked;

    /** @param lease decides as long as nobody revokes this fence */
    RevocableFence(LeadershipFence lease) {
        this.lease = lease;
    }

    void revoke() {
        isRevoked = true;
    }

    @Override
    public boolean isLeader() {
        return !isRevoked && lease.isLeader();
    }
}
