package net.wawp.operator.session;

/**
 * How ready the resource is, as its conditions say.
 *
 * @param message a whole sentence: what is wrong, who must do what; never a time or a count that moves by itself
 */
public record Readiness(Reason reason, Ready ready, Activity activity, String message) {

    /** The status of the Ready condition. */
    public enum Ready {
        True,
        False,
        Unknown
    }

    /** Which of the two abnormal conditions of kstatus is present beside it. */
    public enum Activity {
        None,
        Reconciling,
        Stalled
    }

    public Readiness adding(String sentence) {
        return new Readiness(reason, ready, activity, message + " " + sentence);
    }

    public static Readiness settled(Reason reason, String message) {
        return new Readiness(reason, Ready.True, Activity.None, message);
    }

    public static Readiness moving(Reason reason, String message) {
        return new Readiness(reason, Ready.False, Activity.Reconciling, message);
    }

    public static Readiness stalled(Reason reason, String message) {
        return new Readiness(reason, Ready.False, Activity.Stalled, message);
    }
}
