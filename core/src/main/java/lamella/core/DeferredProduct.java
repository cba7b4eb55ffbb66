package lamella.core;

import lamella.core.kernel.Kernels;
import org.jspecify.annotations.Nullable;

/**
 * A gradient dW = xᵀ dy that nobody has computed yet: what it is made of. Whoever asks the
 * gradient's tensor for its array gets it computed; a {@link Loop} over the tensor and others
 * computes it piece by piece, and does its own work on each piece while that is in a cache.
 */
final class DeferredProduct {
  /** Elements below which it is not worth while. */
  static final int SMALLEST = 1 << 12;

  /** Rows of bytes from which on products that read them as they are bring more. */
  static final int READING_BYTES = 18;

  /** x must stay as it is; dy is copied, for it is small and may lie in memory that is reused. */
  private @Nullable FloatTensor x;

  private float[] dy = {};
  private int rows;
  private int inputs;
  private int outputs;
  private int changes;
  private int sample;

  /** Takes operands that fit. */
  void set(FloatTensor left, FloatTensor right) {
    rows = left.shape().dimension(0);
    inputs = left.shape().last();
    outputs = right.shape().last();
    if (dy.length < rows * outputs) {
      dy = new float[rows * outputs];
    }
    System.arraycopy(right.array(), 0, dy, 0, rows * outputs);
    x = left;
    changes = left.changes();
    sample = Elements.sample(left, Elements.SAMPLE);
  }

  /** Lets go of x. */
  void forget() {
    x = null;
  }

  /**
   * Whether it is known to be finite without being computed: the operands are so small that no sum
   * of so many products can be infinite. False where they are not, or where to look at them would
   * take longer than to look at the product.
   */
  boolean isSurelyFinite() {
    if (rows > outputs / 2) {
      return false;
    }
    Kernels kernels = Kernels.instance();
    int bits = Integer.SIZE - Integer.numberOfLeadingZeros(rows); // rows < 2^bits
    // |x| < 2^64 and |dy| < 2^(62 - bits): a sum is below 2^126, and its roundings do not double
    // it.
    return kernels.isFinite(dy, Math.scalb(1f, 66 + bits))
        && kernels.isFinite(unchanged(), 0x1p64f);
  }

  /** Computes all of it. */
  void compute(float[] dw) {
    Kernels.instance().multiplyTransposedLeft(rows, inputs, outputs, unchanged(), dy, dw, false);
  }

  /** {@link Kernels#descend} with it as the gradient. */
  boolean descend(float[] w, float shrink, float rate, float l2) {
    return Kernels.instance().descend(rows, inputs, outputs, unchanged(), dy, w, shrink, rate, l2);
  }

  private float[] unchanged() {
    FloatTensor given = x;
    if (given == null) {
      throw new AssertionError("a product that is to be computed has its operands");
    }
    if (changes != given.changes() || sample != Elements.sample(given, Elements.SAMPLE)) {
      throw new IllegalStateException(
          "Gradients: the input "
              + given
              + " that a gradient is made from was changed before the gradient was used; leave it as"
              + " it is until the optimiser's step, or do without Pass.deferProducts");
    }
    return given.array();
  }
}
