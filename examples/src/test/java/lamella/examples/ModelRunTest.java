package lamella.examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import lamella.core.Shape;
import lamella.core.io.FileFormatException;
import lamella.core.io.NpyArray;
import lamella.core.io.Npz;
import lamella.examples.numpy.ArrayFile;
import lamella.examples.numpy.ArrayWriter;
import lamella.onnx.OnnxArray;
import lamella.onnx.OnnxType;
import lamella.onnx.OnnxValue;
import lamella.onnx.OnnxValue.Dimension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelRunTest {
  @TempDir Path directory;

  /** The sums of the rows of two inputs; or with a mean the sum of all. */
  private static final class Sums implements RunnableModel {
    private final int[] firstDimensions;
    private final boolean all;
    private final List<Integer> rows = new ArrayList<>();

    Sums(boolean all, int... firstDimensions) {
      this.firstDimensions = firstDimensions;
      this.all = all;
    }

    @Override
    public List<OnnxValue> inputs() {
      List<OnnxValue> inputs = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        Dimension first = new Dimension(firstDimensions[i], "");
        inputs.add(
            new OnnxValue("x" + i, OnnxType.INT64, List.of(first, new Dimension(2, "")), "int64"));
      }
      return inputs;
    }

    @Override
    public List<OnnxValue> outputs() {
      return List.of();
    }

    @Override
    public Map<String, OnnxArray> run(Map<String, OnnxArray> inputs) {
      long[] a = inputs.get("x0").longs();
      long[] b = inputs.get("x1").longs();
      rows.add(inputs.get("x0").dimension(0));
      long[] sums = new long[a.length / 2];
      for (int i = 0; i < a.length; i++) {
        sums[i / 2] += a[i] + b[i % b.length];
      }
      return Map.of(
          "sum",
          all
              ? OnnxArray.of(OnnxType.INT64, new long[] {Arrays.stream(sums).sum()}, 1)
              : OnnxArray.of(OnnxType.INT64, sums, sums.length));
    }
  }

  private long[] sums(Sums model, int batch, int rows, int others) throws IOException {
    Path file = directory.resolve("x.npz");
    Map<String, NpyArray> arrays = new LinkedHashMap<>();
    arrays.put("x0", NpyArray.of(Shape.of(rows, 2), numbers(rows)));
    arrays.put("x1", NpyArray.of(Shape.of(others, 2), numbers(others)));
    Npz.of(arrays).write(file);
    ArrayWriter outputs;
    try (ArrayFile opened = ArrayFile.open(file)) {
      outputs = ModelRun.compute(model, batch, "x.npz", opened);
    }
    Path written = directory.resolve("y.npz");
    outputs.write(written);
    return Npz.read(written).array("sum").longs();
  }

  private static long[] numbers(int rows) {
    long[] numbers = new long[2 * rows];
    Arrays.setAll(numbers, i -> i);
    return numbers;
  }

  private static long[] expected(int rows) {
    long[] sums = new long[rows];
    Arrays.setAll(sums, i -> 2L * (4 * i + 1));
    return sums;
  }

  @Test
  void noMoreRowsThanAskedForAreInMemoryAtOnce() throws IOException {
    Sums model = new Sums(false, Dimension.OPEN, Dimension.OPEN);
    assertArrayEquals(expected(10), sums(model, 4, 10, 10));
    assertEquals(List.of(4, 4, 2), model.rows);
  }

  @Test
  void aBatchThatIsFixedIsKept() throws IOException {
    Sums model = new Sums(false, 3, 3);
    assertArrayEquals(expected(12), sums(model, 7, 12, 12));
    assertEquals(List.of(6, 6), model.rows);
    Sums one = new Sums(false, 3, 3);
    assertArrayEquals(expected(12), sums(one, 1, 12, 12));
    assertEquals(List.of(3, 3, 3, 3), one.rows);
  }

  @Test
  void inputsWithoutCommonRowsAreTakenAtOnce() throws IOException {
    Sums model = new Sums(false, Dimension.OPEN, 1);
    long[] ignored = sums(model, 2, 10, 1);
    assertEquals(List.of(10), model.rows);
  }

  @Test
  void aModelThatGivesNoRowForEachIsComputedAtOnce() throws IOException {
    Sums model = new Sums(true, Dimension.OPEN, Dimension.OPEN);
    assertArrayEquals(new long[] {Arrays.stream(expected(10)).sum()}, sums(model, 4, 10, 10));
    assertEquals(List.of(4, 10), model.rows);
  }

  @Test
  void inputsThatDoNotFitAreNamedWithBothShapes() throws IOException {
    Path file = directory.resolve("x.npz");
    Npz.of(
            Map.of(
                "x0", NpyArray.of(Shape.of(2, 3), new long[6]),
                "x1", NpyArray.of(Shape.of(2, 2), new long[4])))
        .write(file);
    try (ArrayFile opened = ArrayFile.open(file)) {
      FileFormatException e =
          assertThrows(
              FileFormatException.class,
              () ->
                  ModelRun.compute(
                      new Sums(false, Dimension.OPEN, Dimension.OPEN), 4, "x.npz", opened));
      assertEquals("x.npz: x0: the model expects [?, 2], got [2, 3]", e.getMessage());
    }
  }
}
