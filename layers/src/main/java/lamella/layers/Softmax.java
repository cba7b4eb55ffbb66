package lamella.layers;

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
import lamella.core.io.OnnxNode;
import org.jspecify.annotations.Nullable;

/**
 * Probabilities of a row: y_j = exp(x_j - max x) / Σ exp(x_k - max x), the sum over the last
 * dimension.
 *
 * <p>The largest of a row becomes exp(0): nothing overflows. Backward: dx = y (dy - Σ dy_k y_k).
 *
 * <p>For a model that is to end with it, as others' may. To train a classifier, leave it out: the
 * loss of softmax and cross-entropy in one takes what would go into it, predictors do, too, and
 * neither loses digits where a probability is nearly 0.
 *
 * <p><b>Shapes:</b> x {@code [n, ..., classes]} {@code ->} y the same.
 */
public final class Softmax implements Layer {
  private static final Formula EXP = Formula.of(Expression::exp);
  private static final RowLoop SUBTRACT_MAXIMUM = new SubtractMaximum();
  private static final RowLoop DIVIDE_BY_SUM = new DivideBySum();
  private static final RowLoop GRADIENT = new Gradient();

  /** A softmax over the last dimension. */
  public Softmax() {}

  /** Probabilities. */
  @Override
  public Outputs outputMeaning() {
    return Outputs.PROBABILITIES;
  }

  @Override
  public Shape outputShape(Shape input) {
    if (input.rank() < 2) {
      throw new ShapeException(this, Shape.batchOf(1), input);
    }
    return input;
  }

  @Override
  public Tensor forward(Tensor input, Pass pass) {
    Tensor output = pass.output(this, input);
    SUBTRACT_MAXIMUM.over(output, input);
    EXP.values(output, output);
    DIVIDE_BY_SUM.over(output, output);
    return output;
  }

  @Override
  public @Nullable Tensor backward(Tensor outputGradient, Pass pass) {
    pass.recall(this, outputGradient);
    if (!pass.needsInputGradient()) {
      return null;
    }
    Tensor inputGradient = pass.inputGradient(this);
    GRADIENT.over(inputGradient, outputGradient, pass.recallOutput(this));
    return inputGradient;
  }

  /** Of y and x. */
  private static final class SubtractMaximum extends RowLoop {
    @Override
    protected void run(float[][] arrays, int from, int to, double[] lanes) {
      float[] y = arrays[0];
      float[] x = arrays[1];
      float max = x[from];
      for (int i = from + 1; i < to; i++) {
        max = Math.max(max, x[i]);
      }
      for (int i = from; i < to; i++) {
        y[i] = x[i] - max;
      }
    }

    @Override
    protected void run(double[][] arrays, int from, int to, double[] lanes) {
      double[] y = arrays[0];
      double[] x = arrays[1];
      double max = x[from];
      for (int i = from + 1; i < to; i++) {
        max = Math.max(max, x[i]);
      }
      for (int i = from; i < to; i++) {
        y[i] = x[i] - max;
      }
    }
  }

  /** Of y and the exponentials. */
  private static final class DivideBySum extends RowLoop {
    @Override
    protected void run(float[][] arrays, int from, int to, double[] lanes) {
      float[] y = arrays[0];
      float[] e = arrays[1];
      double sum = sum(e, from, to, lanes);
      for (int i = from; i < to; i++) {
        y[i] = (float) (e[i] / sum);
      }
    }

    @Override
    protected void run(double[][] arrays, int from, int to, double[] lanes) {
      double[] y = arrays[0];
      double[] e = arrays[1];
      double sum = sum(e, from, to, lanes);
      for (int i = from; i < to; i++) {
        y[i] = e[i] / sum;
      }
    }
  }

  /** Of dx, dy and y. */
  private static final class Gradient extends RowLoop {
    @Override
    protected void run(float[][] arrays, int from, int to, double[] lanes) {
      float[] dx = arrays[0];
      float[] dy = arrays[1];
      float[] y = arrays[2];
      double mean = dot(dy, y, from, to, lanes);
      for (int i = from; i < to; i++) {
        dx[i] = (float) (y[i] * (dy[i] - mean));
      }
    }

    @Override
    protected void run(double[][] arrays, int from, int to, double[] lanes) {
      double[] dx = arrays[0];
      double[] dy = arrays[1];
      double[] y = arrays[2];
      double mean = dot(dy, y, from, to, lanes);
      for (int i = from; i < to; i++) {
        dx[i] = y[i] * (dy[i] - mean);
      }
    }
  }

  /** How files keep this layer. */
  static LayerFormat<Softmax> format() {
    return LayerFormat.of("lamella.Softmax", Softmax.class, Softmax::new)
        .withOnnx((softmax, graph, x) -> graph.node("Softmax", Map.of("axis", -1), x))
        .fromOnnx("Softmax", Softmax::fromOnnx);
  }

  /**
   * Over the last dimension; before version 13 over that and all after it, otherwise the second.
   */
  private static @Nullable Softmax fromOnnx(OnnxNode node) throws FileFormatException {
    long axis = node.integer("axis", node.opset() < 13 ? 1 : -1);
    return axis == -1 || axis == node.example().rank() ? new Softmax() : null;
  }

  /** {@code Softmax}. */
  @Override
  public String toString() {
    return "Softmax";
  }
}
