package lamella.onnx;

import static java.util.Arrays.asList;
import static lamella.onnx.ModelBytes.attribute;
import static lamella.onnx.ModelBytes.integer;
import static lamella.onnx.ModelBytes.tensor;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import lamella.core.io.FileFormatException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a file says is read, and what is wrong with it is said. */
class GraphTest {
  private static final String FILE = "m.onnx";

  @TempDir Path folder;

  private static ModelBytes small() {
    return new ModelBytes()
        .input("x", OnnxType.FLOAT, "batch", 2)
        .node("Relu", "x", "y")
        .output("y", OnnxType.FLOAT, "batch", 2);
  }

  private static Graph parse(ModelBytes model) throws FileFormatException {
    return Graph.parse(FILE, model.bytes());
  }

  private static void assertRefused(String message, ModelBytes model) {
    FileFormatException e = assertThrows(FileFormatException.class, () -> parse(model));
    assertEquals(FILE + ": " + message, e.getMessage());
  }

  @Test
  void aFileSaysWhatGoesInAndComesOut() throws IOException {
    ModelBytes model = small();
    model
        .more()
        .text(2, "exporter")
        .text(3, "1.2")
        .text(6, "a small one")
        .message(14, Proto.of().text(1, "author").text(2, "me"));
    Graph graph = parse(model);
    assertEquals("[x: float[batch, 2]]", graph.inputs().toString());
    assertEquals("[y: float[batch, 2]]", graph.outputs().toString());
    assertEquals("exporter 1.2", graph.producer());
    assertEquals("a small one", graph.documentation());
    assertEquals(Map.of("author", "me"), graph.metadata());
    assertEquals(Map.of("", 13), graph.opsets());
    assertEquals("node \"node0\" Relu", graph.nodes().getFirst().who());
    assertEquals(13, graph.nodes().getFirst().opset());
  }

  @Test
  void dimensionsThatAreOpenOrLeftOut() throws IOException {
    Proto unknown =
        Proto.of().text(1, "u").message(2, Proto.of().message(1, Proto.of().integer(1, 11)));
    Proto map =
        Proto.of().integer(1, 7).message(2, Proto.of().message(1, Proto.of().integer(1, 1)));
    Proto sequence = Proto.of().message(4, Proto.of().message(1, Proto.of().message(5, map)));
    Graph graph =
        parse(
            new ModelBytes()
                .input("x", OnnxType.FLOAT, "", -1, 0, 3)
                .input("s", OnnxType.BOOL)
                .input(unknown)
                .node("Unheard", "x", "m")
                .output(Proto.of().text(1, "m").message(2, sequence)));
    assertEquals("[x: float[?, ?, ?, 3], s: bool[], u: double[...]]", graph.inputs().toString());
    assertEquals("[m: sequence of map from int64 to float]", graph.outputs().toString());
    assertNull(graph.outputs().iterator().next().type());
  }

  @Test
  void namesOfAFileStayInOneLine() throws IOException {
    Graph graph =
        parse(
            new ModelBytes()
                .input("a\nb", OnnxType.FLOAT, "c\nd")
                .node("Neg", "a\nb", "y")
                .output("y", OnnxType.FLOAT, 2));
    assertEquals("[a\\u000ab: float[c\\u000ad]]", graph.inputs().toString());
  }

  @Test
  void nodesOutOfOrderAreSorted() throws IOException {
    Graph graph =
        parse(
            new ModelBytes()
                .input("x", OnnxType.FLOAT, 2)
                .node("Add", "a,b", "y")
                .node("Relu", "a", "b")
                .node("Neg", "x", "a")
                .output("y", OnnxType.FLOAT, 2));
    assertEquals(
        List.of("Neg", "Relu", "Add"), graph.nodes().stream().map(Node::operator).toList());
  }

  @Test
  void manyNodesOutOfOrderAreSortedWithoutRecursion() throws IOException {
    ModelBytes model = new ModelBytes().input("v0", OnnxType.FLOAT, 2);
    int count = 100_000;
    for (int i = count; i > 0; i--) {
      model.node("Neg", "v" + (i - 1), "v" + i);
    }
    Graph graph = parse(model.output("v" + count, OnnxType.FLOAT, 2));
    assertEquals(List.of("v1"), graph.nodes().getFirst().outputs());
    assertEquals(List.of("v" + count), graph.nodes().getLast().outputs());
  }

