package lamella.losses;

import java.util.Arrays;
import lamella.core.DoubleTensor;
import lamella.core.FloatTensor;
import lamella.core.Outputs;
import lamella.core.Tensor;
import lamella.core.Tiny;
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
 * <p>With smoothing ε over K classes the target of a row is q = (1 - ε) onehot + ε / K in place of
 * onehot, and its loss -Σ q log softmax(z). With class weights w the mean is one by weight, Σ
 * w_label l / Σ w_label. Both are PyTorch's conventions but where they meet: here a row counts with
 * the weight of its label, smoothed or not, and the smoothed part is not weighted class by class.
 *
 * <p><b>Shapes:</b> logits z {@code [n, classes]} of at least two classes, labels {@code int[n]} in
 * {@code [0, classes)}, gradient as the logits.
 *
 * <p>Source: P. Blanchard, D. J. Higham, N. J. Higham, "Accurately computing the log-sum-exp and
 * softmax functions" (2021); smoothing: C. Szegedy et al., "Rethinking the Inception architecture"
 * (2016).
 */
public final class SoftmaxCrossEntropy extends MeanLoss<int[]> {
  private static final int[] NO_LABELS = {};

  private final double smoothing;
  private final double @Nullable [] classWeights;
  private final Spare exponentials = new Spare();
  private final Kept<Rows> rows = new Kept<>();

  /** The loss without smoothing, in which all classes count alike. */
  public SoftmaxCrossEntropy() {
    this(0, null);
  }

  private SoftmaxCrossEntropy(double smoothing, double @Nullable [] classWeights) {
    this.smoothing = smoothing;
    this.classWeights = classWeights;
  }

  /**
   * {@return a loss like this one whose targets are smoothed: a network that is sure of its answer
   * to the last digit pays for it}
   *
   * @param part ε, which is divided among all classes, the label's too
   * @throws IllegalArgumentException unless 0 &le; ε &lt; 1
   */
  public SoftmaxCrossEntropy withSmoothing(double part) {
    if (!(part >= 0 && part < 1)) {
      throw new IllegalArgumentException(
          "SoftmaxCrossEntropy: smoothing must lie in [0, 1), got " + part);
    }
    return new SoftmaxCrossEntropy(part, classWeights);
  }

