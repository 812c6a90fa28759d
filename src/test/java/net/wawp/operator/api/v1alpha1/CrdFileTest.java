package net.wawp.operator.api.v1alpha1;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;

class CrdFileTest {

    @Test
    void theFileInTheRepositoryIsWhatTheModelSays() throws IOException {
        assertThat(Files.readString(CrdFile.PATH))
                .as("%s is out of step with the Java model. Write it anew with: %s", CrdFile.PATH, CrdFile.COMMAND)
                .isEqualTo(CrdFile.generate());
    }
}
