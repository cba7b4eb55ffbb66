package lamella.layers;

import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import lamella.core.DType;
import lamella.core.DoubleTensor;
import lamella.core.FloatTensor;
import lamella.core.Initializer;
import lamella.core.Layer;
import lamella.core.Parameter;
import lamella.core.Parameter.Role;
import lamella.core.Pass;
import lamella.core.Shape;
import lamella.core.ShapeException;
import lamella.core.Tensor;
import lamella.core.io.FileFormatException;
import lamella.core.io.LayerFormat;
import lamella.core.io.OnnxGraph;
import lamella.core.io.OnnxNode;
import org.jspecify.annotations.Nullable;

/**
 * Looks numbers of categories up in a table of vectors that are learned: for an input of whole
 * numbers x_1, ..., x_k it gives table[x_1], ..., table[x_k] one after the other. One category is
 * an input of one column.
 *
 * {@snippet file="SnippetsTest.java" region="embedding"}
 *
 * <p>Whole numbers are floats here. What is no whole number from 0 to count - 1 is refused, in
 * training as in prediction: it is no category.
 *
 * <p>Backward: dL/dtable[c] is the sum of the parts of dL/dy that came from row c of the table, in
 * the order of the examples. The input has no gradient, that is, zeros.
 *
 * <p><b>Shapes:</b> x {@code [n, k]} {@code ->} y {@code [n, k * width]}; table {@code [count,
 * width]}.
 *
 * <p><b>Parameters:</b> {@code table}, which a decay of weights falls on.
 */
public final class Embedding implements Layer {
  /** Beyond, not all whole numbers are a float32. */
  private static final int MOST = 1 << 24;

  /** ONNX's number for int64. */
  private static final int INT64 = 7;

  private final int count;
  private final int width;
  private final Parameter table;
  private final List<Parameter> parameters;

  /**
   * A float32 layer with a table of standard normal numbers.
   *
   * @param count how many categories there are, from 1 to 2<sup>24</sup>
   * @param width how many numbers each is given, at least 1
   * @param random where the numbers come from
   */
  public Embedding(int count, int width, RandomGenerator random) {
    this(DType.FLOAT32, count, width, Initializer.normal(1), random);
  }

  /**
   * A layer of either type.
   *
   * @param dtype the type of the table
   * @param count how many categories there are, from 1 to 2<sup>24</sup>
   * @param width how many numbers each is given, at least 1
   * @param initializer draws the table in row-major order
   * @param random where the numbers come from
   * @throws IllegalArgumentException if count or width is out of range
   */
  public Embedding(
      DType dtype, int count, int width, Initializer initializer, RandomGenerator random) {
    if (count < 1 || count > MOST || width < 1) {
      throw new IllegalArgumentException(
          "Embedding: count must be from 1 to "
              + MOST
              + " and width at least 1, got "
              + count
              + " and "
              + width);
    }
    Tensor values = Tensor.zeros(dtype, Shape.of(count, width));
    initializer.fill(values, count, width, random);
    this(values);
  }

  private Embedding(Tensor table) {
    this.count = table.shape().dimension(0);
    this.width = table.shape().last();
    this.table = new Parameter("table", Role.TABLE, table);
    this.parameters = List.of(this.table);
  }

  /**
   * {@return a layer with this table, which is used and not copied}
   *
   * @param table {@code [count, width]}
   * @throws IllegalArgumentException if it is no matrix, or has more than 2<sup>24</sup> rows
   */
  public static Embedding of(Tensor table) {
    if (table.shape().rank() != 2 || table.shape().dimension(0) > MOST) {
      throw new IllegalArgumentException(
          "Embedding: expects table [count, width] of at most "
              + MOST
              + " rows, got "
              + table.shape());
    }
    return new Embedding(table);
  }

  /** {@return the table} */
  public Parameter table() {
    return table;
  }

  @Override
  public List<Parameter> parameters() {
    return parameters;
  }

  @Override
  public Embedding copy(UnaryOperator<Layer> copies) {
    return new Embedding(table.value().copy());
  }

