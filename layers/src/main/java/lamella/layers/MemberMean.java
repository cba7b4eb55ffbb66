package lamella.layers;

import java.util.List;
import java.util.Map;
import lamella.core.Layer;
import lamella.core.Outputs;
import lamella.core.Pass;
import lamella.core.RowLoop;
import lamella.core.Shape;
import lamella.core.ShapeException;
import lamella.core.Tensor;
import lamella.core.formula.Expression;
import lamella.core.formula.Formula;
import lamella.core.io.FileFormatException;
import lamella.core.io.LayerFormat;
import lamella.core.io.OnnxGraph;
import lamella.core.io.OnnxNode;
import org.jspecify.annotations.Nullable;

/**
 * Makes one prediction of those of the members of an ensemble that stand side by side in the
 * outputs of one network: their mean. It is the last layer, behind a network whose members were
 * trained each by itself.
 *
 * {@snippet file="SnippetsTest.java" region="each-member"}
 *
 * <p>What is averaged goes by what a member's outputs mean, as in an {@link Ensemble} of networks,
 * and the mean means the same:
 *
 * <ul>
 *   <li>classes: y_j = log(1/k sum_m softmax(z_m)_j), the logarithm of the mean of the members'
 *       probabilities;
 *   <li>yes or no: log(p / (1 - p)) of the mean p of the members' probabilities of yes;
 *   <li>numbers, and outputs that are probabilities already: their mean.
 * </ul>
 *
 * <p>Backward gives each member its part.
 *
 * <p><b>Shapes:</b> x {@code [n, k * c]}, the c outputs of the first member, then those of the
 * second, and so on, {@code ->} y {@code [n, c]}.
 */
public final class MemberMean implements Layer {
  private final int members;
  private final Outputs meaning;
  private final RowLoop sumLoop = new SumLoop();
  private final RowLoop classLoop = new ClassLoop();
  private final RowLoop classGradientLoop = new ClassGradientLoop();
  private final RowLoop meanLoop = new MeanLoop();
  private final RowLoop gradientLoop = new GradientLoop();

  /**
   * The mean of so many members.
   *
   * @param members how many stand side by side, at least 1
   * @param meaning of the outputs of each
   * @throws IllegalArgumentException if there is no member, or the meaning is unspecified
   */
  public MemberMean(int members, Outputs meaning) {
    if (members < 1) {
      throw new IllegalArgumentException("MemberMean: needs at least one member, got " + members);
    }
    if (meaning == Outputs.UNSPECIFIED) {
      throw new IllegalArgumentException(
          "MemberMean: what the mean is depends on what the outputs mean; classes, yes-no or"
              + " numbers expected, got "
              + meaning);
    }
    this.members = members;
    this.meaning = meaning;
  }

  /** {@return how many members it takes the mean of} */
  public int members() {
    return members;
  }

  @Override
  public Outputs outputMeaning() {
    return meaning;
  }

  @Override
  public Shape outputShape(Shape input) {
    boolean classes = meaning == Outputs.CLASSES || meaning == Outputs.PROBABILITIES;
    int least = classes ? 2 : 1;
    if (input.rank() != 2 || input.last() % members != 0 || input.last() < least * members) {
      throw new ShapeException(this, Shape.of(least * members).openBatch(), input);
    }
    return input.withLast(input.last() / members);
  }

  // On the pass, slot 0 holds of each row and member log sum_j exp(z_j), as two numbers of which it
  // is the sum: of one of float32, digits would be lost that backward needs.

  @Override
  public Tensor forward(Tensor input, Pass pass) {
    Tensor output = pass.output(this, input);
    if (meaning == Outputs.CLASSES) {
      Tensor sums = pass.rowBuffer(this, 0, 2 * members);
      sumLoop.over(sums, input);
      classLoop.over(output, input, sums);
    } else {
      meanLoop.over(output, input);
    }
    return output;
  }

  @Override
  public @Nullable Tensor backward(Tensor outputGradient, Pass pass) {
    Tensor input = pass.recall(this, outputGradient);
    if (!pass.needsInputGradient()) {
      return null;
    }
    Tensor inputGradient = pass.inputGradient(this);
    if (meaning == Outputs.CLASSES) {
      Tensor sums = pass.rowBuffer(this, 0, 2 * members);
      classGradientLoop.over(inputGradient, input, sums, outputGradient, input, input);
    } else {
      gradientLoop.over(inputGradient, input, outputGradient);
    }
    return inputGradient;
  }

  // The loops, of one row each, in float64 and with StrictMath for the same bits everywhere.

