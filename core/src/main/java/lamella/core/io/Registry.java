package lamella.core.io;

import static lamella.core.io.FileFormatException.quote;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeMap;
import lamella.core.Layer;
import lamella.core.Network;
import lamella.core.Outputs;
import lamella.core.Shape;
import org.jspecify.annotations.Nullable;

/**
 * The formats that are on the module path or class path. Where a thread's own class loader does not
 * see the one that is asked for (a thread of the common pool in an application that has a class
 * loader of its own), others are asked: that of this library, that of the layer, and those of
 * whoever is calling.
 */
final class Registry {
  /** NumPy's limit too. */
  private static final int MOST_DIMENSIONS = 64;

  /** So many providers that cannot be used are passed over. */
  private static final int MOST_PROBLEMS = 100;

  /** What to do about a format that is not there. */
  static final String HINT =
      "; where several jars were put into one, their files META-INF/services/"
          + LayerFormats.class.getName()
          + " must be merged (maven-shade-plugin: ServicesResourceTransformer)";

  private static final LayerFormat<Network> NETWORK =
      LayerFormat.of("lamella.Network", Network.class, Registry::network)
          .withOption("input", network -> text(network.inputShape()))
          .withOption("outputs", network -> text(network.outputs()))
          .withOnnx(Registry::chain);

  private final Map<String, LayerFormat<?>> byType = new TreeMap<>();
  private final Map<Class<?>, LayerFormat<?>> byClass = new HashMap<>();

  /** Those asked already, and the providers that they gave: loaders share some. */
  private final Set<ClassLoader> loaders = Collections.newSetFromMap(new IdentityHashMap<>());

  private final Set<Class<?>> providers = new HashSet<>();

  /** What each class loader gave, until all of its formats are listed. */
  private final List<List<LayerFormats>> unlisted = new ArrayList<>();

  private final boolean findsMore;
  private @Nullable ServiceConfigurationError problem;

  /**
   * The formats of these, and that of networks.
   *
   * @throws IllegalStateException if two have one type or one class
   */
  Registry(Iterable<LayerFormats> providers) {
    this(false);
    List<LayerFormat<?>> formats = new ArrayList<>();
    formats.add(NETWORK);
    for (LayerFormats provider : providers) {
      formats.addAll(provider.formats());
    }
    add(formats);
  }

  private Registry(boolean findsMore) {
    this.findsMore = findsMore;
  }

  /** Only these formats, and that of networks. */
  static Registry of(List<LayerFormat<?>> formats) {
    List<LayerFormat<?>> others =
        formats.stream().filter(format -> format.layerClass() != Network.class).toList();
    return new Registry(List.of(() -> others));
  }

  /** Looks for them anew, when one is asked for: they may change with the thread's class loader. */
  static Registry load() {
    return new Registry(true);
  }

  /** Networks, and what the thread's class loader sees. */
  private void begin() {
    if (findsMore && byType.isEmpty()) {
      add(List.of(NETWORK));
      ask(Thread.currentThread().getContextClassLoader());
    }
  }

  /** Adds formats of one class loader; those of an earlier one stay. */
  private void add(List<LayerFormat<?>> formats) {
    Map<String, LayerFormat<?>> types = new HashMap<>();
    Map<Class<?>, LayerFormat<?>> classes = new HashMap<>();
    for (LayerFormat<?> format : formats) {
      LayerFormat<?> sameType = types.put(format.type(), format);
      LayerFormat<?> sameClass = classes.put(format.layerClass(), format);
      LayerFormat<?> other = sameType != null ? sameType : sameClass;
      if (other != null) {
        throw collision(other, format);
      }
    }
    for (LayerFormat<?> format : formats) {
      byType.putIfAbsent(format.type(), format);
      byClass.putIfAbsent(format.layerClass(), format);
    }
  }

  private static IllegalStateException collision(LayerFormat<?> one, LayerFormat<?> other) {
    return new IllegalStateException("LayerFormats: " + one + " and " + other + " collide");
  }

  /** Adds what a class loader sees; null is the one that the JVM began with. */
  private void ask(@Nullable ClassLoader loader) {
    if (!loaders.add(loader == null ? ClassLoader.getSystemClassLoader() : loader)) {
      return;
    }
    List<LayerFormats> given = new ArrayList<>();
    Iterator<LayerFormats> found = ServiceLoader.load(LayerFormats.class, loader).iterator();
    for (int problems = 0; problems < MOST_PROBLEMS; ) {
      try {
        if (!found.hasNext()) {
          break;
        }
        LayerFormats provider = found.next();
        if (providers.add(provider.getClass())) {
          given.add(provider);
        }
      } catch (ServiceConfigurationError e) {
        // One of another copy of this library, which another application has; or a broken one.
        problem = e;
        problems++;
      }
    }
    unlisted.add(given);
  }

