package lamella.contract.builtin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import lamella.contract.FileChecks;
import lamella.core.DoubleTensor;
import lamella.core.FloatTensor;
import lamella.core.Shape;
import lamella.core.Tensor;
import lamella.core.io.FileFormatException;
import lamella.core.io.SafeTensors;
import org.junit.jupiter.api.Test;

/** Damaged safetensors files are refused, or read as the format's description says. */
class SafeTensorsDamagedTest {

  private static class Checks extends FileChecks<SafeTensors> {
    Checks() {
      super(FileFormatException.class, "model: ");
    }

    @Override
    protected SafeTensors read(byte[] file) throws IOException {
      return SafeTensors.parse("model", file);
    }

    @Override
    protected void requireRight(byte[] file, SafeTensors read) {
      PlainSafeTensors plain = PlainSafeTensors.of(file);
      assertEquals(plain.metadata(), read.metadata());
      List<String> names = new ArrayList<>();
      for (PlainSafeTensors.Entry entry : plain.entries()) {
        if (entry.isReadable()) {
          names.add(entry.name());
          Tensor tensor = read.tensors().get(entry.name());
          assertEquals(entry.shape(), dimensions(tensor));
          assertEquals(entry.wide(), bytes(tensor));
        } else {
          assertThrows(FileFormatException.class, () -> read.tensor(entry.name()));
        }
      }
      assertEquals(names, List.copyOf(read.tensors().keySet()));
    }
  }

  private static List<Long> dimensions(Tensor tensor) {
    List<Long> dimensions = new ArrayList<>();
    for (int i = 0; i < tensor.shape().rank(); i++) {
      dimensions.add((long) tensor.shape().dimension(i));
    }
    return dimensions;
  }

  private static ByteBuffer bytes(Tensor tensor) {
    ByteBuffer bytes =
        ByteBuffer.allocate(tensor.size() * tensor.dtype().bytes()).order(ByteOrder.LITTLE_ENDIAN);
    switch (tensor) {
      case FloatTensor floats -> bytes.asFloatBuffer().put(floats.array());
      case DoubleTensor doubles -> bytes.asDoubleBuffer().put(doubles.array());
    }
    return bytes;
  }

  /** One of those that core is tested with. */
  private static byte[] file(String name) throws IOException {
    return Files.readAllBytes(Path.of("../src/test/resources/lamella/core/io", name));
  }

  private static List<byte[]> files() throws IOException {
    return List.of(
        file("compact.safetensors"),
        file("foreign.safetensors"),
        SafeTensors.of(
                Map.of("v", FloatTensor.of(Shape.of(3), 1, 2, 3)), Map.of("k", "\u0000\u2028"))
            .toBytes());
  }

  @Test
  void anyDamage() throws IOException {
    FileChecks.Tally tally = new Checks().run(files(), 10_000);
    assertTrue(tally.read() > 300 && tally.refused() > 5_000, tally.toString());
  }

  /** With a length that is right, damaged JSON is read to its end. */
  @Test
  void damageInTheHeaderAlone() throws IOException {
    List<byte[]> headers = new ArrayList<>();
    for (byte[] file : files()) {
      int length = (int) ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getLong();
      headers.add(Arrays.copyOfRange(file, 8, 8 + length));
    }
    Checks checks =
        new Checks() {
          @Override
          protected byte[] finish(byte[] header) {
            int data = PlainSafeTensors.dataBytes(header, 1 << 16);
            return ByteBuffer.allocate(8 + header.length + data)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(header.length)
                .put(header)
                .array();
          }
        };
    FileChecks.Tally tally = checks.run(headers, 10_000);
    assertTrue(tally.read() > 300 && tally.refused() > 5_000, tally.toString());
  }
}
