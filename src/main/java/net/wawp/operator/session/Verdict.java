package net.wawp.operator.session;

/**
 * What the conditions say.
 *
 * @param message a whole sentence: what is wrong, who must do what; never a time or a count that moves by itself
 */
public record Verdict(Reason reason, Ready ready, Activity activity, String message) {

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

    public Verdict adding(String sentence) {
        return new Verdict(reason, ready, activity, message + " " + sentence);
    }

    public static Verdict settled(Reason reason, String message) {
        return new Verdict(reason, Ready.True, Activity.None, message);
    }

    public static Verdict moving(Reason reason, String message) {
        return new Verdict(reason, Ready.False, Activity.Reconciling, message);
    }

    public static Verdict stalled(Reason reason, String message) {
        return new Verdict(reason, Ready.False, Activity.Stalled, message);
    }
}
