package lamella.spark;

import static lamella.core.io.FileFormatException.quote;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import lamella.core.Outputs;
import lamella.core.Shape;
import lamella.core.io.FileFormatException;
import lamella.core.io.ModelFile;
import lamella.onnx.OnnxArray;
import lamella.onnx.OnnxImport;
import lamella.onnx.OnnxModel;
import lamella.onnx.OnnxType;
import lamella.onnx.OnnxValue;
import org.jspecify.annotations.Nullable;

/** An ONNX graph that is no network of layers: it has one input and one output of floats. */
final class OpenGraph extends OpenModel {
  private final OnnxModel model;
  private final OnnxValue input;
  private final String outputName;

  /** The sizes of one example. */
  private final int[] example;

  private OpenGraph(OnnxModel model, int[] example, Shape output) {
    super(Shape.of(example).size(), output, Outputs.NUMBERS, List.of());
    this.example = example;
    this.model = model;
    this.input = model.inputs().getFirst();
    this.outputName = model.outputs().getFirst().name();
  }

  /** A network or a table's model where the file is of one, else its graph. */
  static OpenModel open(String name, byte[] file) throws IOException {
    OnnxImport read;
    try {
      read = OnnxImport.parse(name, file);
    } catch (FileFormatException noNetwork) {
      return graph(name, OnnxModel.parse(name, file), noNetwork);
    }
    if (read.metadata().containsKey(TABLE)) {
      return OpenTable.of(
          name, new ModelFile(read.network(), Map.of(), OpenTable.withoutOwn(read.metadata())));
    }
    List<String> labels = read.labels().isEmpty() ? labels(read.metadata()) : read.labels();
    return new OpenNetwork(read.network(), labels);
  }

  private static OpenGraph graph(String name, OnnxModel model, FileFormatException noNetwork)
      throws FileFormatException {
    if (model.inputs().size() != 1
        || model.outputs().size() != 1
        || !isFloat(model.inputs().getFirst())
        || !isFloat(model.outputs().getFirst())
        || !model.unsupported().isEmpty()) {
      throw noNetwork;
    }
    int[] example = example(name, model.inputs().getFirst());
    // What one row gives tells what the file may leave open.
    OpenGraph one = new OpenGraph(model, example, Shape.of(1));
    OnnxArray answer = one.run(1, new double[one.inputs()]);
    int[] dimensions = answer.dimensions();
    if (answer.rank() == 0 || dimensions[0] != 1 || answer.size() == 0) {
      throw new FileFormatException(
          name,
          "output "
              + quote(one.outputName)
              + ": a row of numbers for each example expected, found "
              + answer
              + " for one example");
    }
    return new OpenGraph(model, example, Shape.of(answer.size()));
  }

  private static boolean isFloat(OnnxValue value) {
    return value.type() == OnnxType.FLOAT || value.type() == OnnxType.DOUBLE;
  }

  /** The sizes of an example. */
  private static int[] example(String name, OnnxValue input) throws FileFormatException {
    List<OnnxValue.Dimension> dimensions = input.dimensions();
    int[] sizes = new int[dimensions == null ? 0 : Math.max(0, dimensions.size() - 1)];
    long size = sizes.length == 0 ? -1 : 1;
    for (int axis = 0; dimensions != null && axis < sizes.length; axis++) {
      sizes[axis] = dimensions.get(axis + 1).size();
      size = size < 0 || sizes[axis] < 1 ? -1 : size * sizes[axis];
    }
    if (size < 1 || size > Integer.MAX_VALUE) {
      throw new FileFormatException(
          name,
          "input "
              + quote(input.name())
              + ": examples of a fixed size expected, found "
              + input.description());
    }
    return sizes;
  }

  private OnnxArray run(int n, double[] numbers) {
    int[] dimensions = new int[example.length + 1];
    dimensions[0] = n;
    System.arraycopy(example, 0, dimensions, 1, example.length);
    int size = n * inputs();
    OnnxArray given;
    if (input.type() == OnnxType.DOUBLE) {
      given = OnnxArray.of(Arrays.copyOf(numbers, size), dimensions);
    } else {
      float[] floats = new float[size];
      for (int i = 0; i < size; i++) {
        floats[i] = (float) numbers[i];
      }
      given = OnnxArray.of(OnnxType.FLOAT, floats, dimensions);
    }
    OnnxArray answer = model.run(Map.of(input.name(), given)).get(outputName);
    if (answer == null) {
      throw new IllegalStateException(model.file() + ": no output " + quote(outputName));
    }
    return answer;
  }

  @Override
  Batch batch(int rows) {
    return new GraphBatch(rows);
  }

  private final class GraphBatch extends Batch {
    private final double[] inputs;
    private final float[] rounded;
    private final double[] answers;

    GraphBatch(int rows) {
      inputs = new double[rows * inputs()];
      rounded = new float[inputs()];
      answers = new double[rows * outputs()];
    }

    @Override
    @Nullable String put(int row, double[] numbers, FeatureReader reader) {
      System.arraycopy(numbers, 0, inputs, row * inputs(), inputs());
      return input.type() == OnnxType.DOUBLE ? null : reader.narrow(numbers, inputs(), rounded, 0);
    }

    @Override
    boolean compute(int n, boolean withAnswers) {
      OnnxArray answer = run(n, inputs);
      if (answer.size() != n * outputs()) {
        throw new IllegalStateException(
            model.file()
                + ": expected "
                + outputs()
                + " numbers for each of "
                + n
                + " rows, got "
                + answer);
      }
      boolean isFinite = true;
      for (int i = 0; i < answer.size(); i++) {
        answers[i] = answer.type() == OnnxType.DOUBLE ? answer.doubles()[i] : answer.floats()[i];
        isFinite &= Double.isFinite(answers[i]);
      }
      return isFinite;
    }

    @Override
    double output(int row, int place) {
      return answers[row * outputs() + place];
    }

    @Override
    double answer(int row, int place) {
      return output(row, place);
    }
  }
}
