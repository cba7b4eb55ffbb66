package lamella.onnx;

import static lamella.core.io.FileFormatException.quote;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The same elements in another type. */
final class Casts {
  /** Of a float that becomes a text. */
  private static final int DIGITS = 8;

  private Casts() {}

  /** To the type with the number that an attribute has; with its name before opset 6. */
  static Operator cast(Node node) {
    OnnxType type;
    if (node.opset() < 6) {
      type = named(node.text("to", ""));
    } else {
      type = OnnxType.of(node.integer("to", 0));
    }
    if (type == null) {
      throw node.wrong(
          "a type of ONNX that this library has expected as attribute \"to\", found "
              + node.attributes().get("to"));
    }
    return (which, inputs) ->
        List.of(cast(which, Arguments.input(which, inputs, 0, "input"), type));
  }

  private static @Nullable OnnxType named(String name) {
    for (OnnxType type : OnnxType.values()) {
      if (type.name().equals(name.toUpperCase(Locale.ROOT))) {
        return type;
      }
    }
    return null;
  }

  /** To the type of the second input. */
  static Operator like() {
    return (node, inputs) ->
        List.of(
            cast(
                node,
                Arguments.input(node, inputs, 0, "input"),
                Arguments.input(node, inputs, 1, "target_type").type()));
  }

  /**
   * An array of another type. Floats lose their fraction when they become whole numbers, and become
   * the nearest one if the type has none such; whole numbers lose the upper bits that the new type
   * has not.
   */
  static OnnxArray cast(Node node, OnnxArray x, OnnxType type) {
    if (x.type() == type) {
      return x;
    }
    if (x.type() == OnnxType.STRING) {
      return ofStrings(node, x, type);
    }
    int size = x.size();
    return switch (type.storage()) {
      case FLOATS -> {
        float[] floats = new float[size];
        for (int i = 0; i < size; i++) {
          floats[i] = single(x, i);
        }
        yield Numbers.rounded(type, floats, x.dimensions());
      }
      case DOUBLES -> OnnxArray.of(Numbers.doubles(x), x.dimensions());
      case LONGS -> {
        long[] longs = new long[size];
        for (int i = 0; i < size; i++) {
          longs[i] =
              x.type().isFloat()
                  ? Numbers.whole(type, Numbers.at(x, i))
                  : Numbers.wrap(type, x.longs()[i]);
        }
        yield OnnxArray.of(type, longs, x.dimensions());
      }
      case STRINGS -> {
        String[] strings = new String[size];
        for (int i = 0; i < size; i++) {
          strings[i] = text(x, i);
        }
        yield OnnxArray.of(strings, x.dimensions());
      }
    };
  }

  /** Rounded once: a long has more bits than a float64. */
  private static float single(OnnxArray x, int index) {
    if (x.type().isFloat() || (x.type() == OnnxType.UINT64 && x.longs()[index] < 0)) {
      return (float) Numbers.at(x, index);
    }
    return x.longs()[index];
  }

  /** Floats as C's printf has them, with 8 digits; so does ONNX Runtime. */
  private static String text(OnnxArray x, int index) {
    if (!x.type().isFloat()) {
      long whole = x.longs()[index];
      return x.type() == OnnxType.UINT64 ? Long.toUnsignedString(whole) : Long.toString(whole);
    }
    return text(Numbers.at(x, index));
  }

  private static String text(double number) {
    if (Double.isNaN(number)) {
      return "NaN";
    }
    if (Double.isInfinite(number)) {
      return number > 0 ? "INF" : "-INF";
    }
    if (number == 0) {
      return 1 / number > 0 ? "0" : "-0";
    }
    BigDecimal rounded =
        new BigDecimal(number)
            .round(new MathContext(DIGITS, RoundingMode.HALF_EVEN))
            .stripTrailingZeros();
    int exponent = rounded.precision() - rounded.scale() - 1;
    if (exponent >= -4 && exponent < DIGITS) {
      return rounded.toPlainString();
    }
    BigDecimal mantissa = rounded.movePointLeft(exponent);
    return mantissa.toPlainString()
        + (exponent < 0 ? "e-" : "e+")
        + (Math.abs(exponent) < 10 ? "0" : "")
        + Math.abs(exponent);
  }

  private static OnnxArray ofStrings(Node node, OnnxArray x, OnnxType type) {
    int size = x.size();
    Object elements = Numbers.make(type, size);
    for (int i = 0; i < size; i++) {
      String text = x.strings()[i].strip();
      try {
        switch (type.storage()) {
          case FLOATS -> ((float[]) elements)[i] = (float) number(text);
          case DOUBLES -> ((double[]) elements)[i] = number(text);
          default -> ((long[]) elements)[i] = whole(type, text);
        }
      } catch (NumberFormatException e) {
        throw number(node, x.strings()[i], type, e);
      }
    }
    return type.storage() == OnnxType.Storage.FLOATS
        ? Numbers.rounded(type, (float[]) elements, x.dimensions())
        : OnnxArray.of(type, elements, x.dimensions());
  }

  private static IllegalArgumentException number(
      Node node, String text, OnnxType type, NumberFormatException cause) {
    IllegalArgumentException wrong =
        node.wrong("a number expected that becomes " + type + ", found " + quote(text));
    wrong.initCause(cause);
    return wrong;
  }

  private static double number(String text) {
    return switch (text.toUpperCase(Locale.ROOT)) {
      case "INF", "+INF" -> Double.POSITIVE_INFINITY;
      case "-INF" -> Double.NEGATIVE_INFINITY;
      case "NAN" -> Double.NaN;
      default -> Double.parseDouble(text);
    };
  }

  private static long whole(OnnxType type, String text) {
    try {
      return Numbers.wrap(
          type, type == OnnxType.UINT64 ? Long.parseUnsignedLong(text) : Long.parseLong(text));
    } catch (NumberFormatException e) {
      return Numbers.whole(type, number(text));
    }
  }
}
