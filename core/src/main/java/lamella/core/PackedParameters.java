package lamella.core;

import java.util.Arrays;
import lamella.core.kernel.Kernels;
import lamella.core.kernel.PackedWeights;
import org.jspecify.annotations.Nullable;

/**
 * The packed copies of the weights that a predictor's passes multiply by, shared by all of them.
 *
 * <p>A weight is copied when it is used for the second time, so that a single answer does not wait
 * for it; and again when it was used twice after it had changed.
 */
final class PackedParameters {
  /** A weight and a bias as they were, and their copy once there is one. */
  static final class Entry {
    private final Parameter weight;
    private final @Nullable Parameter bias;
    private final int weightChanges;
    private final int biasChanges;
    final @Nullable PackedWeights packed;

    private Entry(Parameter weight, @Nullable Parameter bias, @Nullable PackedWeights packed) {
      this.weight = weight;
      this.bias = bias;
      this.weightChanges = weight.changes();
      this.biasChanges = changes(bias);
      this.packed = packed;
    }

    @SuppressWarnings("ReferenceEquality") // a parameter is itself
    private boolean isOf(Parameter weight, @Nullable Parameter bias) {
      return this.weight == weight && this.bias == bias;
    }

    private boolean isUnchanged() {
      return weightChanges == weight.changes() && biasChanges == changes(bias);
    }

    /** Whether there is a copy, and of these as they are. */
    boolean serves(Parameter weight, @Nullable Parameter bias) {
      return packed != null && isOf(weight, bias) && isUnchanged();
    }
  }

  private volatile Entry[] entries = {};

  /** The copy to multiply so many rows by; null if they are multiplied without one. */
  @Nullable Entry use(int rows, Parameter weight, @Nullable Parameter bias) {
    if (!isMatrix(weight)
        || (bias != null && !fits(weight, bias))
        || !Kernels.instance().packs(rows, weight.shape().dimension(0), weight.shape().last())) {
      return null;
    }
    for (Entry entry : entries) {
      if (entry.serves(weight, bias)) {
        return entry;
      }
    }
    return useAgain(weight, bias);
  }

  private synchronized @Nullable Entry useAgain(Parameter weight, @Nullable Parameter bias) {
    Entry[] known = entries;
    int i = 0;
    while (i < known.length && !known[i].isOf(weight, bias)) {
      i++;
    }
    if (i < known.length && known[i].serves(weight, bias)) {
      return known[i]; // another thread's copy
    }
    boolean again = i < known.length && known[i].isUnchanged();
    Entry entry = new Entry(weight, bias, again ? pack(weight, bias) : null);
    known = Arrays.copyOf(known, Math.max(known.length, i + 1));
    known[i] = entry;
    entries = known;
    return again ? entry : null;
  }

  private static boolean isMatrix(Parameter weight) {
    return weight.value() instanceof FloatTensor && weight.shape().rank() == 2;
  }

  private static boolean fits(Parameter weight, Parameter bias) {
    return bias.value() instanceof FloatTensor
        && bias.shape().rank() == 1
        && bias.shape().last() == weight.shape().last();
  }

  private static @Nullable PackedWeights pack(Parameter weight, @Nullable Parameter bias) {
    return Kernels.instance()
        .pack(
            weight.shape().dimension(0),
            weight.shape().last(),
            Products.floats(weight.value()),
            bias == null ? null : Products.floats(bias.value()));
  }

  private static int changes(@Nullable Parameter parameter) {
    return parameter == null ? 0 : parameter.changes();
  }

  /** What all copies take. */
  long bytes() {
    long sum = 0;
    for (Entry entry : entries) {
      PackedWeights packed = entry.packed;
      sum += packed == null ? 0 : packed.bytes();
    }
    return sum;
  }
}
