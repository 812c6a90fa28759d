package net.wawp.operator.leaderelection;

/** Stops whatever two processes must not do at the same time. It belongs to one unbroken time of leading. */
@FunctionalInterface
public interface LeadershipFence {

    /** True only while no other process can lead. Once false for good, it stays false, even if this process leads again. Cheap. */
    boolean isLeader();
}
