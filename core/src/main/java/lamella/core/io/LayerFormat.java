package lamella.core.io;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import lamella.core.Layer;

/**
 * How model files keep one class of layer: by a name, by its parameters, which are saved without
 * being asked for, and by options where those do not say all.
 *
 * {@snippet file="SnippetsTest.java" region="layer-format"}
 *
 * <p>Immutable. Formats join by a {@link LayerFormats}.
 *
 * @param <L> the class, itself and not its subclasses
 */
public final class LayerFormat<L extends Layer> {
  /** What says what in a file, and is no option's name. */
  static final Set<String> RESERVED = Set.of("type", "layers", "same");

  /** In place of an option's value: the file does not have the option then. */
  static final Object LEFT_OUT = new Object();

  /**
   * Makes a layer from what a file says of it.
   *
   * @param <L> the class of the layer
   */
  @FunctionalInterface
  public interface Maker<L> {
    /**
     * {@return a new layer} Its parameters' values are set afterwards, so they need not be; sizes
     * are best taken from {@link SavedLayer#tensor}, whose memory exists, and not from options,
     * which may say anything.
     *
     * @param saved what the file says
     * @throws FileFormatException if something is missing or wrong
     * @throws IllegalArgumentException likewise; the message is passed on
     */
    L make(SavedLayer saved) throws FileFormatException;
  }

  private final String type;
  private final Class<L> layerClass;
  private final Maker<? extends L> maker;
  private final Map<String, Function<? super L, ?>> options;

  private LayerFormat(
      String type,
      Class<L> layerClass,
      Maker<? extends L> maker,
      Map<String, Function<? super L, ?>> options) {
    this.type = type;
    this.layerClass = layerClass;
    this.maker = maker;
    this.options = options;
  }

  /**
   * {@return a format without options}
   *
   * @param <L> the class of the layer
   * @param type the name in files; it must stay the same for ever, whatever becomes of the class,
   *     and be nobody else's: begin it as you begin a package
   * @param layerClass exactly this class, no subclass
   * @param maker makes a layer of what was saved
   */
  public static <L extends Layer> LayerFormat<L> of(
      String type, Class<L> layerClass, Maker<? extends L> maker) {
    return new LayerFormat<>(type, layerClass, maker, Map.of());
  }

  /**
   * {@return a format like this one with one more option, kept as text}
   *
   * @param name of the option
   * @param value gives the option; its {@code toString} is what the maker gets from {@link
   *     SavedLayer}
   * @throws IllegalArgumentException if there is an option of this name, or the file format keeps
   *     the name
   */
  public LayerFormat<L> withOption(String name, Function<? super L, ?> value) {
    if (RESERVED.contains(name) || options.containsKey(name)) {
      throw new IllegalArgumentException(
          "LayerFormat: " + type + " cannot have another option named " + name);
    }
    Map<String, Function<? super L, ?>> more = new LinkedHashMap<>(options);
    more.put(name, value);
    return new LayerFormat<>(type, layerClass, maker, more);
  }

  /** {@return the name in files} */
  public String type() {
    return type;
  }

  /** {@return the class} */
  public Class<L> layerClass() {
    return layerClass;
  }

  Set<String> optionNames() {
    return options.keySet();
  }

  Map<String, String> options(Layer layer) {
    L typed = layerClass.cast(layer);
    Map<String, String> texts = new LinkedHashMap<>();
    options.forEach((name, option) -> {
      Object value = option.apply(typed);
      if (value != LEFT_OUT) {
        texts.put(name, String.valueOf(value));
      }
    });
    return Collections.unmodifiableMap(texts);
  }

  L make(SavedLayer saved) throws FileFormatException {
    return maker.make(saved);
  }

  /** For example {@code LayerFormat(lamella.ReLU, class lamella.layers.ReLU)}. */
  @Override
  public String toString() {
    return "LayerFormat(" + type + ", " + layerClass + ")";
  }
}
