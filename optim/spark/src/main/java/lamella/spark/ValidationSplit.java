package lamella.spark;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;

/**
 * Sets rows aside for validation, by a column that says of each row whether it is one of them:
 * {@code true} with probability f, where a hash of the seed and of the row's content is below f
 * times its range.
 *
 * <p>So it is a function of the row and the seed alone, whatever the frame's order and partitions
 * are, and however often Spark computes it again; {@link Dataset#randomSplit} depends on both.
 * Equal rows are on the same side: none is learned by heart and then found again. The fraction is
 * met as nearly as by tossing a coin for each row.
 */
public final class ValidationSplit {
  /** The hash is cut to so many values. */
  private static final long VALUES = 1L << 40;

  private ValidationSplit() {}

  /**
   * {@return the frame with one more column, of Boolean type}
   *
   * @param frame the rows
   * @param indicatorCol the name of the new column, for {@code setValidationIndicatorCol}
   * @param fraction of the rows that are for validation, in (0, 1)
   * @param seed another one makes another choice
   * @param columns that the choice depends on, for example an id, or features and label; all
   *     columns if none is named
   * @throws IllegalArgumentException if the fraction is outside (0, 1), or there is a column of the
   *     new name already
   */
  public static Dataset<Row> byContent(
      Dataset<Row> frame, String indicatorCol, double fraction, long seed, String... columns) {
    if (!(fraction > 0 && fraction < 1)) {
      throw new IllegalArgumentException(
          "ValidationSplit: expects a fraction of the rows above 0 and below 1, got " + fraction);
    }
    List<String> names = List.of(frame.columns());
    if (names.contains(indicatorCol)) {
      throw new IllegalArgumentException(
          "ValidationSplit: there is a column \""
              + indicatorCol
              + "\" already; choose another name");
    }
    List<Column> hashed = new ArrayList<>();
    hashed.add(functions.lit(seed));
    for (String name : columns.length > 0 ? List.of(columns) : names) {
      hashed.add(frame.col(quoted(name)));
    }
    Column hash = functions.xxhash64(hashed.toArray(Column[]::new));
    Column place = functions.pmod(hash, functions.lit(VALUES));
    return frame.withColumn(indicatorCol, place.lt(functions.lit((long) (fraction * VALUES))));
  }

  /** A name may have dots. */
  private static String quoted(String name) {
    return "`" + name.replace("`", "``") + "`";
  }
}
