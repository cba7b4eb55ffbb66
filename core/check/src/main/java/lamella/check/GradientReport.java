package lamella.check;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link GradientCheck} found; a value. Its {@link #outcome} is one of three: right, wrong,
 * or not decided.
 *
 * @param subject the layer or loss, as it names itself
 * @param tensors one entry for the input and one for each parameter
 * @param faults what is wrong besides numbers: an input that was changed, noise between two
 *     forwards, a gradient that was not added to, an exception
 * @param causes what the wrong numbers look like: a factor, a sign, a transposed matrix; empty if
 *     nothing is wrong or nothing was recognised
 * @param notCompared parameters that no gradient trains, each with the reason: statistics, and
 *     those that are frozen
 * @param mostSkipped the largest share of comparisons that may remain undecided
 */
public record GradientReport(
    String subject,
    List<TensorReport> tensors,
    List<String> faults,
    List<String> causes,
    List<String> notCompared,
    double mostSkipped) {
  /** Undecided comparisons that are listed one by one. */
  private static final int LISTED = 5;

  /** A report; copies the lists. */
  public GradientReport {
    tensors = List.copyOf(tensors);
    faults = List.copyOf(faults);
    causes = List.copyOf(causes);
    notCompared = List.copyOf(notCompared);
  }

  /** What a check can end with. */
  public enum Outcome {
    /** Nothing is wrong, and no more is undecided than may be. */
    RIGHT,
    /** Some comparison failed, or there is another fault. */
    WRONG,
    /**
     * Nothing is wrong, but too little could be compared: the report says what and why, and what to
     * do.
     */
    NOT_DECIDED
  }

  /**
   * The gradient of one tensor.
   *
   * @param name {@code input}, or the parameter's name, with its layer's position in a network
   * @param shape the tensor's shape, as text
   * @param compared comparisons made: of elements, and of random directions for a large tensor
   * @param wrong comparisons that failed
   * @param kinks comparisons that were made beside the point, and were right there, because it lies
   *     at a kink, where there is no derivative
   * @param zeros comparisons in which backward and differences both say 0: right, but it tells
   *     little
   * @param undecided comparisons that could not be decided, neither at the point nor beside it
   * @param largestError the largest relative error among all that were compared at the point
   *     itself, beyond the uncertainty of the differences themselves
   * @param worst the element with the largest relative error among the wrong ones; null if none is
   */
  public record TensorReport(
      String name,
      String shape,
      int compared,
      int wrong,
      int kinks,
      int zeros,
      List<Undecided> undecided,
      double largestError,
      @Nullable Element worst) {

    /** A report; copies the list. */
    public TensorReport {
      undecided = List.copyOf(undecided);
    }

    /** {@return how many comparisons could not be decided} */
    public int skipped() {
      return undecided.size();
    }
  }

  /**
   * A comparison that could not be decided.
   *
   * @param tensor the name of the tensor
   * @param place the element, for example {@code [4, 2]}, or {@code in a random direction}
   * @param reason why
   */
  public record Undecided(String tensor, String place, String reason) {
    /** For example {@code input [0, 3]: the slopes to the left and to the right disagree}. */
    @Override
    public String toString() {
      return tensor + " " + place + ": " + reason;
    }
  }

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
      double size = Math.max(Math.abs(analytic), Math.abs(numeric));
      return size == 0 ? 0 : Math.abs(analytic - numeric) / size;
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

  /** {@return right, wrong, or not decided} */
  public Outcome outcome() {
    if (wrong() > 0 || !faults.isEmpty()) {
      return Outcome.WRONG;
    }
    return isTooMuchSkipped() || isAllZero() ? Outcome.NOT_DECIDED : Outcome.RIGHT;
  }

  /** {@return whether the outcome is {@link Outcome#RIGHT}} */
  public boolean isCorrect() {
    return outcome() == Outcome.RIGHT;
  }

  /** {@return how many comparisons were made, over all tensors} */
  public int compared() {
    return tensors.stream().mapToInt(TensorReport::compared).sum();
  }

  /** {@return how many comparisons failed, over all tensors} */
  public int wrong() {
    return tensors.stream().mapToInt(TensorReport::wrong).sum();
  }

  /** {@return how many comparisons were made beside a kink, over all tensors} */
  public int kinks() {
    return tensors.stream().mapToInt(TensorReport::kinks).sum();
  }

  /** {@return how many comparisons could not be decided, over all tensors} */
  public int skipped() {
    return tensors.stream().mapToInt(TensorReport::skipped).sum();
  }

  /** {@return the comparisons that could not be decided, of all tensors} */
  public List<Undecided> undecided() {
    List<Undecided> all = new ArrayList<>();
    for (TensorReport tensor : tensors) {
      all.addAll(tensor.undecided());
    }
    return all;
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

  private boolean isAllZero() {
    int zeros = tensors.stream().mapToInt(TensorReport::zeros).sum();
    return zeros > 0 && zeros + skipped() == compared();
  }

  /**
   * Does nothing if the outcome is right.
   *
   * @throws AssertionError otherwise; names the layer and says whether it is wrong or not decided:
   *     in the first case with the tensor, the element, and the causes that fit the numbers, in the
   *     second with what to change
   */
  public void assertCorrect() {
    if (!isCorrect()) {
      throw new AssertionError(toString());
    }
  }

  /**
   * Does nothing unless the outcome is wrong. For checks of many inputs drawn at random, of which
   * some may be undecided.
   *
   * @throws AssertionError if the outcome is wrong, as of {@link #assertCorrect}
   */
  public void assertNotWrong() {
    if (outcome() == Outcome.WRONG) {
      throw new AssertionError(toString());
    }
  }

  /** One line with the outcome, then what is wrong and why, then a table with a row per tensor. */
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
    text.append(undecidedLines()).append(zeroLine());
    if (!notCompared.isEmpty()) {
      text.append("\n  not compared, as no gradient trains them: ")
          .append(String.join(", ", notCompared));
    }
    return text.append(table()).toString();
  }

  private String verdict() {
    return switch (outcome()) {
      case RIGHT -> "gradients are correct";
      case NOT_DECIDED -> "not decided whether gradients are correct";
      case WRONG -> wrong() > 0 ? "gradients are wrong" : "breaks the contract of a layer";
    };
  }

  private String undecidedLines() {
    List<Undecided> all = undecided();
    StringBuilder text = new StringBuilder();
    for (Undecided each : all.subList(0, Math.min(LISTED, all.size()))) {
      text.append("\n  not decided: ").append(each);
    }
    if (all.size() > LISTED) {
      text.append("\n  and ").append(all.size() - LISTED).append(" more are not decided");
    }
    if (isTooMuchSkipped()) {
      text.append(
          String.format(
              Locale.ROOT,
              "\n  %d of %d comparisons are not decided, more than %.0f %%: try other inputs, away from"
                  + " kinks and with numbers of size 1, or other parameters",
              skipped(),
              compared(),
              100 * mostSkipped));
    }
    return text.toString();
  }

  private String zeroLine() {
    if (isAllZero()) {
      return "\n  backward and differences say 0 everywhere, as they would if nothing were computed:"
          + " try other inputs, or parameters at which the output depends on them";
    }
    String names =
        tensors.stream()
            .filter(tensor -> tensor.zeros() == tensor.compared())
            .map(TensorReport::name)
            .collect(Collectors.joining(", "));
    return names.isEmpty() || outcome() == Outcome.WRONG
        ? ""
        : "\n  nothing depends on " + names + " here: all zero in backward and in differences";
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
    String row = "\n  %-" + name + "s  %-" + shape + "s  %8s  %5s  %5s  %9s  %s";
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            row,
            "tensor",
            "shape",
            "compared",
            "wrong",
            "kinks",
            "undecided",
            "largest error"));
    for (TensorReport tensor : tensors) {
      text.append(
          String.format(
              Locale.ROOT,
              row,
              tensor.name(),
              tensor.shape(),
              tensor.compared(),
              tensor.wrong(),
              tensor.kinks(),
              tensor.skipped(),
              String.format(Locale.ROOT, "%.1e", tensor.largestError())));
    }
    return text.toString();
  }
}
