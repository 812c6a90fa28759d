package net.wawp.operator.testing;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Java25Test {

    @ParameterizedTest
    @ValueSource(strings = {"java-25-openjdk-amd64", "jdk-25.0.1", "temurin-25-jre", "temurin-25-jdk-amd64"})
    void aFolderThatIsNamedAfterTheVersionCounts(String folder) {
        assertThat(Java25.isName(folder)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"java-11-openjdk-11.0.25.0.9-3.el9.x86_64", "jdk-17.0.25", "jdk-250", "temurin-17-jdk-amd64"})
    void anUpdateOfAnotherVersionDoesNot(String folder) {
        assertThat(Java25.isName(folder)).isFalse();
    }
}
