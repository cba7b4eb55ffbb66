package lamella.core.io;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TimeZone;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import lamella.core.DType;
import lamella.core.DoubleTensor;
import lamella.core.FloatTensor;
import lamella.core.Network;
import lamella.core.Shape;
import lamella.core.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code .npz} files, against those of NumPy. */
class NpzTest {
  @TempDir Path folder;

  private Path file(byte[] bytes) throws IOException {
    return Files.write(folder.resolve("x.npz"), bytes);
  }

  private Npz resource(String name) throws IOException {
    return Npz.read(file(NpyTest.resource(name)));
  }

  // Against NumPy.

  @ParameterizedTest
  @ValueSource(strings = {"types.npz", "compressed.npz"})
  void readsEveryTypeAndOrderOfNumPy(String name) throws IOException {
    Npz npz = resource(name);
    assertEquals(25, npz.arrays().size());
    Object[][] limits = {
      {"i1", "int8", -128L, 127L},
      {"i2", "int16", -32_768L, 32_767L},
      {"i4", "int32", -2_147_483_648L, 2_147_483_647L},
      {"i8", "int64", Long.MIN_VALUE, Long.MAX_VALUE},
      {"u1", "uint8", 0L, 255L},
      {"u2", "uint16", 0L, 65_535L},
      {"u4", "uint32", 0L, 4_294_967_295L}
    };
    for (Object[] limit : limits) {
      for (char order : new char[] {'<', '>'}) {
        NpyArray array = npz.array(order + (String) limit[0]);
        assertEquals(limit[1], array.dtype());
        assertArrayEquals(new long[] {(long) limit[2], 0, 1, 100, (long) limit[3]}, array.longs());
      }
    }
    for (String order : List.of("<", ">")) {
      assertArrayEquals(
          new double[] {0, 0, 1, 100, 0x1p64},
          npz.array(order + "u8").tensor(DType.FLOAT64).toDoubleArray());
    }
    for (String key : List.of("<f4", "<f4F", ">f4", ">f4F", "<f8", "<f8F", ">f8", ">f8F")) {
      assertEquals(Shape.of(2, 3, 4), npz.array(key).shape());
      double[] elements = npz.array(key).tensor(DType.FLOAT64).toDoubleArray();
      for (int i = 0; i < 24; i++) {
        assertEquals(i - 1.5, elements[i], key);
      }
    }
    assertArrayEquals(new int[] {0, 1, 2, 3, 4, 5}, npz.array(">i2F").ints());
  }

