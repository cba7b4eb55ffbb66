package lamella.layers;

import lamella.core.Pass;
import lamella.core.Preprocessing;
import lamella.core.RowLoop;
import lamella.core.Shape;
import lamella.core.ShapeException;
import lamella.core.Tensor;
import lamella.core.io.FileFormatException;
import lamella.core.io.LayerFormat;
import lamella.core.io.OnnxGraph;
import lamella.core.io.OnnxNode;
import org.jspecify.annotations.Nullable;

/**
 * Gives every example mean 0 and, but for ε, variance 1: y = (x - mean) / sqrt(variance + ε), mean
 * and variance those of the row. Of images it takes away brightness and contrast.
 *
 * {@snippet file="SnippetsTest.java" region="whitening"}
 *
 * <p>ε keeps rows that are nearly the same everywhere from being blown up to noise; a row that is
 * the same everywhere becomes 0. It is in the square of x's unit.
 *
 * <p>The variance is the mean of (x - mean)², in float64. A row is normalised by itself, whatever
 * else is in its batch; nothing is taken from the training data.
 *
 * <p>Backward: dx = (dy - mean(dy) - y mean(dy y)) / sqrt(variance + ε).
 *
 * <p><b>Shapes:</b> x {@code [n, features]} {@code ->} y the same.
 *
 * <p>Source: A. Coates, H. Lee, A. Y. Ng, "An analysis of single-layer networks in unsupervised
 * feature learning" (2011), which has ε = 10 for pixels of 0 to 255. {@link LayerNorm} does the
 * same inside a network, with a gain and a bias that are trained.
 */
public final class ContrastNorm implements Preprocessing {
  /** ε where none is given: for pixels of 0 to 255. */
  public static final double EPSILON = 10;

  /** The slot of 1 / sqrt(variance + ε) of each row. */
  private static final int INVERSE = 0;

  private static final RowLoop GRADIENT = new Gradient();

  private final double epsilon;
  private final RowLoop normalise;

  /** A layer for pixels of 0 to 255. */
  public ContrastNorm() {
    this(EPSILON);
  }

  /**
   * A layer with an ε of one's own.
   *
   * @param epsilon is added to the variance, above 0
   * @throws IllegalArgumentException if it is not finite and above 0
   */
  public ContrastNorm(double epsilon) {
    this.epsilon = Features.requireEpsilon("ContrastNorm", epsilon);
    this.normalise = new Normalisation(epsilon);
  }

  /** {@return ε, which is added to the variance} */
  public double epsilon() {
    return epsilon;
  }

  @Override
  public Shape outputShape(Shape input) {
    if (input.rank() != 2) {
      throw new ShapeException(this, Shape.batchOf(1), input);
    }
    return input;
  }

  @Override
  public Tensor forward(Tensor input, Pass pass) {
    Tensor output = pass.output(this, input);
    normalise.over(output, input, pass.rowBuffer(this, INVERSE, 1));
    return output;
  }

  @Override
  public @Nullable Tensor backward(Tensor outputGradient, Pass pass) {
    pass.recall(this, outputGradient);
    if (!pass.needsInputGradient()) {
      return null;
    }
    Tensor inputGradient = pass.inputGradient(this);
    Tensor inverse = pass.rowBuffer(this, INVERSE, 1);
    Tensor output = pass.recallOutput(this);
    GRADIENT.over(inputGradient, outputGradient, output, inverse, output, output);
    return inputGradient;
  }

  /** Of y, x and the inverse deviations of the rows. */
  private static final class Normalisation extends RowLoop {
    private final double epsilon;

    private Normalisation(double epsilon) {
      this.epsilon = epsilon;
    }

    @Override
    protected void run(float[][] arrays, int from, int to, double[] lanes) {
      float[] y = arrays[0];
      float[] x = arrays[1];
      int width = to - from;
      double mean = sum(x, from, to, lanes) / width;
      double variance = squares(x, from, to, mean, lanes) / width;
      double inverse = 1 / Math.sqrt(variance + epsilon);
      arrays[2][from / width] = (float) inverse;
      for (int i = from; i < to; i++) {
        y[i] = (float) ((x[i] - mean) * inverse);
      }
    }

    @Override
    protected void run(double[][] arrays, int from, int to, double[] lanes) {
      double[] y = arrays[0];
      double[] x = arrays[1];
      int width = to - from;
      double mean = sum(x, from, to, lanes) / width;
      double variance = squares(x, from, to, mean, lanes) / width;
      double inverse = 1 / Math.sqrt(variance + epsilon);
      arrays[2][from / width] = inverse;
      for (int i = from; i < to; i++) {
        y[i] = (x[i] - mean) * inverse;
      }
    }
  }

  /** Of dx, dy, y and the inverse deviations of the rows. */
  private static final class Gradient extends RowLoop {
    @Override
    protected void run(float[][] arrays, int from, int to, double[] lanes) {
      float[] dx = arrays[0];
      float[] dy = arrays[1];
      float[] y = arrays[2];
      int width = to - from;
      double mean = sum(dy, from, to, lanes) / width;
      double slope = dot(dy, y, from, to, lanes) / width;
      double inverse = arrays[3][from / width];
      for (int i = from; i < to; i++) {
        dx[i] = (float) ((dy[i] - mean - y[i] * slope) * inverse);
      }
    }

    @Override
    protected void run(double[][] arrays, int from, int to, double[] lanes) {
      double[] dx = arrays[0];
      double[] dy = arrays[1];
      double[] y = arrays[2];
      int width = to - from;
      double mean = sum(dy, from, to, lanes) / width;
      double slope = dot(dy, y, from, to, lanes) / width;
      double inverse = arrays[3][from / width];
      for (int i = from; i < to; i++) {
        dx[i] = (dy[i] - mean - y[i] * slope) * inverse;
      }
    }
  }

  /** How files keep this layer. */
  static LayerFormat<ContrastNorm> format() {
    return LayerFormat.of(
            "lamella.ContrastNorm",
            ContrastNorm.class,
            saved -> new ContrastNorm(saved.number("epsilon")))
        .withOption("epsilon", ContrastNorm::epsilon)
        .withOnnx(ContrastNorm::toOnnx)
        .fromOnnx("Div", ContrastNorm::fromQuotient);
  }

  private String toOnnx(OnnxGraph graph, String x) {
    return LayerNorm.normalised(graph, x, epsilon);
  }

  /** A layer normalisation without gain and bias, as PyTorch writes one without parameters too. */
  private static @Nullable ContrastNorm fromQuotient(OnnxNode quotient) throws FileFormatException {
    double epsilon = LayerNorm.epsilonOf(quotient);
    return epsilon == 0 ? null : new ContrastNorm(epsilon);
  }

  /** For example {@code ContrastNorm(10.0)}. */
  @Override
  public String toString() {
    return "ContrastNorm(" + epsilon + ")";
  }
}
