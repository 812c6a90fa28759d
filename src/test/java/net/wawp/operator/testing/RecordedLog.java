package net.wawp.operator.testing;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.LoggerFactory;

/**
 * What a class logs until this is closed, from INFO on, whichever thread does, and not on the console meanwhile. Its logger belongs to all tests: no other that logs there may run beside.
 */
public final class RecordedLog extends ListAppender<ILoggingEvent> implements AutoCloseable {

    private final Logger logger;
    private final Level usualLevel;

    public RecordedLog(Class<?> logging) {
        logger = (Logger) LoggerFactory.getLogger(logging);
        usualLevel = logger.getLevel();
        list = new CopyOnWriteArrayList<>();
        start();
        logger.setLevel(Level.INFO);
        logger.setAdditive(false);
        logger.addAppender(this);
    }

    @Override
    public void close() {
        logger.detachAppender(this);
        logger.setAdditive(true);
        logger.setLevel(usualLevel);
    }
}
