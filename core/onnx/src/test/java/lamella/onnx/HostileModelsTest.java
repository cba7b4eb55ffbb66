package lamella.onnx;

import static lamella.onnx.ModelBytes.attribute;
import static lamella.onnx.ModelBytes.integer;
import static lamella.onnx.ModelBytes.tensor;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import lamella.core.io.FileFormatException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Files that somebody has made to use up memory, time or the stack. */
@Timeout(60)
class HostileModelsTest {
  private static final int MILLION = 1_000_000;

  private static ModelBytes model() {
    return new ModelBytes()
        .input("x", OnnxType.FLOAT, "n")
        .node("Neg", "x", "y")
        .output("y", OnnxType.FLOAT, "n");
  }

  private static OnnxModel parse(ModelBytes model) throws FileFormatException {
    return OnnxModel.parse("m.onnx", model.bytes());
  }

  private static void assertRuns(OnnxModel model) {
    OnnxArray x = OnnxArray.of(new float[] {1}, 1);
    assertEquals(-1, model.withOutputs("y").run(Map.of("x", x)).get("y").floats()[0]);
  }

  /** A message in a message, a million times. */
  private static byte[] nested(int field, int depth) {
    // From the innermost outwards, written backwards: the length, and before it the tag.
    ByteArrayOutputStream reversed = new ByteArrayOutputStream();
    for (int i = 0; i < depth; i++) {
      int length = reversed.size();
      int shift = 0;
      while (length >>> shift >= 0x80) {
        shift += 7;
      }
      for (int s = shift; s >= 0; s -= 7) {
        reversed.write(((length >>> s) & 0x7f) | (s == shift ? 0 : 0x80));
      }
      reversed.write((field << 3) | 2);
    }
    byte[] bytes = reversed.toByteArray();
    for (int i = 0; i < bytes.length / 2; i++) {
      byte other = bytes[i];
      bytes[i] = bytes[bytes.length - 1 - i];
      bytes[bytes.length - 1 - i] = other;
    }
    return bytes;
  }

  @Test
  void graphsWithinGraphsAreNotFollowed() throws FileFormatException {
    // If in If in If, and a sequence of sequences.
    byte[] deep = nested(6, MILLION);
    ModelBytes bytes = model().node("If", "x", "z", attribute("then_branch", 5).bytes(6, deep));
    assertRuns(parse(bytes));
    assertEquals("If", parse(bytes).withOutputs("z").unsupported().getFirst().operator());
    for (int field : new int[] {1, 4, 5, 9}) {
      Proto value = Proto.of().text(1, "y").message(2, Proto.of().bytes(4, nested(field, MILLION)));
      try {
        assertRuns(
            parse(
                new ModelBytes()
                    .input("x", OnnxType.FLOAT, "n")
                    .node("Neg", "x", "y")
                    .output(value)));
      } catch (FileFormatException e) {
        assertEquals(1, e.getMessage().lines().count());
      }
    }
  }

  @Test
  void manyNodesOneAfterTheOther() throws FileFormatException {
    int count = 200_000;
    ModelBytes bytes = new ModelBytes().input("v0", OnnxType.FLOAT, "n");
    for (int i = 0; i < count; i++) {
      bytes.node("Neg", "v" + i, "v" + (i + 1));
    }
    OnnxModel model = parse(bytes.output("v" + count, OnnxType.FLOAT, "n"));
    OnnxArray x = OnnxArray.of(new float[] {1}, 1);
    assertEquals(1, model.run(Map.of("v0", x)).get("v" + count).floats()[0]);
  }

