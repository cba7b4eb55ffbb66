package lamella.core;

import org.jspecify.annotations.Nullable;

/** The kind of the targets that have weights. */
record WeightedKind<T>(TargetKind<T> inside) implements TargetKind<Weighted<T>> {
  @Override
  public boolean hasLabels() {
    return inside.hasLabels();
  }

  @Override
  public int[] labels(Weighted<T> targets) {
    return inside.labels(targets.targets());
  }

  @Override
  public @Nullable Tensor numbers(Weighted<T> targets) {
    return inside.numbers(targets.targets());
  }

  @Override
  public Outputs outputs(Shape output) {
    return inside.outputs(output);
  }

  /** For example {@code labels with weights}. */
  @Override
  public String toString() {
    return inside + " with weights";
  }
}
