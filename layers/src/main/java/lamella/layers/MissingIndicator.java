package lamella.layers;

import java.util.Map;
import lamella.core.DType;
import lamella.core.Loop;
import lamella.core.Pass;
import lamella.core.Preprocessing;
import lamella.core.Shape;
import lamella.core.Tensor;
import lamella.core.io.LayerFormat;
import lamella.core.io.OnnxGraph;
import org.jspecify.annotations.Nullable;

/**
 * Says where values are missing: y = 1 where x is NaN, else y = 0.
 *
 * <p>A part of {@link Columns} beside one that fills missing values in: that a value is missing may
 * tell as much as the value would.
 *
 * <p>Backward: the input has no gradient, that is, zeros.
 *
 * <p><b>Shapes:</b> any {@code ->} the same.
 */
public final class MissingIndicator implements Preprocessing {
  private static final Loop INDICATE =
      new Loop() {
        @Override
        protected void run(float[][] arrays, int from, int to) {
          float[] y = arrays[0];
          float[] x = arrays[1];
          for (int i = from; i < to; i++) {
            y[i] = Float.isNaN(x[i]) ? 1 : 0;
          }
        }

        @Override
        protected void run(double[][] arrays, int from, int to) {
          double[] y = arrays[0];
          double[] x = arrays[1];
          for (int i = from; i < to; i++) {
            y[i] = Double.isNaN(x[i]) ? 1 : 0;
          }
        }
      };

  /** A layer; all are alike. */
  public MissingIndicator() {}

  @Override
  public Shape outputShape(Shape input) {
    return input;
  }

  @Override
  public Tensor forward(Tensor input, Pass pass) {
    Tensor output = pass.output(this, input);
    INDICATE.over(output, input);
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

  /** How files keep this layer. */
  static LayerFormat<MissingIndicator> format() {
    return LayerFormat.of("lamella.MissingIndicator", MissingIndicator.class, MissingIndicator::new)
        .withOnnx((indicator, graph, x) ->
            graph.node("Cast", Map.of("to", type(graph)), graph.node("IsNaN", x)));
  }

  /** ONNX's number for the type of a graph's values. */
  static int type(OnnxGraph graph) {
    return graph.dtype() == DType.FLOAT32 ? 1 : 11;
  }

  @Override
  public String toString() {
    return "MissingIndicator";
  }
}
