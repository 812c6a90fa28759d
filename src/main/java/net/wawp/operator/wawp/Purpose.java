package net.wawp.operator.wawp;

/** What a call is for, as far as limits go. */
enum Purpose {
    RoutineLook,
    PromptLook,
    RequestedLook,
    Change;

    static Purpose of(Urgency urgency) {
        return switch (urgency) {
            case Routine -> RoutineLook;
            case Prompt -> PromptLook;
            case Requested -> RequestedLook;
        };
    }
}
