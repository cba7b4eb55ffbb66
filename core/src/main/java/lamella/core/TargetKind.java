package lamella.core;

import org.jspecify.annotations.Nullable;

/**
 * What the targets of a batch are, for those who have to know more of them than the loss: a trainer
 * measures the accuracy where they are labels, and looks at numbers that are not finite.
 *
 * <p>Those of a class of one's own say so in {@link Batch#targetKind}.
 *
 * @param <T> the targets of a batch
 */
public interface TargetKind<T> {
  /** The number of a class for each row. */
  TargetKind<int[]> LABELS =
      new TargetKind<>() {
        @Override
        public boolean hasLabels() {
          return true;
        }

        @Override
        public int[] labels(int[] targets) {
          return targets;
        }

        @Override
        public Outputs outputs(Shape output) {
          return Outputs.CLASSES.classes(output) > 0 ? Outputs.CLASSES : Outputs.UNSPECIFIED;
        }

        @Override
        public String toString() {
          return "labels";
        }
      };

  /** Numbers for each row. */
  TargetKind<Tensor> NUMBERS =
      new TargetKind<>() {
        @Override
        public Tensor numbers(Tensor targets) {
          return targets;
        }

        @Override
        public Outputs outputs(Shape output) {
          return Outputs.NUMBERS;
        }

        @Override
        public String toString() {
          return "numbers";
        }
      };

  /**
   * {@return the kind of these targets by their class: {@link #LABELS} for {@code int[]}, {@link
   * #NUMBERS} for a {@link Tensor}, that of the targets inside for {@link Weighted} ones, and one
   * of which nothing is known for any other}
   *
   * @param <T> the targets of a batch
   * @param targets those of any batch
   */
  @SuppressWarnings("unchecked") // the kind is that of the targets' own class
  static <T> TargetKind<T> of(T targets) {
    return switch (targets) {
      case int[] _ -> (TargetKind<T>) LABELS;
      case Tensor _ -> (TargetKind<T>) NUMBERS;
      case Weighted<?> weighted -> (TargetKind<T>) new WeightedKind<>(of(weighted.targets()));
      default -> new TargetKind<>() {};
    };
  }

  /** {@return whether each row has one class} */
  default boolean hasLabels() {
    return false;
  }

  /**
   * {@return the class of each row}
   *
   * @param targets of a batch; not changed
   * @throws UnsupportedOperationException unless {@link #hasLabels}
   */
  default int[] labels(T targets) {
    throw new UnsupportedOperationException("TargetKind: these targets have no labels");
  }

  /**
   * {@return the numbers that the outputs are to come near to, a row for each row of the batch;
   * null if there are none}
   *
   * @param targets of a batch; not changed
   */
  default @Nullable Tensor numbers(T targets) {
    return null;
  }

  /**
   * {@return what outputs mean that are trained with such targets, where neither the network nor
   * the loss says it}
   *
   * @param output the shape of one example's output
   */
  default Outputs outputs(Shape output) {
    return Outputs.UNSPECIFIED;
  }
}
