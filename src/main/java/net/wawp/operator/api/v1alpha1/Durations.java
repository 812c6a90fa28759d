package net.wawp.operator.api.v1alpha1;

/** How durations are written: as Go writes them, in hours, minutes, seconds and milliseconds. */
final class Durations {

    /** Every value within the bounds has room, yet no sum of this length overflows what CEL counts with. */
    static final String PATTERN = "^([0-9]{1,5}([.][0-9]{1,3})?(s|m|h)|[0-9]{1,8}ms)+$";

    static final int MAX_LENGTH = 64;

    private Durations() {}
}