  @Test
  void valuesHaveOneOrigin() {
    assertRefused(
        "node \"node0\" Add: is computed from its own output",
        new ModelBytes()
            .input("x", OnnxType.FLOAT, 2)
            .node("Add", "x,b", "a")
            .node("Neg", "a", "b")
            .output("b", OnnxType.FLOAT, 2));
    assertRefused(
        "node \"node1\" Add: its input \"w\" is no constant, no input of the model, and no node"
            + " gives it",
        small().node("Add", "x,w", "z"));
    assertRefused(
        "output \"z\" is no constant, no input of the model, and no node gives it",
        small().output("z", OnnxType.FLOAT));
    assertRefused("names expected once, found twice: \"y\"", small().node("Neg", "x", "y"));
    assertRefused("names expected once, found twice: \"x\"", small().node("Neg", "x", "x"));
    assertRefused("names expected once, found twice: \"x\"", small().input("x", OnnxType.FLOAT, 3));
    assertRefused(
        "names expected once, found twice: \"y\"", small().constant("y", new float[] {1}, 1));
  }

  @Test
  void versionsAreThoseWhoseMeaningIsKnown() throws IOException {
    assertEquals(Map.of("", 4), parse(small().version(3).opset("", 4)).opsets());
    assertEquals(Map.of("", 28), parse(small().version(13).opset("", 28)).opsets());
    assertEquals(0, parse(small().opset("mine", 0)).opsets().get("mine"));
    assertRefused("a file of version 3 to 14 expected, found 15", small().version(15));
    assertRefused("operators of version 1 to 28 expected, found 29", small().opset("", 29));
    assertRefused(
        "operators of ai.onnx.ml of version 1 to 5 expected, found 6",
        small().opset("ai.onnx.ml", 6));
    assertRefused(
        "node \"node1\" ai.onnx.ml.Scaler: a version of the operators of ai.onnx.ml expected,"
            + " found none",
        small().node("ai.onnx.ml", "Scaler", "x", "z"));
    assertEquals("", parse(small().node("ai.onnx", "Neg", "x", "z")).nodes().get(1).domain());
    FileFormatException e =
        assertThrows(FileFormatException.class, () -> Graph.parse(FILE, new byte[0]));
    assertEquals(
        "m.onnx: no ONNX file: a version, a graph and its set of operators expected",
        e.getMessage());
  }

  private static OnnxArray only(Proto tensor) throws IOException {
    return parse(small().constant(tensor)).constant("c");
  }

  private static Proto c(OnnxType type, long... dimensions) {
    return tensor("c", type, dimensions);
  }

