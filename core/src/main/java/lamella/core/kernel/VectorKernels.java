package lamella.core.kernel;

import lamella.core.kernel.ElementwiseJob.Operation;
import org.jspecify.annotations.Nullable;

/**
 * The float32 kernels on the Vector API; float64 stays with the plain loops, which C2 vectorises by
 * itself.
 */
final class VectorKernels extends ScalarKernels {
  /**
   * Logits from which on their exponentials are computed by vectors. A batch of 200 with 10 classes
   * is 125 vectors a step: the JVM would interpret the vector loop for 500 steps and not optimise
   * it for 300 more, and put each vector on the heap meanwhile (1.2 MB a step); one by one they
   * take some 10 µs from the beginning.
   */
  private static final int MANY_LOGITS = 1 << 13;

  private final Pool<MatrixProduct> products = new Pool<>(MatrixProduct::new);
  private final Pool<ElementwiseJob> jobs = new Pool<>(ElementwiseJob::new);

  VectorKernels(Team team) {
    super(team);
  }

  @Override
  public int vectorBits() {
    return VectorSupport.SPECIES.vectorBitSize();
  }

  @Override
  public void multiply(
      int m, int k, int n, float[] x, float[] w, float @Nullable [] bias, float[] y) {
    MatrixProduct product = products.borrow();
    product.multiply(team, m, k, n, x, w, bias, y);
    products.giveBack(product);
  }

  @Override
  public void multiplyTransposedLeft(
      int m, int k, int n, float[] x, float[] dy, float[] dw, boolean add) {
    MatrixProduct product = products.borrow();
    product.multiplyTransposedLeft(team, m, k, n, x, dy, dw, add);
    products.giveBack(product);
  }

  @Override
  public void multiplyTransposedRight(int m, int k, int n, float[] dy, float[] w, float[] dx) {
    MatrixProduct product = products.borrow();
    product.multiplyTransposedRight(team, m, k, n, dy, w, dx);
    products.giveBack(product);
  }

  @Override
  public void relu(float[] x, float[] y) {
    elementwise(Operation.RELU, 0, 0, x, x, x, y);
  }

  @Override
  public void reluGradient(float[] x, float[] dy, float[] dx) {
    elementwise(Operation.RELU_GRADIENT, 0, 0, x, x, dy, dx);
  }

  @Override
  public void leakyRelu(float slope, float[] x, float[] y) {
    elementwise(Operation.LEAKY_RELU, slope, 0, x, x, x, y);
  }

  @Override
  public void leakyReluGradient(float slope, float[] x, float[] dy, float[] dx) {
    elementwise(Operation.LEAKY_RELU_GRADIENT, slope, 0, x, x, dy, dx);
  }

  @Override
  public void swish(float[] x, float[] y) {
    elementwise(Operation.SWISH, 0, 0, x, x, x, y);
  }

  @Override
  public void swishGradient(float[] x, float[] y, float[] dy, float[] dx) {
    elementwise(Operation.SWISH_GRADIENT, 0, 0, x, y, dy, dx);
  }

  @Override
  public void selu(float lambda, float lambdaAlpha, float[] x, float[] y) {
    elementwise(Operation.SELU, lambda, lambdaAlpha, x, x, x, y);
  }

  @Override
  public void seluGradient(float lambda, float lambdaAlpha, float[] x, float[] dy, float[] dx) {
    elementwise(Operation.SELU_GRADIENT, lambda, lambdaAlpha, x, x, dy, dx);
  }

  @Override
  public boolean isFinite(float[] a) {
    ElementwiseJob job = jobs.borrow();
    boolean finite = job.isFinite(team, a);
    jobs.giveBack(job);
    return finite;
  }

  private void elementwise(
      Operation operation,
      float first,
      float second,
      float[] x,
      float[] y,
      float[] dy,
      float[] out) {
    requireSeparate(out, x, y, dy);
    ElementwiseJob job = jobs.borrow();
    job.run(team, operation, first, second, x, y, dy, out);
    jobs.giveBack(job);
  }

  @Override
  public double softmaxCrossEntropy(
      int n, int classes, float[] logits, int[] labels, float @Nullable [] gradient, float scale) {
    if (n * classes < MANY_LOGITS) {
      return super.softmaxCrossEntropy(n, classes, logits, labels, gradient, scale);
    }
    Team.Scratch memory = scratch.borrow();
    float[] exponentials = gradient == null ? memory.floats(n * classes) : gradient;
    for (int i = 0; i < n; i++) {
      int row = i * classes;
      float max = max(logits, row, classes);
      for (int j = row; j < row + classes; j++) {
        exponentials[j] = logits[j] - max;
      }
    }
    ElementwiseJob job = jobs.borrow();
    job.exp(team, exponentials, n * classes);
    jobs.giveBack(job);
    double loss = 0;
    for (int i = 0; i < n; i++) {
      int row = i * classes;
      double sum = 0;
      for (int j = row; j < row + classes; j++) {
        sum += exponentials[j];
      }
      int label = row + labels[i];
      loss += rowLoss(sum, logits[label], max(logits, row, classes));
      if (gradient != null) {
        finishGradient(gradient, row, classes, (float) sum, label, scale);
      }
    }
    scratch.giveBack(memory);
    return loss;
  }

  @Override
  public void gatherBytes(byte[] bytes, int origin, int[] rows, float[] mean, float[] y) {
    ElementwiseJob job = jobs.borrow();
    job.gatherBytes(team, bytes, origin, rows, mean, y);
    jobs.giveBack(job);
  }
}
