package lamella.core.kernel;

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
  private final Pool<FiniteSearch> searches = new Pool<>(FiniteSearch::new);
  private final Pool<GatherJob> gathers = new Pool<>(GatherJob::new);

  private static final LoopJob.Body EXP =
      new LoopJob.Body() {
        @Override
        public void run(float[][] arrays, int from, int to) {
          VectorLoops.exp(arrays[0], from, to);
        }

        @Override
        public void run(double[][] arrays, int from, int to) {}
      };

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
  public boolean isFinite(float[] a) {
    FiniteSearch search = searches.borrow();
    boolean finite = search.isFinite(team, a);
    searches.giveBack(search);
    return finite;
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
    LoopJob job = LoopJob.borrow();
    job.set(0, exponentials);
    job.runFloats(team, EXP, n * classes);
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
    GatherJob gather = gathers.borrow();
    gather.run(team, bytes, origin, rows, mean, y);
    gathers.giveBack(gather);
  }
}
