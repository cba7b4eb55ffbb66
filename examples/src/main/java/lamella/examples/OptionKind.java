package lamella.examples;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A kind of value of options: how it is read and written, and what it may be.
 *
 * @param <T> the values
 */
abstract class OptionKind<T> {
  private final Class<T> type;

  private OptionKind(Class<T> type) {
    this.type = type;
  }

  /**
   * Reads a value as it is typed.
   *
   * @throws IllegalArgumentException if it is none; says what was expected and what came
   */
  abstract T read(String text);

  /** What a value out of its range must do: {@code lie in [0, 1)}; null for one in it. */
  @Nullable String must(T value) {
    return null;
  }

  /** The text that is read as this value. */
  String write(T value) {
    return value.toString();
  }

  /** The words that may be typed, where that is a list. */
  List<String> candidates() {
    return List.of();
  }

  T cast(Object value) {
    return type.cast(value);
  }

  /** A number without a fraction if it has none; any other text as it is. */
  static String shortest(String text) {
    return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
  }

  /** The name of a constant on the command line: {@code one-cycle}. */
  static String name(Enum<?> constant) {
    return Spelling.lowerCase(constant.name()).replace('_', '-');
  }

  // Numbers.

  /** A whole number in a range; one that is too large for a long is the nearest that is not. */
  static OptionKind<Long> whole(long from, long to) {
    return new Whole(from, to);
  }

  private static final class Whole extends OptionKind<Long> {
    private final long from;
    private final long to;

    Whole(long from, long to) {
      super(Long.class);
      this.from = from;
      this.to = to;
    }

    @Override
    Long read(String text) {
      return WholeNumber.of(text);
    }

    @Override
    @Nullable String must(Long value) {
      return value >= from && value <= to ? null : "lie in [" + from + ", " + to + "]";
    }
  }

  /** A finite number that is not negative. */
  static OptionKind<Double> notNegative() {
    return decimal("be finite and >= 0");
  }

  /** A finite number above 0. */
  static OptionKind<Double> positive() {
    return decimal("be finite and > 0");
  }

  /** A number from 0 on that is below 1. */
  static OptionKind<Double> below1() {
    return decimal("lie in [0, 1)");
  }

  /**
   * A number.
   *
   * @param range one of the four there are
   */
  static OptionKind<Double> decimal(String range) {
    return new Decimal(range);
  }

  private static final class Decimal extends OptionKind<Double> {
    private final String range;

    Decimal(String range) {
      super(Double.class);
      this.range = range;
    }

    @Override
    Double read(String text) {
      try {
        return Double.valueOf(text);
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException(
            "expected a number such as 0.001 or 1e-3, got " + text, e);
      }
    }

    @Override
    @Nullable String must(Double value) {
      boolean fits =
          switch (range) {
            case "be finite and >= 0" -> value >= 0 && value < Double.POSITIVE_INFINITY;
            case "be finite and > 0" -> value > 0 && value < Double.POSITIVE_INFINITY;
            case "lie in [0, 1)" -> value >= 0 && value < 1;
            case "lie in (0, 1]" -> value > 0 && value <= 1;
            default -> throw new IllegalStateException(range);
          };
      return fits ? null : range;
    }
  }

  // Words.

  /** A constant by its name, in capitals or not, with or without hyphens. */
  static <E extends Enum<E>> OptionKind<E> named(Class<E> type) {
    return new Named<>(type);
  }

  private static final class Named<E extends Enum<E>> extends OptionKind<E> {
    private final E[] constants;

    Named(Class<E> type) {
      super(type);
      constants = type.getEnumConstants();
    }

    @Override
    E read(String text) {
      for (E constant : constants) {
        if (Spelling.plain(constant.toString()).equals(Spelling.plain(text.strip()))) {
          return constant;
        }
      }
      List<String> names = candidates();
      String list =
          names.size() == 2 ? String.join(" or ", names) : "one of " + String.join(", ", names);
      throw new IllegalArgumentException("expected " + list + ", got " + text);
    }

    @Override
    List<String> candidates() {
      List<String> names = new ArrayList<>();
      for (E constant : constants) {
        names.add(constant.toString());
      }
      return names;
    }
  }

  /** An option that is given or not. */
  static OptionKind<Boolean> flag() {
    return new OptionKind<>(Boolean.class) {
      @Override
      Boolean read(String text) {
        return Boolean.valueOf(text);
      }
    };
  }

  /** A network. */
  static OptionKind<NetworkText> network() {
    return new OptionKind<>(NetworkText.class) {
      @Override
      NetworkText read(String text) {
        return NetworkText.of(text);
      }
    };
  }

  /** What is made of pixels. */
  static OptionKind<HeadText> head() {
    return new OptionKind<>(HeadText.class) {
      @Override
      HeadText read(String text) {
        return HeadText.of(text);
      }

      @Override
      List<String> candidates() {
        return List.of(HeadText.MEAN.toString(), HeadText.STANDARDISE.toString());
      }
    };
  }

  /** Changes of images. */
  static OptionKind<AugmentText> augment() {
    return new OptionKind<>(AugmentText.class) {
      @Override
      AugmentText read(String text) {
        return AugmentText.of(text);
      }
    };
  }

  /** Views of an image. */
  static OptionKind<Views> views() {
    return new OptionKind<>(Views.class) {
      @Override
      Views read(String text) {
        return Views.of(text);
      }
    };
  }

  /** How weights begin. */
  static OptionKind<InitialWeights> initialWeights() {
    return new OptionKind<>(InitialWeights.class) {
      @Override
      InitialWeights read(String text) {
        return InitialWeights.of(text);
      }

      @Override
      @Nullable String must(InitialWeights value) {
        double deviation = value.deviation();
        return value.isHe() || (deviation >= 0 && deviation < Double.POSITIVE_INFINITY)
            ? null
            : "be finite and >= 0, or he";
      }
    };
  }
}
