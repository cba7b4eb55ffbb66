package lamella.examples.serve;

import static java.util.stream.Collectors.joining;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import lamella.core.FloatTensor;
import lamella.core.Network;
import lamella.core.Outputs;
import lamella.core.Parameter;
import lamella.core.Predictor;
import lamella.core.Shape;
import lamella.core.Tensor;
import lamella.core.io.FileFormatException;
import lamella.examples.EnsembleModel;
import lamella.examples.OpenModel;
import lamella.examples.Views;

/**
 * The network of a model file ({@link OpenModel}), and its answers as JSON, which depend on what
 * its outputs mean ({@link Network#outputs}). Metadata {@code classes} are the names of the
 * classes, or of the questions that are answered with yes or no, separated by commas.
 *
 * <p>Any number of threads may ask it at once.
 */
public final class ServedModel implements Servable {
  /** Examples computed at once: what lies between inputs and outputs takes no more memory. */
  static final int BATCH = 256;

  /** A number of an answer, as float32, as text in a buffer that grows, and as bytes. */
  static final int BYTES_OF_NUMBER = 80;

  private static final int BYTES_AROUND = 512;

  private final String name;
  private final Predictor predictor;
  private final List<String> names;
  private final long memoryOfAnswer;

  /** Of a network with a name for each of its classes, or no names. */
  ServedModel(String name, Predictor predictor, List<String> names) {
    this.name = Servable.requireName(name);
    this.predictor = predictor;
    this.names = names;
    long bytes = BYTES_AROUND + BYTES_OF_NUMBER * (long) predictor.network().outputShape().size();
    for (String text : names) {
      bytes += Byte.SIZE * (long) Json.string(text).length();
    }
    this.memoryOfAnswer = bytes;
  }

  /**
   * Reads a file; the model's name is the file's without its ending.
   *
   * @throws FileFormatException if it is damaged or its parts do not fit; says what is wrong
   * @throws IOException if it cannot be read
   */
  public static ServedModel read(Path file) throws IOException {
    return read(Servable.nameOf(file), file, true);
  }

  /**
   * Reads a file.
   *
   * @param name the model's, by which it is asked
   * @param file a model file
   * @param packed whether it keeps its weights a second time, as they are read fastest
   * @throws FileFormatException if it is damaged or its parts do not fit; says what is wrong
   * @throws IOException if it cannot be read
   */
  public static ServedModel read(String name, Path file, boolean packed) throws IOException {
    return of(name, OpenModel.read(file), packed);
  }

  /** The same of a file that has been read. */
  static ServedModel of(String name, OpenModel model, boolean packed) throws FileFormatException {
    Network network = model.network();
    List<String> names = model.classNames();
    if (!names.isEmpty()) {
      requireEqual(model.file(), "names in its classes", namesFor(network), names.size());
    }
    Predictor predictor = Predictor.of(network).withPackedWeights(packed);
    return new ServedModel(name, predictor, names);
  }

  /** How many names there may be: one for each class, or question. */
  private static int namesFor(Network network) {
    Shape shape = network.outputShape();
    boolean questions = network.outputs() == Outputs.YES_NO && shape.size() > 1;
    return questions ? shape.size() : network.outputs().classes(shape);
  }

  private static void requireEqual(Path file, String what, int expected, int found)
      throws FileFormatException {
    if (expected != found) {
      throw new FileFormatException(
          file.toString(), expected + " " + what + " expected, " + found + " found");
    }
  }

  @Override
  public String name() {
    return name;
  }

  /** The shape of an example. */
  Shape inputShape() {
    return predictor.network().inputShape();
  }

  /** The shape of an example's outputs. */
  Shape outputShape() {
    return predictor.network().outputShape();
  }

  /** How many numbers an example has. */
  public int inputs() {
    return inputShape().size();
  }

  /** Bytes of memory that an example's answer takes at most, until it is sent. */
  long memoryOfAnswer() {
    return memoryOfAnswer;
  }

  // Answers.

