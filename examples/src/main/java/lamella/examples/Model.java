package lamella.examples;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import lamella.core.Fingerprint;
import lamella.core.Network;
import lamella.core.Outputs;
import lamella.core.Shape;
import lamella.core.Tensor;
import lamella.core.io.FileFormatException;
import lamella.core.io.ModelFile;
import lamella.data.cifar.ImageSet;
import lamella.data.cifar.Layout;
import lamella.layers.InputNorm;
import org.jspecify.annotations.Nullable;

/**
 * A network that classifies images of 32 x 32 pixels, with all that is needed to use it: the names
 * of the classes, and how it was made.
 *
 * <p>In a file, a {@link ModelFile}, the metadata {@code layout} and {@code classes} (names
 * separated by commas) belong to it. Any network of 3072 inputs will do that was saved with these
 * two. A tensor {@code mean_image}, as files of version 0.1 have it, is subtracted from the inputs.
 *
 * @param network takes pixels, 0 to 255, in {@link #LAYOUT}
 * @param classNames one for each output
 * @param origin how it was made: {@code options}, {@code seed}, {@code data}, {@code
 *     lamella_version}, and {@link #DRAWN} where that is so
 */
public record Model(Network network, List<String> classNames, Map<String, String> origin) {
  /** The order of a pixel's numbers in the network's input: the report's. */
  public static final Layout LAYOUT = Layout.HWC;

  /** The key of the metadata that says that the training images were the built-in, drawn ones. */
  public static final String DRAWN = "drawn_images";

  private static final String MEAN = "mean_image";
  private static final String LAYOUT_KEY = "layout";
  private static final String CLASSES = "classes";
  private static final String FINGERPRINT = "fingerprint";
  private static final String SEPARATOR = ",";

  /** The fingerprint of the parameters that were trained. */
  public String fingerprint() {
    return Fingerprint.of(network.withoutHead().parameters());
  }

  /** Whether it was trained on the built-in set of drawn images, and not on CIFAR-10's. */
  public boolean isTrainedOnDrawnImages() {
    return "true".equals(origin.get(DRAWN));
  }

  /** Writes the file; it appears under its name only when it is complete. */
  public void write(Path file) throws IOException {
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put(LAYOUT_KEY, LAYOUT.toString());
    metadata.put(CLASSES, String.join(SEPARATOR, classNames));
    metadata.put(FINGERPRINT, fingerprint());
    metadata.putAll(origin);
    new ModelFile(network, Map.of(), metadata).write(file);
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
      Map<String, String> origin = new LinkedHashMap<>(metadata);
      origin.keySet().removeAll(List.of(LAYOUT_KEY, CLASSES, FINGERPRINT));
      return new Model(withMean(network, content.tensors().get(MEAN)), classNames, origin);
    } catch (IllegalArgumentException e) {
      throw new FileFormatException(file.toString(), "no model of images: " + e.getMessage());
    }
  }

  private static Network withMean(Network network, @Nullable Tensor mean) {
    if (mean == null) {
      return network;
    }
    requireEqual(MEAN, network.inputShape().toString(), mean.shape().toString());
    return network.withHead(InputNorm.centring(mean.to(network.dtype())));
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