  @Test
  void readsWhatWasWrittenToAPipe() throws IOException {
    Npz npz = resource("stream.npz");
    assertEquals("Npz(zeros float64[8, 9], one float32[1])", npz.toString());
    assertEquals(1, npz.array("one").tensor(DType.FLOAT32).get(0));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "text   ; array \"text\" has type \"<U1\", expected floats of 16 to 64 bits, integers or bool",
        "empty  ; array \"empty\" of shape [0, 3] has no elements",
        "fin    ; `array \"fin\" is not there, has \"half\", \"flags\", \"fine\"; left out on reading: \"text\" has type \"<U1\", expected floats of 16 to 64 bits, integers or bool; \"empty\" of shape [0, 3] has no elements; \"record\" has type \"[('a', '<f4')]\", expected floats of 16 to 64 bits, integers or bool`",
      })
  void saysWhyAnArrayIsNotThere(String name, String message) throws IOException {
    Npz npz = resource("left_out.npz");
    assertEquals(List.of("half", "flags", "fine"), List.copyOf(npz.arrays().keySet()));
    assertEquals(List.of("text", "empty", "record"), List.copyOf(npz.leftOut().keySet()));
    String thrown = assertThrows(FileFormatException.class, () -> npz.array(name)).getMessage();
    assertEquals(folder.resolve("x.npz") + ": " + message, thrown);
  }

  // Round trips.

  private static Npz some() {
    Map<String, NpyArray> arrays = new LinkedHashMap<>();
    arrays.put("0.weight", NpyArray.of(FloatTensor.of(Shape.of(2, 2), 1, -0f, 3, Float.NaN)));
    arrays.put("layers/é 🙂", NpyArray.of(DoubleTensor.of(Shape.of(), 0.1)));
    arrays.put("", NpyArray.of(Shape.of(3), 1, 2, 3));
    return Npz.of(arrays);
  }

  @Test
  void whatIsWrittenComesBack() throws IOException {
    Path path = folder.resolve("x.npz");
    some().write(path);
    long stored = Files.size(path);
    assertSame(some(), Npz.read(path));
    some().writeCompressed(path);
    assertTrue(Files.size(path) < stored);
    assertSame(some(), Npz.read(path));
  }

  private static void assertSame(Npz expected, Npz actual) throws IOException {
    assertEquals(expected.toString(), actual.toString());
    for (String name : expected.arrays().keySet()) {
      assertArrayEquals(NpyTest.bytes(expected.array(name)), NpyTest.bytes(actual.array(name)));
    }
  }

  @Test
  void equalArraysAreEqualBytesWhereverTheyAreWritten() throws IOException {
    TimeZone zone = TimeZone.getDefault();
    try {
      some().write(folder.resolve("here.npz"));
      TimeZone.setDefault(TimeZone.getTimeZone("Asia/Kathmandu"));
      some().write(folder.resolve("there.npz"));
    } finally {
      TimeZone.setDefault(zone);
    }
    assertArrayEquals(
        Files.readAllBytes(folder.resolve("here.npz")),
        Files.readAllBytes(folder.resolve("there.npz")));
  }

  @Test
  void tensorsAreTheArraysOfFloats() throws IOException {
    Map<String, NpyArray> arrays = new LinkedHashMap<>(some().arrays());
    Map<String, Tensor> tensors = Npz.of(arrays).tensors();
    assertEquals(List.of("0.weight", "layers/é 🙂"), List.copyOf(tensors.keySet()));
    assertEquals(DType.FLOAT32, tensors.get("0.weight").dtype());
    assertEquals(0.1, tensors.get("layers/é 🙂").get(0));
    assertEquals(
        "Npz(w float64[])", Npz.ofTensors(Map.of("w", tensors.get("layers/é 🙂"))).toString());
  }

  @Test
  void namesThatCannotBeWrittenAreRefused() {
    NpyArray one = NpyArray.of(Shape.of(1), 1);
    for (String name : List.of("\ud800", "é".repeat(33_000))) {
      String message =
          assertThrows(IllegalArgumentException.class, () -> Npz.of(Map.of(name, one)))
              .getMessage();
      assertTrue(message.startsWith("Npz: no array may be named \""), message);
    }
  }

  // What is no file.

  private String error(byte[] bytes) throws IOException {
    Path path = file(bytes);
    String message = assertThrows(FileFormatException.class, () -> Npz.read(path)).getMessage();
    assertEquals(1, message.lines().count(), message);
    return message.replace(path.toString(), "x.npz");
  }

  @Test
  void otherFilesAreRefused() throws IOException {
    assertEquals("x.npz: no whole .npz file: it is empty", error(new byte[0]));
    assertEquals(
        "x.npz: expected an .npz file, found a NumPy array (.npy); read it with NpyArray",
        error(NpyTest.resource("c.npy")));
    assertEquals(
        folder + ": is a directory, expected an .npz file",
        assertThrows(FileFormatException.class, () -> Npz.read(folder)).getMessage());
    assertThrows(NoSuchFileException.class, () -> Npz.read(folder.resolve("missing")));
  }

  @Test
  void aFileCutAnywhereIsRefused() throws IOException {
    byte[] right = NpyTest.resource("compressed.npz");
    for (int length = 0; length < right.length; length += 7) {
      assertTrue(error(Arrays.copyOf(right, length)).startsWith("x.npz: no whole .npz file: "));
    }
  }

  @Test
  void aFlippedBitIsNoticed() throws IOException {
    Path path = folder.resolve("x.npz");
    Npz.of(Map.of("a", NpyArray.of(Shape.of(1), 1L << 40))).write(path);
    byte[] bytes = Files.readAllBytes(path);
    int at = 30 + "a.npy".length() + 128; // behind the zip's header and the array's
    assertEquals(0, bytes[at]);
    bytes[at] = 1;
    assertEquals("x.npz, \"a.npy\": has another checksum than its bytes (damaged?)", error(bytes));
  }

  /** What a zip file may claim, and cannot hold. */
  @Test
  void noMemoryIsTakenForWhatCannotBeThere() throws IOException {
    Path path = folder.resolve("x.npz");
    Npz.ofTensors(Map.of("a", FloatTensor.zeros(Shape.of(100)))).writeCompressed(path);
    byte[] bytes = Files.readAllBytes(path);
    ByteBuffer zip = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int directory = zip.getInt(bytes.length - 6);
    int packed = zip.getInt(directory + 20);
    zip.putInt(directory + 24, 2_000_000_000);
    assertEquals(
        "x.npz, \"a.npy\": " + packed + " packed bytes cannot be 2000000000", error(bytes));
    zip.putInt(directory + 24, 528);
    assertEquals("Npz(a float32[100])", Npz.read(file(bytes)).toString());
    zip.putInt(directory + 24, 529);
    assertEquals(
        "x.npz, \"a.npy\": 400 bytes of float32[100] expected, 401 found"
            + " (more than one array, or other bytes behind it?)",
        error(bytes));
  }

  @Test
  void entriesThatShareTheirBytesAreRefused() throws IOException {
    Path path = folder.resolve("x.npz");
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (String name : List.of("a", "b", "c")) {
      tensors.put(name, FloatTensor.zeros(Shape.of(100)));
    }
    Npz.ofTensors(tensors).write(path);
    byte[] bytes = Files.readAllBytes(path);
    int directory = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt(bytes.length - 6);
    int entry = (bytes.length - 22 - directory) / 3;
    // The first array, and a directory of three entries that are all it.
    byte[] bomb = Arrays.copyOf(bytes, directory / 3 + 3 * entry + 22);
    for (int i = 0; i < 3; i++) {
      int at = directory / 3 + i * entry;
      System.arraycopy(bytes, directory, bomb, at, entry);
      bomb[at + 46] = (byte) ('a' + i);
    }
    System.arraycopy(bytes, bytes.length - 22, bomb, bomb.length - 22, 22);
    ByteBuffer.wrap(bomb).order(ByteOrder.LITTLE_ENDIAN).putInt(bomb.length - 6, directory / 3);
    assertEquals(
        "x.npz, \"b.npy\": 528 packed bytes cannot be 528, nor be in this file", error(bomb));
  }

  @Test
  void aNameThatIsThereTwiceIsRefused() throws IOException {
    Map<String, NpyArray> arrays = new LinkedHashMap<>();
    arrays.put("a", NpyArray.of(Shape.of(1), 1));
    arrays.put("b", NpyArray.of(Shape.of(1), 2));
    Path path = folder.resolve("x.npz");
    Npz.of(arrays).write(path);
    byte[] bytes = Files.readAllBytes(path);
    int directory = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt(bytes.length - 6);
    int second = directory + (bytes.length - 22 - directory) / 2;
    bytes[second + 46] = 'a';
    assertEquals("x.npz, \"a.npy\": is there twice", error(bytes));
  }

  @Test
  void entriesThatAreNoArraysAreLeftOut() throws IOException {
    Path path = folder.resolve("x.npz");
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(path))) {
      zip.putNextEntry(new ZipEntry("readme"));
      zip.write(1);
      zip.putNextEntry(new ZipEntry("a.npy"));
      zip.write(NpyTest.bytes(NpyArray.of(Shape.of(1), 1)));
    }
    Npz npz = Npz.read(path);
    assertEquals("Npz(a int32[1], readme is no .npy file)", npz.toString());
    assertEquals(
        path + ": array \"readme\" is no .npy file",
        assertThrows(FileFormatException.class, () -> npz.array("readme")).getMessage());
  }

  @Test
  void namesOfOtherToolsAreInTheOldCodePage() throws IOException {
    Path path = folder.resolve("x.npz");
    Npz.of(Map.of("x", NpyArray.of(Shape.of(1), 7))).write(path);
    String text = new String(Files.readAllBytes(path), ISO_8859_1);
    byte[] bytes = text.replace("x.npy", "\u0084.npy").getBytes(ISO_8859_1);
    int directory = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt(bytes.length - 6);
    bytes[7] = 0; // does not say that names are UTF-8
    bytes[directory + 9] = 0;
    assertEquals("Npz(\u00e4 int32[1])", Npz.read(file(bytes)).toString());
  }

  @ParameterizedTest
  @CsvSource({"12, bzip2", "14, lzma", "93, Zstandard", "98, method 98"})
  void anotherWayOfPackingIsNamed(int method, String packer) throws IOException {
    Path path = folder.resolve("x.npz");
    Npz.of(Map.of("a", NpyArray.of(Shape.of(1), 1))).write(path);
    byte[] bytes = Files.readAllBytes(path);
    int directory = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt(bytes.length - 6);
    bytes[directory + 10] = (byte) method;
    assertEquals(
        "x.npz: an array is packed by "
            + packer
            + ", expected deflated or not packed, as numpy.savez does",
        error(bytes));
  }

  @Test
  void integersAreNamedWhereTheirTensorsAreMissed() throws IOException {
    Map<String, NpyArray> arrays = new LinkedHashMap<>();
    arrays.put("0.weight", NpyArray.of(FloatTensor.zeros(Shape.of(2, 2))));
    arrays.put("0.bias", NpyArray.of(Shape.of(2), 0, 0));
    Map<String, Tensor> tensors = Npz.of(arrays).tensors();
    Network network = Network.of(Shape.of(2), new Doubling());
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> Parameters.load(network, tensors, WeightLayout.IN_OUT))
            .getMessage();
    assertTrue(
        message.endsWith("left out on reading: \"0.bias\" int32[2], use array(..).tensor(..)"),
        message);
    tensors.remove("0.weight"); // the map is the caller's
    tensors.put("0.bias", FloatTensor.zeros(Shape.of(2)));
    assertEquals(List.of("0.bias"), List.copyOf(tensors.keySet()));
  }

  @Test
  void otherFileSystemsAreRefused() throws IOException {
    Path zip = folder.resolve("app.jar");
    try (FileSystem system = FileSystems.newFileSystem(zip, Map.of("create", "true"))) {
      Path path = system.getPath("/x.npz");
      some().write(path);
      assertEquals(
          "/x.npz: is in another file system than the default one; copy it there first",
          assertThrows(FileFormatException.class, () -> Npz.read(path)).getMessage());
    }
  }
}
