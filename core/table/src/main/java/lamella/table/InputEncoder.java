package lamella.table;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import lamella.core.io.FileFormatException;
import org.jspecify.annotations.Nullable;

/** Makes the number of one input column of a row's value. Safe to share. */
final class InputEncoder {
  /** What a category is that is missing or was not seen in training. */
  static final float NO_CATEGORY = 0;

  private final TableSchema.Input input;
  private final Map<String, Integer> codes = new HashMap<>();

  /** Of categories that are numbers, as 1 is also 1.0 and 01; of none that two categories are. */
  private final Map<Double, Integer> numberCodes = new HashMap<>();

  /** Of categories that say true or false in any letters; of none that two categories are. */
  private final Map<String, Integer> truthCodes = new HashMap<>();

  InputEncoder(TableSchema.Input input) {
    this.input = input;
    List<String> categories = input.categories();
    for (int i = 0; i < categories.size(); i++) {
      String category = categories.get(i);
      codes.put(category, i + 1);
      double number = PlainNumber.parse(category);
      if (!Double.isNaN(number)) {
        numberCodes.merge(number, i + 1, (_, _) -> 0);
      }
      if (category.equalsIgnoreCase("true") || category.equalsIgnoreCase("false")) {
        truthCodes.merge(Boolean.toString(category.length() == 4), i + 1, (_, _) -> 0);
      }
    }
  }

  boolean isCategory() {
    return input.kind() == ColumnKind.CATEGORY;
  }

  /** Of a value of any type; null where it is missing. */
  float of(@Nullable Object value) {
    return switch (value) {
      case null -> missing();
      case String text -> ofText(text);
      case Number number -> ofNumber(number.doubleValue());
      case Boolean truth when isCategory() -> {
        Integer code = codes.get(truth.toString());
        yield code != null ? code : truthCodes.getOrDefault(truth.toString(), 0);
      }
      case Enum<?> constant when isCategory() -> ofText(constant.name());
      case Character character -> ofText(character.toString());
      default ->
          throw new IllegalArgumentException(
              column()
                  + ": expects a "
                  + (isCategory() ? "text, a number or a boolean" : "number")
                  + ", got "
                  + quoted(value.toString())
                  + " of type "
                  + value.getClass().getSimpleName());
    };
  }

  float missing() {
    return isCategory() ? NO_CATEGORY : Float.NaN;
  }

  /** Of a text; the empty one is missing. */
  float ofText(@Nullable String text) {
    if (text == null || text.isEmpty()) {
      return missing();
    }
    if (isCategory()) {
      Integer code = codes.get(text);
      if (code != null || numberCodes.isEmpty()) {
        return code == null ? NO_CATEGORY : code;
      }
      // 01 and 1.0 are the category 1.
      return numberCodes.getOrDefault(PlainNumber.parse(text), 0);
    }
    double number = PlainNumber.parse(text);
    if (Double.isNaN(number)) {
      throw new IllegalArgumentException(column() + ": expects a number, got " + quoted(text));
    }
    return scaled(number);
  }

  /** Of a number; NaN is missing. */
  float ofNumber(double number) {
    if (Double.isNaN(number)) {
      return missing();
    }
    if (Double.isInfinite(number)) {
      throw new IllegalArgumentException(
          column()
              + ": expects a finite number, got "
              + number
              + "; leave it out if it is missing");
    }
    if (isCategory()) {
      Integer code = codes.get(PlainNumber.text(number));
      return code != null ? code : numberCodes.getOrDefault(number, 0);
    }
    return scaled(number);
  }

  /** Beyond the largest float32 it is that. */
  private float scaled(double number) {
    float value = (float) (number - input.offset());
    return Math.clamp(value, -Float.MAX_VALUE, Float.MAX_VALUE);
  }

  private String column() {
    return "column \"" + input.name() + '"';
  }

  static String quoted(String text) {
    return FileFormatException.quote(text);
  }
}