  /**
   * What the network says of an example, as a JSON object: for classes {@code {"class": 1, "name":
   * "cat", "probabilities": [0.25, 0.75]}}, where there are names; for one question of yes or no
   * likewise, with the probability of class 1; for several {@code {"yes": [true, false], "names":
   * ["sunny"], "probabilities": [0.9, 0.1]}}; for numbers {@code {"outputs": [1.5]}}.
   *
   * @param example as many numbers as {@link #inputs}
   * @throws ArithmeticException if the outputs are not finite; says why
   * @throws IllegalArgumentException if a layer refuses a number, as one that is no index; says why
   */
  public String answer(float[] example) {
    StringBuilder json = new StringBuilder();
    if (hasProbabilities()) {
      append(example, predictor.probabilities(example), json);
    } else {
      append(finite(predictor.outputs(example)), json);
    }
    return json.toString();
  }

  /**
   * The same of several examples: these objects, separated by commas. The numbers have the bits
   * that each example alone has.
   *
   * @param examples row by row; {@value #BATCH} rows at most
   * @param first the number of the first row, for messages
   * @throws ArithmeticException as above; begins with the row
   * @throws IllegalArgumentException likewise
   */
  void answer(float[] examples, int first, StringBuilder json) {
    int width = inputs();
    int rows = examples.length / width;
    float[] results = results(examples, first, hasProbabilities());
    int columns = outputShape().size();
    for (int row = 0; row < rows; row++) {
      json.append(first + row == 0 ? "" : ", ");
      float[] result = Arrays.copyOfRange(results, row * columns, (row + 1) * columns);
      if (hasProbabilities()) {
        append(Arrays.copyOfRange(examples, row * width, (row + 1) * width), result, json);
      } else {
        append(result, json);
      }
    }
  }

  /**
   * The outputs for several examples, row by row.
   *
   * @param examples row by row; {@value #BATCH} rows at most
   * @param first the number of the first row, for messages
   * @throws ArithmeticException if an output is not finite; begins with the row
   * @throws IllegalArgumentException if a layer refuses a number; begins with the row
   */
  float[] outputs(float[] examples, int first) {
    return results(examples, first, false);
  }

  private float[] results(float[] examples, int first, boolean probabilities) {
    int rows = examples.length / inputs();
    FloatTensor results = FloatTensor.zeros(outputShape().batch(rows));
    try {
      if (probabilities) {
        FloatTensor inputs = FloatTensor.wrap(inputShape().batch(rows), examples);
        predictor.probabilities(inputs.to(predictor.network().dtype()), results);
      } else {
        predictor.outputs(rows, examples, results.array());
        float[] ignored = finite(results.array());
      }
      return results.array();
    } catch (ArithmeticException | IllegalArgumentException e) {
      throw ofOneRow(examples, first, e);
    }
  }

  /** What is wrong with the first row that is wrong by itself. */
  private RuntimeException ofOneRow(float[] examples, int first, RuntimeException ofAll) {
    int width = inputs();
    for (int from = 0; from < examples.length; from += width) {
      try {
        String ignored = answer(Arrays.copyOfRange(examples, from, from + width));
      } catch (ArithmeticException e) {
        return new ArithmeticException(row(first + from / width, e));
      } catch (IllegalArgumentException e) {
        return new IllegalArgumentException(row(first + from / width, e), e);
      }
    }
    return ofAll;
  }

  private static String row(int row, RuntimeException e) {
    return "row " + row + ": " + e.getMessage();
  }

  private boolean hasProbabilities() {
    Network network = predictor.network();
    return network.outputs() == Outputs.YES_NO
        || network.outputs().classes(network.outputShape()) > 0;
  }

  private void append(float[] example, float[] probabilities, StringBuilder json) {
    boolean yesNo = predictor.network().outputs() == Outputs.YES_NO;
    if (yesNo && probabilities.length > 1) {
      appendAnswersOfYes(example, probabilities, json);
    } else {
      int best = yesNo ? isYes(0, example, probabilities) ? 1 : 0 : best(example, probabilities);
      json.append("{\"class\": ").append(best);
      if (!names.isEmpty()) {
        json.append(", \"name\": ").append(Json.string(names.get(best)));
      }
    }
    append(", \"probabilities\": ", probabilities, json);
  }

  private void append(float[] outputs, StringBuilder json) {
    append("{\"outputs\": ", outputs, json);
  }

  private static void append(String key, float[] numbers, StringBuilder json) {
    json.append(key);
    appendNumbers(numbers, json);
    json.append('}');
  }

