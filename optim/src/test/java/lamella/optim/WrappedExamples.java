package lamella.optim;

import lamella.core.Batch;
import lamella.core.DType;
import lamella.core.Dataset;
import lamella.core.Shape;

/** A dataset that gives what another one does, for tests in which one thing is otherwise. */
interface WrappedExamples<T> extends Dataset<T> {
  /** Where the examples come from. */
  Dataset<T> inside();

  @Override
  default int size() {
    return inside().size();
  }

  @Override
  default Shape exampleShape() {
    return inside().exampleShape();
  }

  @Override
  default Batch<T> newBatch(int n, DType dtype) {
    return inside().newBatch(n, dtype);
  }

  @Override
  default void read(int[] indices, Batch<T> batch) {
    inside().read(indices, batch);
  }
}
