package net.wawp.operator.leaderelection;

/** Stops whatever two processes must not do at the same time. It belongs to one unbroken time of leading. */
@FunctionalInterface
public interface LeadershipFence {

    /**
     * True only while no other process can lead. A late renewal may make it true again; once revoked, as this process stops leading, it stays
     * false, even if the process leads again. Cheap.
     */
    boolean isLeader();
}
