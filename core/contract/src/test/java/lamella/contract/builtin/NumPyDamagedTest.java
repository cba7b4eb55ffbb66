package lamella.contract.builtin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import lamella.contract.FileChecks;
import lamella.core.Shape;
import lamella.core.io.FileFormatException;
import lamella.core.io.NpyArray;
import lamella.core.io.Npz;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Damaged {@code .npy} and {@code .npz} files are refused, or read as their bytes say. */
class NumPyDamagedTest {
  @TempDir Path folder;

  /** One of those that core is tested with. */
  private static byte[] file(String name) throws IOException {
    return Files.readAllBytes(Path.of("../src/test/resources/lamella/core/io/numpy", name));
  }

  private void assertSame(PlainNumPy.Plain plain, NpyArray array) throws IOException {
    char kind = array.dtype().charAt(0);
    String digits = array.dtype().replaceAll("\\D", "");
    int bits = digits.isEmpty() ? 8 : Integer.parseInt(digits); // bool has none
    assertEquals(plain.type(), kind + "" + bits / 8);
    int[] shape = plain.shape().stream().mapToInt(Integer::intValue).toArray();
    assertEquals(Shape.of(shape), array.shape());
    Path copy = folder.resolve("copy.npy");
    array.write(copy);
    byte[] written = Files.readAllBytes(copy);
    int size = array.size() * bits / 8;
    assertEquals(plain.elements(), ByteBuffer.wrap(written, written.length - size, size));
  }

  @Test
  void arrays() throws IOException {
    FileChecks.Tally tally =
        new FileChecks<NpyArray>(FileFormatException.class, "x.npy: ") {
          @Override
          protected NpyArray read(byte[] file) throws IOException {
            return NpyArray.parse("x.npy", file);
          }

          @Override
          protected void requireRight(byte[] file, NpyArray result) {
            try {
              assertSame(PlainNumPy.npy(file), result);
            } catch (IOException e) {
              throw new AssertionError(e);
            }
          }
        }.run(
            List.of(
                file("c.npy"),
                file("vector.npy"),
                file("number.npy"),
                file("v2.npy"),
                file("v3.npy"),
                file("python2.npy"),
                PlainNumPy.entry(file("types.npz"), ">f8F.npy"),
                PlainNumPy.entry(file("types.npz"), ">i2F.npy")),
            10_000);
    assertTrue(tally.read() > 300 && tally.refused() > 5000, tally.toString());
  }

  @Test
  void archives() throws IOException {
    Path path = folder.resolve("x.npz");
    FileChecks.Tally tally =
        new FileChecks<Npz>(FileFormatException.class, path.toString()) {
          @Override
          protected Npz read(byte[] file) throws IOException {
            Files.write(path, file);
            return Npz.read(path);
          }

          @Override
          protected void requireRight(byte[] file, Npz result) {
            try {
              for (Map.Entry<String, NpyArray> named : result.arrays().entrySet()) {
                byte[] entry = PlainNumPy.entry(file, named.getKey() + ".npy");
                assertSame(PlainNumPy.npy(entry), named.getValue());
              }
            } catch (IOException e) {
              throw new AssertionError(e);
            }
          }

          // A byte of deflated data can become 1032; and there is the zip file's own reader.
          @Override
          protected long allowance(byte[] file) {
            return 4_000_000 + 2064L * file.length;
          }
        }.run(
            List.of(
                file("types.npz"),
                file("compressed.npz"),
                file("stream.npz"),
                file("left_out.npz")),
            3_000);
    assertTrue(tally.read() > 100 && tally.refused() > 1000, tally.toString());
  }
}
