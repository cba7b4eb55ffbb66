package lamella.losses;

import lamella.core.DoubleTensor;
import lamella.core.FloatTensor;
import lamella.core.Loss;
import lamella.core.Shape;
import lamella.core.ShapeException;
import lamella.core.Tensor;
import lamella.core.Weighted;
import org.jspecify.annotations.Nullable;

/**
 * Base of losses that are a mean over the rows of a batch: L = Σ w_i l_i / Σ w_i, l_i the loss of
 * row i, w_i its weight, 1 unless said. The checks, the mean, weights of examples, and the value
 * without a gradient are here; a loss is what remains, {@link #sum} and what fits it.
 *
 * <p>Where all weights of a batch are 0 the loss is 0, and so is its gradient.
 *
 * @param <T> the targets of a batch: {@code int[]} labels, or a {@link Tensor}
 */
public abstract class MeanLoss<T> implements Loss<T> {

  /** For subclasses. */
  protected MeanLoss() {}

  // What a loss is.

  /**
   * Refuses outputs and targets that this loss cannot take: see {@link #requireRows} and {@link
   * #requireLike}.
   *
   * @param output what the network gave, at least one row
   * @param target one target for each row
   * @throws IllegalArgumentException names this loss, the row, what is expected, what came
   */
  protected abstract void requireFit(Tensor output, T target);

  /**
   * Adds up Σ w_i l_i, the rows from first to last, and fills the gradient: in row i with w_i /
   * divisor times the derivative of l_i.
   *
   * @param output fits; not changed
   * @param target fits; not changed
   * @param exampleWeights for {@link #weight(Object, double[], int)}, which says w_i
   * @param gradient of the output's shape and type, to be filled; null if nobody wants it
   * @param divisor of the mean; infinite where no row counts
   * @return the sum, not divided
   */
  protected abstract double sum(
      Tensor output,
      T target,
      double @Nullable [] exampleWeights,
      @Nullable Tensor gradient,
      double divisor);

  /**
   * {@return how much a row counts, beside the weight of its example; 1 by default}
   *
   * @param target fits
   * @param row from 0
   */
  protected double weight(T target, int row) {
    return 1;
  }

  // For subclasses.

  /**
   * {@return w_i, how much a row counts in all}
   *
   * @param target fits
   * @param exampleWeights as {@link #sum} is given them
   * @param row from 0
   */
  protected final double weight(T target, double @Nullable [] exampleWeights, int row) {
    return exampleWeights == null ? weight(target, row) : exampleWeights[row] * weight(target, row);
  }

  /**
   * Refuses another number of targets than rows.
   *
   * @param output with a row for each
   * @param what there must be one of for each row, for example {@code labels}
   * @param count how many there are
   * @throws IllegalArgumentException if they are more or fewer
   */
  protected final void requireRows(Tensor output, String what, int count) {
    int rows = output.shape().dimension(0);
    if (count != rows) {
      throw new IllegalArgumentException(
          this + ": expects " + rows + " " + what + ", one per row, got " + count);
    }
  }

  /**
   * Refuses targets of another shape than the output's.
   *
   * @param output with a number for each of the targets
   * @param target of either type
   * @throws ShapeException if the shapes differ
   */
  protected final void requireLike(Tensor output, Tensor target) {
    if (!target.shape().equals(output.shape())) {
      throw new ShapeException(this + " targets", output.shape(), target.shape());
    }
  }

  // What it has from here.

  /**
   * The mean loss, and its gradient with respect to the output.
   *
   * @throws ShapeException if a shape does not fit
   * @throws IllegalArgumentException if the gradient is the output's own tensor or of another type,
   *     or a target is not valid; names the row
   */
  @Override
  public final double valueAndGradient(Tensor output, T target, Tensor outputGradient) {
    return compute(output, target, null, outputGradient, Double.NaN);
  }

  @Override
  public final double valueAndGradient(
      Tensor output, T target, Tensor outputGradient, double divisor) {
    return compute(output, target, null, outputGradient, divisor);
  }

  /**
   * The mean loss.
   *
   * @throws IllegalArgumentException as for {@link #valueAndGradient(Tensor, Object, Tensor)}
   */
  @Override
  public final double value(Tensor output, T target) {
    return compute(output, target, null, null, Double.NaN);
  }

  @Override
  public final double weight(Tensor output, T target) {
    return weight(output, target, null);
  }

  /**
   * {@return this loss as a mean by the weights of the examples, which come with the targets: see
   * {@link lamella.core.Dataset#withWeights}}
   */
  public final Loss<Weighted<T>> withExampleWeights() {
    return new ExampleWeightedLoss<>(this);
  }

  // For ExampleWeightedLoss, too.

  final double weight(Tensor output, T target, double @Nullable [] exampleWeights) {
    require(output, target, exampleWeights);
    return total(output, target, exampleWeights);
  }

  private double total(Tensor output, T target, double @Nullable [] exampleWeights) {
    int rows = output.shape().dimension(0);
    double sum = 0;
    for (int row = 0; row < rows; row++) {
      sum += weight(target, exampleWeights, row);
    }
    return sum;
  }

  /** By the given divisor, or by the sum of the weights if it is NaN. */
  final double compute(
      Tensor output,
      T target,
      double @Nullable [] exampleWeights,
      @Nullable Tensor gradient,
      double givenDivisor) {
    if (gradient != null) {
      requireGradient(output, gradient);
    }
    require(output, target, exampleWeights);
    double divisor =
        Double.isNaN(givenDivisor) ? total(output, target, exampleWeights) : givenDivisor;
    if (divisor == 0) {
      divisor = Double.POSITIVE_INFINITY;
    }
    double sum = sum(output, target, exampleWeights, gradient, divisor);
    if (gradient != null) {
      gradient.markChanged();
    }
    return sum / divisor;
  }

  private void require(Tensor output, T target, double @Nullable [] exampleWeights) {
    requireFit(output, target);
    if (exampleWeights == null) {
      return;
    }
    requireRows(output, "weights", exampleWeights.length);
    for (int row = 0; row < exampleWeights.length; row++) {
      if (!(exampleWeights[row] >= 0 && exampleWeights[row] < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException(
            this
                + ": weight "
                + exampleWeights[row]
                + " at row "
                + row
                + " must be finite and not negative");
      }
    }
  }

  private void requireGradient(Tensor output, Tensor gradient) {
    Shape shape = output.shape();
    if (!gradient.shape().equals(shape)) {
      throw new ShapeException(this + " gradient", shape, gradient.shape());
    }
    if (gradient.dtype() != output.dtype()) {
      throw new IllegalArgumentException(
          this + ": expects a gradient of type " + output.dtype() + ", got " + gradient.dtype());
    }
    if (shareElements(output, gradient)) {
      throw new IllegalArgumentException(
          this
              + ": the gradient must be another tensor than the output, which would be overwritten;"
              + " use pass.outputGradient(output)");
    }
  }

  @SuppressWarnings("ReferenceEquality") // two arrays, whatever they hold
  private static boolean shareElements(Tensor a, Tensor b) {
    return (a instanceof FloatTensor f && b instanceof FloatTensor g && f.array() == g.array())
        || (a instanceof DoubleTensor d && b instanceof DoubleTensor e && d.array() == e.array());
  }

  /** The class's name; a loss with numbers says them. */
  @Override
  public String toString() {
    return getClass().getSimpleName();
  }
}
