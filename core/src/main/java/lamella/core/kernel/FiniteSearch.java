package lamella.core.kernel;

/** {@link Kernels#isFinite} by vectors. */
final class FiniteSearch implements LoopJob.Body {
  /** Set to false by whichever part finds a number that is not; read when all have ended. */
  private boolean finite;

  private float factor;

  boolean isFinite(Team team, float[] a, float by) {
    finite = true;
    factor = by;
    LoopJob job = LoopJob.borrow();
    job.set(0, a);
    job.runFloats(team, this, a.length);
    return finite;
  }

  @Override
  public void run(float[][] arrays, int from, int to, double[] lanes) {
    if (!VectorLoops.isFinite(arrays[0], from, to, factor)) {
      finite = false;
    }
  }

  @Override
  public void run(double[][] arrays, int from, int to, double[] lanes) {
    throw new UnsupportedOperationException("float64 is searched by a plain loop");
  }
}
