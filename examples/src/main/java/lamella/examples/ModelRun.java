package lamella.examples;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import lamella.core.io.FileFormatException;
import lamella.examples.numpy.ArrayFile;
import lamella.examples.numpy.ArrayRows;
import lamella.examples.numpy.ArrayWriter;
import lamella.onnx.OnnxArray;
import lamella.onnx.OnnxType;
import lamella.onnx.OnnxValue;

/**
 * A model computed on the arrays of a file, some rows at a time: what lies between inputs and
 * outputs, and of the inputs themselves, takes no more memory than so many rows.
 *
 * <p>Rows are the first dimension of all inputs. A model whose inputs have one that is fixed is
 * computed on so many at a time; one whose inputs have no common first dimension, on all at once.
 */
public final class ModelRun {
  private final RunnableModel model;
  private final String file;
  private final ArrayFile arrays;

  /** Opened, by the names of inputs. */
  private final Map<String, ArrayRows> inputs = new LinkedHashMap<>();

  private ModelRun(RunnableModel model, String file, ArrayFile arrays) {
    this.model = model;
    this.file = file;
    this.arrays = arrays;
  }

  /**
   * Computes.
   *
   * @param batch how many rows at a time, where the model says that there may be any number
   * @param file for messages
   * @param arrays the inputs by name
   * @return the outputs by name
   * @throws FileFormatException if an input is not there or does not fit; says what was expected
   * @throws IOException if the file cannot be read
   */
  public static ArrayWriter compute(RunnableModel model, int batch, String file, ArrayFile arrays)
      throws IOException {
    ModelRun run = new ModelRun(model, file, arrays);
    ArrayWriter outputs = new ArrayWriter();
    int rows = run.open();
    int step = rows < 0 ? rows : run.step(rows, batch);
    if (!run.compute(rows, step, outputs)) {
      // Not row by row after all.
      outputs = new ArrayWriter();
      run.close();
      int again = run.open();
      boolean ignored = run.compute(again, again, outputs);
    }
    run.close();
    return outputs;
  }

  /** Opens the inputs; returns how many rows all of them have, or -1 where they do not agree. */
  private int open() throws IOException {
    int rows = -2;
    for (OnnxValue input : given()) {
      OnnxType type = input.type();
      if (type == null) {
        throw wrong(input.name(), "is " + input.kind() + ", of which arrays cannot be made");
      }
      ArrayRows array = arrays.rows(input.name(), type, model.inputs().size() == 1);
      inputs.put(input.name(), array);
      int[] dimensions = array.dimensions();
      int own = dimensions.length == 0 ? -1 : dimensions[0];
      rows = rows == -2 || rows == own ? own : -1;
      requireShape(input, dimensions);
    }
    return Math.max(rows, -1);
  }

  /** The inputs, and of those that may be left out the ones that are there. */
  private List<OnnxValue> given() {
    List<OnnxValue> given = new ArrayList<>(model.inputs());
    for (OnnxValue optional : model.optionalInputs()) {
      if (arrays.arrays().containsKey(optional.name())) {
        given.add(optional);
      }
    }
    return given;
  }

  private void close() throws IOException {
    for (ArrayRows array : inputs.values()) {
      array.close();
    }
    inputs.clear();
  }

  /** All dimensions but the first, of which {@link #step} knows. */
  private void requireShape(OnnxValue input, int[] found) throws IOException {
    List<OnnxValue.Dimension> expected = input.dimensions();
    if (expected == null) {
      return;
    }
    boolean same = expected.size() == found.length;
    for (int axis = 1; same && axis < found.length; axis++) {
      OnnxValue.Dimension dimension = expected.get(axis);
      same = dimension.isOpen() || dimension.size() == found[axis];
    }
    if (!same) {
      throw wrong(
          input.name(),
          "the model expects " + dimensions(expected) + ", got " + Arrays.toString(found));
    }
  }

  /** How many rows at a time. */
  private int step(int rows, int batch) throws IOException {
    if (rows == 0) {
      throw new FileFormatException(file, "its arrays have no rows");
    }
    int fixed = 0;
    boolean open = false;
    for (OnnxValue input : given()) {
      List<OnnxValue.Dimension> dimensions = input.dimensions();
      int size = dimensions == null ? OnnxValue.Dimension.OPEN : dimensions.getFirst().size();
      open |= size == OnnxValue.Dimension.OPEN;
      if (size != OnnxValue.Dimension.OPEN) {
        if (fixed != 0 && fixed != size) {
          return rows;
        }
        fixed = size;
      }
    }
    if (fixed == 0) {
      return Math.min(batch, rows);
    }
    // The model computes so many at a time by itself.
    return open || rows % fixed != 0 ? rows : Math.clamp(batch / fixed * (long) fixed, fixed, rows);
  }

  /** Computes so many rows at a time; returns false if the outputs have not as many rows. */
  private boolean compute(int rows, int step, ArrayWriter outputs) throws IOException {
    int from = 0;
    do {
      int count = Math.min(step, rows - from);
      Map<String, OnnxArray> some = new LinkedHashMap<>();
      for (Map.Entry<String, ArrayRows> input : inputs.entrySet()) {
        ArrayRows array = input.getValue();
        some.put(input.getKey(), rows < 0 || step == rows ? array.all() : array.next(count));
      }
      Map<String, OnnxArray> results = run(some, from);
      if (count < rows && !haveRows(results, count)) {
        if (from == 0) {
          return false;
        }
        throw new FileFormatException(
            file,
            "outputs for " + count + " rows have not as many; compute all at once, with --batch");
      }
      outputs.add(results);
      from += Math.max(count, 1);
    } while (from < rows);
    return true;
  }

  private static boolean haveRows(Map<String, OnnxArray> results, int rows) {
    for (OnnxArray result : results.values()) {
      if (result.rank() == 0 || result.dimension(0) != rows) {
        return false;
      }
    }
    return true;
  }

  private Map<String, OnnxArray> run(Map<String, OnnxArray> some, int from) throws IOException {
    try {
      return model.run(some);
    } catch (IllegalArgumentException e) {
      // Of an index that is out of range, for example, with the number of its row.
      throw new FileFormatException(
          file, e.getMessage() + (from == 0 ? "" : "; counted from row " + from));
    }
  }

  private static String dimensions(List<OnnxValue.Dimension> dimensions) {
    return dimensions.stream()
        .map(OnnxValue.Dimension::toString)
        .collect(Collectors.joining(", ", "[", "]"));
  }

  private FileFormatException wrong(String input, String problem) {
    return new FileFormatException(file, input + ": " + problem);
  }
}
