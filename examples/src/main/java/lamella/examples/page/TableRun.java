package lamella.examples.page;

import java.util.List;
import java.util.Map;
import java.util.function.IntUnaryOperator;
import lamella.table.Table;
import lamella.table.TableEvaluation;
import lamella.table.TableModel;
import org.jspecify.annotations.Nullable;

/**
 * A table's training, as its page shows it.
 *
 * @param source the file that the table is of, as its user called it
 * @param command that trained
 * @param table all of it
 * @param parts training rows, validation rows and, if there are, test rows
 * @param model what was trained
 * @param settings what else is to be said of it, name and text
 */
public record TableRun(
    String source,
    String command,
    Table table,
    List<Part> parts,
    TableModel model,
    Map<String, String> settings) {

  /** The name of the part that was trained on. */
  public static final String TRAIN = "train";

  /**
   * Some rows of the table.
   *
   * @param name {@code train}, {@code validation} or {@code test}
   * @param rows which
   * @param number the number in the file, from 1, of one of the rows, from 0
   * @param evaluation of the rows; null for those that were trained on
   */
  public record Part(
      String name, Table rows, IntUnaryOperator number, @Nullable TableEvaluation evaluation) {}

  /** The rows that were trained on. */
  Part train() {
    return parts.getFirst();
  }

  /** The rows that the page looks at in full: the last part, test rows if there are any. */
  Part shown() {
    return parts.getLast();
  }
}
