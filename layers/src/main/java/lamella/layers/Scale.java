package lamella.layers;

import java.util.List;
import java.util.function.UnaryOperator;
import lamella.core.DType;
import lamella.core.Layer;
import lamella.core.Parameter;
import lamella.core.Parameter.Role;
import lamella.core.Pass;
import lamella.core.Products;
import lamella.core.RowLoop;
import lamella.core.Shape;
import lamella.core.Tensor;
import lamella.core.io.FileFormatException;
import lamella.core.io.LayerFormat;
import lamella.core.io.OnnxNode;
import org.jspecify.annotations.Nullable;

/**
 * A learned factor of each feature: y = x gain.
 *
 * <p>At the head of a network it weighs the features, as a diagonal matrix before the first dense
 * layer would. Backward: dgain += sum of the rows of dy x, dx = dy gain.
 *
 * <p><b>Shapes:</b> x {@code [n, features]} {@code ->} y the same; gain {@code [features]}.
 *
 * <p><b>Parameters:</b> {@code gain} (1 at first), which no penalty and no decay falls on.
 */
public final class Scale implements Layer {
  private static final RowLoop MULTIPLY =
      new RowLoop() {
        @Override
        protected void run(float[][] arrays, int from, int to, double[] lanes) {
          float[] y = arrays[0];
          float[] x = arrays[1];
          float[] gain = arrays[2];
          for (int i = from; i < to; i++) {
            y[i] = x[i] * gain[i - from];
          }
        }

        @Override
        protected void run(double[][] arrays, int from, int to, double[] lanes) {
          double[] y = arrays[0];
          double[] x = arrays[1];
          double[] gain = arrays[2];
          for (int i = from; i < to; i++) {
            y[i] = x[i] * gain[i - from];
          }
        }
      };

  private final Parameter gain;
  private final List<Parameter> parameters;

  /**
   * A float32 layer.
   *
   * @param features the width of the input, at least 1
   * @throws IllegalArgumentException if it is below 1
   */
  public Scale(int features) {
    this(DType.FLOAT32, features);
  }

  /**
   * A layer of either type.
   *
   * @param dtype the type of the factors
   * @param features the width of the input, at least 1
   * @throws IllegalArgumentException if it is below 1
   */
  public Scale(DType dtype, int features) {
    this(Features.vector("Scale", dtype, features, 1));
  }

  private Scale(Tensor gain) {
    this.gain = new Parameter("gain", Role.GAIN, gain);
    this.parameters = List.of(this.gain);
  }

  /**
   * {@return a layer with these factors, whose tensor is used and not copied}
   *
   * @param gain {@code [features]}
   * @throws IllegalArgumentException if it is no vector
   */
  public static Scale of(Tensor gain) {
    return new Scale(Features.requireVector("Scale gain", gain));
  }

  /** {@return the factors, {@code [features]}} */
  public Parameter gain() {
    return gain;
  }

  @Override
  public List<Parameter> parameters() {
    return parameters;
  }

  @Override
  public Scale copy(UnaryOperator<Layer> copies) {
    return new Scale(gain.value().copy());
  }

  @Override
  public Shape outputShape(Shape input) {
    return Features.requireInput(this, gain.shape(), input);
  }

  @Override
  public Tensor forward(Tensor input, Pass pass) {
    Tensor output = pass.output(this, input);
    MULTIPLY.over(output, input, gain.value());
    return output;
  }

  @Override
  public @Nullable Tensor backward(Tensor outputGradient, Pass pass) {
    Tensor input = pass.recall(this, outputGradient);
    if (pass.needsGradient(gain)) {
      boolean add = pass.hasGradient(gain);
      Products.sumRows(outputGradient, input, pass.gradientBuffer(gain), add);
    }
    if (!pass.needsInputGradient()) {
      return null;
    }
    Tensor inputGradient = pass.inputGradient(this);
    MULTIPLY.over(inputGradient, outputGradient, gain.value());
    return inputGradient;
  }

  /** How files keep this layer. */
  static LayerFormat<Scale> format() {
    return LayerFormat.of("lamella.Scale", Scale.class, saved -> of(saved.tensor("gain")))
        .withOnnx((scale, graph, x) -> graph.node("Mul", x, graph.parameter(scale.gain)))
        .fromOnnx("Mul", Scale::fromProduct)
        .fromOnnx("Neg", Scale::fromNegative);
  }

  /** x gain, or gain x. */
  private static @Nullable Scale fromProduct(OnnxNode product) throws FileFormatException {
    int constant = product.isConstant(0) ? 0 : 1;
    return product.isConstant(constant) ? of(product.features(constant)) : null;
  }

  private static Scale fromNegative(OnnxNode negative) throws FileFormatException {
    Tensor gain = Tensor.zeros(negative.dtype(), negative.example());
    gain.fill(-1);
    return of(gain);
  }

  /** For example {@code Scale(784)}. */
  @Override
  public String toString() {
    return "Scale(" + gain.shape().last() + ")";
  }
}
