package lamella.examples.numpy;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import lamella.core.DoubleTensor;
import lamella.core.Shape;
import lamella.core.io.FileFormatException;
import lamella.core.io.NpyArray;
import lamella.core.io.Npz;
import lamella.onnx.OnnxArray;
import lamella.onnx.OnnxType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Arrays that NumPy wrote, see arrays.py. */
class ArrayFileTest {
  @TempDir Path directory;

  static Path resource(String name) {
    try {
      return Path.of(ArrayFileTest.class.getResource(name).toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  private static OnnxArray all(String name, OnnxType type) throws IOException {
    try (ArrayFile file = ArrayFile.open(resource("arrays.npz"));
        ArrayRows rows = file.rows(name, type, false)) {
      return rows.all();
    }
  }

  private static void refused(String name, OnnxType type, String problem) {
    FileFormatException e = assertThrows(FileFormatException.class, () -> all(name, type));
    assertEquals(resource("arrays.npz") + ": array \"" + name + "\", " + problem, e.getMessage());
  }

  private static long[] longs(long first, long step) {
    long[] longs = new long[12];
    for (int i = 0; i < 12; i++) {
      longs[i] = first + step * i;
    }
    return longs;
  }

  @Test
  void floatsOfEveryWidthAndByteOrderAreRead() throws IOException {
    float[] expected = new float[12];
    for (int i = 0; i < 12; i++) {
      expected[i] = i / 4f;
    }
    for (String name : new String[] {"float16", "float32", "big"}) {
      for (OnnxType type : new OnnxType[] {OnnxType.FLOAT, OnnxType.FLOAT16, OnnxType.BFLOAT16}) {
        OnnxArray array = all(name, type);
        assertEquals(type, array.type());
        assertArrayEquals(new int[] {4, 3}, array.dimensions());
        assertArrayEquals(expected, array.floats());
      }
      assertEquals(2.75, all(name, OnnxType.DOUBLE).doubles()[11]);
    }
    assertEquals(11 / 3.0, all("float64", OnnxType.DOUBLE).doubles()[11]);
    assertEquals((float) (11 / 3.0), all("float64", OnnxType.FLOAT).floats()[11]);
    assertEquals(2.5f, all("scalar", OnnxType.FLOAT).floats()[0]);
    assertEquals(0, all("scalar", OnnxType.FLOAT).rank());
    assertEquals(0, all("empty", OnnxType.FLOAT).size());
  }

  @Test
  void integersOfEveryWidthAreRead() throws IOException {
    assertArrayEquals(longs(-6, 1), all("int8", OnnxType.INT8).longs());
    assertArrayEquals(longs(0, -1000), all("int16", OnnxType.INT16).longs());
    assertArrayEquals(longs(Integer.MIN_VALUE, 1), all("int32", OnnxType.INT32).longs());
    assertArrayEquals(longs(0, 1L << 40), all("int64", OnnxType.INT64).longs());
    assertArrayEquals(longs(244, 1), all("uint8", OnnxType.UINT8).longs());
    assertArrayEquals(longs(65524, 1), all("uint16", OnnxType.UINT16).longs());
    assertArrayEquals(longs((1L << 32) - 12, 1), all("uint32", OnnxType.UINT32).longs());
    assertArrayEquals(longs(Long.MIN_VALUE, 1), all("uint64", OnnxType.UINT64).longs());
    long[] bits = all("bool", OnnxType.BOOL).longs();
    assertArrayEquals(new long[] {1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0}, bits);
    assertArrayEquals(longs(0, 1L << 40), all("int64", OnnxType.UINT64).longs());
    assertEquals(11.0 * (1L << 40), all("int64", OnnxType.DOUBLE).doubles()[11]);
    assertEquals(1f, all("bool", OnnxType.FLOAT).floats()[0]);
    assertEquals(255f, all("uint8", OnnxType.FLOAT16).floats()[11]);
  }

  @Test
  void textIsReadInEitherForm() throws IOException {
    assertArrayEquals(
        new String[] {"a", "", "\u00e9\ud83d\ude00", "three"},
        all("unicode", OnnxType.STRING).strings());
    assertArrayEquals(
        new String[] {"a", "\u00e9", "", "abc"}, all("bytes", OnnxType.STRING).strings());
  }

  @Test
  void rowsComeAFewAtATimeWhateverTheOrderInTheFile() throws IOException {
    for (String name : new String[] {"fortran", "float64"}) {
      double[] whole = all(name, OnnxType.DOUBLE).doubles();
      try (ArrayFile file = ArrayFile.open(resource("arrays.npz"));
          ArrayRows rows = file.rows(name, OnnxType.DOUBLE, false)) {
        assertArrayEquals(Arrays.copyOf(whole, 3 * rows.width()), rows.next(3).doubles());
        assertArrayEquals(
            Arrays.copyOfRange(whole, 3 * rows.width(), whole.length), rows.next(1).doubles());
      }
    }
    double[] expected = new double[24];
    Arrays.setAll(expected, i -> i);
    assertArrayEquals(expected, all("fortran", OnnxType.DOUBLE).doubles());
  }

  @Test
  void whatATypeCannotHoldIsNamedWithItsPlaceInTheWholeArray() throws IOException {
    refused(
        "int8", OnnxType.UINT8, "int8[4, 3]: element 0 is -6, which the model's uint8 cannot hold");
    refused(
        "uint64",
        OnnxType.INT64,
        "uint64[4, 3]: element 0 is 9223372036854775808, which the model's int64 cannot hold");
    refused(
        "uint64",
        OnnxType.FLOAT,
        "uint64[4, 3]: element 1 is 9223372036854775809, which the model's float32 cannot hold");
    refused(
        "uint16",
        OnnxType.FLOAT16,
        "uint16[4, 3]: element 0 is 65524, which the model's float16 cannot hold");
    try (ArrayFile file = ArrayFile.open(resource("arrays.npz"));
        ArrayRows rows = file.rows("uint8", OnnxType.INT8, false)) {
      FileFormatException e = assertThrows(FileFormatException.class, () -> rows.next(1));
      assertEquals(
          resource("arrays.npz")
              + ": array \"uint8\", uint8[4, 3]: element 0 is 244, which the model's int8 cannot hold",
          e.getMessage());
    }
    try (ArrayFile file = ArrayFile.open(resource("arrays.npz"));
        ArrayRows rows = file.rows("int8", OnnxType.BOOL, false)) {
      assertThrows(FileFormatException.class, () -> rows.next(1));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          float32 | INT64  | float32[4, 3]: the model takes int64; save it with x.astype('int64')
          int64   | STRING | int64[4, 3]: the model takes text; save it with x.astype(str)
          unicode | FLOAT  | <U5[2, 2]: is text, the model takes float32
          complex | FLOAT  | <c16[4, 3]: expected numbers, bool or text for the model's float32
          """)
  void typesThatAreNotOnesForTheModelAreRefused(String name, OnnxType type, String problem) {
    refused(name, type, problem);
  }

  @ParameterizedTest
  @EnumSource(
      value = OnnxType.class,
      names = {"FLOAT16", "BFLOAT16"})
  void doublesAreRoundedOnce(OnnxType type) throws IOException {
    // Just above the middle of two neighbours of 1: rounded to float32 first, it is the middle.
    double step = type == OnnxType.FLOAT16 ? 0x1p-10 : 0x1p-7;
    double above = 1 + step / 2 + 0x1p-40;
    NpyArray.of(DoubleTensor.of(Shape.of(3), above, -above, 1 + step / 2))
        .write(directory.resolve("x.npy"));
    try (ArrayFile file = ArrayFile.open(directory.resolve("x.npy"));
        ArrayRows rows = file.rows("x", type, true)) {
      float up = (float) (1 + step);
      assertArrayEquals(new float[] {up, -up, 1}, rows.all().floats());
    }
  }

  @Test
  void damageIsNoticed() throws IOException {
    byte[] whole = Files.readAllBytes(resource("float16.npy"));
    Path cut = Files.write(directory.resolve("cut.npy"), Arrays.copyOf(whole, whole.length - 1));
    try (ArrayFile file = ArrayFile.open(cut)) {
      FileFormatException e =
          assertThrows(
              FileFormatException.class, () -> file.rows("x", OnnxType.FLOAT, true).close());
      assertEquals(
          cut + ": array \"x\", float16[2, 2]: 8 bytes of elements expected, 7 found (cut off?)",
          e.getMessage());
    }
    Path npz = directory.resolve("x.npz");
    Npz.of(Map.of("x", NpyArray.of(Shape.of(4), 1L, 2L, 3L, 4L))).write(npz);
    byte[] bytes = Files.readAllBytes(npz);
    for (int i = 0; i < bytes.length - 8; i++) {
      if (bytes[i] == 3 && bytes[i + 8] == 4 && bytes[i - 8] == 2) {
        bytes[i] = 5;
      }
    }
    Files.write(npz, bytes);
    try (ArrayFile file = ArrayFile.open(npz);
        ArrayRows rows = file.rows("x", OnnxType.INT64, false)) {
      FileFormatException e = assertThrows(FileFormatException.class, rows::all);
      assertEquals(
          npz + ": array \"x\", int64[4]: has another checksum than its bytes (damaged?)",
          e.getMessage());
    }
  }

  @Test
  void anArrayThatIsNotThereIsAnErrorThatListsThoseThatAre() throws IOException {
    Path npz = directory.resolve("x.npz");
    Npz.of(Map.of("x", NpyArray.of(Shape.of(1), 1L))).write(npz);
    try (ArrayFile file = ArrayFile.open(npz)) {
      FileFormatException e =
          assertThrows(
              FileFormatException.class, () -> file.rows("y", OnnxType.INT64, false).close());
      assertEquals(npz + ": array \"y\" is not there, has \"x\"", e.getMessage());
      file.rows("y", OnnxType.INT64, true).close();
    }
  }
}
