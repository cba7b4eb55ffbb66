package lamella.table;

import java.util.List;
import lamella.core.FloatTensor;
import lamella.core.Shape;

/**
 * Columns of encoded rows, as the layers behind {@link TableSchema#encode} are fitted to them.
 *
 * <p><b>Shapes:</b> rows {@code [n, inputs]}.
 */
public final class EncodedColumns {
  private EncodedColumns() {}

  /**
   * {@return whether a column has a missing number}
   *
   * @param rows encoded
   * @param column its place, from 0
   */
  public static boolean hasGaps(FloatTensor rows, int column) {
    float[] numbers = rows.array();
    for (int i = column; i < numbers.length; i += rows.shape().last()) {
      if (Float.isNaN(numbers[i])) {
        return true;
      }
    }
    return false;
  }

  /**
   * {@return a copy of some columns, {@code [n, columns]}}
   *
   * @param rows encoded
   * @param columns their places, from 0, in the order that they are to have
   */
  public static FloatTensor select(FloatTensor rows, List<Integer> columns) {
    int n = rows.shape().dimension(0);
    int width = rows.shape().last();
    float[] numbers = new float[n * columns.size()];
    for (int row = 0; row < n; row++) {
      for (int j = 0; j < columns.size(); j++) {
        numbers[row * columns.size() + j] = rows.array()[row * width + columns.get(j)];
      }
    }
    return FloatTensor.wrap(Shape.of(n, columns.size()), numbers);
  }
}
