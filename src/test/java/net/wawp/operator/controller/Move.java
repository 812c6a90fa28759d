package net.wawp.operator.controller;

/**
 * One thing that may happen in a {@link SearchedWorld}.
 *
 * @param process which of the processes that are there, from 0; those that came later have higher numbers
 * @param item which of the requests that the process waits for, from 0
 */
record Move(Kind kind, int process, int item) {

    /** Where something may go wrong or somebody interferes, it is a disturbance; their number is limited. */
    enum Kind {
        // where it begins
        LogoutDeclared("a linked session, whose logout was declared while nobody led", false),
        LogoutInherited("a logout that the process before announced and perhaps did not send", false),
        TwoProcesses("a process that announced a logout froze, and another has taken the lead", false),
        Deleted("a linked session, whose resource is being deleted with the policy Logout", false),
        AtRest("a linked session that should run, with the deletion policy Logout", false),
        StartDue("a stopped session that should run", false),

        // what takes its course
        WatchDelivers("the watch brings its next event", false),
        WatchComesBack("the watch lists everything again", false),
        PollAnswered("the answer to a poll arrives", false),
        ReadReachesApiServer("the question whether the logout is still wanted reaches the API server", false),
        ReadAnswered("the API server's answer arrives", false),
        CallReachesWawp("the call reaches Wawp, which carries it out", false),
        CallAnswered("Wawp's answer to the call arrives", false),
        Thaw("the process goes on", false),
        FormerEnds("a process that has lost the lead ends", false),
        TakeOver("another process takes the lead", false),
        Wait3("3 s pass", false),
        Wait16("16 s pass", false),
        Wait61("61 s pass", false),

        // disturbances
        WatchBreaks("the watch breaks, and what it had to bring is lost", true),
        PollFails("a poll is answered with 502", true),
        PollUnauthorized("a poll is answered with 401", true),
        PollNotFound("a poll is answered with 404", true),
        PollRateLimited("a poll is answered with 429 and Retry-After: 120", true),
        ReadFails("the API server cannot be asked", true),
        CallIgnored("the call reaches Wawp, which accepts it and does nothing", true),
        CallAnsweredBadly("Wawp answers the call with 502", true),
        CallOverQuota("the call reaches Wawp, which refuses it with 403", true),
        CallNotFound("the call reaches Wawp, which refuses it with 404", true),
        CallRateLimited("the call reaches Wawp, which refuses it with 429 and Retry-After: 120", true),
        Crash("the process crashes", true),
        Freeze("the process freezes", true),
        Terminate("the process is told to stop", true),
        Edit("somebody sets spec.desiredState to the other of LoggedOut and Running", true),
        Delete("somebody deletes the resource", true),
        Create("somebody creates a resource", true),
        TokenChanges("the token changes, at Wawp and in the Secret", true),
        SecretGoes("somebody deletes the Secret", true),
        SecretNamesAnother("somebody has the Secret name another instance", true),
        SecretComesBack("somebody makes the Secret as it was", true),
        Wipe("somebody wipes the status", true),
        ForgeIntent("somebody forges an intent of 2099 and generation 99 in the status", true),
        ForgeInstance("somebody forges another instance in the status", true),
        Link("somebody links a phone", true),
        Unlink("somebody unlinks the phone", true);

        private final String text;
        private final boolean isDisturbance;

        Kind(String text, boolean isDisturbance) {
            this.text = text;
            this.isDisturbance = isDisturbance;
        }

        boolean isDisturbance() {
            return isDisturbance;
        }
    }

    private static final int MOST = 8;
    private static final Move[] ALL = new Move[Kind.values().length * MOST * MOST];

    static {
        for (Kind kind : Kind.values()) {
            for (int process = 0; process < MOST; process++) {
                for (int item = 0; item < MOST; item++) {
                    ALL[(kind.ordinal() * MOST + process) * MOST + item] = new Move(kind, process, item);
                }
            }
        }
    }

    /** The same object each time: millions are kept. */
    static Move of(Kind kind, int process, int item) {
        return ALL[(kind.ordinal() * MOST + process) * MOST + item];
    }

    static Move of(Kind kind) {
        return of(kind, 0, 0);
    }

    @Override
    public String toString() {
        return kind.text;
    }
}
