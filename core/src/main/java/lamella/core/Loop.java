package lamella.core;

import lamella.core.kernel.LoopJob;

/**
 * A plain loop over the elements of some tensors, at the speed of the built-in ones: for
 * optimisers' updates, and for whatever else is done element by element.
 *
 * <p>The arrays of the tensors are given in the tensors' order. The loop is run in short ranges,
 * which for long tensors are divided over the threads of {@link Compute#threads}; so what it does
 * with an element must not depend on other elements, and then the bits do not depend on the
 * threads.
 *
 * {@snippet lang=java :
 * final class Descent extends Loop {
 *   private double rate;
 *
 *   @Override
 *   protected void run(float[][] arrays, int from, int to) {
 *     float[] w = arrays[0];
 *     float[] g = arrays[1];
 *     float r = (float) rate;
 *     for (int i = from; i < to; i++) {
 *       w[i] -= r * g[i];
 *     }
 *   }
 *   // and the same for double[][]
 * }
 *
 * descent.over(weight, gradient);
 * }
 *
 * <p>Write it as above: arrays and numbers in local variables, one index, no condition and no call
 * except of {@code Math.fma}, {@code min}, {@code max}, {@code abs} and {@code sqrt}. The JVM makes
 * vectors of such a loop and compiles it soon. An activation is better written as a formula.
 *
 * <p>A loop is given no numbers beside the arrays: they are its fields, set by its owner between
 * two calls. Several threads may use one at once if nobody sets any.
 */
public abstract class Loop {
  /** Calls of a loop after which the JVM has compiled it. */
  private static final int COMPILED = 20_000;

  /** So far; threads may overwrite each other's additions, and then it takes longer. */
  private int calls;

  private final LoopJob.Body body =
      new LoopJob.Body() {
        @Override
        public void run(float[][] arrays, int from, int to, double[] lanes) {
          Loop.this.run(arrays, from, to);
        }

        @Override
        public void run(double[][] arrays, int from, int to, double[] lanes) {
          Loop.this.run(arrays, from, to);
        }

        @Override
        public int grain() {
          return calls < COMPILED ? LoopJob.GRAIN : LoopJob.LARGE_GRAIN;
        }
      };

  /** For subclasses. */
  protected Loop() {}

  /**
   * Does the elements in [from, to), in float32.
   *
   * @param arrays those of the tensors, in their order; there may be more, which are empty
   * @param from the first element
   * @param to the one after the last
   */
  protected abstract void run(float[][] arrays, int from, int to);

  /**
   * Does the elements in [from, to), in float64.
   *
   * @param arrays those of the tensors, in their order; there may be more, which are empty
   * @param from the first element
   * @param to the one after the last
   */
  protected abstract void run(double[][] arrays, int from, int to);

  /**
   * Runs over all elements of a tensor.
   *
   * @param first marked as changed
   */
  public final void over(Tensor first) {
    over(1, first, first, first, first, first);
  }

  /**
   * Runs over all elements of two tensors.
   *
   * @param first marked as changed
   * @param second of the same size and type; not marked: a loop that writes to it is followed by
   *     {@link Tensor#markChanged}
   * @throws IllegalArgumentException if sizes or types differ
   */
  public final void over(Tensor first, Tensor second) {
    over(2, first, second, first, first, first);
  }

  /**
   * Runs over all elements of three tensors.
   *
   * @param first marked as changed
   * @param second of the same size and type, as are the others; none of them is marked
   * @param third as second
   * @throws IllegalArgumentException if sizes or types differ
   */
  public final void over(Tensor first, Tensor second, Tensor third) {
    over(3, first, second, third, first, first);
  }

  /**
   * Runs over all elements of four tensors.
   *
   * @param first marked as changed
   * @param second of the same size and type, as are the others; none of them is marked
   * @param third as second
   * @param fourth as second
   * @throws IllegalArgumentException if sizes or types differ
   */
  public final void over(Tensor first, Tensor second, Tensor third, Tensor fourth) {
    over(4, first, second, third, fourth, first);
  }

  /**
   * Runs over all elements of five tensors.
   *
   * @param first marked as changed
   * @param second of the same size and type, as are the others; none of them is marked
   * @param third as second
   * @param fourth as second
   * @param fifth as second
   * @throws IllegalArgumentException if sizes or types differ
   */
  public final void over(Tensor first, Tensor second, Tensor third, Tensor fourth, Tensor fifth) {
    over(5, first, second, third, fourth, fifth);
  }

  private void over(
      int count, Tensor first, Tensor second, Tensor third, Tensor fourth, Tensor fifth) {
    for (int i = 1; i < count; i++) {
      requireLike(
          first,
          switch (i) {
            case 1 -> second;
            case 2 -> third;
            case 3 -> fourth;
            default -> fifth;
          });
    }
    LoopJob job = LoopJob.borrow();
    set(job, 0, first);
    if (count > 1) {
      set(job, 1, second);
    }
    if (count > 2) {
      set(job, 2, third);
    }
    if (count > 3) {
      set(job, 3, fourth);
    }
    if (count > 4) {
      set(job, 4, fifth);
    }
    first.markChanged();
    if (calls < COMPILED) {
      calls += 1 + first.size() / LoopJob.GRAIN;
    }
    if (first instanceof FloatTensor) {
      job.runFloats(body, first.size());
    } else {
      job.runDoubles(body, first.size());
    }
  }

  static void set(LoopJob job, int index, Tensor tensor) {
    if (tensor instanceof FloatTensor floats) {
      job.set(index, floats.array());
    } else {
      job.set(index, ((DoubleTensor) tensor).array());
    }
  }

  private void requireLike(Tensor first, Tensor other) {
    if (first.size() != other.size() || first.dtype() != other.dtype()) {
      throw new IllegalArgumentException(
          getClass().getName()
              + ".over: expects tensors of as many elements and of the same type as the first, "
              + first
              + ", got "
              + other);
    }
  }
}
