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
 * A layer before a network of another program that takes images: it puts our pixels in the order
 * and range that the network was trained on.
 *
 * <p>Each number is y = (x / scale - mean) / deviation, with the mean and deviation of its channel,
 * computed in float64 and rounded once.
 *
 * <p><b>Shapes:</b> pixels {@code [n, size]}, 0 to 255, in {@link Model#LAYOUT} {@code ->} what the
 * network takes, of as many numbers.
 */
final class ImageInput implements Layer {
  private final int numbers;
  private final Layout layout;
  private final Shape example;

  /** Of each number of the result: where it stands in ours, and how it is made. */
  private final int[] sources;

  private final double scale;
  private final double[] means;
  private final double[] deviations;

  /**
   * A layer.
   *
   * @param shape of the images
   * @param layout the order of the network's numbers
   * @param example the shape of one image for the network
   * @param mean of each channel
   * @param deviation of each channel
   */
  ImageInput(
      ImageShape shape,
      Layout layout,
      Shape example,
      double scale,
      List<Double> mean,
      List<Double> deviation) {
    this.numbers = shape.size();
    this.layout = layout;
    this.example = example;
    this.scale = scale;
    this.sources = new int[numbers];
    this.means = new double[numbers];
    this.deviations = new double[numbers];
    for (int row = 0; row < shape.height(); row++) {
      for (int column = 0; column < shape.width(); column++) {
        for (int channel = 0; channel < shape.channels(); channel++) {
          int to = shape.offset(layout, row, column, channel);
          sources[to] = shape.offset(Model.LAYOUT, row, column, channel);
          means[to] = mean.get(channel);
          deviations[to] = deviation.get(channel);
        }
      }
    }
  }

  @Override
  public Shape outputShape(Shape input) {
    Shape images = Shape.batchOf(numbers);
    if (!images.accepts(input)) {
      throw new ShapeException(this, images, input);
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
          y[i] = (float) number(floats.array()[source(i)], i % numbers);
        }
      }
      case DoubleTensor doubles -> {
        double[] y = ((DoubleTensor) output).array();
        for (int i = 0; i < y.length; i++) {
          y[i] = number(doubles.array()[source(i)], i % numbers);
        }
      }
    }
    return output;
  }

  private int source(int index) {
    return index - index % numbers + sources[index % numbers];
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
      double gradient = outputGradient.get(i) / (scale * deviations[i % numbers]);
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
