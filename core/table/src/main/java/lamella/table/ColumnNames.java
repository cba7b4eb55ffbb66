package lamella.table;

import static lamella.core.io.FileFormatException.quote;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import lamella.core.io.FileFormatException;

/** The names of a file's columns. */
final class ColumnNames {
  private ColumnNames() {}

  /**
   * The names in a record, without blanks around; {@code c1}, {@code c2}, ... for those that it
   * does not give.
   */
  static List<String> of(String file, Records record, boolean areGiven) throws FileFormatException {
    if (record.isTooLong()) {
      throw new FileFormatException(
          file,
          "line "
              + record.line()
              + " is longer than "
              + Records.LONGEST
              + " characters or "
              + Records.MOST_FIELDS
              + " fields; is it no table?");
    }
    List<String> names = new ArrayList<>(record.count());
    for (int i = 0; i < record.count(); i++) {
      String name = areGiven ? record.text(i).strip() : "";
      names.add(MissingTexts.isBlank(name) ? "c" + (i + 1) : name);
    }
    return checked(file, names);
  }

  /** Refuses names that are there twice. */
  static List<String> checked(String file, List<String> names) throws FileFormatException {
    Map<String, Integer> places = HashMap.newHashMap(names.size());
    for (int i = 0; i < names.size(); i++) {
      Integer before = places.putIfAbsent(names.get(i), i);
      if (before != null) {
        throw new FileFormatException(
            file,
            "columns "
                + (before + 1)
                + " and "
                + (i + 1)
                + " have the same name "
                + quote(names.get(i))
                + "; rename one, or say that the file has no line of names (withoutHeader)");
      }
    }
    return List.copyOf(names);
  }
}
