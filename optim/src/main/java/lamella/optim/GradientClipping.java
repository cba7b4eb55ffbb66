package lamella.optim;

import java.util.List;
import lamella.core.DoubleTensor;
import lamella.core.FloatTensor;
import lamella.core.Gradients;
import lamella.core.Parameter;
import lamella.core.SavedState;
import lamella.core.Tensor;

/**
 * Keeps gradients from becoming too large. The bits do not depend on threads or vector width.
 *
 * <p>By norm: all gradients together are scaled to the norm c where their Euclidean norm exceeds
 * it, g = g c / ‖g‖, which keeps their direction. By value: every element is put into [-c, c].
 * Penalties, which the optimiser adds, are not clipped.
 *
 * <p>Source: R. Pascanu, T. Mikolov, Y. Bengio, "On the difficulty of training recurrent neural
 * networks" (2013).
 */
public final class GradientClipping implements TrainingListener {
  private final double most;
  private final boolean byNorm;

  private GradientClipping(double most, boolean byNorm) {
    if (!(most > 0 && most < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "GradientClipping: the limit must be finite and > 0, got " + most);
    }
    this.most = most;
    this.byNorm = byNorm;
  }

  /**
   * {@return a rule that keeps the Euclidean norm of all gradients together at this or below}
   *
   * @param most finite, above 0
   * @throws IllegalArgumentException if it is not
   */
  public static GradientClipping byNorm(double most) {
    return new GradientClipping(most, true);
  }

  /**
   * {@return a rule that keeps every element of every gradient in [-most, most]}
   *
   * @param most finite, above 0
   * @throws IllegalArgumentException if it is not
   */
  public static GradientClipping byValue(double most) {
    return new GradientClipping(most, false);
  }

  @Override
  public void beforeUpdate(Fit fit) {
    if (!clip(fit.parameters(), fit.gradients())) {
      throw new NonFiniteException(
          fit, "the norm of the gradients is not finite", "it cannot be clipped");
    }
  }

  /** Clips; false, with nothing changed, where the norm is infinite. */
  boolean clip(List<Parameter> parameters, Gradients gradients) {
    double norm = byNorm ? norm(parameters, gradients) : Double.NaN;
    if (norm == Double.POSITIVE_INFINITY) {
      return false;
    }
    if (norm > most) {
      gradients.scale(most / norm);
    }
    for (int i = 0; i < parameters.size() && !byNorm; i++) {
      if (gradients.has(parameters.get(i))) {
        clamp(gradients.of(parameters.get(i)), most);
      }
    }
    return true;
  }

  private static double norm(List<Parameter> parameters, Gradients gradients) {
    double sum = 0;
    for (int i = 0; i < parameters.size(); i++) {
      if (gradients.has(parameters.get(i))) {
        sum += gradients.of(parameters.get(i)).sumOfSquares();
      }
    }
    return Math.sqrt(sum);
  }

  private static void clamp(Tensor gradient, double most) {
    switch (gradient) {
      case FloatTensor floats -> {
        float[] g = floats.array();
        float limit = (float) most;
        for (int i = 0; i < g.length; i++) {
          g[i] = Math.max(-limit, Math.min(limit, g[i]));
        }
      }
      case DoubleTensor doubles -> {
        double[] g = doubles.array();
        for (int i = 0; i < g.length; i++) {
          g[i] = Math.max(-most, Math.min(most, g[i]));
        }
      }
    }
  }

  /** No state but the limit, so that a training is not resumed with another. */
  @Override
  public void save(SavedState state) {
    state.put("limit", toString());
  }

  /** For example {@code GradientClipping(norm 1.0)}. */
  @Override
  public String toString() {
    return "GradientClipping(" + (byNorm ? "norm " : "value ") + most + ")";
  }
}