  @Test
  void constantsInEveryEncoding() throws IOException {
    byte[] raw = {0, 0, (byte) 0x80, 0x3f, 0, 0, 0, (byte) 0xc0};
    assertArrayEquals(new float[] {1, -2}, only(c(OnnxType.FLOAT, 2).bytes(9, raw)).floats());
    assertArrayEquals(new float[] {1, -2}, only(c(OnnxType.FLOAT, 2).packed(4, 1f, -2f)).floats());
    assertArrayEquals(
        new float[] {1, -2, 3, 4},
        only(c(OnnxType.FLOAT, 2, 2).float32(4, 1).packed(4, -2f, 3f).float32(4, 4)).floats());
    assertArrayEquals(
        new double[] {1, -2}, only(c(OnnxType.DOUBLE, 2).packed(10, 1d, -2d)).doubles());
    assertArrayEquals(new double[] {0.1}, only(c(OnnxType.DOUBLE).float64(10, 0.1)).doubles());
    assertArrayEquals(new long[] {1, -2}, only(c(OnnxType.INT64, 2).packed(7, 1L, -2L)).longs());
    assertArrayEquals(
        new long[] {300, -2}, only(c(OnnxType.INT64, 2).integer(7, 300).integer(7, -2)).longs());
    assertArrayEquals(
        new long[] {4_000_000_000L},
        only(c(OnnxType.UINT32, 1).packed(11, 4_000_000_000L)).longs());
    assertArrayEquals(new long[] {-1}, only(c(OnnxType.UINT64, 1).packed(11, -1L)).longs());
    for (OnnxType type : List.of(OnnxType.INT32, OnnxType.INT16, OnnxType.INT8)) {
      assertArrayEquals(new long[] {-2, 1}, only(c(type, 2).packed(5, -2L, 1L)).longs());
    }
    assertArrayEquals(new long[] {200}, only(c(OnnxType.UINT8, 1).packed(5, 200L)).longs());
    assertArrayEquals(new long[] {60000}, only(c(OnnxType.UINT16, 1).packed(5, 60000L)).longs());
    assertArrayEquals(new long[] {0, 1}, only(c(OnnxType.BOOL, 2).packed(5, 0L, 1L)).longs());
    // 1.5 and -2 of 16 bits.
    assertArrayEquals(
        new float[] {1.5f, -2}, only(c(OnnxType.FLOAT16, 2).packed(5, 0x3e00L, 0xc000L)).floats());
    assertArrayEquals(
        new float[] {1.5f, -2}, only(c(OnnxType.BFLOAT16, 2).packed(5, 0x3fc0L, 0xc000L)).floats());
    assertArrayEquals(
        new String[] {"a", "", "\u00e9"},
        only(c(OnnxType.STRING, 3).text(6, "a").text(6, "").text(6, "\u00e9")).strings());
    byte[] two = {(byte) 0xff, 0x01};
    assertArrayEquals(new long[] {255, 1}, only(c(OnnxType.UINT8, 2).bytes(9, two)).longs());
    assertArrayEquals(new long[] {-1, 1}, only(c(OnnxType.INT8, 2).bytes(9, two)).longs());
    assertArrayEquals(new long[] {511}, only(c(OnnxType.INT16, 1).bytes(9, two)).longs());
    assertArrayEquals(new long[] {1, 1}, only(c(OnnxType.BOOL, 2).bytes(9, two)).longs());
    assertArrayEquals(
        new long[] {0xc0000000_3f800000L}, only(c(OnnxType.INT64, 1).bytes(9, raw)).longs());
    assertEquals("float[0, 3]", only(c(OnnxType.FLOAT, 0, 3)).toString());
  }

  @Test
  void constantsThatAreNotWhatTheySay() throws IOException {
    assertRefused(
        "tensor \"c\": float[2] has 8 bytes, found 4",
        small().constant(c(OnnxType.FLOAT, 2).packed(4, 1f)));
    assertRefused(
        "tensor \"c\": float[] has 4 bytes, found 0", small().constant(c(OnnxType.FLOAT)));
    assertRefused(
        "tensor \"c\": int64[2] has 2 elements, found 3",
        small().constant(c(OnnxType.INT64, 2).packed(7, 1L, 2L, 3L)));
    assertRefused(
        "tensor \"c\": string[2] has 2 elements, found 1",
        small().constant(c(OnnxType.STRING, 2).text(6, "a")));
    assertRefused(
        "tensor \"c\": elements of float expected, found those of another type",
        small().constant(c(OnnxType.FLOAT, 2).packed(10, 1d)));
    assertRefused(
        "tensor \"c\": dimensions from 0 to 2147483639 expected, found -1",
        small().constant(c(OnnxType.FLOAT, -1).packed(4, 1f)));
    assertRefused(
        "tensor \"c\": at most 2147483639 elements expected, found [65536, 65536]",
        small().constant(c(OnnxType.FLOAT, 65536, 65536).packed(4, 1f)));
    assertRefused(
        "tensor \"c\": at most 2147483639 elements expected, found [4294967, 4294967, 4294967]",
        small().constant(c(OnnxType.FLOAT, 4294967, 4294967, 4294967).packed(4, 1f)));
    assertRefused(
        "tensor \"c\": at most 2147483639 elements expected, found [65536, 65536, 0]",
        small().constant(c(OnnxType.FLOAT, 65536, 65536, 0)));
    assertRefused("dense constants expected, found a sparse one", sparse());
    assertRefused(
        "names expected once, found twice: \"c\"",
        small().constant(c(OnnxType.FLOAT, 0)).constant(c(OnnxType.FLOAT, 0)));
    Graph unknown =
        parse(small().constant(Proto.of().integer(2, 17).text(8, "c").bytes(9, new byte[3])));
    assertNull(unknown.type("c"));
    assertEquals(
        "m.onnx: tensor \"c\": an element type that can be read expected, found 17",
        assertThrows(FileFormatException.class, () -> unknown.constant("c")).getMessage());
  }

