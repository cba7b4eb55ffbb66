package lamella.losses;

import lamella.core.DType;
import lamella.core.Outputs;
import lamella.core.Tensor;
import lamella.core.Tiny;
import org.jspecify.annotations.Nullable;

/** {@link SoftmaxCrossEntropy#withProbabilities}. */
final class ProbabilitiesCrossEntropy extends MeanLoss<Tensor> {
  /** How far from 1 a sum may be, of float32 numbers or of decimals written down. */
  private static final double TOLERANCE = 1e-4;

  private final double smoothing;
  private final Spare exponentials = new Spare();
  private final Kept<Rows> rows = new Kept<>();

  ProbabilitiesCrossEntropy(double smoothing) {
    this.smoothing = smoothing;
  }

  @Override
  protected void requireFit(Tensor logits, Tensor target) {
    int classes = Softmax.requireClasses(this, logits);
    requireLike(logits, target);
    for (int row = 0; row < target.size() / classes; row++) {
      double sum = 0;
      double least = 0;
      for (int j = row * classes; j < (row + 1) * classes; j++) {
        sum += target.get(j);
        least = Math.min(least, target.get(j));
      }
      if (!(Math.abs(sum - 1) <= TOLERANCE && least >= 0)) {
        throw new IllegalArgumentException(
            this
                + ": the targets of row "
                + row
                + " must be probabilities that sum to 1, got a sum of "
                + (float) sum
                + " with a smallest of "
                + (float) least);
      }
    }
  }

  @Override
  protected double sum(
      Tensor logits,
      Tensor target,
      double @Nullable [] exampleWeights,
      @Nullable Tensor gradient,
      double divisor) {
    Tensor e = gradient == null ? exponentials.borrow(logits.dtype(), logits.shape()) : gradient;
    Rows kept = rows.take();
    Rows job = kept == null ? new Rows() : kept;
    job.softmax.exponentials(logits, e);
    job.begin(logits, e, target, exampleWeights, gradient != null, divisor);
    job.overRows(e);
    double sum = 0;
    for (int row = 0; row < logits.shape().dimension(0); row++) {
      sum += weight(target, exampleWeights, row) * job.number(row);
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
    private Tensor target = NONE;
    private double @Nullable [] exampleWeights;
    private boolean wantsGradient;
    private double divisor;

    void begin(
        Tensor z,
        Tensor exponentials,
        Tensor given,
        double @Nullable [] weights,
        boolean withGradient,
        double by) {
      reserve(z.shape().dimension(0));
      logits = z;
      e = exponentials;
      target = given;
      exampleWeights = weights;
      wantsGradient = withGradient;
      divisor = by;
    }

    void end() {
      begin(NONE, NONE, NONE, null, false, 1);
    }

    @Override
    void row(int row) {
      int classes = logits.shape().last();
      double ofRow = Softmax.sum(e, row);
      double max = softmax.max(row);
      double scale = weight(target, exampleWeights, row) / divisor;
      boolean narrow = e.dtype() == DType.FLOAT32;
      double ofTarget = 0;
      for (int j = row * classes; j < (row + 1) * classes; j++) {
        double q = (1 - smoothing) * target.get(j) + smoothing / classes;
        // 0 log 0 is 0; NaN is not lost, as the sum of the row has it.
        ofTarget += q == 0 ? 0 : q * (logits.get(j) - max);
        if (wantsGradient) {
          double slope = e.get(j) / ofRow - q;
          e.set(j, scale * (narrow ? Tiny.orZero((float) slope) : Tiny.orZero(slope)));
        }
      }
      setNumber(row, StrictMath.log(ofRow) - ofTarget);
    }
  }

  /** Classes. */
  @Override
  public Outputs outputs() {
    return Outputs.CLASSES;
  }

  /** For example {@code SoftmaxCrossEntropy of probabilities(smoothing 0.1)}. */
  @Override
  public String toString() {
    return "SoftmaxCrossEntropy of probabilities"
        + (smoothing == 0 ? "" : "(smoothing " + smoothing + ")");
  }
}
