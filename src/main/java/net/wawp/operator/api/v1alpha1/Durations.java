package net.wawp.operator.api.v1alpha1;

/** The form of durations in a manifest: that of Go, in hours, minutes, seconds and milliseconds. */
final class Durations {

    /** Wide enough for every value within the bounds, and too short for a sum that overflows in CEL. */
    static final String PATTERN = "^([0-9]{1,5}([.][0-9]{1,3})?(s|m|h)|[0-9]{1,8}ms)+$";

    static final int MAX_LENGTH = 64;

    private Durations() {}
}