  private static ModelBytes sparse() {
    ModelBytes model = small();
    model.moreOfGraph().message(15, Proto.of());
    return model;
  }

  @Test
  void nodesThatAreConstants() throws IOException {
    Graph graph =
        parse(
            small()
                .node(
                    "Constant",
                    "",
                    "t",
                    attribute("value", 4).message(5, tensor("", OnnxType.FLOAT, 1).packed(4, 5f)))
                .node("Constant", "", "f", ModelBytes.number("value_float", 2.5f))
                .node("Constant", "", "fs", attribute("value_floats", 6).packed(7, 1f, 2f))
                .node("Constant", "", "i", integer("value_int", -3))
                .node("Constant", "", "is", ModelBytes.integers("value_ints", 1, -1))
                .node("Constant", "", "none", attribute("value_ints", 7))
                .node("Constant", "", "zero", attribute("value_int", 2))
                .node("Constant", "", "s", ModelBytes.text("value_string", "a"))
                .node("Constant", "", "ss", ModelBytes.texts("value_strings", "a", "b")));
    assertEquals(1, graph.nodes().size());
    assertEquals("float[1]", graph.constant("t").toString());
    assertSame(graph.constant("t"), graph.constant("t"));
    assertEquals("float[]", graph.constant("f").toString());
    assertArrayEquals(new float[] {1, 2}, graph.constant("fs").floats());
    assertEquals("int64[]", graph.constant("i").toString());
    assertArrayEquals(new long[] {1, -1}, graph.constant("is").longs());
    assertEquals("int64[0]", graph.constant("none").toString());
    assertArrayEquals(new long[] {0}, graph.constant("zero").longs());
    assertArrayEquals(new String[] {"a"}, graph.constant("s").strings());
    assertArrayEquals(new String[] {"a", "b"}, graph.constant("ss").strings());
    assertRefused(
        "node \"node1\" Constant: a value expected, a tensor, a number, a text or a list; found"
            + " none",
        small().node("Constant", "", "t", attribute("sparse_value", 11).message(22, Proto.of())));
  }

  @Test
  void constantsThatAreInputsTooNeedNotBeGiven() throws IOException {
    Graph graph =
        parse(small().version(3).input("w", OnnxType.FLOAT, 1).constant("w", new float[] {1}, 1));
    assertEquals("[x: float[batch, 2]]", graph.inputs().toString());
    assertEquals("{w=w: float[1]}", graph.defaults().toString());
    assertTrue(graph.isConstant("w"));
    assertFalse(graph.isConstant("x"));
  }

  @Test
  void attributesOfEveryKind() throws IOException {
    Node node =
        parse(
                small()
                    .node(
                        "Unheard",
                        "x",
                        "z",
                        ModelBytes.number("f", 0.5f),
                        integer("i", -7),
                        ModelBytes.text("s", "abc"),
                        attribute("value", 4)
                            .message(5, tensor("", OnnxType.INT64, 2).packed(7, 1L, 2L)),
                        attribute("fs", 6).packed(7, 1f, 2f).float32(7, 3),
                        attribute("is", 7).packed(8, 1L, 2L),
                        ModelBytes.texts("ss", "a", "b"),
                        attribute("g", 5).message(6, Proto.of().text(2, "inner")),
                        attribute("blob", 3).bytes(4, new byte[] {(byte) 0xff}),
                        attribute("e", 6),
                        Proto.of().text(1, "old").integer(3, 1)))
            .nodes()
            .get(1);
    assertEquals(0.5f, node.number("f", 0));
    assertEquals(-7, node.integer("i", 0));
    assertEquals("abc", node.text("s", ""));
    assertArrayEquals(new long[] {1, 2}, array(node, "value").longs());
    assertArrayEquals(new float[] {1, 2, 3}, node.numbers("fs"));
    assertArrayEquals(new long[] {1, 2}, node.integers("is"));
    assertEquals(asList("a", "b"), node.attributes().get("ss"));
    assertSame(Node.UNREADABLE, node.attributes().get("g"));
    assertSame(Node.UNREADABLE, node.attributes().get("blob"));
    assertArrayEquals(new float[0], node.numbers("e"));
    assertEquals(1, node.integer("old", 0));
    assertRefused(
        "attributes expected once, found twice: \"a\"",
        small().node("Neg", "x", "z", integer("a", 1), integer("a", 2)));
  }

