package lamella.examples;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import lamella.core.DoubleTensor;
import lamella.core.Fingerprint;
import lamella.core.Network;
import lamella.core.Outputs;
import lamella.core.Shape;
import lamella.core.Tensor;
import lamella.core.io.FileFormatException;
import lamella.core.io.ModelFile;
import lamella.data.cifar.ImageSet;
import lamella.data.cifar.Layout;
import lamella.data.cifar.MeanImage;

/**
 * A network that classifies images of 32 x 32 pixels, with all that is needed to use it: the mean
 * image to subtract, the names of the classes, and how it was made.
 *
 * <p>In a file, a {@link ModelFile}, the mean image is the tensor {@code mean_image}; the metadata
 * {@code layout} and {@code classes} (names separated by commas) belong to it. Any network of 3072
 * inputs will do that was saved with these three.
 *
 * @param network the network
 * @param mean what was subtracted from the training images, in {@link #LAYOUT}
 * @param classNames one for each output
 * @param origin how it was made: {@code options}, {@code seed}, {@code data}, {@code
 *     lamella_version}, and {@link #DRAWN} where that is so
 */
public record Model(
    Network network, MeanImage mean, List<String> classNames, Map<String, String> origin) {
  /** The order of a pixel's numbers in the network's input: the report's. */
  public static final Layout LAYOUT = Layout.HWC;

  /** The key of the metadata that says that the training images were the built-in, drawn ones. */
  public static final String DRAWN = "drawn_images";

  private static final String MEAN = "mean_image";
  private static final String LAYOUT_KEY = "layout";
  private static final String CLASSES = "classes";
  private static final String FINGERPRINT = "fingerprint";
  private static final String SEPARATOR = ",";

  /** The fingerprint of the parameters. */
  public String fingerprint() {
    return Fingerprint.of(network.parameters());
  }

  /** Whether it was trained on the built-in set of drawn images, and not on CIFAR-10's. */
  public boolean isTrainedOnDrawnImages() {
    return "true".equals(origin.get(DRAWN));
  }

  /** Writes the file; it appears under its name only when it is complete. */
  public void write(Path file) throws IOException {
    // In float64 for either type of network: the exact mean, which a float32 network rounds when it
    // starts.
    Tensor exactMean = DoubleTensor.of(Shape.of(ImageSet.IMAGE_BYTES), mean.values());
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put(LAYOUT_KEY, LAYOUT.toString());
    metadata.put(CLASSES, String.join(SEPARATOR, classNames));
    metadata.put(FINGERPRINT, fingerprint());
    metadata.putAll(origin);
    new ModelFile(network, Map.of(MEAN, exactMean), metadata).write(file);
  }

  /**
   * Reads a file that {@link #write} wrote, or whoever saves the like.
   *
   * @throws FileFormatException if it is damaged or no such model; says what is wrong
   * @throws IOException if it cannot be read
   */
  public static Model read(Path file) throws IOException {
    ModelFile content = ModelFile.read(file);
    Network network = content.network();
    Map<String, String> metadata = content.metadata();
    try {
      requireEqual(
          "inputs", Shape.of(ImageSet.IMAGE_BYTES).toString(), network.inputShape().toString());
      if (network.outputs().classes(network.outputShape()) == 0
          || network.outputs() == Outputs.YES_NO) {
        throw new IllegalArgumentException(
            "outputs expected that are classes, found "
                + network.outputShape()
                + " "
                + network.outputs());
      }
      requireEqual(LAYOUT_KEY, LAYOUT.toString(), required("metadata", LAYOUT_KEY, metadata));
      List<String> classNames =
          List.of(required("metadata", CLASSES, metadata).split(SEPARATOR, -1));
      requireEqual(
          CLASSES, Shape.of(classNames.size()).toString(), network.outputShape().toString());
      Tensor mean = required("tensors", MEAN, content.tensors());
      Map<String, String> origin = new LinkedHashMap<>(metadata);
      origin.keySet().removeAll(List.of(LAYOUT_KEY, CLASSES, FINGERPRINT));
      return new Model(network, MeanImage.of(mean.toDoubleArray()), classNames, origin);
    } catch (IllegalArgumentException e) {
      throw new FileFormatException(file.toString(), "no model of images: " + e.getMessage());
    }
  }

  private static <T> T required(String where, String name, Map<String, T> map) {
    T value = map.get(name);
    if (value == null) {
      throw new IllegalArgumentException("its " + where + " have no " + name);
    }
    return value;
  }

  private static void requireEqual(String what, String expected, String found) {
    if (!expected.equals(found)) {
      throw new IllegalArgumentException(what + " " + expected + " expected, " + found + " found");
    }
  }
}