  /**
   * {@return a loss like this one in which a row counts as its label's class does}
   *
   * @param weights one for each class, for example the larger the rarer it is; copied
   * @throws IllegalArgumentException if one is negative or not finite, or all are 0
   */
  public SoftmaxCrossEntropy withClassWeights(double... weights) {
    double sum = 0;
    for (int i = 0; i < weights.length; i++) {
      if (!(weights[i] >= 0 && weights[i] < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException(
            "SoftmaxCrossEntropy: the weight of class "
                + i
                + " must be finite and not negative, got "
                + weights[i]);
      }
      sum += weights[i];
    }
    if (sum == 0) {
      throw new IllegalArgumentException("SoftmaxCrossEntropy: no class has a weight above 0");
    }
    return new SoftmaxCrossEntropy(smoothing, weights.clone());
  }

  /**
   * {@return this loss for targets that are probabilities of the classes, as those of mixed images
   * or of another network: L = mean over the rows of -Σ q log softmax(z)}
   *
   * <p><b>Shapes:</b> targets q {@code [n, classes]}, of any type, as the logits z. A row of
   * targets must not be negative anywhere and sum to 1, to 4 digits.
   *
   * @throws IllegalStateException if this loss has class weights, which belong to labels
   */
  public MeanLoss<Tensor> withProbabilities() {
    if (classWeights != null) {
      throw new IllegalStateException(
          this + ": class weights are for labels; give probabilities weights of examples");
    }
    return new ProbabilitiesCrossEntropy(smoothing);
  }

  @Override
  protected void requireFit(Tensor logits, int[] labels) {
    int classes = Softmax.requireClasses(this, logits);
    if (classWeights != null && classWeights.length != classes) {
      throw new IllegalArgumentException(
          this + ": has weights of " + classWeights.length + " classes, got logits " + logits);
    }
    requireRows(logits, "labels", labels.length);
    for (int row = 0; row < labels.length; row++) {
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

  /** The weight of its label's class. */
  @Override
  protected double weight(int[] labels, int row) {
    return classWeights == null ? 1 : classWeights[labels[row]];
  }

  @Override
  protected double sum(
      Tensor logits,
      int[] labels,
      double @Nullable [] exampleWeights,
      @Nullable Tensor gradient,
      double divisor) {
    Tensor e = gradient == null ? exponentials.borrow(logits.dtype(), logits.shape()) : gradient;
    Rows kept = rows.take();
    Rows job = kept == null ? new Rows() : kept;
    job.softmax.exponentials(logits, e);
    job.begin(logits, e, labels, exampleWeights, gradient != null, divisor);
    job.overRows(e);
    double sum = 0;
    for (int row = 0; row < labels.length; row++) {
      sum += weight(labels, exampleWeights, row) * job.number(row);
    }
    job.end();
    rows.giveBack(job);
    if (gradient == null) {
      exponentials.giveBack(e);
    }
    return sum;
  }

  /** Of exponentials each row's loss, and its gradient in their place. */
  private final class Rows extends RowJob {
    private final Softmax softmax = new Softmax();
    private Tensor logits = NONE;
    private Tensor e = NONE;
    private int[] labels = NO_LABELS;
    private double @Nullable [] exampleWeights;
    private boolean wantsGradient;
    private double divisor;

    void begin(
        Tensor z,
        Tensor exponentials,
        int[] given,
        double @Nullable [] weights,
        boolean withGradient,
        double by) {
      reserve(given.length);
      logits = z;
      e = exponentials;
      labels = given;
      exampleWeights = weights;
      wantsGradient = withGradient;
      divisor = by;
    }

    void end() {
      begin(NONE, NONE, NO_LABELS, null, false, 1);
    }

    @Override
    void row(int row) {
      double ofRow = Softmax.sum(e, row);
      setNumber(row, StrictMath.log(ofRow) - target(logits, row, labels[row], softmax.max(row)));
      if (wantsGradient) {
        double scale = weight(labels, exampleWeights, row) / divisor;
        finishGradient(e, row, labels[row], ofRow, scale);
      }
    }
  }

  /** Σ q (z - max z): what is subtracted from log Σ exp(z - max z). */
  private double target(Tensor logits, int row, int label, double max) {
    int classes = logits.shape().last();
    double ofLabel = logits.get(row * classes + label) - max;
    if (smoothing == 0) {
      return ofLabel;
    }
    double all = 0;
    for (int j = row * classes; j < (row + 1) * classes; j++) {
      all += logits.get(j) - max;
    }
    return (1 - smoothing) * ofLabel + smoothing / classes * all;
  }

  /**
   * Makes scale (e / sum - q) of a row of exponentials. What is too small is so before it is
   * scaled, and so in a batch of any size.
   */
  private void finishGradient(Tensor gradient, int row, int label, double sum, double scale) {
    int classes = gradient.shape().last();
    int from = row * classes;
    double off = smoothing / classes;
    double on = 1 - smoothing + off;
    if (gradient instanceof FloatTensor floats) {
      finishGradient(
          floats.array(),
          from,
          from + classes,
          from + label,
          (float) sum,
          (float) on,
          (float) off,
          (float) scale);
    } else {
      finishGradient(
          ((DoubleTensor) gradient).array(),
          from,
          from + classes,
          from + label,
          sum,
          on,
          off,
          scale);
    }
  }

  private static void finishGradient(
      float[] e, int from, int to, int label, float sum, float on, float off, float scale) {
    float ofLabel = scale * Tiny.orZero(e[label] / sum - on);
    for (int j = from; j < to; j++) {
      e[j] = scale * Tiny.orZero(e[j] / sum - off);
    }
    e[label] = ofLabel;
  }

  private static void finishGradient(
      double[] e, int from, int to, int label, double sum, double on, double off, double scale) {
    double ofLabel = scale * Tiny.orZero(e[label] / sum - on);
    for (int j = from; j < to; j++) {
      e[j] = scale * Tiny.orZero(e[j] / sum - off);
    }
    e[label] = ofLabel;
  }

  /** Classes. */
  @Override
  public Outputs outputs() {
    return Outputs.CLASSES;
  }

  /** {@code SoftmaxCrossEntropy}, and its numbers if it has any. */
  @Override
  public String toString() {
    String weights = classWeights == null ? "" : "class weights " + Arrays.toString(classWeights);
    String numbers =
        smoothing == 0
            ? weights
            : "smoothing " + smoothing + (weights.isEmpty() ? "" : ", " + weights);
    return "SoftmaxCrossEntropy" + (numbers.isEmpty() ? "" : "(" + numbers + ")");
  }
}
