package lamella.core.io;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import lamella.core.Layer;
import org.jspecify.annotations.Nullable;

/**
 * How files keep one class of layer. It stands in the layer's own class, and {@link LayerFormats}
 * lists it.
 *
 * {@snippet file="SnippetsTest.java" region="layer-format"}
 *
 * <ul>
 *   <li><b>Model files</b> keep a layer by the name of its type, by its parameters and the layers
 *       inside it, which are saved without being asked for, and by options where those do not say
 *       all.
 *   <li><b>ONNX out:</b> {@link #withOnnx} says what nodes compute the layer's output. An {@link
 *       lamella.core.Activation} needs to say nothing: its formula is its form.
 *   <li><b>ONNX in:</b> {@link #fromOnnx(String, OnnxMaker)} makes a layer of a node. One made by a
 *       constructor without arguments need not say anything: a function of single numbers is found
 *       by what it computes, however a program has written it, others by the nodes that they are
 *       written as.
 * </ul>
 *
 * <p>Immutable.
 *
 * @param <L> the class, itself and not its subclasses
 */
public final class LayerFormat<L extends Layer> {
  /** What the file format itself says of a layer under these names, options cannot. */
  static final Set<String> RESERVED = Set.of("type", "layers", "same");

  /** In place of an option's value: the file does not have the option then. */
  static final Object LEFT_OUT = new Object();

  /**
   * Makes a layer from what a model file says of it.
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

  /**
   * Says in ONNX what a layer computes.
   *
   * @param <L> the class of the layer
   */
  @FunctionalInterface
  public interface OnnxForm<L> {
    /**
     * Adds to a graph what computes the layer's output; a container adds the layers inside it with
     * {@link OnnxGraph#layer}.
     *
     * @param layer of which the graph becomes a part
     * @param graph to be added to
     * @param input the name of the layer's input
     * @return the name of the layer's output: that of a node, or the input itself
     */
    String add(L layer, OnnxGraph graph, String input);
  }

  /**
   * Makes a layer of what an ONNX graph says.
   *
   * @param <L> the class of the layer
   */
  @FunctionalInterface
  public interface OnnxMaker<L> {
    /**
     * {@return a new layer; null if it takes another layer to compute this}
     *
     * @param node gives the output of the layer
     * @throws FileFormatException if something is missing or wrong
     * @throws IllegalArgumentException likewise; the message is passed on
     */
    @Nullable L make(OnnxNode node) throws FileFormatException;
  }

  private final String type;
  private final Class<L> layerClass;
  private final Maker<? extends L> maker;

  /** Make the layers that are found in ONNX by what they compute. */
  private final List<Supplier<? extends L>> constructors;

  private final Map<String, Function<? super L, ?>> options;
  private final @Nullable OnnxForm<? super L> onnxForm;
  private final Map<String, OnnxMaker<? extends L>> onnxMakers;

  private LayerFormat(
      String type,
      Class<L> layerClass,
      Maker<? extends L> maker,
      List<Supplier<? extends L>> constructors,
      Map<String, Function<? super L, ?>> options,
      @Nullable OnnxForm<? super L> onnxForm,
      Map<String, OnnxMaker<? extends L>> onnxMakers) {
    this.type = type;
    this.layerClass = layerClass;
    this.maker = maker;
    this.constructors = constructors;
    this.options = options;
    this.onnxForm = onnxForm;
    this.onnxMakers = onnxMakers;
  }

  /**
   * {@return the format of a layer that is made from what a file says}
   *
   * @param <L> the class of the layer
   * @param type the name in files; it must stay the same for ever, whatever becomes of the class,
   *     and be nobody else's: begin it as you begin a package
   * @param layerClass exactly this class, no subclass
   * @param maker makes a layer of what was saved
   */
  public static <L extends Layer> LayerFormat<L> of(
      String type, Class<L> layerClass, Maker<? extends L> maker) {
    return new LayerFormat<>(type, layerClass, maker, List.of(), Map.of(), null, Map.of());
  }

  /**
   * {@return the format of a layer that is always the same}
   *
   * @param <L> the class of the layer
   * @param type the name in files, see {@link #of(String, Class, Maker)}
   * @param layerClass exactly this class, no subclass
   * @param constructor makes one, for example {@code Mish::new}
   */
  public static <L extends Layer> LayerFormat<L> of(
      String type, Class<L> layerClass, Supplier<? extends L> constructor) {
    return new LayerFormat<>(
        type,
        layerClass,
        saved -> constructor.get(),
        List.of(constructor),
        Map.of(),
        null,
        Map.of());
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
    return new LayerFormat<>(
        type, layerClass, maker, constructors, with(options, name, value), onnxForm, onnxMakers);
  }

  /**
   * {@return a format like this one that says what a layer is in ONNX}
   *
   * @param form adds it to a graph
   */
  public LayerFormat<L> withOnnx(OnnxForm<? super L> form) {
    return new LayerFormat<>(type, layerClass, maker, constructors, options, form, onnxMakers);
  }

  /**
   * {@return a format like this one that makes a layer of an ONNX operator}
   *
   * @param operator its ONNX name, for example {@code Gemm}; of several nodes, that of the last
   * @param onnxMaker makes a layer of such a node
   * @throws IllegalArgumentException if there is one for this operator already
   */
  public LayerFormat<L> fromOnnx(String operator, OnnxMaker<? extends L> onnxMaker) {
    if (onnxMakers.containsKey(operator)) {
      throw new IllegalArgumentException(
          "LayerFormat: " + type + " is made of the operator " + operator + " already");
    }
    return new LayerFormat<>(
        type,
        layerClass,
        maker,
        constructors,
        options,
        onnxForm,
        with(onnxMakers, operator, onnxMaker));
  }

  /**
   * {@return a format like this one whose layers of such settings are found in ONNX by what they
   * compute, as a layer that is always the same is}
   *
   * @param constructor makes one that has neither parameters nor layers inside it
   */
  public LayerFormat<L> fromOnnx(Supplier<? extends L> constructor) {
    List<Supplier<? extends L>> more = new ArrayList<>(constructors);
    more.add(constructor);
    return new LayerFormat<>(
        type, layerClass, maker, List.copyOf(more), options, onnxForm, onnxMakers);
  }

  private static <V> Map<String, V> with(Map<String, V> map, String name, V value) {
    Map<String, V> more = new LinkedHashMap<>(map);
    more.put(name, value);
    return Collections.unmodifiableMap(more);
  }

  /** {@return the name in files} */
  public String type() {
    return type;
  }

  /** {@return the class} */
  public Class<L> layerClass() {
    return layerClass;
  }

  // What files are written and read with.

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

  /**
   * {@return what makes the layers that are found in ONNX by the nodes that they are written as}
   */
  public List<Supplier<? extends L>> constructors() {
    return constructors;
  }

  boolean hasOnnxForm() {
    return onnxForm != null;
  }

  /** The name of the output of a layer of this class, which is added to a graph. */
  String addTo(OnnxGraph graph, Layer layer, String input) {
    if (onnxForm == null) {
      throw new IllegalStateException(this + " has no ONNX form");
    }
    return onnxForm.add(layerClass.cast(layer), graph, input);
  }

  /** {@return what makes layers of ONNX nodes, by the nodes' operators} */
  public Map<String, OnnxMaker<? extends L>> onnxMakers() {
    return onnxMakers;
  }

  /** For example {@code LayerFormat(lamella.ReLU, class lamella.layers.ReLU)}. */
  @Override
  public String toString() {
    return "LayerFormat(" + type + ", " + layerClass + ")";
  }
}
