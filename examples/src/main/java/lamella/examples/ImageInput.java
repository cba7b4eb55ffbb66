package lamella.examples;

import java.util.List;
import lamella.core.DoubleTensor;
import lamella.core.FloatTensor;
import lamella.core.Layer;
import lamella.core.Pass;
import lamella.core.Shape;
import lamella.core.ShapeException;
import lamella.core.Tensor;
import lamella.data.cifar.ImageShape;
import lamella.data.cifar.Layout;
import org.jspecify.annotations.Nullable;

/**
 * A layer before a network of another program that takes images of 32 x 32 pixels: it puts our
 * pixels in the order and range that the network was trained on.
 *
 * <p>Each number is y = (x / scale - mean) / deviation, with the mean and deviation of its colour,
 * computed in float64 and rounded once.
 *
 * <p><b>Shapes:</b> pixels {@code [n, 3072]}, 0 to 255, in {@link Model#LAYOUT} {@code ->} what the
 * network takes, of as many numbers.
 */
final class ImageInput implements Layer {
  private static final int NUMBERS = ImageShape.CIFAR10.size();
  private static final int PIXELS = NUMBERS / 3;
  private static final Shape IMAGES = Shape.batchOf(NUMBERS);

  private final Layout layout;
  private final Shape example;

  /** Of each number of the result: where it stands in ours, and how it is made. */
  private final int[] sources = new int[NUMBERS];

  private final double scale;
  private final double[] means = new double[NUMBERS];
  private final double[] deviations = new double[NUMBERS];

  /**
   * A layer.
   *
   * @param layout the order of the network's numbers
   * @param example the shape of one image for the network
   * @param mean of each colour
   * @param deviation of each colour
   */
  ImageInput(
      Layout layout, Shape example, double scale, List<Double> mean, List<Double> deviation) {
    this.layout = layout;
    this.example = example;
    this.scale = scale;
    for (int pixel = 0; pixel < PIXELS; pixel++) {
      for (int colour = 0; colour < 3; colour++) {
        int to = offset(layout, pixel, colour);
        sources[to] = offset(Model.LAYOUT, pixel, colour);
        means[to] = mean.get(colour);
        deviations[to] = deviation.get(colour);
      }
    }
  }

  private static int offset(Layout layout, int pixel, int colour) {
    return layout == Layout.HWC ? 3 * pixel + colour : PIXELS * colour + pixel;
  }

  @Override
  public Shape outputShape(Shape input) {
    if (!IMAGES.accepts(input)) {
      throw new ShapeException(this, IMAGES, input);
    }
    return input.isOpen() ? example.openBatch() : example.batch(input.dimension(0));
  }

  /** 0: it multiplies nothing by weights. */
  @Override
  public long multiplyAdds(Shape example) {
    return 0;
  }

  @Override
  public Tensor forward(Tensor input, Pass pass) {
    Tensor output = pass.output(this, input);
    switch (input) {
      case FloatTensor floats -> {
        float[] y = ((FloatTensor) output).array();
        for (int i = 0; i < y.length; i++) {
          y[i] = (float) number(floats.array()[source(i)], i % NUMBERS);
        }
      }
      case DoubleTensor doubles -> {
        double[] y = ((DoubleTensor) output).array();
        for (int i = 0; i < y.length; i++) {
          y[i] = number(doubles.array()[source(i)], i % NUMBERS);
        }
      }
    }
    return output;
  }

  private int source(int index) {
    return index - index % NUMBERS + sources[index % NUMBERS];
  }

  private double number(double pixel, int index) {
    return (pixel / scale - means[index]) / deviations[index];
  }

  @Override
  public @Nullable Tensor backward(Tensor outputGradient, Pass pass) {
    pass.recall(this, outputGradient);
    if (!pass.needsInputGradient()) {
      return null;
    }
    Tensor inputGradient = pass.inputGradient(this);
    for (int i = 0; i < outputGradient.size(); i++) {
      double gradient = outputGradient.get(i) / (scale * deviations[i % NUMBERS]);
      inputGradient.set(source(i), gradient);
    }
    return inputGradient;
  }

  /** For example {@code ImageInput(CHW)}. */
  @Override
  public String toString() {
    return "ImageInput(" + layout + ")";
  }
}
