package lamella.spark;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import lamella.core.Batch;
import lamella.core.DType;
import lamella.core.Dataset;
import lamella.core.FloatTensor;
import lamella.core.Layer;
import lamella.layers.Columns;
import lamella.layers.Embedding;
import lamella.layers.FillMissing;
import lamella.layers.MissingIndicator;
import lamella.layers.OneHot;
import lamella.layers.RobustScale;
import lamella.table.ColumnKind;
import lamella.table.EncodedColumns;
import lamella.table.TableSchema;

/**
 * The layers between the encoded row of a table and the hidden layers.
 *
 * <p>Numbers are brought on one scale by median and quartiles, a missing one becomes the median,
 * and a column with gaps also says where they are. Categories become one-hot, those of columns with
 * very many of them vectors that are learned; missing and new ones have zeros, or a vector of their
 * own.
 */
final class TableHead {
  /** A column with more categories is embedded. */
  private static final int MOST_ONE_HOT = 64;

  /** How many numbers a category is embedded as. */
  private static final int WIDTH = 8;

  private TableHead() {}

  /**
   * {@return the layers}
   *
   * @param schema of the table, as JSON
   * @param data encoded training rows
   * @param random draws the vectors
   */
  static List<Layer> layers(String schema, Dataset<?> data, RandomGenerator random) {
    List<TableSchema.Input> inputs = TableSchema.parse(schema).inputs();
    FloatTensor rows = rows(data);
    List<Integer> numbers = new ArrayList<>();
    List<Integer> gaps = new ArrayList<>();
    List<Columns.Part> parts = new ArrayList<>();
    List<Columns.Part> categories = new ArrayList<>();
    for (int j = 0; j < inputs.size(); j++) {
      TableSchema.Input input = inputs.get(j);
      int count = input.categories().size();
      if (input.kind() == ColumnKind.NUMBER) {
        numbers.add(j);
        if (EncodedColumns.hasGaps(rows, j)) {
          gaps.add(j);
        }
      } else {
        Layer layer =
            count <= MOST_ONE_HOT ? new OneHot(count) : new Embedding(count + 1, WIDTH, random);
        categories.add(Columns.part(new int[] {j}, layer));
      }
    }
    if (!numbers.isEmpty()) {
      RobustScale scale = RobustScale.fit(EncodedColumns.select(rows, numbers));
      FillMissing fill = FillMissing.of(scale.centre().value().copy());
      parts.add(Columns.part(array(numbers), fill, scale));
    }
    if (!gaps.isEmpty()) {
      parts.add(Columns.part(array(gaps), new MissingIndicator()));
    }
    parts.addAll(categories);
    return List.of(Columns.of(parts));
  }

  private static <T> FloatTensor rows(Dataset<T> data) {
    int[] all = new int[data.size()];
    for (int i = 0; i < all.length; i++) {
      all[i] = i;
    }
    Batch<T> batch = data.newBatch(all.length, DType.FLOAT32);
    data.read(all, batch);
    return (FloatTensor) batch.inputs();
  }

  private static int[] array(List<Integer> columns) {
    return columns.stream().mapToInt(j -> j).toArray();
  }
}
