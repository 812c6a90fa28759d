package net.wawp.operator;

import java.time.Duration;

/** What this process does while it leads. Starts once and stops once. */
interface Term {

    /** Returns when everything runs. */
    void start();

    /** Lets commands in flight end, for at most this long, and stops. Returns when nothing runs any more. */
    void stop(Duration drain);
}
