package net.wawp.operator.config;

/** The form of the log lines. The constants are the words of the setting. */
public enum LogFormat {
    /** One JSON object a line, for machines. */
    json,
    /** For a person at a terminal. */
    text
}
