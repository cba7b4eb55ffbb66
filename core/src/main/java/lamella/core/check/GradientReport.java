package lamella.core.check;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link GradientCheck} found; a value.
 *
 * @param subject the layer or loss, as it names itself
 * @param tensors one entry for the input and one for each parameter
 * @param faults what is wrong besides numbers: an input that was changed, noise between two
 *     forwards, a gradient that was not added to, an exception
 * @param causes what the wrong numbers look like: a factor, a sign, a transposed matrix; empty if
 *     nothing is wrong or nothing was recognised
 * @param mostSkipped the largest share of comparisons that kinks may take out
 */
public record GradientReport(
    String subject,
    List<TensorReport> tensors,
    List<String> faults,
    List<String> causes,
    double mostSkipped) {

  /** A report; copies the lists. */
  public GradientReport {
    tensors = List.copyOf(tensors);
    faults = List.copyOf(faults);
    causes = List.copyOf(causes);
  }

  /**
   * The gradient of one tensor.
   *
   * @param name {@code input}, or the parameter's name, with its layer's position in a network
   * @param shape the tensor's shape, as text
   * @param compared comparisons made: of elements, and of random directions for a large tensor
   * @param wrong comparisons that failed
   * @param skipped comparisons without a verdict: the slopes to the left and to the right disagree
   *     (a kink), or the differences settle at no step
   * @param largestError the largest relative error among all compared, beyond the uncertainty of
   *     the differences themselves
   * @param worst the element with the largest relative error among the wrong ones; null if none is
   */
  public record TensorReport(
      String name,
      String shape,
      int compared,
      int wrong,
      int skipped,
      double largestError,
      @Nullable Element worst) {}

  /**
   * One element of a gradient.
   *
   * @param tensor the name of the tensor
   * @param index its place, for example {@code [4, 2]}
   * @param analytic what backward says
   * @param numeric what central differences say
   */
  public record Element(String tensor, String index, double analytic, double numeric) {

    /** {@return |analytic - numeric|, relative to the larger of the two} */
    public double relativeError() {
      return GradientReport.relativeError(analytic, numeric);
    }

    /** For example {@code weight [4, 2]: backward says 0.5, differences say 1.0 (...)}. */
    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "%s %s: backward says %.10g, central differences say %.10g (relative error %.2g)",
          tensor,
          index,
          analytic,
          numeric,
          relativeError());
    }
  }

  static double relativeError(double analytic, double numeric) {
    double size = Math.max(Math.abs(analytic), Math.abs(numeric));
    return size == 0 ? 0 : Math.abs(analytic - numeric) / size;
  }

  /** {@return whether nothing is wrong, and no more was skipped than may be} */
  public boolean isCorrect() {
    return faults.isEmpty() && wrong() == 0 && !isTooMuchSkipped();
  }

  /** {@return how many comparisons were made, over all tensors} */
  public int compared() {
    return tensors.stream().mapToInt(TensorReport::compared).sum();
  }

  /** {@return how many comparisons failed, over all tensors} */
  public int wrong() {
    return tensors.stream().mapToInt(TensorReport::wrong).sum();
  }

  /** {@return how many comparisons have no verdict, over all tensors} */
  public int skipped() {
    return tensors.stream().mapToInt(TensorReport::skipped).sum();
  }

  /** {@return the wrong element with the largest relative error; null if none is wrong} */
  public @Nullable Element worst() {
    Element worst = null;
    for (TensorReport tensor : tensors) {
      Element candidate = tensor.worst();
      // A NaN counts as largest.
      if (candidate != null
          && (worst == null || !(candidate.relativeError() <= worst.relativeError()))) {
        worst = candidate;
      }
    }
    return worst;
  }

  private boolean isTooMuchSkipped() {
    return skipped() > mostSkipped * compared();
  }

  /**
   * Does nothing if all is right.
   *
   * @throws AssertionError otherwise; names the layer, the tensor and the element, and the causes
   *     that fit the numbers
   */
  public void assertCorrect() {
    if (!isCorrect()) {
      throw new AssertionError(toString());
    }
  }

  /** One line with the verdict, then what is wrong and why, then a table with a row per tensor. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(subject).append(": ").append(verdict());
    for (String fault : faults) {
      text.append("\n  ").append(fault);
    }
    for (TensorReport tensor : tensors) {
      if (tensor.wrong() > 0) {
        text.append("\n  ");
        text.append(
            tensor.worst() == null ? tensor.name() + " in random directions" : tensor.worst());
        text.append("; ").append(tensor.wrong()).append(" of ").append(tensor.compared());
        text.append(" comparisons are wrong");
      }
    }
    for (String cause : causes) {
      text.append("\n  likely cause: ").append(cause);
    }
    if (isTooMuchSkipped()) {
      text.append(
          String.format(
              Locale.ROOT,
              "%n  %d of %d comparisons were skipped, more than %.0f %%: the slopes to the left and to"
                  + " the right disagree (kinks), or settle at no step (noise); choose inputs off the kinks",
              skipped(),
              compared(),
              100 * mostSkipped));
    }
    return text.append(table()).toString();
  }

  private String verdict() {
    if (isCorrect()) {
      return "gradients are correct";
    }
    return wrong() > 0 || faults.isEmpty()
        ? "gradients are wrong"
        : "breaks the contract of a layer";
  }

  private String table() {
    if (tensors.isEmpty()) {
      return "";
    }
    int name = "tensor".length();
    int shape = "shape".length();
    for (TensorReport tensor : tensors) {
      name = Math.max(name, tensor.name().length());
      shape = Math.max(shape, tensor.shape().length());
    }
    String row = "%n  %-" + name + "s  %-" + shape + "s  %8s  %5s  %7s  %s";
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT, row, "tensor", "shape", "compared", "wrong", "skipped", "largest error"));
    for (TensorReport tensor : tensors) {
      text.append(
          String.format(
              Locale.ROOT,
              row,
              tensor.name(),
              tensor.shape(),
              tensor.compared(),
              tensor.wrong(),
              tensor.skipped(),
              String.format(Locale.ROOT, "%.1e", tensor.largestError())));
    }
    return text.toString();
  }
}
