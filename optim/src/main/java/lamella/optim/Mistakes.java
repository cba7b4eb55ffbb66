package lamella.optim;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import lamella.core.ShapeException;

/**
 * Errors that a loss finds in a batch, told with the example's number among the data: a loss knows
 * the row only, and rows of a shuffled batch say nothing.
 */
final class Mistakes {
  private Mistakes() {}

  /**
   * {@return an exception like this one that also says which example it is about} One that names a
   * row is about the example of that row; of one that names none the batch is told.
   *
   * @param where for example {@code step 12}
   * @param examples of the batch's rows
   * @param e what a loss, or a layer, has thrown
   */
  static RuntimeException named(String where, int[] examples, RuntimeException e) {
    if (e instanceof ShapeException || e.getMessage() == null) {
      return e;
    }
    Matcher row = Pattern.compile("\\brow (\\d{1,9})\\b").matcher(e.getMessage());
    boolean known = row.find() && Integer.parseInt(row.group(1)) < examples.length;
    String message =
        where
            + (known
                ? ", example " + examples[Integer.parseInt(row.group(1))]
                : examples.length == 1
                    ? ", example " + examples[0]
                    : ", one of the examples " + list(examples))
            + ": "
            + e.getMessage();
    return e instanceof IndexOutOfBoundsException
        ? (RuntimeException) new IndexOutOfBoundsException(message).initCause(e)
        : new IllegalArgumentException(message, e);
  }

  private static String list(int[] examples) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < Math.min(8, examples.length); i++) {
      text.append(i == 0 ? "" : ", ").append(examples[i]);
    }
    return text.append(examples.length > 8 ? ", ..." : "").toString();
  }
}
