package net.wawp.operator.session;

import java.time.Instant;

/**
 * Something beside Wawp that keeps a resource from being acted upon: its own text, its Secret, another resource.
 *
 * @param message a whole sentence for the user: what is wrong, who must do what
 * @param since when this process first met a blocker with this reason
 * @param isTransient whether it says nothing about the Secret itself: the API server could not be asked
 */
public record Blocker(Reason reason, String message, Instant since, boolean isTransient) {}
