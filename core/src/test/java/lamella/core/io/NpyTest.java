package lamella.core.io;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import lamella.core.DType;
import lamella.core.DoubleTensor;
import lamella.core.FloatTensor;
import lamella.core.Shape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code .npy} files, against those of NumPy. */
class NpyTest {
  private static final float[] MATRIX = {
    1, -0f, 0.1f, Float.POSITIVE_INFINITY, Float.MIN_VALUE, -Float.MAX_VALUE
  };

  @TempDir Path folder;

  static byte[] resource(String name) throws IOException {
    try (InputStream in = NpyTest.class.getResourceAsStream("numpy/" + name)) {
      return in.readAllBytes();
    }
  }

  private static NpyArray parse(String name) throws IOException {
    return NpyArray.parse(name, resource(name));
  }

  static byte[] bytes(NpyArray array) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    array.writeTo(out);
    assertEquals(out.size(), array.bytesOfFile());
    return out.toByteArray();
  }

  // Against NumPy.

  @Test
  void writesTheBytesThatNumPyWrites() throws IOException {
    FloatTensor matrix = FloatTensor.of(Shape.of(2, 3), MATRIX);
    DoubleTensor vector =
        DoubleTensor.of(Shape.of(3), 0.1, Double.NEGATIVE_INFINITY, Double.MIN_VALUE);
    FloatTensor number = FloatTensor.of(Shape.of(), 42.5f);
    assertArrayEquals(resource("c.npy"), bytes(NpyArray.of(matrix)));
    assertArrayEquals(resource("vector.npy"), bytes(NpyArray.of(vector)));
    assertArrayEquals(resource("number.npy"), bytes(NpyArray.of(number)));
  }

  @Test
  void readsWhatNumPyWrote() throws IOException {
    NpyArray matrix = parse("c.npy");
    assertEquals(Shape.of(2, 3), matrix.shape());
    assertEquals("float32", matrix.dtype());
    assertFalse(matrix.isInteger());
    assertArrayEquals(MATRIX, ((FloatTensor) matrix.tensor(DType.FLOAT32)).array());
    assertArrayEquals(
        new double[] {0.1, Double.NEGATIVE_INFINITY, Double.MIN_VALUE},
        parse("vector.npy").tensor(DType.FLOAT64).toDoubleArray());
    assertEquals(0, parse("number.npy").shape().rank());
    assertEquals(42.5, parse("number.npy").tensor(DType.FLOAT64).get(0));
  }

  @ParameterizedTest
  @ValueSource(strings = {"v2.npy", "v3.npy"})
  void readsTheLaterVersions(String name) throws IOException {
    assertEquals("int16[2, 3]", parse(name).toString());
    assertArrayEquals(new int[] {0, 1, 2, 3, 4, 5}, parse(name).ints());
  }

  @Test
  void readsTheLongIntegersOfPython2() throws IOException {
    assertEquals(Shape.of(1, 2), parse("python2.npy").shape());
    assertArrayEquals(
        new double[] {1.5, -2.5}, parse("python2.npy").tensor(DType.FLOAT64).toDoubleArray());
  }

  // What an array gives.

  @Test
  void tensorsAreOfTheTypeAskedFor() throws IOException {
    NpyArray doubles = NpyArray.of(DoubleTensor.of(Shape.of(2), 0.1, 1e300));
    assertArrayEquals(
        new float[] {0.1f, Float.POSITIVE_INFINITY},
        ((FloatTensor) doubles.tensor(DType.FLOAT32)).array());
    NpyArray floats = NpyArray.of(FloatTensor.of(Shape.of(1), 0.1f));
    assertEquals((double) 0.1f, floats.tensor(DType.FLOAT64).get(0));
    NpyArray pixels = NpyArray.ofUnsigned(Shape.of(1, 3), (byte) 0, (byte) 127, (byte) -1);
    assertEquals(Shape.of(1, 3), pixels.tensor(DType.FLOAT32).shape());
    assertArrayEquals(new double[] {0, 127, 255}, pixels.tensor(DType.FLOAT32).toDoubleArray());
    assertArrayEquals(new byte[] {0, 127, -1}, pixels.bytes());
  }

  @Test
  void largeIntegersAreRoundedOnce() throws IOException {
    // 2^63 + 2^39 + 1 lies just above the middle of two floats; through a double it would be the
    // middle, and go down to the even one.
    long above = (1L << 63) + (1L << 39) + 1;
    NpyArray array = NpyArray.parse("x", file("'<u8'", "(1,)", longBytes(above)));
    assertEquals((1L << 62) * 2f + 0x1p40f, ((FloatTensor) array.tensor(DType.FLOAT32)).array()[0]);
    assertEquals(
        0x1p63 + 0x1p39, array.tensor(DType.FLOAT64).get(0), 0); // 1 is below a double's half unit
    NpyArray signed = NpyArray.of(Shape.of(1), (1L << 62) + (1L << 38) + 1);
    assertEquals(0x1p62f + 0x1p39f, ((FloatTensor) signed.tensor(DType.FLOAT32)).array()[0]);
  }

  private static byte[] longBytes(long value) {
    byte[] bytes = new byte[8];
    for (int i = 0; i < 8; i++) {
      bytes[i] = (byte) (value >>> (8 * i));
    }
    return bytes;
  }

  @Test
  void integersOfAnyWidthAreIntsWhereTheyFit() throws IOException {
    assertArrayEquals(new int[] {7, -1}, NpyArray.of(Shape.of(2), 7L, -1L).ints());
    assertArrayEquals(new long[] {7, -1}, NpyArray.of(Shape.of(2), 7, -1).longs());
    assertEquals(
        "NpyArray: element 1 of int64[2] is 2147483648, which no int holds",
        assertThrows(
                IllegalStateException.class, () -> NpyArray.of(Shape.of(2), 7L, 1L << 31).ints())
            .getMessage());
    NpyArray unsigned = NpyArray.parse("x", file("'<u8'", "(1,)", longBytes(-1)));
    for (String message :
        new String[] {
          assertThrows(IllegalStateException.class, unsigned::ints).getMessage(),
          assertThrows(IllegalStateException.class, unsigned::longs).getMessage()
        }) {
      assertEquals(
          "NpyArray: element 0 of uint64[1] is 18446744073709551615, which no ",
          message.replaceAll("(int|long) holds$", ""));
    }
    assertEquals(
        "NpyArray.ints(): expects integers, got float32[1]; use tensor(DType)",
        assertThrows(
                IllegalStateException.class,
                () -> NpyArray.of(FloatTensor.zeros(Shape.of(1))).ints())
            .getMessage());
    assertEquals(
        "NpyArray.bytes(): expects int8 or uint8, got int32[1]",
        assertThrows(IllegalStateException.class, () -> NpyArray.of(Shape.of(1), 1).bytes())
            .getMessage());
  }

  @Test
  void itNeverChanges() throws IOException {
    FloatTensor tensor = FloatTensor.of(Shape.of(1), 1);
    NpyArray array = NpyArray.of(tensor);
    tensor.fill(2);
    array.tensor(DType.FLOAT32).fill(3);
    assertEquals(1, array.tensor(DType.FLOAT32).get(0));
    byte[] given = {1};
    NpyArray pixels = NpyArray.ofUnsigned(Shape.of(1), given);
    given[0] = 2;
    pixels.bytes()[0] = 3;
    assertArrayEquals(new byte[] {1}, pixels.bytes());
  }

  @Test
  void shapeAndElementsMustMatch() {
    assertEquals(
        "NpyArray: [2, 3] has 6 elements, got 5",
        assertThrows(
                IllegalArgumentException.class, () -> NpyArray.of(Shape.of(2, 3), 1, 2, 3, 4, 5))
            .getMessage());
  }

  // Files.

  @Test
  void aFileIsReplacedWhole() throws IOException {
    Path file = folder.resolve("x.npy");
    NpyArray.of(Shape.of(1000), new int[1000]).write(file);
    NpyArray.of(Shape.of(2), 7, -1).write(file);
    assertArrayEquals(new int[] {7, -1}, NpyArray.read(file).ints());
    assertArrayEquals(bytes(NpyArray.of(Shape.of(2), 7, -1)), Files.readAllBytes(file));
  }

  @Test
  void missingFilesAndDirectoriesAreNamed() {
    Path missing = folder.resolve("missing.npy");
    assertEquals(
        missing.toString(),
        assertThrows(NoSuchFileException.class, () -> NpyArray.read(missing)).getMessage());
    assertEquals(
        folder + ": is a directory, expected an .npy file",
        assertThrows(FileFormatException.class, () -> NpyArray.read(folder)).getMessage());
  }

  // What is no file.

  private static byte[] file(String descr, String shape, byte... data) {
    return raw("{'descr': " + descr + ", 'fortran_order': False, 'shape': " + shape + "}", data);
  }

  /** A file of version 1.0 with this header. */
  private static byte[] raw(String header, byte... data) {
    byte[] text = header.getBytes(ISO_8859_1);
    byte[] file = Arrays.copyOf("\u0093NUMPY\1\0".getBytes(ISO_8859_1), 10 + text.length);
    file[8] = (byte) text.length;
    file[9] = (byte) (text.length >> 8);
    System.arraycopy(text, 0, file, 10, text.length);
    byte[] whole = Arrays.copyOf(file, file.length + data.length);
    System.arraycopy(data, 0, whole, file.length, data.length);
    return whole;
  }

  private static String error(byte[] bytes) {
    String message =
        assertThrows(FileFormatException.class, () -> NpyArray.parse("x.npy", bytes)).getMessage();
    assertEquals("x.npy: ", message.substring(0, 7));
    assertEquals(1, message.lines().count());
    return message.substring(7);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "'<V2' ; has type \"<V2\" (bfloat16?), expected floats of 16 to 64 bits, integers or bool: save x.astype('float32')",
        "'|O'  ; has type \"|O\" (Python objects, a pickle), expected floats of 16 to 64 bits, integers or bool",
        "'<f16' ; has type \"<f16\" (longdouble), expected floats of 16 to 64 bits, integers or bool: save x.astype('float64')",
        "'<c8' ; has type \"<c8\", expected floats of 16 to 64 bits, integers or bool",
        "'<U5' ; has type \"<U5\", expected floats of 16 to 64 bits, integers or bool",
        "'U1'  ; has type \"U1\", expected floats of 16 to 64 bits, integers or bool",
        "'<l'  ; has type \"<l\" (another one on another machine), expected floats of 16 to 64 bits, integers or bool: save x.astype('int64')",
        "'int' ; has type \"int\" (another one on another machine), expected floats of 16 to 64 bits, integers or bool: save x.astype('int64')",
        "'<float32' ; has type \"<float32\", expected floats of 16 to 64 bits, integers or bool",
        "'Float32' ; has type \"Float32\", expected floats of 16 to 64 bits, integers or bool",
        "'!f4' ; has type \"!f4\", expected floats of 16 to 64 bits, integers or bool",
        "'<'   ; has type \"<\", expected floats of 16 to 64 bits, integers or bool",
        "''    ; header at character 12: expected a type in the string before, found \", 'fortran\"",
        "[('a', '<f4', (2,)), ('b]', '|O')] ; has type \"[('a', '<f4', (2,)), ('b]', '|O')]\", expected floats of 16 to 64 bits, integers or bool",
        "[('a', '<f4') ; header at character 10: expected balanced brackets, found \"[('a', '<f\"",
        "('<f4', (2,)) ; header at character 10: expected a string, found \"('<f4', (2\"",
      })
  void otherTypesAreRefusedWithAWayOut(String descr, String message) {
    assertEquals(message, error(file(descr, "(1,)", new byte[4])));
  }

  /** Every spelling with NumPy's own reading of it. */
  @ParameterizedTest
  @CsvSource({
    "<f4, float32",
    "=f4, float32",
    "|f4, float32",
    "f4, float32",
    "f, float32",
    "<f, float32",
    "float32, float32",
    "single, float32",
    ">f4, float32",
    "<f2, float16",
    "e, float16",
    ">e, float16",
    "half, float16",
    "float16, float16",
    "d, float64",
    "=d, float64",
    "double, float64",
    "float, float64",
    "f8, float64",
    "|i1, int8",
    "<i1, int8",
    "i1, int8",
    "b, int8",
    "byte, int8",
    "h, int16",
    "short, int16",
    "i, int32",
    "intc, int32",
    "int32, int32",
    "q, int64",
    "longlong, int64",
    "=i8, int64",
    "B, uint8",
    ">u1, uint8",
    "H, uint16",
    "I, uint32",
    "Q, uint64",
    "uint64, uint64",
    "?, bool",
    "|?, bool",
    "b1, bool",
    "|b1, bool",
    "bool, bool",
    "bool_, bool"
  })
  void typesMayBeSpeltAsNumPyReadsThem(String descr, String type) throws IOException {
    int width = NpyType.valueOf(type.toUpperCase(Locale.ROOT)).bytes();
    byte[] one = new byte[width];
    int sign = type.equals("float16") ? 0x3c : 0x3f;
    boolean big = descr.startsWith(">");
    if (type.startsWith("float")) {
      one[big ? 0 : width - 1] = (byte) sign;
      int second = type.equals("float64") ? 0xf0 : type.equals("float32") ? 0x80 : 0;
      one[big ? 1 : width - 2] = (byte) second;
    } else {
      one[big ? width - 1 : 0] = 1;
    }
    NpyArray array = NpyArray.parse("x", file("'" + descr + "'", "(1,)", one));
    assertEquals(type + "[1]", array.toString());
    assertEquals(1, array.tensor(DType.FLOAT32).get(0));
    assertEquals(1, array.tensor(DType.FLOAT64).get(0));
  }

  @Test
  void halfPrecisionIsReadExactlyAndBoolAs0And1() throws IOException {
    byte[] bits = {0, 0x3c, 0, (byte) 0xc1, 1, 0, (byte) 0xff, 0x7b, 0, (byte) 0xfc, 1, 0x7e};
    NpyArray halves = NpyArray.parse("x", file("'<f2'", "(6,)", bits));
    assertEquals("float16[6]", halves.toString());
    assertFalse(halves.isInteger());
    double[] expected = {1, -2.5, 0x1p-24, 65504, Double.NEGATIVE_INFINITY, Double.NaN};
    assertArrayEquals(expected, halves.tensor(DType.FLOAT32).toDoubleArray());
    assertArrayEquals(expected, halves.tensor(DType.FLOAT64).toDoubleArray());
    assertArrayEquals(
        expected, NpyArray.parse("y", bytes(halves)).tensor(DType.FLOAT64).toDoubleArray());

    NpyArray flags = NpyArray.parse("x", file("'|b1'", "(3,)", (byte) 0, (byte) 1, (byte) 2));
    assertTrue(flags.isInteger());
    assertArrayEquals(new int[] {0, 1, 1}, flags.ints());
    assertArrayEquals(new long[] {0, 1, 1}, flags.longs());
    assertArrayEquals(new double[] {0, 1, 1}, flags.tensor(DType.FLOAT32).toDoubleArray());
    assertThrows(IllegalStateException.class, flags::bytes);
  }

  @Test
  void namesInAHeaderAreUtf8FromVersion3On() {
    String descr = "[('gr\u00f6\u00dfe', '<i4')]";
    byte[] latin = file(descr, "(1,)", new byte[4]);
    assertEquals(
        "has type \"" + descr + "\", expected floats of 16 to 64 bits, integers or bool",
        error(latin));
    byte[] text =
        ("{'descr': " + descr + ", 'fortran_order': False, 'shape': (1,)}").getBytes(UTF_8);
    ByteBuffer utf8 = ByteBuffer.allocate(12 + text.length + 4).order(ByteOrder.LITTLE_ENDIAN);
    utf8.put("\u0093NUMPY\3\0".getBytes(ISO_8859_1)).putInt(text.length).put(text);
    assertEquals(
        "has type \"" + descr + "\", expected floats of 16 to 64 bits, integers or bool",
        error(utf8.array()));
  }

  @Test
  void twoArraysInAFileAreToldAsSuch() throws IOException {
    ByteArrayOutputStream two = new ByteArrayOutputStream();
    NpyArray.of(DoubleTensor.of(Shape.of(3), 0, 1, 2)).writeTo(two);
    NpyArray.of(DoubleTensor.of(Shape.of(4), 0, 1, 2, 3)).writeTo(two);
    assertEquals(
        "24 bytes of float64[3] expected, 184 found (more than one array, or other bytes behind"
            + " it?)",
        error(two.toByteArray()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "(2,)       | 8 bytes of float32[2] expected, 4 found (cut off?)",
        "()         | ok",
        "(1, 1)     | ok",
        "(1L, 1,)   | ok",
        "(1)        | header at character 52: expected ',', found \")}\"",
        "1          | header at character 50: expected '(', found \"1}\"",
        "[1]        | header at character 50: expected '(', found \"[1]}\"",
        "(1, 1      | header at character 55: expected ')', found \"}\"",
        "(-1,)      | header at character 51: expected an integer in [0, 10^18), found \"-1,)}\"",
        "(01,)      | header at character 51: expected an integer in [0, 10^18), found \"01,)}\"",
        "(1.0,)     | header at character 52: expected ',', found \".0,)}\"",
        "(,)        | header at character 51: expected an integer in [0, 10^18), found \",)}\"",
        "(1,,)      | header at character 53: expected an integer in [0, 10^18), found \",)}\"",
        "(9999999999999999999,) | header at character 51: expected an integer in [0, 10^18), found \"9999999999\"",
        "(4294967296, 4294967296) | of shape [4294967296, 4294967296] exceeds a Java array",
        "(4294967296, 2147483648, 2147483648, 4) | of shape [4294967296, 2147483648, 2147483648, 4] exceeds a Java array",
        "(536870909,) | 2147483636 bytes of float32[536870909] expected, 4 found (cut off?)",
        "(536870910,) | of shape [536870910] exceeds a Java array",
        "(0, 3)     | of shape [0, 3] has no elements",
        "(1, 999999999999999999, 0, 999999999999999999) | of shape [1, 999999999999999999, 0, 999999999999999999] has no elements",
      })
  void shapesAreTuplesOfWhatIsThere(String shape, String message) throws IOException {
    byte[] bytes = file("'<f4'", shape, new byte[4]);
    if (message.equals("ok")) {
      assertEquals(1, NpyArray.parse("x", bytes).size());
    } else {
      assertEquals(message, error(bytes));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{} | header expected to have descr, fortran_order and shape, has less",
        "{'descr': '<f4', 'fortran_order': False} | header expected to have descr, fortran_order and shape, has less",
        "{'descr': '<f4', 'descr': '<f4'} | header has \"descr\" twice",
        "{'a': 1} | header at character 1: expected 'descr', 'fortran_order' or 'shape', found \"'a': 1}\"",
        "{'fortran_order': 0} | header at character 18: expected True or False, found \"0}\"",
        "{'fortran_order': false} | header at character 18: expected True or False, found \"false}\"",
        "{'descr': '\\x3cf4'} | header at character 10: expected a string without escapes, found \"'\\x3cf4'}\"",
        "{'descr': '<f4} | header at character 10: expected a string without escapes, found \"'<f4}\"",
        "{'descr': __import__('os').system('x')} | header at character 10: expected a string, found \"__import__\"",
        "{'descr' '<f4'} | header at character 9: expected ':', found \"'<f4'}\"",
        "{,} | header at character 1: expected a string, found \",}\"",
        "[] | header at character 0: expected '{', found \"[]\"",
        "{'descr': '<f4', 'fortran_order': False, 'shape': ()} 1 | header at character 54: expected nothing more, found \"1\"",
        "{'descr': '<f4', 'fortran_order': False, 'shape': () | header at character 52: expected '}', found its end",
      })
  void aWrongHeaderIsOneClearLine(String header, String message) {
    assertEquals(message, error(raw(header, new byte[4])));
  }

  @Test
  void theDictionaryMayBeWrittenAsPythonAllows() throws IOException {
    String header = "{ \"shape\" :(1 , ),'fortran_order':True,\n'descr':\">f4\",} \n";
    NpyArray array = NpyArray.parse("x", raw(header, (byte) 0x3f, (byte) 0x80, (byte) 0, (byte) 0));
    assertEquals(1, array.tensor(DType.FLOAT32).get(0));
  }

  @Test
  void lengthsAreNotTrusted() throws IOException {
    byte[] right = resource("v2.npy");
    for (int length : new int[] {10_001, Integer.MAX_VALUE, -1, Integer.MIN_VALUE}) {
      byte[] file = right.clone();
      for (int i = 0; i < 4; i++) {
        file[8 + i] = (byte) (length >>> (8 * i));
      }
      assertEquals(
          "at most 10000 bytes of header expected, found " + Integer.toUnsignedString(length),
          error(file));
    }
    byte[] file = right.clone();
    file[8] = (byte) 0x10;
    file[9] = (byte) 0x27;
    assertEquals("10000 bytes of header expected, 128 found (cut off?)", error(file));
  }

  @Test
  void everyShorterFileIsCutOffAndALongerOneIsTooLong() throws IOException {
    byte[] right = resource("c.npy");
    for (int length = 0; length < right.length; length++) {
      assertFalse(error(Arrays.copyOf(right, length)).isEmpty());
    }
    assertEquals(
        "24 bytes of float32[2, 3] expected, 23 found (cut off?)",
        error(Arrays.copyOf(right, right.length - 1)));
    assertEquals(
        "24 bytes of float32[2, 3] expected, 25 found (more than one array, or other bytes behind it?)",
        error(Arrays.copyOf(right, right.length + 1)));
  }

  @Test
  void otherFilesAreRefused() throws IOException {
    assertEquals(
        "expected an .npy file, found a zip file of NumPy arrays (.npz); read it with Npz",
        error(resource("types.npz")));
    assertEquals("expected to begin as .npy files do", error(new byte[] {1, 2, 3}));
    byte[] later = resource("c.npy");
    later[6] = 4;
    assertEquals("version 1.0, 2.0 or 3.0 expected, found 4.0", error(later));
  }
}
