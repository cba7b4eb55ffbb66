package lamella.table;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import lamella.core.FloatTensor;
import lamella.core.Layer;
import lamella.core.Shape;
import lamella.layers.Columns;
import lamella.layers.Embedding;
import lamella.layers.FillMissing;
import lamella.layers.MissingIndicator;
import lamella.layers.OneHot;
import lamella.layers.RobustScale;

/**
 * Makes the layers between an encoded row and the features that a network learns from.
 *
 * <p>Numbers are brought on one scale, where missing ones are 0, the median. For each column that
 * has gaps in training rows there is a feature that says whether the value is missing. Categories
 * are one-hot, those of columns with many of them are embedded. A category that is missing or was
 * not seen in training is zeros, or a vector of its own.
 */
final class Head {
  /** A column with more categories is embedded. */
  static final int MOST_ONE_HOT = 64;

  /** How many numbers a category is embedded as. */
  static final int WIDTH = 8;

  private Head() {}

  /**
   * {@return the layers}
   *
   * @param rows encoded training rows, {@code [n, inputs]}
   * @param random draws the embeddings
   */
  static List<Layer> of(TableSchema schema, FloatTensor rows, RandomGenerator random) {
    List<Integer> numbers = new ArrayList<>();
    List<Integer> gaps = new ArrayList<>();
    List<Integer> oneHot = new ArrayList<>();
    List<Integer> embedded = new ArrayList<>();
    for (int j = 0; j < schema.inputs().size(); j++) {
      TableSchema.Input input = schema.inputs().get(j);
      if (input.kind() == ColumnKind.NUMBER) {
        numbers.add(j);
        if (hasGaps(rows, j)) {
          gaps.add(j);
        }
      } else if (input.categories().size() <= MOST_ONE_HOT) {
        oneHot.add(j);
      } else {
        embedded.add(j);
      }
    }
    List<Columns.Part> parts = new ArrayList<>();
    if (!numbers.isEmpty()) {
      parts.add(
          Columns.part(
              array(numbers),
              RobustScale.fit(some(rows, numbers)),
              FillMissing.of(FloatTensor.zeros(Shape.of(numbers.size())))));
    }
    if (!gaps.isEmpty()) {
      parts.add(Columns.part(array(gaps), new MissingIndicator()));
    }
    if (!oneHot.isEmpty()) {
      int[] categories =
          oneHot.stream().mapToInt(j -> schema.inputs().get(j).categories().size()).toArray();
      parts.add(Columns.part(array(oneHot), new OneHot(categories)));
    }
    for (int j : embedded) {
      int count = schema.inputs().get(j).categories().size() + 1;
      parts.add(Columns.part(new int[] {j}, new Embedding(count, WIDTH, random)));
    }
    return List.of(Columns.of(parts));
  }

  private static int[] array(List<Integer> columns) {
    return columns.stream().mapToInt(j -> j).toArray();
  }

  private static boolean hasGaps(FloatTensor rows, int column) {
    float[] numbers = rows.array();
    for (int i = column; i < numbers.length; i += rows.shape().last()) {
      if (Float.isNaN(numbers[i])) {
        return true;
      }
    }
    return false;
  }

  private static FloatTensor some(FloatTensor rows, List<Integer> columns) {
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