  @Test
  void nodesAndAttributesOfAMillionParts() throws FileFormatException {
    Proto many = Proto.of();
    Proto empty = Proto.of();
    for (int i = 0; i < MILLION; i++) {
      empty.text(1, "");
    }
    for (int i = 0; i < MILLION; i++) {
      many.integer(8, i);
    }
    ModelBytes bytes = model();
    bytes
        .moreOfGraph()
        .bytes(
            1,
            joined(
                empty.bytes(),
                Proto.of()
                    .text(2, "z")
                    .text(4, "Transpose")
                    .bytes(5, joined(Proto.of().text(1, "perm").bytes(), many.bytes()))
                    .bytes()));
    OnnxModel model = parse(bytes);
    assertRuns(model);
    OnnxArray x = OnnxArray.of(new float[] {1}, 1);
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class, () -> model.withOutputs("z").run(Map.of("x", x)));
    assertTrue(e.getMessage().length() < 1000, e.getMessage());
  }

  private static byte[] joined(byte[] first, byte[] second) {
    byte[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }

  @Test
  void lengthsThatAreNotThereAreNotAllocated() {
    for (int field : new int[] {4, 5, 7, 9, 10, 11}) {
      // The field's length says 2 GB.
      byte[] length = {(byte) ((field << 3) | 2), -1, -1, -1, -1, 7};
      ModelBytes bytes = model();
      bytes
          .moreOfGraph()
          .bytes(5, joined(tensor("w", OnnxType.FLOAT, Integer.MAX_VALUE - 8).bytes(), length));
      FileFormatException e = assertThrows(FileFormatException.class, () -> parse(bytes));
      assertTrue(e.getMessage().contains("2147483647 bytes expected, 0 left (cut off?)"));
    }
  }

  @Test
  void sizesThatAConstantAsksForAreWithinTheLimit() throws FileFormatException {
    // Arrays of 2^40, 2^31 and 2^28 elements, of a shape of a few bytes.
    for (long[] shape :
        new long[][] {{1L << 20, 1L << 20}, {1L << 31}, {1 << 14, 1 << 14}, {Long.MAX_VALUE}}) {
      for (String operator : new String[] {"ConstantOfShape", "Expand", "Tile"}) {
        String from = operator.equals("ConstantOfShape") ? "shape" : "x,shape";
        OnnxModel model =
            parse(
                    new ModelBytes()
                        .input("x", OnnxType.FLOAT, "n")
                        .constant("shape", shape, shape.length)
                        .node(operator, from, "z")
                        .node("ReduceSum", "z", "y", integer("keepdims", 0))
                        .output("y", OnnxType.FLOAT))
                .withMemoryLimit(1 << 24);
        OnnxArray x = OnnxArray.of(new float[] {1}, 1);
        assertTimeoutPreemptively(
            Duration.ofSeconds(20),
            () -> assertThrows(IllegalArgumentException.class, () -> model.run(Map.of("x", x))));
      }
    }
  }

  /** Parts side by side within parts: each of them is within two others, so that there are 2^40. */
  @Test
  void branchesThatShareBranchesAreNotFollowedForEver() throws FileFormatException {
    int depth = 40;
    ModelBytes bytes =
        new ModelBytes()
            .input("x" + depth, OnnxType.FLOAT, "n", 2)
            .constant("both", new long[] {0, 1}, 2)
            .constant("first", new long[] {0}, 1);
    for (int i = depth; i > 0; i--) {
      bytes.node("Gather", "x" + i + ",both", "x" + (i - 1), integer("axis", 1));
    }
    bytes.node("Gather", "x0,first", "a0", integer("axis", 1));
    bytes.node("Gather", "x0,first", "b0", integer("axis", 1));
    bytes.node("Concat", "a0,b0", "d0", integer("axis", 1));
    for (int i = 1; i <= depth; i++) {
      bytes.node("Tanh", "d" + (i - 1), "s" + i);
      bytes.node("Relu", "d" + (i - 1), "t" + i);
      bytes.node("Gather", "x" + i + ",first", "a" + i, integer("axis", 1));
      bytes.node("Concat", "s" + i + ",t" + i + ",a" + i, "c" + i, integer("axis", 1));
      // Two of its five columns, so that they do not become more and more.
      bytes.node("Gather", "c" + i + ",both", "d" + i, integer("axis", 1));
    }
    byte[] file = bytes.output("d" + depth, OnnxType.FLOAT, "n", 2).bytes();
    assertTimeoutPreemptively(
        Duration.ofSeconds(50),
        () -> {
          try {
            OnnxImport.parse("m.onnx", file);
          } catch (FileFormatException e) {
            assertEquals(1, e.getMessage().lines().count());
          }
        });
  }
}
