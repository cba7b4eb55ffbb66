package lamella.layers;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import lamella.core.DoubleTensor;
import lamella.core.FloatTensor;
import lamella.core.Pass;
import lamella.core.Preprocessing;
import lamella.core.Shape;
import lamella.core.ShapeException;
import lamella.core.Tensor;
import lamella.core.io.FileFormatException;
import lamella.core.io.LayerFormat;
import lamella.core.io.OnnxGraph;
import lamella.core.io.OnnxNode;
import org.jspecify.annotations.Nullable;

/**
 * Gives each category a column of its own, which is 1 for that category and else 0.
 *
 * <p>Column j of x holds the numbers of categories, 1, ..., c_j. It becomes c_j columns, of which
 * the one of x_j's category is 1 and the others are 0; of two categories it becomes a single
 * column, -1 for the first and 1 for the second. Anything else, as 0 or NaN for a category that is
 * not known or missing, becomes zeros.
 *
 * {@snippet file="SnippetsTest.java" region="one-hot"}
 *
 * <p>Whole numbers are floats here. For more than about eight categories see {@link Embedding}.
 *
 * <p>Backward: the input has no gradient, that is, zeros.
 *
 * <p><b>Shapes:</b> x {@code [n, k]} {@code ->} y {@code [n, w_1 + ... + w_k]} with w_j = c_j, or 1
 * for two categories.
 *
 * <p>Source: for two categories, D. Holzmüller et al., "Better by default: strong pre-tuned MLPs
 * and boosted trees on tabular data" (2024).
 */
public final class OneHot implements Preprocessing {
  /** Beyond, not all whole numbers are a float32. */
  private static final int MOST = 1 << 24;

  private final int[] categories;
  private final int outputs;

  /**
   * A layer for so many categories.
   *
   * @param categories of each column of the input, from 1 to 2<sup>24</sup>
   * @throws IllegalArgumentException if there is no column, or a number is out of range
   */
  public OneHot(int... categories) {
    if (categories.length == 0) {
      throw new IllegalArgumentException("OneHot: needs at least one column of categories");
    }
    long sum = 0;
    for (int j = 0; j < categories.length; j++) {
      int count = categories[j];
      if (count < 1 || count > MOST) {
        throw new IllegalArgumentException(
            "OneHot: the number of categories must be from 1 to "
                + MOST
                + ", got "
                + count
                + " for column "
                + j);
      }
      sum += width(count);
    }
    if (sum > Integer.MAX_VALUE) {
      throw new IllegalArgumentException("OneHot: " + sum + " outputs are too many");
    }
    this.categories = categories.clone();
    this.outputs = (int) sum;
  }

  private static int width(int count) {
    return count == 2 ? 1 : count;
  }

  /** {@return how many categories each column of the input has} */
  public int[] categories() {
    return categories.clone();
  }

  @Override
  public Shape outputShape(Shape input) {
    if (input.rank() != 2 || input.last() != categories.length) {
      throw new ShapeException(this, Shape.of(categories.length).openBatch(), input);
    }
    return input.withLast(outputs);
  }

  @Override
  public Tensor forward(Tensor input, Pass pass) {
    Tensor output = pass.output(this, input);
    output.fill(0);
    int rows = input.shape().dimension(0);
    switch (input) {
      case FloatTensor floats -> {
        float[] x = floats.array();
        float[] y = ((FloatTensor) output).array();
        for (int row = 0; row < rows; row++) {
          int at = row * outputs;
          for (int j = 0; j < categories.length; j++) {
            float given = x[row * categories.length + j];
            int category = (int) given;
            if (category == given && category > 0 && category <= categories[j]) {
              if (categories[j] == 2) {
                y[at] = 2 * category - 3;
              } else {
                y[at + category - 1] = 1;
              }
            }
            at += width(categories[j]);
          }
        }
      }
      case DoubleTensor doubles -> {
        double[] x = doubles.array();
        double[] y = ((DoubleTensor) output).array();
        for (int row = 0; row < rows; row++) {
          int at = row * outputs;
          for (int j = 0; j < categories.length; j++) {
            double given = x[row * categories.length + j];
            int category = (int) given;
            if (category == given && category > 0 && category <= categories[j]) {
              if (categories[j] == 2) {
                y[at] = 2 * category - 3;
              } else {
                y[at + category - 1] = 1;
              }
            }
            at += width(categories[j]);
          }
        }
      }
    }
    return output;
  }

  @Override
  public @Nullable Tensor backward(Tensor outputGradient, Pass pass) {
    pass.recall(this, outputGradient);
    if (!pass.needsInputGradient()) {
      return null;
    }
    Tensor inputGradient = pass.inputGradient(this);
    inputGradient.fill(0);
    return inputGradient;
  }

  // Files.

