package net.wawp.operator.api.v1alpha1;

/** How durations are written: as Go writes them, in hours, minutes, seconds and milliseconds. */
final class Durations {

    /** Few enough digits that no sum overflows what CEL counts with. */
    static final String PATTERN = "^([0-9]{1,6}([.][0-9]{1,3})?(ms|s|m|h))+$";

    static final int MAX_LENGTH = 64;

    private Durations() {}
}
