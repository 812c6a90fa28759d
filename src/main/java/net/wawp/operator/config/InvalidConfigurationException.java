package net.wawp.operator.config;

import java.util.List;

/** Bad settings. The message has one line for each; the line names the variable and says what is right. */
public final class InvalidConfigurationException extends RuntimeException {

    InvalidConfigurationException(List<String> problems) {
        super(String.join("\n", problems));
    }
}
