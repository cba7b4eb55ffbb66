package lamella.examples;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import lamella.core.DoubleTensor;
import lamella.core.Fingerprint;
import lamella.core.Shape;
import lamella.core.Tensor;
import lamella.core.io.FileFormatException;
import lamella.core.io.SafeTensors;
import lamella.data.cifar.ImageSet;
import lamella.data.cifar.Layout;
import lamella.data.cifar.MeanImage;

/**
 * A trained network with all that is needed to use it: the mean image to subtract, the names of the
 * classes, and how it was made. As a file it is in the safetensors format: tensors {@code w1, b1,
 * w2, b2, mean_image} and text.
 *
 * @param network the network
 * @param mean what was subtracted from the training images, in {@link #LAYOUT}
 * @param classNames one for each output
 * @param origin how it was made: {@code options}, {@code seed}, {@code data}, {@code
 *     lamella_version}
 */
public record Model(
    TwoLayerNetwork network, MeanImage mean, List<String> classNames, Map<String, String> origin) {
  /** The order of a pixel's numbers in the network's input: the report's. */
  public static final Layout LAYOUT = Layout.HWC;

  private static final String SEPARATOR = ",";

  /** The fingerprint of the parameters w1, b1, w2, b2. */
  public String fingerprint() {
    return Fingerprint.of(network.parameters());
  }

  /** Writes the file; it appears under its name only when it is complete. */
  public void write(Path file) throws IOException {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    network.namedParameters().forEach((name, parameter) -> tensors.put(name, parameter.value()));
    // In float64 for either type of network: the exact mean, which a float32 network rounds when it
    // starts.
    tensors.put("mean_image", DoubleTensor.of(Shape.of(ImageSet.IMAGE_BYTES), mean.values()));
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put("activation", network.activation().toString());
    metadata.put("classes", String.join(SEPARATOR, classNames));
    metadata.put("dtype", network.dtype().toString());
    metadata.put("layout", LAYOUT.toString());
    metadata.put("fingerprint", fingerprint());
    metadata.putAll(origin);
    SafeTensors.of(tensors, metadata).write(file);
  }

  /**
   * Reads a file that {@link #write} wrote.
   *
   * @throws FileFormatException if it is damaged or no such model; says what is wrong
   * @throws IOException if it cannot be read
   */
  public static Model read(Path file) throws IOException {
    SafeTensors content = SafeTensors.read(file);
    Map<String, String> metadata = content.metadata();
    try {
      requireEqual("layout", LAYOUT.toString(), text(metadata, "layout"));
      TwoLayerNetwork network =
          TwoLayerNetwork.of(
              Activation.named(text(metadata, "activation")),
              content.tensor("w1"),
              content.tensor("b1"),
              content.tensor("w2"),
              content.tensor("b2"));
      requireEqual(
          "inputs",
          Shape.of(ImageSet.IMAGE_BYTES).toString(),
          network.network().inputShape().toString());
      List<String> classNames = List.of(text(metadata, "classes").split(SEPARATOR, -1));
      requireEqual(
          "classes",
          Shape.of(classNames.size()).toString(),
          network.network().outputShape().toString());
      MeanImage mean = MeanImage.of(content.tensor("mean_image").toDoubleArray());
      Map<String, String> origin = new LinkedHashMap<>(metadata);
      origin.keySet().removeAll(List.of("activation", "classes", "dtype", "layout", "fingerprint"));
      Model model = new Model(network, mean, classNames, origin);
      requireEqual(
          "fingerprint of the parameters", text(metadata, "fingerprint"), model.fingerprint());
      return model;
    } catch (IllegalArgumentException e) {
      throw new FileFormatException(
          file.toString(), "no model of 'lamella train': " + e.getMessage());
    }
  }

  private static String text(Map<String, String> metadata, String key) {
    String value = metadata.get(key);
    if (value == null) {
      throw new IllegalArgumentException("its metadata have no " + key);
    }
    return value;
  }

  private static void requireEqual(String what, String expected, String found) {
    if (!expected.equals(found)) {
      throw new IllegalArgumentException(what + " " + expected + " expected, " + found + " found");
    }
  }
}