  /** An array of numbers that are finite. */
  static void appendNumbers(float[] numbers, StringBuilder json) {
    for (int i = 0; i < numbers.length; i++) {
      json.append(i == 0 ? "[" : ", ").append(numbers[i]);
    }
    json.append(']');
  }

  /** The likeliest; logits that differ may have probabilities that are equal in float32. */
  private int best(float[] example, float[] probabilities) {
    int best = 0;
    boolean tie = false;
    for (int i = 1; i < probabilities.length; i++) {
      tie =
          probabilities[i] == probabilities[best]
              || (tie && probabilities[i] < probabilities[best]);
      best = probabilities[i] > probabilities[best] ? i : best;
    }
    return tie ? predictor.classOf(example) : best;
  }

  /** Whether output i is above 0, which a probability of 0.5 in float32 does not tell. */
  private boolean isYes(int i, float[] example, float[] probabilities) {
    return probabilities[i] == 0.5f ? predictor.outputs(example)[i] > 0 : probabilities[i] > 0.5f;
  }

  private void appendAnswersOfYes(float[] example, float[] probabilities, StringBuilder json) {
    StringBuilder named = new StringBuilder();
    json.append("{\"yes\": ");
    for (int i = 0; i < probabilities.length; i++) {
      boolean yes = isYes(i, example, probabilities);
      json.append(i == 0 ? "[" : ", ").append(yes);
      if (yes && !names.isEmpty()) {
        named.append(named.isEmpty() ? "" : ", ").append(Json.string(names.get(i)));
      }
    }
    json.append(']');
    if (!names.isEmpty()) {
      json.append(", \"names\": [").append(named).append(']');
    }
  }

  private static float[] finite(float[] outputs) {
    for (int i = 0; i < outputs.length; i++) {
      if (!Float.isFinite(outputs[i])) {
        throw new ArithmeticException(
            "outputs are not finite numbers: output " + i + " is " + outputs[i]);
      }
    }
    return outputs;
  }

  /** Whether all parameters are finite numbers; what is not finite is else the example's fault. */
  public boolean isFinite() {
    return isFinite(predictor.network());
  }

  /** The same of any network. */
  static boolean isFinite(Network network) {
    for (Parameter parameter : network.parameters()) {
      Tensor value = parameter.value();
      for (int i = 0; i < value.size(); i++) {
        if (!Double.isFinite(value.get(i))) {
          return false;
        }
      }
    }
    return true;
  }

  @Override
  public void warmUp(long nanos) {
    byte[] zeros = Arrays.toString(new float[inputs()]).getBytes(StandardCharsets.US_ASCII);
    Servable.repeat(
        nanos,
        () -> {
          String ignored = answer(ExampleFormat.JSON.read(zeros, inputShape(), 1).numbers());
        });
  }

  // Descriptions.

  @Override
  public String metadata() {
    return InferenceProtocol.metadata(this);
  }

  @Override
  public String description() {
    Network network = predictor.network();
    return "{\"name\": "
        + Json.string(name)
        + ", \"network\": "
        + Json.string(EnsembleModel.describe(network))
        + ", \"type\": \""
        + network.dtype()
        + "\", \"inputs\": "
        + network.inputShape()
        + ", \"outputs\": "
        + network.outputShape()
        + ", \"meaning\": \""
        + network.outputs()
        + "\""
        + (names.isEmpty() ? "" : ", \"classes\": " + strings(names))
        + ensemble(network)
        + ", \"lamella\": "
        + Json.string(version())
        + "}";
  }

  /** Of a mean how many predictions it is of: networks, and views of each example. */
  private static String ensemble(Network network) {
    int members = EnsembleModel.members(network);
    int views = Views.count(network);
    return (members > 1 ? ", \"members\": " + members : "")
        + (views > 1 ? ", \"views\": " + views : "");
  }

  private static String strings(List<String> texts) {
    return texts.stream().map(Json::string).collect(joining(", ", "[", "]"));
  }

  /** The version of Lamella, as its module says; on the class path there is none. */
  static String version() {
    return Network.class.getModule().getDescriptor() == null
        ? "unknown"
        : Network.class.getModule().getDescriptor().rawVersion().orElse("unknown");
  }

  /** The network. */
  @Override
  public String toString() {
    return EnsembleModel.describe(predictor.network());
  }
}
