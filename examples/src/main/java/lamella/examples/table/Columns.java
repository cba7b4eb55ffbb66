package lamella.examples.table;

import static lamella.core.io.FileFormatException.quote;

import java.util.ArrayList;
import java.util.List;
import lamella.examples.Spelling;

/** Names of columns, as they are given on the command line. */
public final class Columns {
  private Columns() {}

  /**
   * The columns that an option names: each text is a column's name, or several with commas between.
   *
   * @param texts as they were given
   * @param known the columns there are: a name of theirs that has a comma is one name
   */
  public static List<String> named(List<String> texts, List<String> known) {
    List<String> names = new ArrayList<>();
    for (String text : texts) {
      if (known.contains(text)) {
        names.add(text);
      } else {
        names.addAll(List.of(text.split(",", -1)));
      }
    }
    return names;
  }

  /** Says that there is no such column, and which was probably meant. */
  public static String unknown(List<String> known, String name, String option) {
    String nearest = Spelling.nearest(name, known);
    return "no column "
        + quote(name)
        + ", which "
        + option
        + " names"
        + (nearest == null
            ? "; the columns are " + list(known)
            : ", did you mean " + quote(nearest) + "?");
  }

  /** The first few, for messages. */
  private static String list(List<String> names) {
    int shown = Math.min(names.size(), 10);
    String text = String.join(", ", names.subList(0, shown));
    return shown == names.size() ? text : text + " and " + (names.size() - shown) + " more";
  }
}
