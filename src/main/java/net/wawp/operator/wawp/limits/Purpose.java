package net.wawp.operator.wawp.limits;

import net.wawp.operator.wawp.Priority;

/** What a call is for, as far as limits go. */
enum Purpose {
    RoutinePoll,
    PromptPoll,
    RequestedPoll,
    Change;

    static Purpose of(Priority urgency) {
        return switch (urgency) {
            case Routine -> RoutinePoll;
            case Prompt -> PromptPoll;
            case Requested -> RequestedPoll;
        };
    }
}