  private static OnnxArray array(Node node, String attribute) {
    OnnxArray array = node.array(attribute);
    assertNotNull(array);
    return array;
  }

  @Test
  void functionsOfTheModelsOwnAreKnown() throws IOException {
    ModelBytes model = small().node("mine", "Twice", "x", "z");
    model.more().message(25, Proto.of().text(1, "Twice").text(10, "mine"));
    Graph graph = parse(model);
    assertTrue(graph.isFunction(graph.nodes().get(1)));
    assertFalse(graph.isFunction(graph.nodes().get(0)));
  }

  @Test
  void probabilitiesByLabelsAreAnArrayAndItsLabels() throws IOException {
    Graph graph =
        parse(
            new ModelBytes()
                .opset(Node.ML, 1)
                .input("x", OnnxType.FLOAT, "n", 2)
                .node(
                    Node.ML, "ZipMap", "x", "p", ModelBytes.texts("classlabels_strings", "a", "b"))
                .output(Proto.of().text(1, "p")));
    assertEquals("[p: float[?, 2], p_labels: string[2]]", graph.outputs().toString());
  }

  // Elements in other files.

  private static Proto entry(String key, String value) {
    return Proto.of().text(1, key).text(2, value);
  }

  private Graph read(Proto tensor) throws IOException {
    Path file = folder.resolve(FILE);
    Files.write(file, small().constant(tensor.integer(14, 1)).bytes());
    return Graph.read(file);
  }

  private void assertRefused(String message, Proto tensor) {
    FileFormatException e = assertThrows(FileFormatException.class, () -> read(tensor));
    assertEquals(folder.resolve(FILE) + ": tensor \"c\": " + message, e.getMessage());
  }

  private static Proto outside(String location, String offset, String length) {
    return c(OnnxType.FLOAT, 2)
        .message(13, entry("location", location))
        .message(13, entry("offset", offset))
        .message(13, entry("length", length));
  }

  private void data() throws IOException {
    byte[] raw = {9, 0, 0, (byte) 0x80, 0x3f, 0, 0, 0, (byte) 0xc0};
    Files.createDirectories(folder.resolve("inner"));
    Files.write(folder.resolve("m.data"), raw);
    Files.write(folder.resolve("inner/m.data"), raw);
  }

  @Test
  void elementsOfAnotherFileOfTheFolder() throws Exception {
    data();
    float[] expected = {1, -2};
    assertArrayEquals(expected, read(outside("m.data", "1", "8")).constant("c").floats());
    assertArrayEquals(expected, read(outside("inner/m.data", "1", "8")).constant("c").floats());
    Proto short_ =
        c(OnnxType.FLOAT, 2)
            .message(13, entry("location", "m.data"))
            .message(13, entry("offset", "1"));
    assertArrayEquals(expected, read(short_).constant("c").floats());
    byte[] sum =
        MessageDigest.getInstance("SHA-1").digest(Files.readAllBytes(folder.resolve("m.data")));
    String checksum = HexFormat.of().formatHex(sum);
    assertArrayEquals(
        expected,
        read(outside("m.data", "1", "8").message(13, entry("checksum", checksum)))
            .constant("c")
            .floats());
    String wrong = "0".repeat(40);
    assertRefused(
        "SHA-1 of \"m.data\" expected to be \""
            + wrong
            + "\", found "
            + checksum
            + " (changed or damaged?)",
        outside("m.data", "1", "8").message(13, entry("checksum", wrong)));
    // Larger than what is read at once.
    int count = 100_000;
    byte[] large = new byte[count * 2];
    for (int i = 0; i < count; i++) {
      large[2 * i] = (byte) i;
      large[2 * i + 1] = (byte) (i >> 8);
    }
    Files.write(folder.resolve("large"), large);
    long[] decoded =
        read(c(OnnxType.UINT16, count).message(13, entry("location", "large")))
            .constant("c")
            .longs();
    for (int i = 0; i < count; i++) {
      assertEquals(i & 0xffff, decoded[i]);
    }
  }

