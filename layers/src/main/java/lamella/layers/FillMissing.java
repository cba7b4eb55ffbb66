package lamella.layers;

import java.util.List;
import java.util.function.UnaryOperator;
import lamella.core.Layer;
import lamella.core.Parameter;
import lamella.core.Parameter.Role;
import lamella.core.Pass;
import lamella.core.Preprocessing;
import lamella.core.RowLoop;
import lamella.core.Shape;
import lamella.core.Tensor;
import lamella.core.io.FileFormatException;
import lamella.core.io.LayerFormat;
import lamella.core.io.OnnxGraph;
import lamella.core.io.OnnxNode;
import org.jspecify.annotations.Nullable;

/**
 * Puts a number of each feature where a value is missing: y = value where x is NaN, else y = x.
 *
 * {@snippet file="SnippetsTest.java" region="fill-missing"}
 *
 * <p>The number is for example the median of the training data. That a value was missing may say
 * something by itself: see {@link MissingIndicator}.
 *
 * <p>Backward: dx = 0 where x is NaN, else dx = dy.
 *
 * <p><b>Shapes:</b> x {@code [n, features]} {@code ->} y the same; value {@code [features]}.
 *
 * <p><b>Parameters:</b> {@code value}, a statistic, which training leaves alone.
 */
public final class FillMissing implements Preprocessing {
  private static final RowLoop FILL =
      new RowLoop() {
        @Override
        protected void run(float[][] arrays, int from, int to, double[] lanes) {
          float[] y = arrays[0];
          float[] x = arrays[1];
          float[] value = arrays[2];
          for (int i = from; i < to; i++) {
            float given = x[i];
            y[i] = Float.isNaN(given) ? value[i - from] : given;
          }
        }

        @Override
        protected void run(double[][] arrays, int from, int to, double[] lanes) {
          double[] y = arrays[0];
          double[] x = arrays[1];
          double[] value = arrays[2];
          for (int i = from; i < to; i++) {
            double given = x[i];
            y[i] = Double.isNaN(given) ? value[i - from] : given;
          }
        }
      };

  private static final RowLoop GRADIENT =
      new RowLoop() {
        @Override
        protected void run(float[][] arrays, int from, int to, double[] lanes) {
          float[] dx = arrays[0];
          float[] x = arrays[1];
          float[] dy = arrays[2];
          for (int i = from; i < to; i++) {
            dx[i] = Float.isNaN(x[i]) ? 0 : dy[i];
          }
        }

        @Override
        protected void run(double[][] arrays, int from, int to, double[] lanes) {
          double[] dx = arrays[0];
          double[] x = arrays[1];
          double[] dy = arrays[2];
          for (int i = from; i < to; i++) {
            dx[i] = Double.isNaN(x[i]) ? 0 : dy[i];
          }
        }
      };

  private final Parameter value;
  private final List<Parameter> parameters;

  private FillMissing(Tensor value) {
    this.value = new Parameter("value", Role.STATISTIC, value);
    this.parameters = List.of(this.value);
  }

  /**
   * {@return a layer that puts these numbers in}
   *
   * @param value of each feature; used, not copied
   * @throws IllegalArgumentException if it is no vector, or a number is not finite
   */
  public static FillMissing of(Tensor value) {
    return new FillMissing(Features.requireFinite("FillMissing value", value));
  }

  /** {@return what each feature's missing values become} */
  public Parameter value() {
    return value;
  }

  @Override
  public List<Parameter> parameters() {
    return parameters;
  }

  @Override
  public FillMissing copy(UnaryOperator<Layer> copies) {
    return new FillMissing(value.value().copy());
  }

  @Override
  public Shape outputShape(Shape input) {
    return Features.requireInput(this, value.shape(), input);
  }

  @Override
  public Tensor forward(Tensor input, Pass pass) {
    Tensor output = pass.output(this, input);
    FILL.over(output, input, value.value());
    return output;
  }

  @Override
  public @Nullable Tensor backward(Tensor outputGradient, Pass pass) {
    Tensor input = pass.recall(this, outputGradient);
    if (!pass.needsInputGradient()) {
      return null;
    }
    Tensor inputGradient = pass.inputGradient(this);
    GRADIENT.over(inputGradient, input, outputGradient);
    return inputGradient;
  }

  /** How files keep this layer. */
  static LayerFormat<FillMissing> format() {
    return LayerFormat.of(
            "lamella.FillMissing", FillMissing.class, saved -> of(saved.tensor("value")))
        .withOnnx(FillMissing::toOnnx)
        .fromOnnx("Where", FillMissing::fromChoice)
        .fromOnnx("ai.onnx.ml.Imputer", FillMissing::fromImputer);
  }

  private String toOnnx(OnnxGraph graph, String x) {
    return graph.node("Where", graph.node("IsNaN", x), graph.parameter(value), x);
  }

  private static @Nullable FillMissing fromChoice(OnnxNode choice) throws FileFormatException {
    boolean fills = choice.input(0, "IsNaN") != null && choice.isConstant(1);
    return fills && !choice.isConstant(2) ? of(choice.features(1)) : null;
  }

  /** By which scikit-learn's imputer is written; null if it replaces another number than NaN. */
  private static @Nullable FillMissing fromImputer(OnnxNode imputer) throws FileFormatException {
    double[] values = imputer.numbers("imputed_value_floats");
    if (values.length == 0 || !Double.isNaN(imputer.number("replaced_value_float", 0))) {
      return null;
    }
    Tensor value = Tensor.zeros(imputer.dtype(), imputer.example());
    if (values.length != 1 && values.length != value.size()) {
      return null;
    }
    for (int i = 0; i < value.size(); i++) {
      value.set(i, values[values.length == 1 ? 0 : i]);
    }
    return of(value);
  }

  /** For example {@code FillMissing(6)}. */
  @Override
  public String toString() {
    return "FillMissing(" + value.shape().last() + ")";
  }
}
