package net.wawp.operator.config;

import java.util.List;

/** Settings that the operator cannot start with. The message has one line for each, which names the variable and says what is right. */
public final class InvalidConfigurationException extends RuntimeException {

    InvalidConfigurationException(List<String> problems) {
        super(String.join("\n", problems));
    }
}