  private final class SumLoop extends RowLoop {
    @Override
    protected void run(float[][] arrays, int from, int to, double[] lanes) {
      float[] sums = arrays[0];
      float[] z = arrays[1];
      int width = z.length / (sums.length / (2 * members)) / members;
      for (int m = 0; m < members; m++) {
        int first = (from / 2 + m) * width;
        double largest = Double.NEGATIVE_INFINITY;
        for (int i = first; i < first + width; i++) {
          largest = Math.max(largest, z[i]);
        }
        double sum = 0;
        for (int i = first; i < first + width; i++) {
          sum += StrictMath.exp(z[i] - largest);
        }
        double log = largest + StrictMath.log(sum);
        sums[from + 2 * m] = (float) log;
        sums[from + 2 * m + 1] = (float) (log - sums[from + 2 * m]);
      }
    }

    @Override
    protected void run(double[][] arrays, int from, int to, double[] lanes) {
      double[] sums = arrays[0];
      double[] z = arrays[1];
      int width = z.length / (sums.length / (2 * members)) / members;
      for (int m = 0; m < members; m++) {
        int first = (from / 2 + m) * width;
        double largest = Double.NEGATIVE_INFINITY;
        for (int i = first; i < first + width; i++) {
          largest = Math.max(largest, z[i]);
        }
        double sum = 0;
        for (int i = first; i < first + width; i++) {
          sum += StrictMath.exp(z[i] - largest);
        }
        double log = largest + StrictMath.log(sum);
        sums[from + 2 * m] = log;
        sums[from + 2 * m + 1] = log - sums[from + 2 * m];
      }
    }
  }

  private final class ClassLoop extends RowLoop {
    @Override
    protected void run(float[][] arrays, int from, int to, double[] lanes) {
      float[] y = arrays[0];
      int width = to - from;
      for (int j = 0; j < width; j++) {
        y[from + j] = (float) logOfMean(arrays[1], arrays[2], from / width, j, width);
      }
    }

    @Override
    protected void run(double[][] arrays, int from, int to, double[] lanes) {
      double[] y = arrays[0];
      int width = to - from;
      for (int j = 0; j < width; j++) {
        y[from + j] = logOfMean(arrays[1], arrays[2], from / width, j, width);
      }
    }
  }

  private final class ClassGradientLoop extends RowLoop {
    @Override
    protected void run(float[][] arrays, int from, int to, double[] lanes) {
      float[] dz = arrays[0];
      float[] z = arrays[1];
      float[] sums = arrays[2];
      float[] dy = arrays[3];
      int width = (to - from) / members;
      int row = from / (to - from);
      for (int j = 0; j < width; j++) {
        double y = logOfMean(z, sums, row, j, width) + StrictMath.log(members);
        for (int m = 0; m < members; m++) {
          int i = from + m * width + j;
          // dy r, with the member's share r of the sum of probabilities.
          dz[i] = (float) (dy[row * width + j] * StrictMath.exp(z[i] - kept(sums, row, m) - y));
        }
      }
      for (int m = 0; m < members; m++) {
        int first = from + m * width;
        double sum = 0;
        for (int i = first; i < first + width; i++) {
          sum += dz[i];
        }
        for (int i = first; i < first + width; i++) {
          dz[i] = (float) (dz[i] - StrictMath.exp(z[i] - kept(sums, row, m)) * sum);
        }
      }
    }

    @Override
    protected void run(double[][] arrays, int from, int to, double[] lanes) {
      double[] dz = arrays[0];
      double[] z = arrays[1];
      double[] sums = arrays[2];
      double[] dy = arrays[3];
      int width = (to - from) / members;
      int row = from / (to - from);
      for (int j = 0; j < width; j++) {
        double y = logOfMean(z, sums, row, j, width) + StrictMath.log(members);
        for (int m = 0; m < members; m++) {
          int i = from + m * width + j;
          // dy r, with the member's share r of the sum of probabilities.
          dz[i] = dy[row * width + j] * StrictMath.exp(z[i] - kept(sums, row, m) - y);
        }
      }
      for (int m = 0; m < members; m++) {
        int first = from + m * width;
        double sum = 0;
        for (int i = first; i < first + width; i++) {
          sum += dz[i];
        }
        for (int i = first; i < first + width; i++) {
          dz[i] -= StrictMath.exp(z[i] - kept(sums, row, m)) * sum;
        }
      }
    }
  }

  private final class MeanLoop extends RowLoop {
    @Override
    protected void run(float[][] arrays, int from, int to, double[] lanes) {
      float[] y = arrays[0];
      float[] z = arrays[1];
      int width = to - from;
      for (int j = 0; j < width; j++) {
        int first = from * members + j;
        y[from + j] =
            (float)
                (meaning == Outputs.YES_NO
                    ? logOfSum(z, first, width, -1) - logOfSum(z, first, width, 1)
                    : mean(z, first, width));
      }
    }

