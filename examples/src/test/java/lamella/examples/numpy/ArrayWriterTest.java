package lamella.examples.numpy;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import lamella.core.io.Npz;
import lamella.onnx.OnnxArray;
import lamella.onnx.OnnxType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that are, byte by byte, those that NumPy writes, see arrays.py. */
class ArrayWriterTest {
  @TempDir Path directory;

  private void written(String resource, OnnxArray... parts) throws IOException {
    ArrayWriter writer = new ArrayWriter();
    for (OnnxArray part : parts) {
      writer.add(Map.of("x", part));
    }
    Path file = directory.resolve(resource);
    writer.write(file);
    assertArrayEquals(
        Files.readAllBytes(ArrayFileTest.resource(resource)), Files.readAllBytes(file), resource);
  }

  @Test
  void everyTypeIsWrittenAsNumPyWritesIt() throws IOException {
    written(
        "float16.npy",
        OnnxArray.of(OnnxType.FLOAT16, new float[] {1, 0.5f}, 1, 2),
        OnnxArray.of(OnnxType.FLOAT16, new float[] {65504, -0x1p-24f}, 1, 2));
    written("bool.npy", OnnxArray.of(OnnxType.BOOL, new long[] {1, 0, 1}, 3));
    written("int32.npy", OnnxArray.of(OnnxType.INT32, new long[] {-1, 7}, 2, 1));
    written(
        "uint8.npy",
        OnnxArray.of(OnnxType.UINT8, new long[] {0}, 1),
        OnnxArray.of(OnnxType.UINT8, new long[] {128, 255}, 2));
    written("int64.npy", OnnxArray.of(OnnxType.INT64, new long[] {-5}));
    written("float64.npy", OnnxArray.of(new double[] {0.1, Double.POSITIVE_INFINITY}, 1, 1, 2));
    written(
        "unicode.npy",
        OnnxArray.of(new String[] {"cat", "\u00e9\ud83d\ude00"}, 1, 2),
        OnnxArray.of(new String[] {"", "horse"}, 1, 2));
  }

  @Test
  void severalArraysAreOneZipFile() throws IOException {
    Map<String, OnnxArray> arrays = new LinkedHashMap<>();
    arrays.put("a", OnnxArray.of(new float[] {1, Float.NaN, 3, 4}, 2, 2));
    arrays.put("b", OnnxArray.of(OnnxType.BFLOAT16, new float[] {0.5f, 2}, 2));
    ArrayWriter writer = new ArrayWriter();
    writer.add(arrays);
    writer.add(arrays);
    assertEquals("{a=float32[4, 2], b=float32[4]}", writer.descriptions().toString());
    assertEquals(2, writer.rowsNotFinite("a"));
    assertEquals(0, writer.rowsNotFinite("b"));
    Path file = directory.resolve("x.npz");
    writer.write(file);
    assertEquals("Npz(a float32[4, 2], b float32[4])", Npz.read(file).toString());
    IOException e = assertThrows(IOException.class, () -> writer.write(directory.resolve("x.npy")));
    assertEquals(
        directory.resolve("x.npy")
            + ": holds one array, there are a, b; take .npz, or one of them with --output",
        e.getMessage());
  }

  @Test
  void rowsUnlikeThoseBeforeAreRefused() {
    ArrayWriter writer = new ArrayWriter();
    writer.add(Map.of("a", OnnxArray.of(new float[4], 2, 2)));
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> writer.add(Map.of("a", OnnxArray.of(new float[6], 2, 3))));
    assertEquals(
        "a: rows like those before expected, float32[2, 2], got float[2, 3]; compute all rows at"
            + " once, with --batch",
        e.getMessage());
  }
}
