package net.wawp.operator.management;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BufferChunksTest {

    private static final int CHUNK = 32 * 1024;

    private final BufferChunks chunks = new BufferChunks();

    @Test
    void allThatWasWrittenComesOutInOrder() {
        byte[] bytes = new byte[3 * CHUNK + 17];
        new Random(1).nextBytes(bytes);

        chunks.write(bytes[0]);
        chunks.write(bytes, 1, 2 * CHUNK);
        chunks.write(bytes, 2 * CHUNK + 1, bytes.length - 2 * CHUNK - 1);

        Buffer whole = Buffer.buffer();
        chunks.chunks().forEach(whole::appendBuffer);
        assertThat(whole.getBytes()).isEqualTo(bytes);
        assertThat(chunks.chunks()).extracting(Buffer::length).containsExactly(CHUNK, CHUNK, CHUNK, 17);
    }

    @Test
    void nothingWrittenIsNoChunk() {
        chunks.write(new byte[0], 0, 0);

        assertThat(chunks.chunks()).isEmpty();
    }

    @Test
    void onlyTheNamedPartIsTaken() {
        byte[] bytes = {1, 2, 3, 4};

        chunks.write(bytes, 1, 2);

        assertThat(chunks.chunks()).extracting(Buffer::getBytes).containsExactly(Arrays.copyOfRange(bytes, 1, 3));
    }
}
