package net.wawp.operator.controller;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import org.slf4j.LoggerFactory;
import org.slf4j.Marker;

/** Keeps what some threads log out of the log: tests that run beside them read there what the operator says to them. */
final class SilentThreads extends TurboFilter implements AutoCloseable {

    private final LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    private final ThreadLocal<Boolean> isSilent = ThreadLocal.withInitial(() -> false);

    SilentThreads() {
        context.addTurboFilter(this);
    }

    /** From now on, and until this is closed, nothing that this thread logs is seen. */
    void addCurrent() {
        isSilent.set(true);
    }

    @Override
    public FilterReply decide(
            Marker marker, Logger logger, Level level, String format, Object[] parameters, Throwable error) {
        return isSilent.get() ? FilterReply.DENY : FilterReply.NEUTRAL;
    }

    @Override
    public void close() {
        context.getTurboFilterList().remove(this);
    }
}
