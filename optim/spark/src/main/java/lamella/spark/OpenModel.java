package lamella.spark;

import java.util.List;
import java.util.Map;
import lamella.core.Network;
import lamella.core.Outputs;
import lamella.core.Shape;
import org.jspecify.annotations.Nullable;

/** A model that can be asked. Safe to share between threads. */
abstract class OpenModel {
  /** Under which metadata have the JSON of a table's schema, and the names of classes. */
  static final String TABLE = "table";

  static final String CLASSES = "classes";

  private final int inputs;
  private final Shape output;
  private final Outputs meaning;
  private final List<String> labels;

  /**
   * What it is.
   *
   * @param inputs numbers of a row
   * @param output the shape of what it gives for a row
   * @param labels the classes' names; none if they are not as many as classes
   */
  OpenModel(int inputs, Shape output, Outputs meaning, List<String> labels) {
    this.inputs = inputs;
    this.output = output;
    this.meaning = meaning;
    this.labels = labels.size() == meaning.classes(output) ? List.copyOf(labels) : List.of();
  }

  /** The classes' names in a file's metadata. */
  static List<String> labels(Map<String, String> metadata) {
    String names = metadata.get(CLASSES);
    return names == null ? List.of() : List.of(names.split(",", -1));
  }

  /** How many numbers of a row it takes. */
  final int inputs() {
    return inputs;
  }

  /** How many it gives for a row. */
  final int outputs() {
    return output.size();
  }

  /** How many classes there are, of which each row is of one; 0 if there are none. */
  final int classes() {
    return meaning.classes(output);
  }

  /** Whether it gives one output, which answers yes or no. */
  final boolean isYesNo() {
    return meaning == Outputs.YES_NO && output.size() == 1;
  }

  /** Whether it gives several outputs, each of which answers yes or no. */
  final boolean isOfQuestions() {
    return meaning == Outputs.YES_NO && classes() == 0;
  }

  /** Whether it gives one number. */
  final boolean isNumber() {
    return classes() == 0 && !isOfQuestions() && output.size() == 1;
  }

  /** The names of the classes; empty if they have none. */
  final List<String> labels() {
    return labels;
  }

  /** The JSON of the schema whose columns it takes; null if it takes one column. */
  @Nullable String tableSchema() {
    return null;
  }

  /**
   * The network that it asks, the same each time.
   *
   * @throws UnsupportedOperationException if it asks none
   */
  Network network() {
    throw new UnsupportedOperationException("a graph of operators is no network");
  }

  /**
   * Makes of a row's outputs, in their place, the probabilities that a batch gives for it.
   *
   * @throws ArithmeticException if an output is not finite
   */
  void toProbabilities(double[] outputs) {
    throw new UnsupportedOperationException("a graph of operators has no probabilities");
  }

  /** Room for so many rows, for one thread. */
  abstract Batch batch(int rows);

  /** Rows that go through the model at once, and what it says of them. */
  abstract static class Batch {
    /**
     * Takes a row's numbers; null, or what is wrong with them.
     *
     * @param numbers of the row, from the beginning
     * @param reader they come from
     */
    abstract @Nullable String put(int row, double[] numbers, FeatureReader reader);

    /**
     * Computes the first n rows; whether all outputs are finite. The answers, too, if they are
     * needed and that is so.
     */
    abstract boolean compute(int n, boolean answers);

    abstract double output(int row, int place);

    /** Of a model that gives one number, that number; else the probability. */
    abstract double answer(int row, int place);
  }
}
