package lamella.examples.table;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import lamella.core.io.FileFormatException;
import lamella.table.ColumnKind;
import lamella.table.Table;
import lamella.table.TableSchema;
import lamella.table.Task;

/** What a model of a table takes and gives, in lines for people. */
public final class SchemaText {
  private static final int MOST_NAMES = 8;
  private static final int MOST_CLASSES = 12;

  private SchemaText() {}

  /** For example {@code 344 rows, 7 columns}. */
  public static String size(Table table) {
    return count(table.rows(), "row") + ", " + count(table.columns().size(), "column");
  }

  /**
   * A line for the inputs of each kind, one for columns left out, one for the target.
   *
   * @param guessed whether nobody said what the target is, and it could be something else
   */
  public static List<String> lines(TableSchema schema, boolean guessed) {
    List<String> lines = new ArrayList<>();
    List<String> numbers = names(schema, ColumnKind.NUMBER);
    List<String> categories = names(schema, ColumnKind.CATEGORY);
    if (!numbers.isEmpty()) {
      lines.add(count(numbers.size(), "number") + ": " + some(numbers, MOST_NAMES));
    }
    if (!categories.isEmpty()) {
      lines.add(categories(categories.size()) + ": " + some(categories, MOST_NAMES));
    }
    Map<String, List<String>> byReason = new LinkedHashMap<>();
    schema
        .leftOut()
        .forEach((name, why) -> byReason.computeIfAbsent(why, w -> new ArrayList<>()).add(name));
    byReason.forEach(
        (why, names) -> lines.add("left out: " + some(names, MOST_NAMES) + ": " + why));
    lines.add(target(schema.target(), guessed));
    return lines;
  }

  private static String target(TableSchema.Target target, boolean guessed) {
    boolean classes = target.task() == Task.CLASSIFICATION;
    String what =
        classes
            ? count(target.classes().size(), "class") + ": " + some(target.classes(), MOST_CLASSES)
            : target.logarithm() ? "a number, by its logarithm" : "a number";
    return "target: "
        + FileFormatException.plain(target.name())
        + ", "
        + what
        + (guessed
            ? " (--task " + (classes ? "regression" : "classification") + " if not so)"
            : "");
  }

  private static List<String> names(TableSchema schema, ColumnKind kind) {
    List<String> names = new ArrayList<>();
    for (TableSchema.Input input : schema.inputs()) {
      if (input.kind() == kind) {
        names.add(input.name());
      }
    }
    return names;
  }

  /** The first few, on one line. */
  private static String some(List<String> names, int most) {
    List<String> shown = new ArrayList<>();
    for (String name : names.subList(0, Math.min(most, names.size()))) {
      shown.add(FileFormatException.plain(name));
    }
    String text = String.join(", ", shown);
    return names.size() <= most ? text : text + " and " + (names.size() - most) + " more";
  }

  private static String categories(int number) {
    return number + (number == 1 ? " category" : " categories");
  }

  private static String count(int number, String of) {
    String plural = of.endsWith("s") ? of + "es" : of + "s";
    return String.format(Locale.ROOT, "%,d %s", number, number == 1 ? of : plural);
  }
}
