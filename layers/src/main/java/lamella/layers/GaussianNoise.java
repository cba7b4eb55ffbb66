package lamella.layers;

import lamella.core.KeyedRandom;
import lamella.core.Layer;
import lamella.core.Loop;
import lamella.core.NormalNoise;
import lamella.core.Pass;
import lamella.core.Shape;
import lamella.core.Tensor;
import lamella.core.io.LayerFormat;
import lamella.core.io.OnnxGraph;
import org.jspecify.annotations.Nullable;

/**
 * Noise: in training y = x + deviation z, where z is normal with mean 0 and deviation 1; in
 * inference y = x.
 *
 * <p>On the inputs of a network it makes of each example many that lie around it, so that a network
 * learns less of what is peculiar to one.
 *
 * <p>z is a function of the pass's seed and step, of the layer's place in the network, and of the
 * element's row and place in it: the same for any number of threads, for a batch and for its parts,
 * and in a run that is resumed. Its numbers are {@link NormalNoise}'s, whose distribution function
 * is within 0.00005 of the normal one's: {@link KeyedRandom#noise}. With deviation 0, y = x in
 * training as well, and nothing is drawn.
 *
 * <p>Backward: dL/dx = dL/dy.
 *
 * <p><b>Shapes:</b> any {@code ->} the same.
 *
 * <p>Source: C. Bishop, "Training with noise is equivalent to Tikhonov regularization" (1995).
 */
public final class GaussianNoise implements Layer {
  /** The largest deviation: so that float32 holds the noise. */
  public static final double MOST = 1e30;

  private static final Loop ADDITION = new Addition();

  private final double deviation;

  /**
   * Adds noise of this standard deviation.
   *
   * @param deviation in [0, {@value #MOST}]
   * @throws IllegalArgumentException if it is not
   */
  public GaussianNoise(double deviation) {
    if (!(deviation >= 0 && deviation <= MOST)) {
      throw new IllegalArgumentException(
          "GaussianNoise: deviation must lie in [0, " + MOST + "], got " + deviation);
    }
    this.deviation = deviation;
  }

  /** {@return the standard deviation of the noise} */
  public double deviation() {
    return deviation;
  }

  @Override
  public Shape outputShape(Shape input) {
    return input;
  }

  @Override
  public Tensor forward(Tensor input, Pass pass) {
    Tensor output = pass.output(this, input);
    if (deviation == 0 || !pass.isTraining()) {
      output.copyFrom(input);
      return output;
    }
    pass.random(this).noise(output, deviation);
    ADDITION.over(output, output, input);
    return output;
  }

  @Override
  public @Nullable Tensor backward(Tensor outputGradient, Pass pass) {
    Tensor ignored = pass.recall(this, outputGradient);
    if (!pass.needsInputGradient()) {
      return null;
    }
    Tensor inputGradient = pass.inputGradient(this);
    inputGradient.copyFrom(outputGradient);
    return inputGradient;
  }

  /** How files keep this layer. */
  static LayerFormat<GaussianNoise> format() {
    return LayerFormat.of(
            "lamella.GaussianNoise",
            GaussianNoise.class,
            saved -> new GaussianNoise(saved.number("deviation")))
        .withOption("deviation", GaussianNoise::deviation)
        .withOnnx(GaussianNoise::toOnnx);
  }

  /** ONNX has no noise; what it is in inference. */
  private String toOnnx(OnnxGraph graph, String x) {
    return graph.node("Identity", x);
  }

  /** For example {@code GaussianNoise(0.1)}. */
  @Override
  public String toString() {
    return "GaussianNoise(" + deviation + ")";
  }
}
