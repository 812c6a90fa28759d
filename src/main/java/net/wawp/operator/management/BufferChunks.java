package net.wawp.operator.management;

import io.vertx.core.buffer.Buffer;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;

/** What was written, in chunks: a text of some megabytes in one piece would need a heap that has that much room in one place, more than once. */
final class BufferChunks extends OutputStream {

    private static final int CHUNK = 32 * 1024;

    private final List<Buffer> chunks = new ArrayList<>();

    @Override
    public void write(int one) {
        last().appendByte((byte) one);
    }

    @Override
    public void write(byte[] bytes, int from, int length) {
        int written = 0;
        while (written < length) {
            Buffer chunk = last();
            int part = Math.min(CHUNK - chunk.length(), length - written);
            chunk.appendBytes(bytes, from + written, part);
            written += part;
        }
    }

    List<Buffer> chunks() {
        return List.copyOf(chunks);
    }

    private Buffer last() {
        if (chunks.isEmpty() || chunks.get(chunks.size() - 1).length() == CHUNK) {
            chunks.add(Buffer.buffer(CHUNK));
        }
        return chunks.get(chunks.size() - 1);
    }
}
