package lamella.core;

import lamella.core.kernel.Lanes;
import lamella.core.kernel.LoopJob;

/**
 * A plain loop over the rows of some tensors, one row at a time on all threads: for what a layer
 * computes from a row as a whole, as a mean or a softmax. A row is what the last dimension counts.
 *
 * {@snippet file="SnippetsTest.java" region="row-loop"}
 *
 * <p>The rows are divided over the threads of {@link Compute#threads}; so what is done with a row
 * must not depend on other rows, and it writes to its own row only. Sums are taken by {@link #sum},
 * {@link #dot} and {@link #squares}, in float64 and in an order that depends on the width alone.
 * Then the bits do not depend on the threads, nor on the processor's vectors.
 *
 * <p>Write what is done with each element as a {@link Loop} is written; the JVM makes vectors of
 * it. Sums over the rows of a batch, as the gradients of a bias and of a gain, are taken by {@link
 * Products#sumRows}.
 *
 * <p>A loop is given no numbers beside the arrays: they are its fields, set once.
 */
public abstract class RowLoop {
  private final LoopJob.Body body =
      new LoopJob.Body() {
        @Override
        public void run(float[][] arrays, int from, int to, double[] lanes) {
          RowLoop.this.run(arrays, from, to, lanes);
        }

        @Override
        public void run(double[][] arrays, int from, int to, double[] lanes) {
          RowLoop.this.run(arrays, from, to, lanes);
        }

        @Override
        public int cost() {
          return cost;
        }
      };

  private final int cost;

  /** For subclasses that do some plain operations with each element. */
  protected RowLoop() {
    this(1);
  }

  /**
   * For subclasses that do more with each element, so that fewer rows are worth a second thread.
   *
   * @param cost how many times as long as plain operations that takes, about: 50 for an exponential
   *     function and a logarithm of {@link StrictMath}
   * @throws IllegalArgumentException if it is below 1
   */
  protected RowLoop(int cost) {
    if (cost < 1) {
      throw new IllegalArgumentException("RowLoop: expects a cost of at least 1, got " + cost);
    }
    this.cost = cost;
  }

  /**
   * Does one row, in float32: number {@code from / (to - from)}.
   *
   * @param arrays those of the tensors, in their order; there may be more
   * @param from the row's first element, in tensors of as many rows and columns as the first
   * @param to the one after its last
   * @param lanes memory for sums
   */
  protected abstract void run(float[][] arrays, int from, int to, double[] lanes);

  /**
   * Does one row, in float64: number {@code from / (to - from)}.
   *
   * @param arrays those of the tensors, in their order; there may be more
   * @param from the row's first element, in tensors of as many rows and columns as the first
   * @param to the one after its last
   * @param lanes memory for sums
   */
  protected abstract void run(double[][] arrays, int from, int to, double[] lanes);

  /**
   * Runs over all rows of two tensors.
   *
   * @param first says how many rows there are, and how wide they are; marked as changed
   * @param second of the same type
   * @throws IllegalArgumentException if the types differ
   */
  public final void over(Tensor first, Tensor second) {
    over(first, second, second, second, second, second);
  }

  /**
   * Runs over all rows of three tensors.
   *
   * @param first says how many rows there are, and how wide they are; marked as changed
   * @param second of the same type, as are the others; not marked: a loop that writes to it is
   *     followed by {@link Tensor#markChanged}
   * @param third as second
   * @throws IllegalArgumentException if types differ
   */
  public final void over(Tensor first, Tensor second, Tensor third) {
    over(first, second, third, third, third, third);
  }

  /**
   * Runs over all rows of up to six tensors, some of which may hold numbers of each row, or of each
   * column. Who has fewer gives one of them again.
   *
   * @param first says how many rows there are, and how wide they are; marked as changed
   * @param second of the same type, as are the others; not marked: a loop that writes to it is
   *     followed by {@link Tensor#markChanged}
   * @param third as second
   * @param fourth as second
   * @param fifth as second
   * @param sixth as second
   * @throws IllegalArgumentException if types differ
   */
  public final void over(
      Tensor first, Tensor second, Tensor third, Tensor fourth, Tensor fifth, Tensor sixth) {
    requireType(first, second);
    requireType(first, third);
    requireType(first, fourth);
    requireType(first, fifth);
    requireType(first, sixth);
    LoopJob job = LoopJob.borrow();
    Loop.set(job, 0, first);
    Loop.set(job, 1, second);
    Loop.set(job, 2, third);
    Loop.set(job, 3, fourth);
    Loop.set(job, 4, fifth);
    Loop.set(job, 5, sixth);
    job.setWidth(first.shape().last());
    first.markChanged();
    if (first instanceof FloatTensor) {
      job.runFloats(body, first.size());
    } else {
      job.runDoubles(body, first.size());
    }
  }

  private void requireType(Tensor first, Tensor other) {
    if (first.dtype() != other.dtype()) {
      throw new IllegalArgumentException(
          getClass().getName()
              + ".over: expects tensors of the same type as the first, "
              + first
              + ", got "
              + other);
    }
  }

  // Sums of a row. Lane l of 64 adds up every 64th number from the l-th on, in float64; then the
  // upper half of the lanes is added to the lower until one is left.

  /**
   * {@return Σ a[i]}
   *
   * @param a an array
   * @param from the first element
   * @param to the one after the last
   * @param lanes that {@link #run} was given
   */
  protected static double sum(float[] a, int from, int to, double[] lanes) {
    return Lanes.sum(a, from, to, lanes);
  }

  /**
   * {@return Σ a[i]}
   *
   * @param a an array
   * @param from the first element
   * @param to the one after the last
   * @param lanes that {@link #run} was given
   */
  protected static double sum(double[] a, int from, int to, double[] lanes) {
    return Lanes.sum(a, from, to, lanes);
  }

  /**
   * {@return Σ a[i] b[i]}
   *
   * @param a an array
   * @param b another one
   * @param from the first element of both
   * @param to the one after the last
   * @param lanes that {@link #run} was given
   */
  protected static double dot(float[] a, float[] b, int from, int to, double[] lanes) {
    return Lanes.dot(a, b, from, to, lanes);
  }

  /**
   * {@return Σ a[i] b[i]}
   *
   * @param a an array
   * @param b another one
   * @param from the first element of both
   * @param to the one after the last
   * @param lanes that {@link #run} was given
   */
  protected static double dot(double[] a, double[] b, int from, int to, double[] lanes) {
    return Lanes.dot(a, b, from, to, lanes);
  }

  /**
   * {@return Σ (a[i] - centre)²}
   *
   * @param a an array
   * @param from the first element
   * @param to the one after the last
   * @param centre for example the mean
   * @param lanes that {@link #run} was given
   */
  protected static double squares(float[] a, int from, int to, double centre, double[] lanes) {
    return Lanes.squares(a, from, to, centre, lanes);
  }

  /**
   * {@return Σ (a[i] - centre)²}
   *
   * @param a an array
   * @param from the first element
   * @param to the one after the last
   * @param centre for example the mean
   * @param lanes that {@link #run} was given
   */
  protected static double squares(double[] a, int from, int to, double centre, double[] lanes) {
    return Lanes.squares(a, from, to, centre, lanes);
  }
}
