package lamella.layers;

import lamella.core.Layer;
import lamella.core.Loop;
import lamella.core.Pass;
import lamella.core.Shape;
import lamella.core.Tensor;
import lamella.core.io.FileFormatException;
import lamella.core.io.LayerFormat;
import lamella.core.io.OnnxGraph;
import lamella.core.io.OnnxNode;
import org.jspecify.annotations.Nullable;

/**
 * Dropout: in training each element is 0 with the probability {@code rate}, and otherwise
 * multiplied by 1 / (1 - rate), so that its mean stays what it is; in inference y = x.
 *
 * {@snippet file="SnippetsTest.java" region="dropout"}
 *
 * <p>Which elements are dropped is a function of the pass's seed and step, of the layer's place in
 * the network, and of the element's row and place in it: the same for any number of threads, for a
 * batch and for its parts, and in a run that is resumed. With rate 0, y = x in training as well,
 * and nothing is drawn.
 *
 * <p>Backward: dL/dx = dL/dy where the element was kept, times the same factor, and 0 elsewhere.
 *
 * <p><b>Shapes:</b> any {@code ->} the same.
 *
 * <p>Source: N. Srivastava et al., "Dropout: a simple way to prevent neural networks from
 * overfitting" (2014).
 */
public final class Dropout implements Layer {
  private static final Loop PRODUCT = new Product();

  private final double rate;

  /**
   * Drops elements with this probability.
   *
   * @param rate at least 0 and less than 1
   * @throws IllegalArgumentException if it is not
   */
  public Dropout(double rate) {
    if (!(rate >= 0 && rate < 1)) {
      throw new IllegalArgumentException(
          "Dropout: rate must be >= 0 and < 1, got "
              + rate
              + (rate == 1 ? ", which would drop everything" : ""));
    }
    this.rate = rate;
  }

  /** {@return the probability that an element is dropped} */
  public double rate() {
    return rate;
  }

  @Override
  public Shape outputShape(Shape input) {
    return input;
  }

  @Override
  public Tensor forward(Tensor input, Pass pass) {
    Tensor output = pass.output(this, input);
    if (rate == 0 || !pass.isTraining()) {
      output.copyFrom(input);
      return output;
    }
    Tensor mask = pass.buffer(this, 0, input.shape());
    pass.random(this).bernoulli(mask, 1 - rate, 1 / (1 - rate));
    PRODUCT.over(output, input, mask);
    return output;
  }

  @Override
  public @Nullable Tensor backward(Tensor outputGradient, Pass pass) {
    Tensor input = pass.recall(this, outputGradient);
    if (!pass.needsInputGradient()) {
      return null;
    }
    Tensor inputGradient = pass.inputGradient(this);
    if (rate == 0) {
      inputGradient.copyFrom(outputGradient);
    } else {
      PRODUCT.over(inputGradient, outputGradient, pass.buffer(this, 0, input.shape()));
    }
    return inputGradient;
  }

  /** How files keep this layer. */
  static LayerFormat<Dropout> format() {
    return LayerFormat.of(
            "lamella.Dropout", Dropout.class, saved -> new Dropout(saved.number("rate")))
        .withOption("rate", Dropout::rate)
        .withOnnx(Dropout::toOnnx)
        .fromOnnx("Dropout", Dropout::fromOnnx);
  }

  /** Dropout, which is the identity unless a program trains with the file. */
  private String toOnnx(OnnxGraph graph, String x) {
    return graph.node("Dropout", x, graph.constant("rate", rate));
  }

  private static Dropout fromOnnx(OnnxNode node) throws FileFormatException {
    node.integer("is_test", 1); // before version 7
    node.integer("seed", 0);
    if (!node.hasInput(1)) {
      return new Dropout(node.number("ratio", 0.5)); // as before version 12, or left out
    }
    return new Dropout(Features.number(node.constant(1)));
  }

  /** For example {@code Dropout(0.1)}. */
  @Override
  public String toString() {
    return "Dropout(" + rate + ")";
  }

  /** product = a b. */
  private static final class Product extends Loop {
    @Override
    protected void run(float[][] arrays, int from, int to) {
      float[] product = arrays[0];
      float[] a = arrays[1];
      float[] b = arrays[2];
      for (int i = from; i < to; i++) {
        product[i] = a[i] * b[i];
      }
    }

    @Override
    protected void run(double[][] arrays, int from, int to) {
      double[] product = arrays[0];
      double[] a = arrays[1];
      double[] b = arrays[2];
      for (int i = from; i < to; i++) {
        product[i] = a[i] * b[i];
      }
    }
  }
}
