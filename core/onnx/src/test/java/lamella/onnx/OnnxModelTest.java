package lamella.onnx;

import static lamella.onnx.ModelBytes.integer;
import static lamella.onnx.ModelBytes.number;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import lamella.core.io.FileFormatException;
import org.junit.jupiter.api.Test;

/** Graphs are run by the names of their inputs and outputs. */
class OnnxModelTest {
  private static OnnxModel parse(ModelBytes model) throws FileFormatException {
    return OnnxModel.parse("m.onnx", model.bytes());
  }

  private static OnnxArray floats(float[] elements, int... dimensions) {
    return OnnxArray.of(elements, dimensions);
  }

  private static void assertRefused(String message, OnnxModel model, Map<String, OnnxArray> given) {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> model.run(given));
    assertEquals("m.onnx: " + message, e.getMessage());
  }

  /** Twice x, and the sum of x and w. */
  private static ModelBytes sums() {
    return new ModelBytes()
        .input("x", OnnxType.FLOAT, "batch", 2)
        .constant("w", new float[] {10, 20}, 2)
        .node("Add", "x,x", "twice")
        .node("Add", "x,w", "sum")
        .output("sum", OnnxType.FLOAT, "batch", 2)
        .output("twice", OnnxType.FLOAT, "batch", 2);
  }

  @Test
  void outputsAreComputedByName() throws FileFormatException {
    OnnxModel model = parse(sums());
    assertEquals(
        "m.onnx: \"x\" float[batch, 2] -> \"sum\" float[batch, 2], \"twice\" float[batch, 2]",
        model.toString());
    Map<String, OnnxArray> outputs = model.run(Map.of("x", floats(new float[] {1, 2}, 1, 2)));
    assertEquals("[sum, twice]", outputs.keySet().toString());
    assertArrayEquals(new float[] {11, 22}, outputs.get("sum").floats());
    assertArrayEquals(new float[] {2, 4}, outputs.get("twice").floats());
    assertEquals(Map.of("Add", 2), model.operators());
    assertEquals("[w: float[2]]", model.constants().toString());
    assertEquals(List.of("x", "twice", "sum", "w"), model.values());
  }

  @Test
  void anyValueCanBeAnOutput() throws FileFormatException {
    OnnxModel model = parse(sums().node("Add", "sum,w", "more"));
    Map<String, OnnxArray> given = Map.of("x", floats(new float[] {1, 2}, 1, 2));
    Map<String, OnnxArray> outputs = model.withOutputs("more", "w", "x").run(given);
    assertEquals("[more, w, x]", outputs.keySet().toString());
    assertArrayEquals(new float[] {21, 42}, outputs.get("more").floats());
    assertEquals(
        "m.onnx: no value is named \"mor\"; outputs are \"sum\" float[batch, 2], \"twice\""
            + " float[batch, 2], other values \"x\", \"twice\", \"sum\", \"more\", \"w\"",
        assertThrows(IllegalArgumentException.class, () -> model.withOutputs("mor")).getMessage());
    assertThrows(IllegalArgumentException.class, model::withOutputs);
  }

  @Test
  void outputsAreTheCallers() throws FileFormatException {
    OnnxModel model = parse(sums().node("Identity", "x", "y").node("Identity", "w", "v"));
    float[] x = {1, 2};
    OnnxModel several = model.withOutputs("x", "y", "w", "v");
    Map<String, OnnxArray> given = Map.of("x", floats(x, 1, 2));
    for (int i = 0; i < 2; i++) {
      Map<String, OnnxArray> outputs = several.run(given);
      assertArrayEquals(new float[] {1, 2}, outputs.get("y").floats());
      assertArrayEquals(new float[] {10, 20}, outputs.get("v").floats());
      for (OnnxArray output : outputs.values()) {
        assertNotSame(x, output.floats());
        output.floats()[0] = 100;
      }
      assertArrayEquals(new float[] {100, 2}, outputs.get("y").floats());
    }
    assertArrayEquals(new float[] {1, 2}, x);
  }

  @Test
  void inputsAreThoseOfTheFile() throws FileFormatException {
    OnnxModel model = parse(sums());
    OnnxArray x = floats(new float[] {1, 2}, 1, 2);
    assertRefused(
        "input \"x\" is missing; expected are \"x\" float[batch, 2], given \"y\"",
        model,
        Map.of("y", x));
    assertRefused(
        "no input is named \"y\"; expected are \"x\" float[batch, 2]",
        model,
        Map.of("x", x, "y", x));
    assertRefused(
        "input \"x\": expects float[batch, 2], got float[2]",
        model,
        Map.of("x", floats(new float[] {1, 2}, 2)));
    assertRefused(
        "input \"x\": expects float[batch, 2], got float[1, 3]",
        model,
        Map.of("x", floats(new float[] {1, 2, 3}, 1, 3)));
    assertRefused(
        "input \"x\": expects float[batch, 2], got double[1, 2]",
        model,
        Map.of("x", OnnxArray.of(new double[] {1, 2}, 1, 2)));
  }

  @Test
  void constantsThatAreInputsTooCanBeGiven() throws FileFormatException {
    OnnxModel model =
        parse(
            sums()
                .version(3)
                .input("w", OnnxType.FLOAT, 2)
                .node("Add", "w,w", "folded")
                .node("Add", "x,folded", "y")
                .output("y", OnnxType.FLOAT, "batch", 2));
    assertEquals("[w: float[2]]", model.optionalInputs().toString());
    OnnxArray x = floats(new float[] {1, 2}, 1, 2);
    OnnxArray w = floats(new float[] {100, 200}, 2);
    for (int i = 0; i < 2; i++) {
      assertArrayEquals(new float[] {21, 42}, model.run(Map.of("x", x)).get("y").floats());
      assertArrayEquals(
          new float[] {201, 402}, model.run(Map.of("x", x, "w", w)).get("y").floats());
    }
    assertRefused(
        "input \"w\": expects float[2], got float[1]",
        model,
        Map.of("x", x, "w", floats(new float[] {1}, 1)));
  }

  @Test
  void matricesThatAreTransposedAreTheSameForEveryNode() throws FileFormatException {
    // One matrix is used as it is and transposed, twice; it has no square shape.
    OnnxModel model =
        parse(
            new ModelBytes()
                .input("x", OnnxType.FLOAT, "n", 3)
                .input("z", OnnxType.FLOAT, "n", 2)
                .constant("w", new float[] {1, 2, 3, 4, 5, 6}, 2, 3)
                .node("Gemm", "x,w", "a", integer("transB", 1))
                .node("Gemm", "x,w", "b", integer("transB", 1), number("alpha", 2))
                .node("Gemm", "z,w", "c", integer("transB", 0))
                .output("a", OnnxType.FLOAT, "n", 2)
                .output("b", OnnxType.FLOAT, "n", 2)
                .output("c", OnnxType.FLOAT, "n", 3));
    Map<String, OnnxArray> given =
        Map.of("x", floats(new float[] {1, 10, 100}, 1, 3), "z", floats(new float[] {1, 10}, 1, 2));
    Map<String, OnnxArray> outputs = model.run(given);
    assertArrayEquals(new float[] {321, 654}, outputs.get("a").floats());
    assertArrayEquals(new float[] {642, 1308}, outputs.get("b").floats());
    assertArrayEquals(new float[] {41, 52, 63}, outputs.get("c").floats());
  }

  @Test
  void numbersShrinkTowardsZero() throws FileFormatException {
    OnnxModel model =
        parse(
            new ModelBytes()
                .input("x", OnnxType.FLOAT, "n")
                .node("Shrink", "x", "y", number("lambd", 0.5f), number("bias", 0.25f))
                .output("y", OnnxType.FLOAT, "n"));
    OnnxArray x = floats(new float[] {-2, -0.5f, 0, 0.3f, 0.5f, 1}, 6);
    assertArrayEquals(
        new float[] {-1.75f, 0, 0, 0, 0, 0.75f}, model.run(Map.of("x", x)).get("y").floats());
  }

  @Test
  void errorsOfNodesSayWhatTheyWereGiven() throws FileFormatException {
    OnnxModel model =
        parse(
            new ModelBytes()
                .input("x", OnnxType.FLOAT, "n", "m")
                .constant("w", new float[] {1, 2, 3, 4, 5, 6}, 2, 3)
                .node("MatMul", "x,w", "y")
                .output("y", OnnxType.FLOAT, "n", 3));
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> model.run(Map.of("x", floats(new float[5], 1, 5))));
    String message = String.valueOf(e.getMessage());
    assertEquals("m.onnx: node \"node0\" MatMul: ", message.substring(0, 29));
    assertEquals(
        "; its inputs are float[1, 5], float[2, 3]",
        message.substring(message.length() - 41),
        message);
  }

  @Test
  void outputsThatNeedNoUnsupportedNodeAreComputed() throws FileFormatException {
    OnnxModel model =
        parse(
            sums()
                .node("RandomNormalLike", "x", "noise")
                .node("Add", "x,noise", "y")
                .output("y", OnnxType.FLOAT, "batch", 2)
                .node("mine", "Unheard", "twice", "z"));
    assertEquals(1, model.unsupported().size());
    OnnxModel.Unsupported unsupported = model.unsupported().getFirst();
    assertEquals("RandomNormalLike", unsupported.operator());
    assertEquals(13, unsupported.opset());
    assertEquals(List.of("sum", "twice"), model.supportedOutputs());
    OnnxArray x = floats(new float[] {1, 2}, 1, 2);
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> model.run(Map.of("x", x)));
    assertEquals(
        "m.onnx: " + unsupported + "; outputs that can be computed without are \"sum\", \"twice\"",
        e.getMessage());
    OnnxModel rest = model.withOutputs(model.supportedOutputs().toArray(String[]::new));
    assertEquals(List.of(), rest.unsupported());
    assertArrayEquals(new float[] {2, 4}, rest.run(Map.of("x", x)).get("twice").floats());
    assertEquals(
        "mine.Unheard",
        model.withOutputs("z").unsupported().getFirst().domain()
            + "."
            + model.withOutputs("z").unsupported().getFirst().operator());
  }

  @Test
  void functionsAndUnreadableConstantsAreNotSupported() throws FileFormatException {
    ModelBytes bytes =
        sums()
            .node("mine", "Twice", "x", "f")
            .constant(Proto.of().integer(2, 17).text(8, "c").bytes(9, new byte[3]))
            .node("Identity", "c", "d");
    bytes.more().message(25, Proto.of().text(1, "Twice").text(10, "mine"));
    OnnxModel model = parse(bytes);
    assertEquals(
        "[node \"node2\" mine.Twice (version 0): is a function of the model's own, which are not"
            + " read]",
        model.withOutputs("f").unsupported().toString());
    assertEquals(
        "[node \"node3\" Identity (version 13): its input \"c\" is a constant of a type that is"
            + " not read]",
        model.withOutputs("d").unsupported().toString());
    assertEquals(List.of(), model.withOutputs("c").supportedOutputs());
    assertRefused(
        "an output is of a type that is not read; no output can be computed without",
        model.withOutputs("c"),
        Map.of("x", floats(new float[2], 1, 2)));
  }

  @Test
  void aRunHasALimitOfMemory() throws FileFormatException {
    // A few bytes of a file double an array forty times.
    ModelBytes bytes = new ModelBytes().input("v0", OnnxType.FLOAT, "n");
    for (int i = 0; i < 40; i++) {
      bytes.node("Concat", "v" + i + ",v" + i, "v" + (i + 1), integer("axis", 0));
    }
    OnnxModel model = parse(bytes.output("v40", OnnxType.FLOAT, "m")).withMemoryLimit(10_000_000);
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> model.run(Map.of("v0", floats(new float[] {1}, 1))));
    assertEquals(
        "m.onnx: node \"node20\" Concat: an output of 2097152 elements does not fit in the memory"
            + " that a run may have, 9 MB, of which 4 MB are in use; more may be given by"
            + " OnnxModel.withMemoryLimit; its inputs are float[1048576], float[1048576]",
        e.getMessage());
    assertThrows(IllegalArgumentException.class, () -> model.withMemoryLimit(0));
    // What nobody needs any more is not counted.
    ModelBytes chain = new ModelBytes().input("v0", OnnxType.FLOAT, "n");
    for (int i = 0; i < 40; i++) {
      chain.node("Neg", "v" + i, "v" + (i + 1));
    }
    OnnxModel small = parse(chain.output("v40", OnnxType.FLOAT, "n")).withMemoryLimit(100_000);
    assertEquals(
        10_000, small.run(Map.of("v0", floats(new float[10_000], 10_000))).get("v40").size());
  }

  @Test
  void constantsAreNotComputedBeyondMeasure() throws FileFormatException {
    // Without an input: forty doublings of a constant.
    ModelBytes bytes = new ModelBytes().constant("v0", new float[] {1}, 1);
    for (int i = 0; i < 40; i++) {
      bytes.node("Concat", "v" + i + ",v" + i, "v" + (i + 1), integer("axis", 0));
    }
    OnnxModel model = parse(bytes.output("v40", OnnxType.FLOAT, "m"));
    assertEquals(1024, model.withMemoryLimit(1).withOutputs("v10").run(Map.of()).get("v10").size());
    assertThrows(
        IllegalArgumentException.class, () -> model.withMemoryLimit(10_000_000).run(Map.of()));
  }

  @Test
  void anyNumberOfExamplesIsComputed() throws FileFormatException {
    // A shape of one example stands in the graph.
    OnnxModel model =
        parse(
            new ModelBytes()
                .input("x", OnnxType.FLOAT, 1, 1, 2)
                .input("bias", OnnxType.FLOAT, 2)
                .constant("shape", new long[] {1, 2}, 2)
                .node("Reshape", "x,shape", "flat")
                .node("Add", "flat,bias", "y")
                .node("Identity", "bias", "same")
                .output("y", OnnxType.FLOAT, 1, 2));
    OnnxArray bias = floats(new float[] {10, 20}, 2);
    OnnxArray three = floats(new float[] {1, 2, 3, 4, 5, 6}, 3, 1, 2);
    OnnxArray y = model.run(Map.of("x", three, "bias", bias)).get("y");
    assertEquals("float[3, 2]", y.toString());
    assertArrayEquals(new float[] {11, 22, 13, 24, 15, 26}, y.floats());
    assertRefused(
        "output \"same\" is float[2] and so has no row for each of 1 examples: other numbers of"
            + " them than the file's cannot be given",
        model.withOutputs("same"),
        Map.of("x", three, "bias", bias));
    assertRefused(
        "input \"x\": expects float[1, 1, 2] with any number of examples, got float[3, 2, 2]",
        model,
        Map.of("x", floats(new float[12], 3, 2, 2), "bias", bias));
    assertEquals(
        "float[1, 2]",
        model.run(Map.of("x", floats(new float[2], 1, 1, 2), "bias", bias)).get("y").toString());
  }

  @Test
  void examplesAreComputedSoManyAtATimeAsTheFileSays() throws FileFormatException {
    OnnxModel model =
        parse(
            new ModelBytes()
                .input("x", OnnxType.FLOAT, 2, 1)
                .input("z", OnnxType.FLOAT, 2, 1)
                .constant("shape", new long[] {1, 2}, 2)
                .constant("back", new long[] {2, 1}, 2)
                .node("Add", "x,z", "sum")
                .node("Reshape", "sum,shape", "row")
                .node("Reshape", "row,back", "y")
                .output("y", OnnxType.FLOAT, 2, 1));
    OnnxArray x = floats(new float[] {1, 2, 3, 4, 5}, 5, 1);
    OnnxArray z = floats(new float[] {10, 20, 30, 40, 50}, 5, 1);
    OnnxArray y = model.run(Map.of("x", x, "z", z)).get("y");
    assertEquals("float[5, 1]", y.toString());
    assertArrayEquals(new float[] {11, 22, 33, 44, 55}, y.floats());
    assertThrows(
        IllegalArgumentException.class,
        () -> model.run(Map.of("x", x, "z", floats(new float[] {1, 2, 3}, 3, 1))));
  }

  @Test
  void probabilitiesAndLabelsOfClasses() throws FileFormatException {
    OnnxModel model =
        parse(
            new ModelBytes()
                .opset(Node.ML, 1)
                .input("x", OnnxType.FLOAT, 1, 2)
                .node(Node.ML, "ZipMap", "x", "p", ModelBytes.integers("classlabels_int64s", 7, 8))
                .output(Proto.of().text(1, "p")));
    for (int examples : new int[] {1, 3}) {
      Map<String, OnnxArray> outputs =
          model.run(Map.of("x", floats(new float[2 * examples], examples, 2)));
      assertEquals("float[" + examples + ", 2]", String.valueOf(outputs.get("p")));
      assertArrayEquals(new long[] {7, 8}, outputs.get("p_labels").longs());
    }
  }
}