  @Test
  void elementsBehindTheFirstTwoGigabytes() throws IOException {
    long offset = 3_000_000_000L;
    // A file with a hole, which takes no room.
    try (FileChannel channel =
        FileChannel.open(
            folder.resolve("m.data"),
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.WRITE,
            StandardOpenOption.SPARSE)) {
      channel.write(
          ByteBuffer.wrap(new byte[] {0, 0, (byte) 0x80, 0x3f, 0, 0, 0, (byte) 0xc0}), offset);
    }
    assertArrayEquals(
        new float[] {1, -2},
        read(outside("m.data", Long.toString(offset), "8")).constant("c").floats());
    assertRefused(
        "8 bytes from 3000000001 on expected in \"m.data\", which has 3000000008 (cut off?)",
        outside("m.data", Long.toString(offset + 1), "8"));
  }

  @Test
  void noFileOutsideOfTheFolder() throws IOException {
    data();
    Path outer = Files.createDirectory(folder.resolve("outer"));
    Files.write(outer.resolve("secret"), new byte[8]);
    Path own = Files.createDirectory(folder.resolve("own"));
    Files.createSymbolicLink(own.resolve("link"), outer.resolve("secret"));
    for (String location :
        List.of(
            "../m.data",
            "inner/../../m.data",
            "..",
            "",
            outer.resolve("secret").toString(),
            "a\0b")) {
      assertRefused(
          "a file within the model's own folder expected, found "
              + FileFormatException.quote(location),
          outside(location, "0", "8"));
    }
    Path file = own.resolve(FILE);
    Files.write(file, small().constant(outside("link", "0", "8").integer(14, 1)).bytes());
    FileFormatException e = assertThrows(FileFormatException.class, () -> Graph.read(file));
    assertEquals(
        file + ": tensor \"c\": a file within the model's own folder expected, found \"link\"",
        e.getMessage());
    assertRefused(
        "its elements are expected in the file \"absent\" beside the model, which is not there",
        outside("absent", "0", "8"));
    assertRefused(
        "its elements are expected in the file \"inner\" beside the model, which is not there",
        outside("inner", "0", "8"));
    FileFormatException bytes =
        assertThrows(
            FileFormatException.class,
            () -> parse(small().constant(outside("m.data", "1", "8").integer(14, 1))));
    assertEquals(
        "m.onnx: tensor \"c\": its elements are in another file, \"m.data\"; the model must be"
            + " read by its path, so that the other can be found",
        bytes.getMessage());
  }

  @Test
  void noMoreThanTheOtherFileHas() throws IOException {
    data();
    assertRefused(
        "8 bytes from 2 on expected in \"m.data\", which has 9 (cut off?)",
        outside("m.data", "2", "8"));
    assertRefused(
        "8 bytes from 9223372036854775807 on expected in \"m.data\", which has 9 (cut off?)",
        outside("m.data", "9223372036854775807", "8"));
    assertRefused("a length of 8 bytes expected, found 9", outside("m.data", "0", "9"));
    assertRefused(
        "a number of bytes expected as offset, found \"-1\"", outside("m.data", "-1", "8"));
    assertRefused(
        "a number of bytes expected as length, found \"eight\"", outside("m.data", "1", "eight"));
    // Many tensors of the same bytes would need more memory than there are bytes.
    ModelBytes model = small();
    for (int i = 0; i < 10; i++) {
      model.constant(
          tensor("c" + i, OnnxType.FLOAT, 2)
              .integer(14, 1)
              .message(13, entry("location", "m.data")));
    }
    Path file = folder.resolve(FILE);
    Files.write(file, model.bytes());
    FileFormatException e = assertThrows(FileFormatException.class, () -> Graph.read(file));
    assertEquals(
        file
            + ": tensor \"c4\": tensors expected to share few bytes of \"m.data\", found too many"
            + " that do",
        e.getMessage());
    Graph graph = read(outside("m.data", "1", "8"));
    Files.write(folder.resolve("m.data"), new byte[3]);
    assertEquals(
        folder.toRealPath().resolve("m.data")
            + ": expected as long as when the model was read, found shorter",
        assertThrows(FileFormatException.class, () -> graph.constant("c")).getMessage());
  }
}
