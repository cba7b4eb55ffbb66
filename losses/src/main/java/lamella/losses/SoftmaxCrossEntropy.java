package lamella.losses;

import lamella.core.DoubleTensor;
import lamella.core.FloatTensor;
import lamella.core.Loss;
import lamella.core.Outputs;
import lamella.core.Shape;
import lamella.core.ShapeException;
import lamella.core.Tensor;
import lamella.core.kernel.Kernels;
import org.jspecify.annotations.Nullable;

/**
 * Softmax and cross-entropy in one: L = mean over the rows of -log softmax(z)[label], with gradient
 * (softmax(z) - onehot) / n.
 *
 * {@snippet file="SnippetsTest.java" region="loss"}
 *
 * <p>Computed as log(sum_j exp(z_j - max z)) - (z_label - max z): no overflow for large logits, and
 * no epsilon.
 *
 * <p><b>Shapes:</b> logits z {@code [n, classes]} of at least two classes, labels {@code int[n]} in
 * {@code [0, classes)}, gradient as the logits.
 *
 * <p>Source: P. Blanchard, D. J. Higham, N. J. Higham, "Accurately computing the log-sum-exp and
 * softmax functions" (2021).
 */
public final class SoftmaxCrossEntropy implements Loss<int[]> {

  /** The loss; stateless. */
  public SoftmaxCrossEntropy() {}

  /**
   * The mean loss, and its gradient with respect to the logits.
   *
   * @throws ShapeException if the logits are no matrix or the gradient has another shape
   * @throws IllegalArgumentException if the gradient is the logits' own tensor, there are less than
   *     two classes, there is not one label per row, or a label is no class; names row and range
   */
  @Override
  public double valueAndGradient(Tensor logits, int[] labels, Tensor logitsGradient) {
    if (!logitsGradient.shape().equals(logits.shape())) {
      throw new ShapeException(this + " gradient", logits.shape(), logitsGradient.shape());
    }
    if (logitsGradient.dtype() != logits.dtype()) {
      throw new IllegalArgumentException(
          this
              + ": expects a gradient of type "
              + logits.dtype()
              + ", got "
              + logitsGradient.dtype());
    }
    if (shareElements(logits, logitsGradient)) {
      throw new IllegalArgumentException(
          this
              + ": the gradient must be another tensor than the logits, which would be overwritten;"
              + " use pass.outputGradient(logits)");
    }
    double loss = compute(logits, labels, logitsGradient);
    logitsGradient.markChanged();
    return loss;
  }

  @SuppressWarnings("ReferenceEquality") // two arrays, whatever they hold
  private static boolean shareElements(Tensor a, Tensor b) {
    return (a instanceof FloatTensor f && b instanceof FloatTensor g && f.array() == g.array())
        || (a instanceof DoubleTensor d && b instanceof DoubleTensor e && d.array() == e.array());
  }

  /**
   * The mean loss.
   *
   * @throws IllegalArgumentException as for {@link #valueAndGradient}
   */
  @Override
  public double value(Tensor logits, int[] labels) {
    return compute(logits, labels, null);
  }

  private double compute(Tensor logits, int[] labels, @Nullable Tensor gradient) {
    Shape shape = logits.shape();
    if (shape.rank() != 2) {
      throw new IllegalArgumentException(this + ": expects logits [n, classes], got " + shape);
    }
    int n = shape.dimension(0);
    int classes = shape.last();
    if (classes < 2) {
      throw new IllegalArgumentException(
          this
              + ": expects logits [n, classes] of at least 2 classes, got "
              + shape
              + "; the softmax of one output is always 1. Give the network an output for each class");
    }
    checkLabels(labels, n, classes);
    Kernels kernels = Kernels.instance();
    double sum =
        switch (logits) {
          case FloatTensor z -> {
            float[] dz = gradient instanceof FloatTensor out ? out.array() : null;
            yield kernels.softmaxCrossEntropy(n, classes, z.array(), labels, dz, 1f / n);
          }
          case DoubleTensor z -> {
            double[] dz = gradient instanceof DoubleTensor out ? out.array() : null;
            yield kernels.softmaxCrossEntropy(n, classes, z.array(), labels, dz, 1.0 / n);
          }
        };
    return sum / n;
  }

  private void checkLabels(int[] labels, int n, int classes) {
    if (labels.length != n) {
      throw new IllegalArgumentException(
          this + ": expects " + n + " labels, one per row, got " + labels.length);
    }
    for (int row = 0; row < n; row++) {
      if (labels[row] < 0 || labels[row] >= classes) {
        throw new IllegalArgumentException(
            this
                + ": label "
                + labels[row]
                + " at row "
                + row
                + " is outside [0, "
                + classes
                + ")");
      }
    }
  }

  /** Classes. */
  @Override
  public Outputs outputs() {
    return Outputs.CLASSES;
  }

  /** {@code SoftmaxCrossEntropy}. */
  @Override
  public String toString() {
    return "SoftmaxCrossEntropy";
  }
}
