package lamella.table;

import static lamella.core.io.FileFormatException.quote;

import java.util.List;
import java.util.Locale;

/** What of a column may be meant otherwise than it is taken, in some words. */
final class Hints {
  private Hints() {}

  static String of(Column column) {
    return switch (column.kind()) {
      case NUMBER -> {
        String name = column.name();
        boolean isNumber = name.indexOf('.') >= 0 && !Double.isNaN(Decimals.parse(name));
        yield isNumber
            ? "named like a number; is the first line a row (withoutHeader)?"
            : Kinds.isNamedAsId(name) ? "named like an id" : "";
      }
      case CATEGORY -> ofTexts(column);
      case TEXT -> {
        String hint = ofTexts(column);
        yield hint.isEmpty() ? "not taken: nearly every row has its own text" : hint;
      }
      case DATE -> "not taken: dates";
      case CONSTANT ->
          column.missing() == column.size()
              ? "not taken: no values"
              : "not taken: the same in every row";
      case ID -> "not taken: names the row";
    };
  }

  private static String ofTexts(Column column) {
    List<String> texts = column.categories();
    if (NumberStyle.find(texts) == NumberStyle.Finding.GROUPED_OR_COMMA) {
      return "numbers? say whether the comma in "
          + quote(first(texts, ','))
          + " is decimal (withDecimalComma) or between thousands (withDecimalPoint)";
    }
    int[] counts = TableSummary.counts(column);
    long numbers = 0;
    long others = 0;
    int different = 0;
    String other = "";
    for (int code = 0; code < counts.length; code++) {
      if (isNumber(texts.get(code))) {
        numbers += counts[code];
      } else {
        others += counts[code];
        other = different == 0 ? texts.get(code) : other;
        different++;
      }
    }
    if (numbers <= others) {
      return "";
    }
    return different == 0
        ? "numbers, taken as texts"
        : "numbers, but not "
            + quote(other)
            + (different > 1
                ? String.format(Locale.ROOT, " and %,d other texts", different - 1)
                : "")
            + "; a text for missing values (withMissing)?";
  }

  private static boolean isNumber(String text) {
    for (NumberStyle style : NumberStyle.values()) {
      if (Double.isFinite(style.parse(text))) {
        return true;
      }
    }
    return false;
  }

  private static String first(List<String> texts, char c) {
    return texts.stream().filter(text -> text.indexOf(c) >= 0).findFirst().orElse("");
  }
}
