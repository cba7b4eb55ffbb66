package lamella.core.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import lamella.core.DoubleTensor;
import lamella.core.FloatTensor;
import lamella.core.Network;
import lamella.core.Shape;
import lamella.core.Tensor;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SafeTensorsTest {
  private static final float[] WEIGHT = {
    1, -0f, 0.1f, Float.POSITIVE_INFINITY, Float.MIN_VALUE, -Float.MAX_VALUE
  };
  private static final double[] BIAS = {0.1, Double.NEGATIVE_INFINITY, Double.MIN_VALUE};

  @TempDir Path folder;

  private static SafeTensors compact() {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("w1", FloatTensor.of(Shape.of(2, 3), WEIGHT));
    tensors.put("b1", DoubleTensor.of(Shape.of(3), BIAS));
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put("activation", "relu");
    metadata.put("note", "a \"b\" \\ é 🙂");
    return SafeTensors.of(tensors, metadata);
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in = SafeTensorsTest.class.getResourceAsStream(name)) {
      return in.readAllBytes();
    }
  }

  // Against files that Python wrote.

  @Test
  void writesTheBytesOfTheFormatsOwnImplementation() throws IOException {
    assertArrayEquals(resource("compact.safetensors"), compact().toBytes());
  }

  @Test
  void readsWhatPythonWrote() throws IOException {
    SafeTensors read = SafeTensors.parse("x", resource("compact.safetensors"));
    assertEquals(List.of("w1", "b1"), List.copyOf(read.tensors().keySet()));
    assertEquals(compact().metadata(), read.metadata());
    assertEquals(List.of("activation", "note"), List.copyOf(read.metadata().keySet()));
    assertSameBits(compact(), read);
  }

  @Test
  void readsTheFreedomsOfTheFormat() throws IOException {
    SafeTensors read = SafeTensors.parse("foreign", resource("foreign.safetensors"));
    assertEquals(
        List.of("weight/\t\"0\"", "bias é 🙂", "half", "one"),
        List.copyOf(read.tensors().keySet()));
    assertArrayEquals(WEIGHT, ((FloatTensor) read.tensor("weight/\t\"0\"")).array());
    assertArrayEquals(BIAS, ((DoubleTensor) read.tensor("bias é 🙂")).array());
    assertEquals(42.5, read.tensor("one").get(0));
    assertEquals(0, read.tensor("one").shape().rank());
    assertEquals(Map.of(), read.metadata());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ids   | foreign: tensor \"ids\" is I64[2], cannot be held: tensors hold F64, F32, F16 and BF16 only",
        "empty | foreign: tensor \"empty\" is F32[0, 3], has no elements: tensors hold F64, F32, F16 and BF16 only",
        "w9    | foreign: no tensor \"w9\", has \"weight/\\u0009\"0\"\", \"bias é 🙂\", \"half\", \"one\"; left out on reading: \"ids\" I64[2], cannot be held; \"empty\" F32[0, 3], has no elements",
      })
  void saysWhyATensorIsNotThere(String name, String message) throws IOException {
    SafeTensors read = SafeTensors.parse("foreign", resource("foreign.safetensors"));
    assertEquals(
        message, assertThrows(FileFormatException.class, () -> read.tensor(name)).getMessage());
  }

  // Round trips.

  @Property
  void anyTensorsAndTextsComeBack(@ForAll("files") SafeTensors file) throws IOException {
    byte[] bytes = file.toBytes();
    SafeTensors read = SafeTensors.parse("x", bytes);
    assertSameBits(file, read);
    assertEquals(file.metadata(), read.metadata());
    assertEquals(0, ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong() % 8);
    assertArrayEquals(bytes, read.toBytes());
  }

  @Provide
  Arbitrary<SafeTensors> files() {
    Arbitrary<String> text =
        Arbitraries.strings()
            .ofMaxLength(12)
            .filter(t -> JsonReader.isUnicode(t) && !t.equals("__metadata__"));
    Arbitrary<int[]> shape =
        Arbitraries.integers().between(1, 5).array(int[].class).ofMinSize(0).ofMaxSize(3);
    Arbitrary<Tensor> tensor =
        Combinators.combine(shape, Arbitraries.longs(), Arbitraries.of(true, false))
            .as(SafeTensorsTest::anyBits);
    return Combinators.combine(
            Arbitraries.maps(text, tensor).ofMaxSize(4), Arbitraries.maps(text, text).ofMaxSize(4))
        .as(SafeTensors::of);
  }

  private static Tensor anyBits(int[] dimensions, long seed, boolean isFloat) {
    Shape shape = Shape.of(dimensions);
    SplittableRandom random = new SplittableRandom(seed);
    if (isFloat) {
      float[] array = new float[shape.size()];
      for (int i = 0; i < array.length; i++) {
        array[i] = Float.intBitsToFloat(random.nextInt());
      }
      return FloatTensor.wrap(shape, array);
    }
    return DoubleTensor.wrap(
        shape, random.longs(shape.size()).mapToDouble(Double::longBitsToDouble).toArray());
  }

  @Test
  void tensorsLongerThanOneChunkComeBack() throws IOException {
    FloatTensor floats = FloatTensor.zeros(Shape.of(3, 30_011));
    DoubleTensor doubles = DoubleTensor.zeros(Shape.of(20_011));
    for (int i = 0; i < floats.size(); i++) {
      floats.set(i, i);
    }
    for (int i = 0; i < doubles.size(); i++) {
      doubles.set(i, -i);
    }
    SafeTensors file = SafeTensors.of(Map.of("floats", floats, "doubles", doubles), Map.of());
    Path path = folder.resolve("large.safetensors");
    file.write(path);
    assertSameBits(file, SafeTensors.read(path));
    assertArrayEquals(file.toBytes(), Files.readAllBytes(path));
  }

  private static void assertSameBits(SafeTensors expected, SafeTensors actual) {
    assertEquals(List.copyOf(expected.tensors().keySet()), List.copyOf(actual.tensors().keySet()));
    expected
        .tensors()
        .forEach((name, tensor) -> {
          Tensor other = actual.tensors().get(name);
          assertEquals(tensor.shape(), other.shape(), name);
          switch (tensor) {
            case FloatTensor floats ->
                assertArrayEquals(bits(floats.array()), bits(((FloatTensor) other).array()));
            case DoubleTensor doubles ->
                assertArrayEquals(
                    Arrays.stream(doubles.array()).mapToLong(Double::doubleToRawLongBits).toArray(),
                    Arrays.stream(((DoubleTensor) other).array())
                        .mapToLong(Double::doubleToRawLongBits)
                        .toArray());
          }
        });
  }

  private static int[] bits(float[] array) {
    int[] bits = new int[array.length];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = Float.floatToRawIntBits(array[i]);
    }
    return bits;
  }

  @Test
  void theMapsAreNotForWriting() {
    SafeTensors file = compact();
    assertThrows(UnsupportedOperationException.class, () -> file.tensors().clear());
    assertThrows(UnsupportedOperationException.class, () -> file.metadata().clear());
    assertEquals("SafeTensors(w1 float32[2, 3], b1 float64[3])", file.toString());
  }

  @Test
  void changesOfTheCallersMapsDoNotReachIt() {
    Map<String, Tensor> tensors = new LinkedHashMap<>(compact().tensors());
    SafeTensors file = SafeTensors.of(tensors, Map.of());
    tensors.clear();
    assertEquals(2, file.tensors().size());
  }

  @Test
  void namesThatCannotBeWrittenAreRefused() {
    Tensor tensor = FloatTensor.zeros(Shape.of(1));
    assertEquals(
        "SafeTensors: no tensor may be named __metadata__",
        assertThrows(
                IllegalArgumentException.class,
                () -> SafeTensors.of(Map.of("__metadata__", tensor), Map.of()))
            .getMessage());
    for (Map<String, String> text : List.of(Map.of("\ud800", "x"), Map.of("x", "\udc00\ud800"))) {
      assertThrows(IllegalArgumentException.class, () -> SafeTensors.of(Map.of(), text));
    }
    assertThrows(
        IllegalArgumentException.class, () -> SafeTensors.of(Map.of("\ud800", tensor), Map.of()));
  }

  // Files.

  @Test
  void aWriteLeavesNothingButTheFile() throws IOException {
    Path path = folder.resolve("model.safetensors");
    Files.writeString(path, "old");
    compact().write(path);
    assertArrayEquals(compact().toBytes(), Files.readAllBytes(path));
    assertEquals(List.of(path), files(folder));
  }

  @Test
  void anInterruptedThreadWritesAndReadsAllTheSame() throws IOException {
    Path path = folder.resolve("model.safetensors");
    Thread.currentThread().interrupt();
    try {
      compact().write(path);
      assertArrayEquals(compact().toBytes(), SafeTensors.read(path).toBytes());
      assertTrue(Thread.currentThread().isInterrupted());
    } finally {
      Thread.interrupted();
    }
  }

  @Test
  void aWriteOverADirectoryFailsAndLeavesNothing() throws IOException {
    Path path = folder.resolve("model.safetensors");
    Files.createDirectories(path.resolve("full"));
    assertThrows(IOException.class, () -> compact().write(path));
    assertEquals(List.of(path), files(folder));
    assertTrue(Files.isDirectory(path.resolve("full")));
  }

  @Test
  void aWriteToNowhereAndAReadOfNothingFail() {
    Path path = folder.resolve("missing").resolve("model.safetensors");
    assertThrows(NoSuchFileException.class, () -> compact().write(path));
    assertThrows(NoSuchFileException.class, () -> SafeTensors.read(path));
    assertFalse(Files.exists(path.getParent()));
  }

  @Test
  void aDirectoryIsNoFile() {
    FileFormatException e = assertThrows(FileFormatException.class, () -> SafeTensors.read(folder));
    assertEquals(folder + ": is a directory, expected a safetensors file", e.getMessage());
    assertEquals(folder.toString(), e.file());
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> list = Files.list(folder)) {
      return list.toList();
    }
  }

  // Files that are wrong.

  private static final String GOOD =
      "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
          + "\"b\":{\"dtype\":\"F64\",\"shape\":[1,1],\"data_offsets\":[8,16]}}";

  private static byte[] file(String header, int dataBytes) {
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(8 + json.length + dataBytes)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(json.length)
        .put(json)
        .array();
  }

  private static String error(byte[] bytes) {
    FileFormatException e =
        assertThrows(FileFormatException.class, () -> SafeTensors.parse("model", bytes));
    assertTrue(e.getMessage().startsWith("model: "), e.getMessage());
    assertEquals(1, e.getMessage().lines().count());
    return e.getMessage().substring("model: ".length());
  }

  @Test
  void theFileTheseAreMadeOfIsRight() throws IOException {
    assertEquals(2, SafeTensors.parse("model", file(GOOD, 16)).tensors().size());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        // what is replaced | by what | message
        "[0,8]       | [0,9]           | tensor \"a\" of shape [2]: 8 bytes expected, 9 found",
        "[0,8]       | [1,9]           | tensor \"a\": data expected from byte 0 on, found [1, 9)",
        "[0,8]       | [8,0]           | tensor \"a\" of shape [2]: 8 bytes expected, -8 found",
        "[8,16]      | [7,15]          | tensor \"b\": data expected from byte 8 on, found [7, 15)",
        "[8,16]      | [9,17]          | tensor \"b\": data expected from byte 8 on, found [9, 17)",
        "[8,16]      | [0,8]           | tensor \"b\": data expected from byte 8 on, found [0, 8)",
        "[1,1]       | [1,2]           | tensor \"b\" of shape [1, 2]: 16 bytes expected, 8 found",
        "[1,1]       | [4294967296,4294967296] | tensor \"b\" of shape [4294967296, 4294967296]: more than 2^63 bytes expected, 8 found",
        "[2]         | [0]             | tensor \"a\" of shape [0]: 0 bytes expected, 8 found",
        "[2]         | [-2]            | header at character 29: expected an integer in [0, 10^18), found \"-2],\\\"data_\"",
        "[2]         | [02]            | header at character 29: expected an integer in [0, 10^18), found \"02],\\\"data_\"",
        "[2]         | [2.0]           | header at character 30: expected ']', found \".0],\\\"data_\"",
        "[2]         | [2e0]           | header at character 30: expected ']', found \"e0],\\\"data_\"",
        "[2]         | [9999999999999999999] | header at character 29: expected an integer in [0, 10^18), found \"9999999999\"",
        "[2]         | [[2]]           | header at character 29: expected an integer in [0, 10^18), found \"[2]],\\\"data\"",
        "[2]         | 2               | header at character 28: expected '[', found \"2,\\\"data_of\"",
        "[2]         | null            | header at character 28: expected '[', found \"null,\\\"data\"",
        "[0,8]       | [0,8,8]         | header at character 52: expected at most 2 numbers, found \"8]},\\\"b\\\":{\\\"\"",
        "[0,8]       | [8]             | tensor \"a\": expected dtype, shape and two data_offsets, found less",
        "`\"shape\":[2],` | ``          | tensor \"a\": expected dtype, shape and two data_offsets, found less",
        "`\"shape\":[2],` | `\"size\":[2],` | tensor \"a\": expected dtype, shape and two data_offsets, found less",
        "`\"shape\":[2],` | `\"shape\":[2],\"shape\":[2],` | header names expected once, found twice: \"shape\"",
        "`\"b\"`       | `\"a\"`           | header names expected once, found twice: \"a\"",
        "`\"b\"`       | `\"\\u0061\"`     | header names expected once, found twice: \"a\"",
        "`\"b\"`       | `b`             | header at character 54: expected '\"', found \"b:{\\\"dtype\\\"\"",
        "`\"b\"`       | `\"\\x\"`         | header at character 56: expected one of \"\\/bfnrtu after the backslash, found \"x\\\":{\\\"dtype\"",
        "`\"b\"`       | `\"\\u00g0\"`     | header at character 59: expected a hexadecimal digit, found \"g0\\\":{\\\"dtyp\"",
        "`\"b\"`       | `\"\\ud800\"`     | header at character 62: expected paired surrogates in the string before, found \":{\\\"dtype\\\":\"",
        "`\"b\":`      | `\"b\"`           | header at character 57: expected ':', found \"{\\\"dtype\\\":\\\"\"",
        "`},`        | `},,`           | header at character 54: expected '\"', found \",\\\"b\\\":{\\\"dty\"",
        "`]}}`       | `]},}`          | header at character 110: expected '\"', found \"}\"",
        "`]}}`       | `]}`            | header at character 109: expected '}', found its end",
        "`]}}`       | `]}}}`          | header at character 110: expected nothing more, found \"}\"",
        "`\"F32\"`     | `32`            | header at character 14: expected '\"', found \"32,\\\"shape\\\"\"",
      })
  void aWrongHeaderIsOneClearLine(String what, String by, String message) {
    String header = GOOD.replace(what.replace("`", ""), by == null ? "" : by.replace("`", ""));
    assertFalse(header.equals(GOOD), what);
    assertEquals(message.replace("\\\"", "\""), error(file(header, 16)));
  }

  @Test
  void dataMustBeAllThereAndNoMore() {
    assertEquals("16 bytes of data expected, 17 found", error(file(GOOD, 17)));
    assertEquals("16 bytes of data expected, 15 found (cut off?)", error(file(GOOD, 15)));
    assertEquals("0 bytes of data expected, 1 found", error(file("{}", 1)));
  }

  @Test
  void aFileOfNoTensorsIsAFile() throws IOException {
    assertEquals(Map.of(), SafeTensors.parse("x", file("{}", 0)).tensors());
    assertEquals(
        Map.of("k", "v"),
        SafeTensors.parse("x", file("{\"__metadata__\":{\"k\":\"v\"}}", 0)).metadata());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"__metadata__\":{\"k\":1}}",
        "{\"__metadata__\":{\"k\":null}}",
        "{\"__metadata__\":{\"k\":{}}}",
        "{\"__metadata__\":[]}",
        "{\"__metadata__\":nul}",
        "{\"__metadata__\":null,\"__metadata__\":null}",
        "{\"__metadata__\":{},\"__metadata__\":{}}",
        "{\"__metadata__\":{\"k\":\"v\",\"k\":\"v\"}}",
        "{\"__metadata__\":{\"k\":\"a\nb\"}}",
        "{\"__metadata__\":{\"k\":\"\\ud83d\"}}",
        "{} x",
        "[]",
        "\"\"",
        "  "
      })
  void wrongMetadataIsRefused(String header) {
    assertFalse(error(file(header, 0)).isEmpty());
  }

  @Test
  void headerLengthsAreNotTrusted() {
    byte[] bytes = file(GOOD, 16);
    for (long length : new long[] {0, 1, 100_000_001, Long.MAX_VALUE, -1, Long.MIN_VALUE}) {
      ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(length);
      assertEquals(
          "header length expected in [2, 100000000], found "
              + Long.toUnsignedString(length)
              + " (no safetensors file?)",
          error(bytes));
    }
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(100_000_000);
    assertEquals(
        "100000000 bytes of header expected, " + (bytes.length - 8) + " found (cut off?)",
        error(bytes));
    for (int length = 0; length < 8; length++) {
      assertEquals(
          "at least 8 bytes expected, "
              + length
              + " found"
              + (length == 0 ? " (the file is empty)" : ""),
          error(Arrays.copyOf(bytes, length)));
    }
  }

  @Test
  void deepNestingIsRefusedAtTheFirstLevelThatIsTooDeep() {
    String deep = "[".repeat(1_000_000);
    assertEquals(
        "header at character 6: expected '{', found \"[[[[[[[[[[\"",
        error(file("{\"a\" :" + deep, 0)));
    assertEquals(
        "header at character 15: expected an integer in [0, 10^18), found \"[[[[[[[[[[\"",
        error(file("{\"a\":{\"shape\":[" + deep, 0)));
    String objects = "{\"a\":".repeat(1_000_000);
    for (String nested : List.of(objects, "{\"a\":{\"x\":" + deep)) {
      String message = error(file(nested, 0));
      assertTrue(message.contains("expected at most 127 brackets within each other"), message);
    }
  }

  @Test
  void namesInErrorsAreCutAndKeptOnOneLine() {
    String name = "x".repeat(50) + "\\n\\u2028" + "y".repeat(1_000_000);
    assertEquals(
        "tensor \""
            + "x".repeat(50)
            + "\\u000a\\u2028"
            + "y".repeat(8)
            + "...\": expected dtype, shape and two data_offsets, found less",
        error(file("{\"" + name + "\":{}}", 0)));
  }

  // What the format's own implementation reads too.

  @ParameterizedTest
  @ValueSource(
      strings = {
        "%s",
        " \n{%s",
        "{\"__metadata__\":null,%s",
        "%s,\"note\":1}",
        "%s,\"note\":-0.5e+10}",
        "%s,\"note\":null}",
        "%s,\"note\":\"a \\\"b\\\" \\u00e9\"}",
        "%s,\"note\":[]}",
        "%s,\"note\":{}}",
        "%s,\"note\": [ {\"a\":[[],{}], \"b\": {\"c\" : true , \"d\":[1,\"]\",2]} } , false ] }",
      })
  void fieldsNobodyKnowsArePassedOver(String template) throws IOException {
    String entry = "\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]";
    String header =
        (template.startsWith("%s") ? "{" : "")
            + template.replace("%s", entry)
            + (template.endsWith("%s") ? "}}" : "}");
    SafeTensors read = SafeTensors.parse("x", file(header, 4));
    assertEquals(List.of("a"), List.copyOf(read.tensors().keySet()));
    assertEquals(Map.of(), read.metadata());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "01",
        "1.",
        ".5",
        "-",
        "1e",
        "+1",
        "nan",
        "tru",
        "[1,]",
        "[,]",
        "[1 2]",
        "{\"a\"}",
        "{\"a\":1,}",
        "{1:2}",
        "[}",
        "{]",
        "\"",
        "'a'",
        "[1}"
      })
  void whatIsPassedOverIsJson(String value) {
    String entry = "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4],\"note\":";
    String message = error(file(entry + value + "}}", 4));
    assertTrue(message.startsWith("header at character "), message);
  }

  // Half precision.

  private static SafeTensors halves(String dtype, short... bits) throws IOException {
    String header =
        "{\"a\":{\"dtype\":\"%s\",\"shape\":[%d],\"data_offsets\":[0,%d]}}"
            .formatted(dtype, bits.length, 2 * bits.length);
    byte[] file = file(header, 2 * bits.length);
    ByteBuffer.wrap(file)
        .order(ByteOrder.LITTLE_ENDIAN)
        .position(8 + header.length())
        .asShortBuffer()
        .put(bits);
    return SafeTensors.parse("x", file);
  }

  @Test
  void everyNumberOf16BitsIsAFloatExactly() throws IOException {
    short[] all = new short[1 << 16];
    for (int i = 0; i < all.length; i++) {
      all[i] = (short) i;
    }
    float[] halves = ((FloatTensor) halves("F16", all).tensor("a")).array();
    float[] brains = ((FloatTensor) halves("BF16", all).tensor("a")).array();
    for (int i = 0; i < all.length; i++) {
      assertEquals(i << 16, Float.floatToRawIntBits(brains[i]));
      // A NaN's bits stay, of which the platform's conversion promises nothing.
      boolean isNaN = (i & 0x7fff) > 0x7c00;
      int expected =
          isNaN
              ? (i & 0x8000) << 16 | 0x7f80_0000 | (i & 0x3ff) << 13
              : Float.floatToRawIntBits(Float.float16ToFloat(all[i]));
      assertEquals(expected, Float.floatToRawIntBits(halves[i]), Integer.toHexString(i));
    }
  }

  @Test
  void halfPrecisionByNumPy() throws IOException {
    short[] f16 = {0x3c00, (short) 0xc100, 0x3100, 0x7bff, 0x0400, 0x0001, (short) 0xfc00};
    assertArrayEquals(
        new double[] {1, -2.5, 0.15625, 65504, 0x1p-14, 0x1p-24, Double.NEGATIVE_INFINITY},
        halves("F16", f16).tensor("a").toDoubleArray());
    short[] bf16 = {0x3f80, (short) 0xc020, 0x0001, 0x7f80};
    assertArrayEquals(
        new double[] {1, -2.5, 0x1p-133, Double.POSITIVE_INFINITY},
        halves("BF16", bf16).tensor("a").toDoubleArray());
    assertEquals("SafeTensors(a float32[4])", halves("BF16", bf16).toString());
  }

  // What is left out.

  @Test
  void whatIsLeftOutIsNamedWhereverItIsMissed() throws IOException {
    String header =
        "{\"w\":{\"dtype\":\"F8_E4M3\",\"shape\":[2,3],\"data_offsets\":[0,6]},"
            + "\"none\":{\"dtype\":\"F32\",\"shape\":[0,3],\"data_offsets\":[6,6]},"
            + "\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[6,10]}}";
    SafeTensors read = SafeTensors.parse("x", file(header, 10));
    assertEquals(
        "SafeTensors(b float32[1], w F8_E4M3[2, 3], cannot be held, none F32[0, 3], has no elements)",
        read.toString());
    assertEquals(
        Map.of("w", "F8_E4M3[2, 3], cannot be held", "none", "F32[0, 3], has no elements"),
        read.leftOut());
    assertThrows(UnsupportedOperationException.class, () -> read.leftOut().clear());
    assertEquals(
        "x: no tensor \"v\", has \"b\"; left out on reading: \"w\" F8_E4M3[2, 3], cannot be held;"
            + " \"none\" F32[0, 3], has no elements",
        assertThrows(FileFormatException.class, () -> read.tensor("v")).getMessage());
    Network empty = Network.of(Shape.of(1), new Doubling());
    assertEquals(
        "Parameters: the network has none that the tensors do not, the tensors \"b\" that the"
            + " network does not; left out on reading: \"w\" F8_E4M3[2, 3], cannot be held;"
            + " \"none\" F32[0, 3], has no elements",
        assertThrows(
                IllegalArgumentException.class,
                () -> Parameters.load(empty, read.tensors(), WeightLayout.IN_OUT))
            .getMessage());
  }

  @Test
  void headersThatAreNotUtf8AreRefused() {
    byte[] bytes = file(GOOD.replace("\"b\"", "\"bbb\""), 16);
    byte[] overlong = {(byte) 0xc0, (byte) 0xaf};
    byte[] surrogate = {(byte) 0xed, (byte) 0xa0, (byte) 0x80};
    byte[] alone = {(byte) 0xff};
    for (byte[] wrong : List.of(overlong, surrogate, alone)) {
      byte[] copy = bytes.clone();
      System.arraycopy(wrong, 0, copy, 8 + 56, wrong.length);
      assertEquals("header expected in UTF-8, found other bytes", error(copy));
    }
  }

  @Test
  void aShapeOfTooManyDimensionsIsRefused() {
    String ones = "1,".repeat(64) + "1";
    assertTrue(
        error(file(GOOD.replace("[1,1]", "[" + ones + "]"), 16)).contains("at most 64 numbers"));
  }
}