    @Override
    protected void run(double[][] arrays, int from, int to, double[] lanes) {
      double[] y = arrays[0];
      double[] z = arrays[1];
      int width = to - from;
      for (int j = 0; j < width; j++) {
        int first = from * members + j;
        y[from + j] =
            meaning == Outputs.YES_NO
                ? logOfSum(z, first, width, -1) - logOfSum(z, first, width, 1)
                : mean(z, first, width);
      }
    }
  }

  private final class GradientLoop extends RowLoop {
    @Override
    protected void run(float[][] arrays, int from, int to, double[] lanes) {
      float[] dz = arrays[0];
      float[] z = arrays[1];
      float[] dy = arrays[2];
      int width = (to - from) / members;
      for (int j = 0; j < width; j++) {
        int first = from + j;
        double given = dy[from / members + j];
        if (meaning != Outputs.YES_NO) {
          for (int m = 0; m < members; m++) {
            dz[first + m * width] = (float) (given / members);
          }
          continue;
        }
        // With P = sum of p and Q = sum of 1 - p over the members: dz = dy k p (1 - p) / (P Q).
        double logOfSums = logOfSum(z, first, width, -1) + logOfSum(z, first, width, 1);
        for (int m = 0; m < members; m++) {
          double own = z[first + m * width];
          double logOfProduct = -softplus(-own) - softplus(own);
          dz[first + m * width] =
              (float) (given * members * StrictMath.exp(logOfProduct - logOfSums));
        }
      }
    }

    @Override
    protected void run(double[][] arrays, int from, int to, double[] lanes) {
      double[] dz = arrays[0];
      double[] z = arrays[1];
      double[] dy = arrays[2];
      int width = (to - from) / members;
      for (int j = 0; j < width; j++) {
        int first = from + j;
        double given = dy[from / members + j];
        if (meaning != Outputs.YES_NO) {
          for (int m = 0; m < members; m++) {
            dz[first + m * width] = given / members;
          }
          continue;
        }
        // With P = sum of p and Q = sum of 1 - p over the members: dz = dy k p (1 - p) / (P Q).
        double logOfSums = logOfSum(z, first, width, -1) + logOfSum(z, first, width, 1);
        for (int m = 0; m < members; m++) {
          double own = z[first + m * width];
          double logOfProduct = -softplus(-own) - softplus(own);
          dz[first + m * width] = given * members * StrictMath.exp(logOfProduct - logOfSums);
        }
      }
    }
  }

  private double kept(float[] sums, int row, int member) {
    int at = 2 * (row * members + member);
    return (double) sums[at] + sums[at + 1];
  }

  /** The logarithm of the mean of the members' probabilities of a class. */
  private double logOfMean(float[] z, float[] sums, int row, int j, int width) {
    double largest = Double.NEGATIVE_INFINITY;
    for (int m = 0; m < members; m++) {
      double log = z[(row * members + m) * width + j] - kept(sums, row, m);
      largest = Math.max(largest, log);
    }
    if (largest == Double.NEGATIVE_INFINITY) {
      return largest;
    }
    double sum = 0;
    for (int m = 0; m < members; m++) {
      double log = z[(row * members + m) * width + j] - kept(sums, row, m);
      sum += StrictMath.exp(log - largest);
    }
    return largest + StrictMath.log(sum / members);
  }

  /** log of the sum over the members of 1 / (1 + e^(sign z)). */
  private double logOfSum(float[] z, int first, int width, int sign) {
    double largest = Double.NEGATIVE_INFINITY;
    for (int m = 0; m < members; m++) {
      largest = Math.max(largest, -softplus(sign * (double) z[first + m * width]));
    }
    if (largest == Double.NEGATIVE_INFINITY) {
      return largest;
    }
    double sum = 0;
    for (int m = 0; m < members; m++) {
      sum += StrictMath.exp(-softplus(sign * (double) z[first + m * width]) - largest);
    }
    return largest + StrictMath.log(sum);
  }

  private double mean(float[] z, int first, int width) {
    double sum = 0;
    for (int m = 0; m < members; m++) {
      sum += z[first + m * width];
    }
    return sum / members;
  }

  private double kept(double[] sums, int row, int member) {
    int at = 2 * (row * members + member);
    return sums[at] + sums[at + 1];
  }

  /** The logarithm of the mean of the members' probabilities of a class. */
  private double logOfMean(double[] z, double[] sums, int row, int j, int width) {
    double largest = Double.NEGATIVE_INFINITY;
    for (int m = 0; m < members; m++) {
      double log = z[(row * members + m) * width + j] - kept(sums, row, m);
      largest = Math.max(largest, log);
    }
    if (largest == Double.NEGATIVE_INFINITY) {
      return largest;
    }
    double sum = 0;
    for (int m = 0; m < members; m++) {
      double log = z[(row * members + m) * width + j] - kept(sums, row, m);
      sum += StrictMath.exp(log - largest);
    }
    return largest + StrictMath.log(sum / members);
  }