  /** How files keep this layer. */
  static LayerFormat<OneHot> format() {
    return LayerFormat.of("lamella.OneHot", OneHot.class, saved -> of(saved.text("categories")))
        .withOption("categories", OneHot::saved)
        .withOnnx(OneHot::toOnnx)
        .fromOnnx("Cast", OneHot::fromCast)
        .fromOnnx("Sub", OneHot::fromDifference);
  }

  private String saved() {
    StringBuilder text = new StringBuilder();
    for (int count : categories) {
      text.append(text.isEmpty() ? "" : ",").append(count);
    }
    return text.toString();
  }

  private static OneHot of(String text) {
    try {
      return new OneHot(Arrays.stream(text.split(",", -1)).mapToInt(Integer::parseInt).toArray());
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "OneHot: categories such as 3,2,7 expected, found " + text, e);
    }
  }

  /**
   * Of each output, the column that it looks at is compared with the category that makes it 1, and,
   * where there are two categories, with that which makes it -1; NaN equals none.
   */
  private String toOnnx(OnnxGraph graph, String x) {
    int[] columns = new int[outputs];
    Tensor yes = Tensor.zeros(graph.dtype(), Shape.of(outputs));
    Tensor no = Tensor.zeros(graph.dtype(), Shape.of(outputs));
    no.fill(Double.NaN);
    boolean binary = false;
    int at = 0;
    for (int j = 0; j < categories.length; j++) {
      for (int c = 1; c <= width(categories[j]); c++) {
        columns[at] = j;
        yes.set(at, c);
        if (categories[j] == 2) {
          yes.set(at, 2);
          no.set(at, 1);
          binary = true;
        }
        at++;
      }
    }
    String indices = graph.node("Constant", Map.of("value_ints", columns));
    String gathered = graph.node("Gather", Map.of("axis", 1), x, indices);
    String ones = equal(graph, gathered, "yes", yes);
    return binary ? graph.node("Sub", ones, equal(graph, gathered, "no", no)) : ones;
  }

  private static String equal(OnnxGraph graph, String x, String name, Tensor categories) {
    String equal = graph.node("Equal", x, graph.constant(name, categories));
    return graph.node("Cast", Map.of("to", MissingIndicator.type(graph)), equal);
  }

  private static @Nullable OneHot fromDifference(OnnxNode difference) throws FileFormatException {
    OnnxNode ones = difference.input(0, "Cast");
    OnnxNode minus = difference.input(1, "Cast");
    return ones == null || minus == null ? null : from(ones, minus);
  }

  private static @Nullable OneHot fromCast(OnnxNode cast) throws FileFormatException {
    return from(cast, null);
  }

  private static @Nullable OneHot from(OnnxNode ones, @Nullable OnnxNode minus)
      throws FileFormatException {
    Compared plus = compared(ones);
    Compared other = minus == null ? plus : compared(minus);
    if (plus == null
        || other == null
        || !other.columns.equals(plus.columns)
        || other.categories.size() != plus.categories.size()
        || plus.columns.size() != plus.categories.size()) {
      return null;
    }
    List<Long> columns = plus.columns;
    Tensor yes = plus.categories;
    Tensor no = minus == null ? null : other.categories;
    List<Integer> categories = new ArrayList<>();
    int at = 0;
    while (at < yes.size()) {
      int first = at;
      while (at < yes.size()
          && columns.get(at) == categories.size()
          && yes.get(at) == at - first + 1
          && (no == null || Double.isNaN(no.get(at)))) {
        at++;
      }
      int count = at - first;
      if (count == 0) {
        boolean binary =
            no != null
                && columns.get(at) == categories.size()
                && yes.get(at) == 2
                && no.get(at) == 1;
        if (!binary) {
          return null;
        }
        at++;
        categories.add(2);
      } else if (count == 2) {
        return null; // two columns for two categories
      } else {
        categories.add(count);
      }
    }
    return new OneHot(categories.stream().mapToInt(Integer::intValue).toArray());
  }

  /** Cast(Equal(Gather(x, columns), categories)). */
  private record Compared(List<Long> columns, Tensor categories) {}

  private static @Nullable Compared compared(OnnxNode cast) throws FileFormatException {
    long to = cast.integer("to", 0);
    OnnxNode equal = to == 1 || to == 11 ? cast.input(0, "Equal") : null;
    OnnxNode gather = equal == null ? null : equal.input(0, "Gather");
    return equal == null
            || gather == null
            || !equal.isConstant(1)
            || !gather.isConstant(1)
            || gather.integer("axis", 0) != 1
        ? null
        : new Compared(gather.integers(1), equal.constant(1));
  }

  /** For example {@code OneHot(3, 2, 7)}. */
  @Override
  public String toString() {
    int most = 12;
    StringBuilder text = new StringBuilder("OneHot(");
    for (int j = 0; j < Math.min(most, categories.length); j++) {
      text.append(j == 0 ? "" : ", ").append(categories[j]);
    }
    return text.append(categories.length > most ? ", ...)" : ")").toString();
  }
}
