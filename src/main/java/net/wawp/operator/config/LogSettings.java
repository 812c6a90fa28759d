package net.wawp.operator.config;

/** What the log looks like, and how much it says. */
public record LogSettings(LogFormat format, LogLevel level) {}
