package lamella.onnx;

import static lamella.core.io.FileFormatException.plain;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a model says of one of its inputs, outputs or other values.
 *
 * @param name by which it is given or asked for
 * @param type of its elements; null if the file does not say, or if it is no array
 * @param dimensions null if the file does not say how many there are
 * @param kind for people: the type, or what it is other than an array, for example {@code sequence
 *     of map from int64 to float}
 */
public record OnnxValue(
    String name, @Nullable OnnxType type, @Nullable List<Dimension> dimensions, String kind) {

  /** What is said of a value; the list is copied. */
  public OnnxValue {
    dimensions = dimensions == null ? null : List.copyOf(dimensions);
  }

  /**
   * A dimension of an array.
   *
   * @param size from 1, or {@link #OPEN}
   * @param name of an open one, for example {@code batch}; empty if it has none
   */
  public record Dimension(int size, String name) {
    /** The size of a dimension that may have any. */
    public static final int OPEN = -1;

    /** {@return whether it may have any size} */
    public boolean isOpen() {
      return size == OPEN;
    }

    /** Its size; or else its name; or else {@code ?}. */
    @Override
    public String toString() {
      return isOpen() ? (name.isEmpty() ? "?" : plain(name)) : Integer.toString(size);
    }
  }

  /** {@return the kind and dimensions, for example {@code float[batch, 784]}} */
  public String description() {
    if (type == null) {
      return kind;
    }
    return kind
        + (dimensions == null
            ? "[...]"
            : dimensions.stream()
                .map(Dimension::toString)
                .collect(Collectors.joining(", ", "[", "]")));
  }

  /** For example {@code pixels: float[batch, 784]}. */
  @Override
  public String toString() {
    return plain(name) + ": " + description();
  }
}