  @Override
  public Shape outputShape(Shape input) {
    if (input.rank() != 2) {
      throw new ShapeException(this, Shape.of(1).openBatch(), input);
    }
    return input.withLast(Math.multiplyExact(input.last(), width));
  }

  @Override
  public Tensor forward(Tensor input, Pass pass) {
    Tensor output = pass.output(this, input);
    requireCategories(input);
    switch (input) {
      case FloatTensor x -> {
        float[] from = ((FloatTensor) table.value()).array();
        float[] y = ((FloatTensor) output).array();
        for (int i = 0; i < x.array().length; i++) {
          int row = (int) x.array()[i];
          System.arraycopy(from, row * width, y, i * width, width);
        }
      }
      case DoubleTensor x -> {
        double[] from = ((DoubleTensor) table.value()).array();
        double[] y = ((DoubleTensor) output).array();
        for (int i = 0; i < x.array().length; i++) {
          int row = (int) x.array()[i];
          System.arraycopy(from, row * width, y, i * width, width);
        }
      }
    }
    return output;
  }

  private void requireCategories(Tensor x) {
    for (int i = 0; i < x.size(); i++) {
      double category = x.get(i);
      if (!(category >= 0 && category < count && category == (int) category)) {
        int columns = x.shape().last();
        throw new IllegalArgumentException(
            this
                + ": expects whole numbers in [0, "
                + count
                + "), got "
                + category
                + " in row "
                + i / columns
                + ", column "
                + i % columns
                + "; give a category that is not known a row of its own");
      }
    }
  }

  @Override
  public @Nullable Tensor backward(Tensor outputGradient, Pass pass) {
    Tensor input = pass.recall(this, outputGradient);
    if (pass.needsGradient(table)) {
      addTo(pass.gradient(table), input, outputGradient);
    }
    if (!pass.needsInputGradient()) {
      return null;
    }
    Tensor inputGradient = pass.inputGradient(this);
    inputGradient.fill(0);
    return inputGradient;
  }

  private void addTo(Tensor tableGradient, Tensor input, Tensor outputGradient) {
    switch (input) {
      case FloatTensor x -> {
        float[] dy = ((FloatTensor) outputGradient).array();
        float[] sums = ((FloatTensor) tableGradient).array();
        for (int i = 0; i < x.array().length; i++) {
          int row = (int) x.array()[i];
          for (int j = 0; j < width; j++) {
            sums[row * width + j] += dy[i * width + j];
          }
        }
      }
      case DoubleTensor x -> {
        double[] dy = ((DoubleTensor) outputGradient).array();
        double[] sums = ((DoubleTensor) tableGradient).array();
        for (int i = 0; i < x.array().length; i++) {
          int row = (int) x.array()[i];
          for (int j = 0; j < width; j++) {
            sums[row * width + j] += dy[i * width + j];
          }
        }
      }
    }
  }

  /** How files keep this layer. */
  static LayerFormat<Embedding> format() {
    return LayerFormat.of("lamella.Embedding", Embedding.class, saved -> of(saved.tensor("table")))
        .withOnnx(Embedding::toOnnx)
        .fromOnnx("Flatten", Embedding::fromOnnx);
  }

  /**
   * Flatten(Gather(table, Cast(x))): {@code [n, k]}, {@code [n, k, width]}, {@code [n, k * width]}.
   */
  private String toOnnx(OnnxGraph graph, String x) {
    String indices = graph.node("Cast", Map.of("to", INT64), x);
    String rows = graph.node("Gather", Map.of("axis", 0), graph.parameter(table), indices);
    return graph.node("Flatten", Map.of("axis", 1), rows);
  }

  private static @Nullable Embedding fromOnnx(OnnxNode flatten) throws FileFormatException {
    OnnxNode gather = flatten.input(0, "Gather");
    OnnxNode cast = gather == null ? null : gather.input(1, "Cast");
    if (gather == null
        || cast == null
        || flatten.integer("axis", 1) != 1
        || gather.integer("axis", 0) != 0
        || cast.integer("to", 0) != INT64) {
      return null;
    }
    return of(gather.constant(0));
  }

  /** For example {@code Embedding(12 -> 4)}. */
  @Override
  public String toString() {
    return "Embedding(" + count + " -> " + width + ")";
  }
}
