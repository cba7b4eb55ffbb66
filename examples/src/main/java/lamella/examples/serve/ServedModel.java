package lamella.examples.serve;

import static java.util.stream.Collectors.joining;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import lamella.core.Network;
import lamella.core.Outputs;
import lamella.core.Parameter;
import lamella.core.Predictor;
import lamella.core.Shape;
import lamella.core.Tensor;
import lamella.core.io.FileFormatException;
import lamella.examples.OpenModel;

/**
 * The network of a model file ({@link OpenModel}), and its answers as JSON, which depend on what
 * its outputs mean ({@link Network#outputs}). Metadata {@code classes} are the names of the
 * classes, or of the questions that are answered with yes or no, separated by commas.
 *
 * <p>Any number of threads may ask it at once.
 */
public final class ServedModel {
  private static final int MOST_WARM_UPS = 200;
  private static final long LONGEST_WARM_UP_NANOS = 500_000_000;

  private final Predictor predictor;
  private final List<String> names;

  private ServedModel(Network network, List<String> names) {
    this.predictor = Predictor.of(network);
    this.names = names;
  }

  /**
   * Reads a file.
   *
   * @throws FileFormatException if it is damaged or its parts do not fit; says what is wrong
   * @throws IOException if it cannot be read
   */
  public static ServedModel read(Path file) throws IOException {
    OpenModel model = OpenModel.read(file);
    Network network = model.network();
    List<String> names = model.classNames();
    if (!names.isEmpty()) {
      requireEqual(file, "names in its classes", namesFor(network), names.size());
    }
    return new ServedModel(network, names);
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

  /** How many numbers an example has. */
  public int inputs() {
    return predictor.network().inputShape().size();
  }

  /**
   * What the network says of an example, as a JSON object: for classes {@code {"class": 1, "name":
   * "cat", "probabilities": [0.25, 0.75]}}, where there are names; for one question of yes or no
   * likewise, with the probability of class 1; for several {@code {"yes": [true, false], "names":
   * ["sunny"], "probabilities": [0.9, 0.1]}}; for numbers {@code {"outputs": [1.5]}}.
   *
   * @param example as many numbers as {@link #inputs}
   * @throws ArithmeticException if the outputs are not finite; says why
   */
  public String answer(float[] example) {
    Network network = predictor.network();
    int classes = network.outputs().classes(network.outputShape());
    if (classes > 0) {
      return classes(example, network.outputs() == Outputs.YES_NO);
    }
    return network.outputs() == Outputs.YES_NO ? questions(example) : numbers(example);
  }

  private String classes(float[] example, boolean yesNo) {
    float[] probabilities = predictor.probabilities(example);
    int best = yesNo ? predictor.classOf(example) : best(probabilities, example);
    String name = names.isEmpty() ? "" : ", \"name\": " + Json.string(names.get(best));
    return "{\"class\": " + best + name + probabilities(probabilities);
  }

  /** The likeliest; logits that differ may have probabilities that are equal in float32. */
  private int best(float[] probabilities, float[] example) {
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

  private String questions(float[] example) {
    float[] probabilities = predictor.probabilities(example);
    float[] outputs = predictor.outputs(example);
    List<Boolean> yes = new ArrayList<>();
    List<String> named = new ArrayList<>();
    for (int i = 0; i < outputs.length; i++) {
      yes.add(outputs[i] > 0);
      if (outputs[i] > 0 && !names.isEmpty()) {
        named.add(names.get(i));
      }
    }
    String list = names.isEmpty() ? "" : ", \"names\": " + strings(named);
    return "{\"yes\": " + yes + list + probabilities(probabilities);
  }

  private static String probabilities(float[] probabilities) {
    return ", \"probabilities\": " + Arrays.toString(probabilities) + "}";
  }

  private String numbers(float[] example) {
    float[] outputs = predictor.outputs(example);
    for (int i = 0; i < outputs.length; i++) {
      if (!Float.isFinite(outputs[i])) {
        throw new ArithmeticException(
            "outputs are not finite numbers: output " + i + " is " + outputs[i]);
      }
    }
    return "{\"outputs\": " + Arrays.toString(outputs) + "}";
  }

  private static String strings(List<String> texts) {
    return texts.stream().map(Json::string).collect(joining(", ", "[", "]"));
  }

  /** Whether all parameters are finite numbers; what is not finite is else the example's fault. */
  public boolean isFinite() {
    for (Parameter parameter : predictor.network().parameters()) {
      Tensor value = parameter.value();
      for (int i = 0; i < value.size(); i++) {
        if (!Double.isFinite(value.get(i))) {
          return false;
        }
      }
    }
    return true;
  }

  /**
   * Answers some examples of zeros, for half a second at most, so that those who ask later do not
   * wait for classes to be loaded and loops to be compiled.
   *
   * @throws ArithmeticException if the outputs are not finite; says why
   */
  public void warmUp() {
    long begin = System.nanoTime();
    for (int i = 0; i < MOST_WARM_UPS && System.nanoTime() - begin < LONGEST_WARM_UP_NANOS; i++) {
      float[] example = new float[inputs()];
      String ignored = answer(example);
    }
  }

  /** The network, what goes in and what comes out, as a JSON object. */
  public String description() {
    Network network = predictor.network();
    return "{\"network\": "
        + Json.string(network.toString())
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
        + ", \"lamella\": "
        + Json.string(version())
        + "}";
  }

  /** The version of Lamella, as its module says; on the class path there is none. */
  private static String version() {
    return Network.class.getModule().getDescriptor() == null
        ? "unknown"
        : Network.class.getModule().getDescriptor().rawVersion().orElse("unknown");
  }

  /** The network. */
  @Override
  public String toString() {
    return predictor.network().toString();
  }
}
