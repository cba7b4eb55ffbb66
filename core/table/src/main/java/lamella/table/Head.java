package lamella.table;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import lamella.core.DType;
import lamella.core.FloatTensor;
import lamella.core.Layer;
import lamella.core.Network;
import lamella.core.Shape;
import lamella.core.Tensor;
import lamella.layers.Columns;
import lamella.layers.Embedding;
import lamella.layers.FillMissing;
import lamella.layers.MissingIndicator;
import lamella.layers.OneHot;
import lamella.layers.PeriodicEmbedding;
import lamella.layers.PiecewiseLinear;
import lamella.layers.RobustScale;
import org.jspecify.annotations.Nullable;

/**
 * The layers between an encoded row and the features that a network learns from.
 *
 * <p>The first of them is fitted on training rows and not trained. It brings numbers on one scale,
 * where a missing one is the median, says for each column that has gaps in training rows whether
 * the value is missing, and makes categories one-hot: zeros, where one is missing or was not seen.
 * Columns of very many categories it leaves as codes. What is trained comes behind it, in {@link
 * #front}: vectors for these codes, one of them for missing and new categories, and waves for
 * numbers.
 */
final class Head {
  /** A column with more categories is embedded. */
  private static final int MOST_ONE_HOT = 64;

  /** How many numbers a category is embedded as. */
  private static final int WIDTH = 8;

  /** Of the broken line that spreads a column's numbers. */
  private static final int PIECES = 32;

  private final Layer layer;
  private final int features;

  /** How many of the features come first that are numbers. */
  private final int numbers;

  /** Of the features that come last, which are codes, how many codes there are. */
  private final List<Integer> codes;

  private Head(Layer layer, int inputs, int numbers, List<Integer> codes) {
    this.layer = layer;
    this.features = layer.outputShape(Shape.batchOf(inputs)).last();
    this.numbers = numbers;
    this.codes = codes;
  }

  /**
   * {@return the layers for inputs like these}
   *
   * @param rows encoded training rows, {@code [n, inputs]}
   */
  static Head of(TableSchema schema, FloatTensor rows) {
    List<Integer> numbers = new ArrayList<>();
    List<Integer> gaps = new ArrayList<>();
    List<Integer> oneHot = new ArrayList<>();
    List<Integer> embedded = new ArrayList<>();
    for (int j = 0; j < schema.inputs().size(); j++) {
      TableSchema.Input input = schema.inputs().get(j);
      if (input.kind() == ColumnKind.NUMBER) {
        numbers.add(j);
        if (EncodedColumns.hasGaps(rows, j)) {
          gaps.add(j);
        }
      } else {
        (input.categories().size() <= MOST_ONE_HOT ? oneHot : embedded).add(j);
      }
    }
    List<Columns.Part> parts = new ArrayList<>();
    if (!numbers.isEmpty()) {
      parts.add(Columns.part(array(numbers), scaling(EncodedColumns.select(rows, numbers))));
    }
    if (!gaps.isEmpty()) {
      parts.add(Columns.part(array(gaps), new MissingIndicator()));
    }
    if (!oneHot.isEmpty()) {
      parts.add(Columns.part(array(oneHot), new OneHot(categories(schema, oneHot))));
    }
    if (!embedded.isEmpty()) {
      parts.add(Columns.part(array(embedded)));
    }
    List<Integer> codes =
        IntStream.of(categories(schema, embedded)).mapToObj(count -> count + 1).toList();
    return new Head(Columns.of(parts), schema.inputs().size(), numbers.size(), codes);
  }

  /** Missing ones become the median, which becomes 0. */
  private static Layer[] scaling(FloatTensor numbers) {
    RobustScale scale = RobustScale.fit(numbers).withAsinh();
    FillMissing fill = FillMissing.of(scale.centre().value().copy());
    Shape shape = Shape.of(numbers.shape().last());
    Tensor scaled = Network.of(shape, fill, scale).forward(numbers);
    return new Layer[] {fill, scale, PiecewiseLinear.halfwayToNormal(scaled, PIECES)};
  }

  private static int[] categories(TableSchema schema, List<Integer> columns) {
    return columns.stream().mapToInt(j -> schema.inputs().get(j).categories().size()).toArray();
  }

  private static int[] array(List<Integer> columns) {
    return columns.stream().mapToInt(j -> j).toArray();
  }

  /** The layer that is not trained. */
  Layer layer() {
    return layer;
  }

  /** How many features it gives. */
  int features() {
    return features;
  }

  /**
   * {@return what is trained behind it, a new layer each time; none if there is nothing}
   *
   * @param waves of the numbers; null for numbers as they are
   * @param random draws vectors and waves
   */
  List<Layer> front(@Nullable Waves waves, RandomGenerator random) {
    List<Columns.Part> parts = new ArrayList<>();
    int from = 0;
    if (waves != null && numbers > 0) {
      parts.add(Columns.part(range(0, numbers), waves.layer(numbers, random)));
      from = numbers;
    }
    if (parts.isEmpty() && codes.isEmpty()) {
      return List.of();
    }
    int firstCode = features - codes.size();
    if (from < firstCode) {
      parts.add(Columns.part(range(from, firstCode)));
    }
    for (int i = 0; i < codes.size(); i++) {
      Embedding embedding = new Embedding(codes.get(i), WIDTH, random);
      parts.add(Columns.part(new int[] {firstCode + i}, embedding));
    }
    return List.of(Columns.of(parts));
  }

  /** The columns from, ..., to - 1. */
  static int[] range(int from, int to) {
    return IntStream.range(from, to).toArray();
  }

  /**
   * Periodic embeddings of numbers.
   *
   * @param frequencies of each number
   * @param outputs for each number, it itself among them
   * @param deviation of the frequencies at first
   */
  record Waves(int frequencies, int outputs, double deviation) {
    private Layer layer(int features, RandomGenerator random) {
      return new PeriodicEmbedding(
          DType.FLOAT32, features, frequencies, outputs, deviation, random);
    }
  }
}