  /** log of the sum over the members of 1 / (1 + e^(sign z)). */
  private double logOfSum(double[] z, int first, int width, int sign) {
    double largest = Double.NEGATIVE_INFINITY;
    for (int m = 0; m < members; m++) {
      largest = Math.max(largest, -softplus(sign * z[first + m * width]));
    }
    if (largest == Double.NEGATIVE_INFINITY) {
      return largest;
    }
    double sum = 0;
    for (int m = 0; m < members; m++) {
      sum += StrictMath.exp(-softplus(sign * z[first + m * width]) - largest);
    }
    return largest + StrictMath.log(sum);
  }

  private double mean(double[] z, int first, int width) {
    double sum = 0;
    for (int m = 0; m < members; m++) {
      sum += z[first + m * width];
    }
    return sum / members;
  }

  /** log(1 + e^a). */
  private static double softplus(double a) {
    return Math.max(a, 0) + StrictMath.log1p(StrictMath.exp(-Math.abs(a)));
  }

  // Files.

  /** How files keep this layer. */
  static LayerFormat<MemberMean> format() {
    return LayerFormat.of(
            "lamella.MemberMean",
            MemberMean.class,
            saved -> new MemberMean(saved.integer("members"), Outputs.of(saved.text("mean-of"))))
        .withOption("members", mean -> mean.members)
        .withOption("mean-of", mean -> mean.meaning)
        .withOnnx(MemberMean::toOnnx)
        .fromOnnx("Log", MemberMean::fromLog)
        .fromOnnx("Flatten", mean -> from(mean, Outputs.NUMBERS));
  }

  private String toOnnx(OnnxGraph graph, String x) {
    String apart =
        graph.node(
            "Reshape", x, graph.node("Constant", Map.of("value_ints", new int[] {0, members, -1})));
    return switch (meaning) {
      case CLASSES -> {
        String p = mean(graph, graph.node("Softmax", Map.of("axis", -1), apart));
        // The least normal number: the logarithm of 0 is no output that a predictor takes.
        yield graph.node("Log", graph.node("Max", p, graph.constant("least", Float.MIN_NORMAL)));
      }
      case YES_NO -> {
        Formula sigmoid = Formula.of(Expression::sigmoid);
        String yes = mean(graph, graph.formula(sigmoid, apart));
        String no = mean(graph, graph.formula(sigmoid, graph.node("Neg", apart)));
        yield graph.node("Sub", graph.node("Log", yes), graph.node("Log", no));
      }
      default -> mean(graph, apart);
    };
  }

  private static @Nullable MemberMean fromLog(OnnxNode log) throws FileFormatException {
    OnnxNode most = log.input(0, "Max");
    boolean isLeast =
        most != null && most.isConstant(1) && most.constant(1).get(0) == Float.MIN_NORMAL;
    OnnxNode mean = most != null && isLeast ? most.input(0, "Flatten") : null;
    return mean == null ? null : from(mean, Outputs.CLASSES);
  }

  private static @Nullable MemberMean from(OnnxNode flatten, Outputs meaning)
      throws FileFormatException {
    OnnxNode mean = flatten.integer("axis", 1) == 1 ? flatten.input(0, "ReduceMean") : null;
    if (mean == null || mean.integer("keepdims", 1) != 1 || !mean.axes().equals(List.of(1L))) {
      return null;
    }
    OnnxNode softmax = meaning == Outputs.CLASSES ? mean.input(0, "Softmax") : mean;
    if (softmax == null || (meaning == Outputs.CLASSES && softmax.integer("axis", -1) != -1)) {
      return null;
    }
    OnnxNode apart = softmax.input(0, "Reshape");
    List<Long> shape = apart == null || !apart.isConstant(1) ? List.of() : apart.integers(1);
    return shape.size() == 3
            && shape.get(0) == 0
            && shape.get(1) > 0
            && shape.get(1) <= Integer.MAX_VALUE
            && shape.get(2) == -1
        ? new MemberMean(shape.get(1).intValue(), meaning)
        : null;
  }

  /** Over the members: {@code [n, k, c]} becomes {@code [n, 1, c]} and {@code [n, c]}. */
  private static String mean(OnnxGraph graph, String values) {
    String mean = graph.reduction("ReduceMean", new int[] {1}, values);
    return graph.node("Flatten", Map.of("axis", 1), mean);
  }

  /** For example {@code MemberMean(4 of classes)}. */
  @Override
  public String toString() {
    return "MemberMean(" + members + " of " + meaning + ")";
  }
}