  /** Lists the formats of all that have been asked. */
  private void list() {
    for (List<LayerFormats> group : unlisted) {
      List<LayerFormat<?>> formats = new ArrayList<>();
      for (LayerFormats provider : group) {
        formats.addAll(provider.formats());
      }
      add(formats);
    }
    unlisted.clear();
  }

  /** Looks for one type without listing all, which takes longer than reading a small file. */
  private void find(String type) {
    for (List<LayerFormats> group : unlisted) {
      LayerFormat<?> found = null;
      for (LayerFormats provider : group) {
        LayerFormat<?> format = provider.format(type);
        if (format != null && found != null) {
          throw collision(found, format);
        }
        found = format != null ? format : found;
      }
      if (found != null) {
        byType.putIfAbsent(type, found);
      }
    }
  }

  /** The class loader of this library, after the thread's own. */
  private void askThisLibrarys() {
    begin();
    if (findsMore) {
      ask(Registry.class.getClassLoader());
    }
  }

  /** Asks the class loaders of all whose calls have led here. */
  private void askCallers() {
    if (findsMore) {
      StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE)
          .walk(frames -> frames.map(frame -> frame.getDeclaringClass().getClassLoader()).toList())
          .forEach(loader -> {
            if (loader != null) {
              ask(loader);
            }
          });
    }
  }

  @Nullable LayerFormat<?> of(String type) {
    if (!isKnown(type)) {
      askThisLibrarys();
    }
    if (!isKnown(type)) {
      askCallers();
    }
    return isKnown(type) ? byType.get(type) : null;
  }

  private boolean isKnown(String type) {
    begin();
    if (!byType.containsKey(type)) {
      find(type);
    }
    return byType.containsKey(type);
  }

  @Nullable LayerFormat<?> of(Layer layer) {
    Class<?> layerClass = layer.getClass();
    if (!isKnown(layerClass)) {
      askThisLibrarys();
    }
    if (findsMore && !isKnown(layerClass)) {
      ask(layerClass.getClassLoader());
    }
    if (!isKnown(layerClass)) {
      askCallers();
    }
    return isKnown(layerClass) ? byClass.get(layerClass) : null;
  }

  private boolean isKnown(Class<?> layerClass) {
    begin();
    list();
    return byClass.containsKey(layerClass);
  }

  /** All formats that can be found, in the order of their types. */
  List<LayerFormat<?>> all() {
    askThisLibrarys();
    askCallers();
    list();
    return List.copyOf(byType.values());
  }

  /** The types there are. */
  String types() {
    begin();
    list();
    return String.join(", ", byType.keySet());
  }

  /** Why one may be missing, for the end of a message. */
  String reason() {
    return HINT + (problem == null ? "" : "; a provider cannot be used: " + problem.getMessage());
  }

  private static String chain(Network network, OnnxGraph graph, String input) {
    String value = input;
    for (int i = 0; i < network.layers().size(); i++) {
      value = graph.layer(i, network.layers().get(i), value);
    }
    return value;
  }

  private static Network network(SavedLayer saved) throws FileFormatException {
    return Network.of(shape(saved.text("input")), saved.layers())
        .withOutputs(Outputs.of(saved.textIfThere("outputs")));
  }

  /** Files have no word for what nobody said, so that they are as those before there were any. */
  private static Object text(Outputs outputs) {
    return outputs == Outputs.UNSPECIFIED ? LayerFormat.LEFT_OUT : outputs;
  }

  /** {@code 32,32,3} for {@code [32, 32, 3]}. */
  private static String text(Shape shape) {
    return shape.toString().replaceAll("[\\[\\] ]", "");
  }

  private static Shape shape(String text) {
    String[] words = text.isEmpty() ? new String[0] : text.split(",", MOST_DIMENSIONS + 1);
    int[] dimensions = new int[words.length];
    for (int axis = 0; axis < words.length; axis++) {
      try {
        dimensions[axis] = Integer.parseInt(words[axis]);
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException("input shape expected, found " + quote(text), e);
      }
    }
    return Shape.of(dimensions);
  }
}
