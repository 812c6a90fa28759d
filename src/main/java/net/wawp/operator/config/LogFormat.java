package net.wawp.operator.config;

/** How log lines poll. The constants are the words of the setting. */
public enum LogFormat {
    /** One JSON object a line, for machines. */
    json,
    /** For a person at a terminal. */
    text
}
