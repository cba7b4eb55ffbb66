package lamella.examples.spark;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The options of a job's command line, each a name and a value: {@code --data penguins.csv}. */
final class Options {
  private final Map<String, String> values = new LinkedHashMap<>();

  /** A command line that says something wrong. */
  static final class Mistake extends RuntimeException {
    private static final long serialVersionUID = 1;

    Mistake(String message) {
      super(message);
    }
  }

  /**
   * Reads a command line.
   *
   * @param defaults all options there are, by name, with their values unless told otherwise
   * @throws Mistake if there is another, or one without a value
   */
  Options(Map<String, String> defaults, String... arguments) {
    values.putAll(defaults);
    for (int i = 0; i < arguments.length; i += 2) {
      String name = arguments[i];
      if (!name.startsWith("--") || !values.containsKey(name.substring(2))) {
        throw new Mistake(
            "unknown option " + name + "; there are --" + String.join(", --", defaults.keySet()));
      }
      if (i + 1 == arguments.length) {
        throw new Mistake("option " + name + " needs a value");
      }
      values.put(name.substring(2), arguments[i + 1]);
    }
  }

  /** The value of an option; null where neither the command line nor a default says it. */
  @Nullable String get(String name) {
    String value = values.get(name);
    return value == null || value.isEmpty() ? null : value;
  }

  /** The value of an option that must have one. */
  String require(String name) {
    String value = get(name);
    if (value == null) {
      throw new Mistake("option --" + name + " is missing");
    }
    return value;
  }

  /** A whole number of at least 1. */
  int number(String name) {
    return whole(name, 1);
  }

  /** A whole number of at least 0. */
  int natural(String name) {
    return whole(name, 0);
  }

  private int whole(String name, int least) {
    String value = require(name);
    try {
      int number = Integer.parseInt(value);
      if (number >= least) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw new Mistake(
        "option --" + name + " expects a whole number from " + least + " on, got " + value);
  }
}
