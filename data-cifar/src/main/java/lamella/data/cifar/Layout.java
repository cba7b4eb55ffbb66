package lamella.data.cifar;

import java.util.Locale;
import java.util.Optional;

/**
 * The order of an image's numbers, which are one for each row, column and channel: see {@link
 * ImageShape#offset}. Of grey images both are the same.
 *
 * <p>A network must be fed with the layout it was trained on; the two give different experiments.
 */
public enum Layout {
  /** Height, width, channel: red, green and blue of the first pixel, then of the second. */
  HWC,
  /** Channel, height, width: the red plane, then the green, then the blue; CIFAR-10's files. */
  CHW;

  /**
   * {@return the layout of this name, in capital or small letters: {@code hwc}; empty if none has
   * it}
   *
   * @param name what somebody typed, or a file says
   */
  public static Optional<Layout> named(String name) {
    for (Layout layout : values()) {
      if (layout.name().equals(name.toUpperCase(Locale.ROOT))) {
        return Optional.of(layout);
      }
    }
    return Optional.empty();
  }

  /**
   * {@return the layout of this name, in capital or small letters}
   *
   * @param name what a file says
   * @throws IllegalArgumentException if none has it; says which there are
   */
  public static Layout of(String name) {
    return named(name)
        .orElseThrow(
            () -> new IllegalArgumentException("layout HWC or CHW expected, " + name + " found"));
  }
}
