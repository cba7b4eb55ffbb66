package lamella.examples;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import lamella.core.Fingerprint;
import lamella.core.Network;
import lamella.core.Outputs;
import lamella.core.Shape;
import lamella.core.io.FileFormatException;
import lamella.core.io.ModelFile;
import lamella.data.cifar.ImageShape;
import lamella.data.cifar.Layout;
import org.jspecify.annotations.Nullable;

/**
 * A network that classifies images, with all that is needed to use it: the shape of the images, the
 * names of the classes, and how it was made.
 *
 * <p>In a file, the metadata {@code image} (for example {@code 28x28x1}), {@code layout} and {@code
 * classes} (names separated by commas) belong to it; without {@code image} it is 32x32x3. Any
 * network will do that was saved with these; of others a {@link PixelFormat} says what they take.
 *
 * @param network takes pixels, 0 to 255, in {@link #LAYOUT}
 * @param shape of the images
 * @param classNames one for each output
 * @param origin how it was made: {@code options}, {@code seed}, {@code data}, {@code
 *     lamella_version}, and {@link #DRAWN} and {@link #VALIDATION} where that is not as usual
 */
public record Model(
    Network network, ImageShape shape, List<String> classNames, Map<String, String> origin) {
  /** The order of a pixel's numbers in the network's input: the report's. */
  public static final Layout LAYOUT = Layout.HWC;

  /** The key of the metadata that says that the training images were the built-in, drawn ones. */
  public static final String DRAWN = "drawn_images";

  /** The key of the metadata with the number of images that were set aside for validation. */
  public static final String VALIDATION = "validation";

  /** The key of the metadata with the shape of the images. */
  public static final String IMAGE_KEY = "image";

  /** The key of the metadata that says which order a pixel's numbers have. */
  public static final String LAYOUT_KEY = "layout";

  /** The key of the metadata with the names of the classes. */
  public static final String CLASSES = "classes";

  /** The key of the metadata with {@link #fingerprint}. */
  public static final String FINGERPRINT = "fingerprint";

  /** The shape of images of files that say none. */
  static final String DEFAULT_SHAPE = ImageShape.CIFAR10.toString();

  private static final String SEPARATOR = ",";

  /** What a file says anew when it is written. */
  private static final List<String> SAID = List.of(IMAGE_KEY, LAYOUT_KEY, CLASSES, FINGERPRINT);

  /** The fingerprint of the parameters that were trained. */
  public String fingerprint() {
    return Fingerprint.of(EnsembleModel.trained(network));
  }

  /** Whether it was trained on the built-in set of drawn images, and not on CIFAR-10's. */
  public boolean isTrainedOnDrawnImages() {
    return "true".equals(origin.get(DRAWN));
  }

  /**
   * How many of the last training images were set aside for validation when it was trained.
   *
   * @param standard the number if the file says none
   */
  public int validationImages(int standard) {
    String said = origin.get(VALIDATION);
    try {
      return said == null ? standard : Math.max(1, Integer.parseInt(said));
    } catch (NumberFormatException e) {
      return standard; // another program's word for something else
    }
  }

  /** Writes the file; it appears under its name only when it is complete. */
  public void write(Path file) throws IOException {
    Map<String, String> metadata = said();
    metadata.put(FINGERPRINT, fingerprint());
    metadata.putAll(origin);
    new ModelFile(network, Map.of(), metadata).write(file);
  }

  /** What a file says of how images are taken and what comes out. */
  private Map<String, String> said() {
    Map<String, String> said = new LinkedHashMap<>();
    said.put(IMAGE_KEY, shape.toString());
    said.put(LAYOUT_KEY, LAYOUT.toString());
    said.put(CLASSES, String.join(SEPARATOR, classNames));
    return said;
  }

  /**
   * Reads a file that {@link #write} wrote, or whoever saves the like.
   *
   * @throws FileFormatException if it is damaged or no such model; says what is wrong
   * @throws IOException if it cannot be read
   */
  public static Model read(Path file) throws IOException {
    return read(file, PixelFormat.UNSAID);
  }

  /**
   * Reads any file with a network that classifies images.
   *
   * @param format how it takes them, if the file does not say
   * @throws FileFormatException if it is damaged or no such model; says what is wrong
   * @throws IOException if it cannot be read
   */
  public static Model read(Path file, PixelFormat format) throws IOException {
    OpenModel content = OpenModel.read(file);
    if (content.table() != null) {
      throw new FileFormatException(
          file.toString(),
          "a model of a table; 'lamella table predict' and 'lamella table evaluate' take it, with"
              + " rows of CSV");
    }
    Map<String, String> metadata = content.metadata();
    try {
      Network network = content.network();
      int classes = network.outputs().classes(network.outputShape());
      if (classes == 0 || network.outputs() == Outputs.YES_NO) {
        throw new IllegalArgumentException(
            "outputs expected that are classes, found "
                + network.outputShape()
                + " "
                + network.outputs());
      }
      String layout = metadata.get(LAYOUT_KEY);
      if (layout != null && content.kind() == ModelKind.NETWORK && format.isSaid()) {
        throw new IllegalArgumentException(
            "it says itself how it takes images; --image, --layout, --scale, --mean and --deviation"
                + " are for models of other programs");
      }
      List<String> names = names(format, content.classNames(), classes);
      requireEqual(CLASSES, Shape.of(names.size()).toString(), network.outputShape().toString());
      Map<String, String> origin = new LinkedHashMap<>(metadata);
      origin.keySet().removeAll(SAID);
      ImageShape shape = format.shape(network, content.example(), metadata);
      Network whole = format.before(network, shape, content.example(), layout);
      return new Model(whole, shape, names, origin);
    } catch (IllegalArgumentException e) {
      throw new FileFormatException(file.toString(), "no model of images: " + e.getMessage());
    }
  }

  /**
   * Reads files of networks that classify images, for the mean of their predictions.
   *
   * @param files one at least
   * @param format how they take images, if the files do not say
   * @param views of each image, in place of those that the models have; null for what they have
   * @throws FileFormatException if one is damaged or no such model, or they do not agree; says what
   *     is wrong
   * @throws IOException if one cannot be read
   */
  public static Model read(List<Path> files, PixelFormat format, @Nullable Views views)
      throws IOException {
    List<EnsembleModel.Member> members = new ArrayList<>();
    Model model = null;
    for (Path file : files) {
      model = read(file, format);
      Map<String, String> metadata = model.said();
      metadata.putAll(model.origin);
      members.add(new EnsembleModel.Member(file, model.network, metadata));
    }
    if (model != null && members.size() == 1 && views == null) {
      return model;
    }
    EnsembleModel ensemble = EnsembleModel.of(members, views);
    Map<String, String> origin = new LinkedHashMap<>(ensemble.metadata());
    String names = origin.getOrDefault(CLASSES, "");
    ImageShape shape = ImageShape.of(origin.getOrDefault(IMAGE_KEY, DEFAULT_SHAPE));
    origin.keySet().removeAll(SAID);
    return new Model(ensemble.network(), shape, List.of(names.split(SEPARATOR, -1)), origin);
  }

  /** Of the classes: what the user says, else the file, else numbers. */
  private static List<String> names(PixelFormat format, List<String> known, int classes) {
    if (format.classes() != null) {
      return format.classes();
    }
    if (!known.isEmpty()) {
      return known;
    }
    List<String> numbers = new ArrayList<>();
    for (int i = 0; i < classes; i++) {
      numbers.add(Integer.toString(i));
    }
    return numbers;
  }

  private static void requireEqual(String what, String expected, String found) {
    if (!expected.equals(found)) {
      throw new IllegalArgumentException(what + " " + expected + " expected, " + found + " found");
    }
  }
}
