package lamella.table;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Bytes that can be read more than once. */
interface Source extends AutoCloseable {
  /** The bytes from the beginning. */
  InputStream open() throws IOException;

  @Override
  void close() throws IOException;

  /** A file's bytes. */
  static Source of(Path file) {
    return new Source() {
      @Override
      public InputStream open() throws IOException {
        return Files.newInputStream(file);
      }

      @Override
      public void close() {}
    };
  }

  /** A stream's bytes: kept in memory, or in a temporary file if there are many. */
  static Source of(InputStream in, int mostInMemory) throws IOException {
    byte[] start = in.readNBytes(mostInMemory);
    if (start.length < mostInMemory) {
      return new Source() {
        @Override
        public InputStream open() {
          return new ByteArrayInputStream(start);
        }

        @Override
        public void close() {}
      };
    }
    Path file = Files.createTempFile("table", ".csv");
    try (OutputStream out = Files.newOutputStream(file)) {
      out.write(start);
      in.transferTo(out);
    } catch (IOException e) {
      Files.delete(file);
      throw e;
    }
    return new Source() {
      @Override
      public InputStream open() throws IOException {
        return Files.newInputStream(file);
      }

      @Override
      public void close() throws IOException {
        Files.delete(file);
      }
    };
  }
}
