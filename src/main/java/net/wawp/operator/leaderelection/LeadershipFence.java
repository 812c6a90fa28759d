package net.wawp.operator.leaderelection;

/**
 * Stops whatever two processes must not do at the same time. It belongs to one unbroken time of leading. The fence of a {@link LeaderTask}
 * also belongs to that task: what a task has left under way does not pass once another has replaced it.
 */
@FunctionalInterface
public interface LeadershipFence {

    /**
     * True only while no other process can lead. A late renewal may make it true again; once revoked, as this process stops leading or the
     * task has stopped, it stays false, even if the process leads again. Cheap.
     */
    boolean isLeader();
}
