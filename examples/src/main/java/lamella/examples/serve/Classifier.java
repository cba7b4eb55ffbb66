package lamella.examples.serve;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.regex.Pattern;
import lamella.core.DType;
import lamella.core.FloatTensor;
import lamella.core.Network;
import lamella.core.Predictor;
import lamella.core.Shape;
import lamella.core.Tensor;
import lamella.core.io.FileFormatException;
import lamella.core.io.ModelFile;

/**
 * A network with outputs {@code [classes]} out of a {@link ModelFile}. A tensor {@code mean_image}
 * in the file is subtracted from the inputs; metadata {@code classes} are the names of the classes,
 * separated by commas.
 *
 * <p>Any number of threads may ask it at once.
 */
public final class Classifier {
  /** What a JSON string cannot hold as it is. */
  private static final Pattern SPECIAL = Pattern.compile("[\\x00-\\x1f\"\\\\]");

  private final Predictor predictor;
  private final float[] mean;
  private final String[] names;

  private Classifier(Network network, float[] mean, String[] names) {
    this.predictor = Predictor.of(network);
    this.mean = mean;
    this.names = names;
  }

  /**
   * Reads a file.
   *
   * @throws FileFormatException if it is damaged or no such model; says what is wrong
   * @throws IOException if it cannot be read
   */
  public static Classifier read(Path file) throws IOException {
    ModelFile model = ModelFile.read(file);
    Network network = model.network();
    Shape outputs = network.outputShape();
    requireEqual(file, "dimension of its outputs", 1, outputs.rank());
    Tensor zeros = FloatTensor.zeros(network.inputShape());
    Tensor mean = model.tensors().getOrDefault("mean_image", zeros).to(DType.FLOAT32);
    requireEqual(file, "numbers in its mean_image", zeros.size(), mean.size());
    String classes = model.metadata().get("classes");
    String[] names = classes == null ? new String[0] : classes.split(",", -1);
    if (classes != null) {
      requireEqual(file, "names in its classes", outputs.size(), names.length);
    }
    return new Classifier(network, ((FloatTensor) mean).array(), names);
  }

  private static void requireEqual(Path file, String what, int expected, int found)
      throws FileFormatException {
    if (expected != found) {
      throw new FileFormatException(
          file.toString(),
          "no classifier: " + expected + " " + what + " expected, " + found + " found");
    }
  }

  /** How many numbers an example has. */
  public int inputs() {
    return mean.length;
  }

  /**
   * Class, name if there are names, and probabilities as JSON: {@code {"class": 1, "name": "cat",
   * "probabilities": [0.25, 0.75]}}.
   *
   * @param example as many numbers as {@link #inputs}; changed
   * @throws IllegalArgumentException if the outputs are not finite
   */
  public String classify(float[] example) {
    for (int i = 0; i < mean.length; i++) {
      example[i] -= mean[i];
    }
    float[] probabilities = predictor.probabilities(example);
    if (Float.isNaN(probabilities[0])) {
      throw new IllegalArgumentException(
          "expected numbers that give finite outputs, got some too large or NaN");
    }
    int best = FloatTensor.wrap(Shape.of(1, probabilities.length), probabilities).argMax(0);
    String name = names.length == 0 ? "" : ", \"name\": \"" + escape(names[best]) + "\"";
    return "{\"class\": "
        + best
        + name
        + ", \"probabilities\": "
        + Arrays.toString(probabilities)
        + "}";
  }

  private static String escape(String text) {
    return SPECIAL
        .matcher(text)
        .replaceAll(
            special -> "\\\\u00" + HexFormat.of().toHexDigits((byte) special.group().charAt(0)));
  }

  /** The network. */
  @Override
  public String toString() {
    return predictor.network().toString();
  }
}
