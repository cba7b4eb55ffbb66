package lamella.examples;

import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;
import java.util.random.RandomGenerator;
import lamella.core.DType;
import lamella.core.Initializer;
import lamella.core.Layer;
import lamella.core.Network;
import lamella.core.Shape;
import lamella.layers.BatchNorm;
import lamella.layers.Dropout;
import lamella.layers.ELU;
import lamella.layers.GELU;
import lamella.layers.GaussianNoise;
import lamella.layers.HardSwish;
import lamella.layers.LayerNorm;
import lamella.layers.LeakyReLU;
import lamella.layers.Linear;
import lamella.layers.Mish;
import lamella.layers.ReLU;
import lamella.layers.Residual;
import lamella.layers.SELU;
import lamella.layers.Scale;
import lamella.layers.Sigmoid;
import lamella.layers.Softplus;
import lamella.layers.Swish;
import lamella.layers.Tanh;
import org.jspecify.annotations.Nullable;

/**
 * A network as a text: {@code 256 layer-norm gelu dropout(0.1) residual(256 gelu 256) 128 mish}.
 *
 * <p>Its items are separated by spaces. A number is a {@link Linear} of that width, {@code zero(N)}
 * one whose weights begin as 0; a name is a layer that keeps the width; {@code residual(ITEMS)}
 * adds its input to what its items give, and is the identity at first if they end with a zero one.
 * The layer that gives the classes is not written: {@link #network} adds it.
 */
public final class NetworkText {
  /** What an item may be, for people. */
  public static final String ITEMS =
      "a width such as 256, relu, leaky-relu(0.01), swish, selu, gelu, gelu(tanh), tanh, sigmoid, elu, softplus, mish,"
          + " hard-swish, layer-norm, batch-norm, dropout(0.1), noise(0.1), scale, zero(256), residual(ITEMS)";

  /** The elements of one Java array. */
  private static final int MOST_WEIGHTS = Integer.MAX_VALUE - 8;

  /** A width that is not known yet. */
  private static final int UNKNOWN = 0;

  private static final String RESIDUAL = "residual";
  private static final String ZERO = "zero";

  private final int inputs;
  private final List<Part> parts;

  private NetworkText(int inputs, List<Part> parts) {
    this.inputs = inputs;
    this.parts = parts;
  }

  /** The layers that have a name and keep the width. */
  private enum Name {
    RELU("relu"),
    LEAKY_RELU("leaky-relu"),
    SWISH("swish"),
    SELU("selu"),
    GELU("gelu"),
    TANH("tanh"),
    SIGMOID("sigmoid"),
    ELU("elu"),
    SOFTPLUS("softplus"),
    MISH("mish"),
    HARD_SWISH("hard-swish"),
    LAYER_NORM("layer-norm"),
    BATCH_NORM("batch-norm"),
    DROPOUT("dropout"),
    NOISE("noise"),
    SCALE("scale");

    private final String word;

    Name(String word) {
      this.word = word;
    }

    static @Nullable Name of(String word) {
      String plain = Spelling.plain(word);
      for (Name name : values()) {
        if (Spelling.plain(name.word).equals(plain)) {
          return name;
        }
      }
      return null;
    }
  }

  /** A part of the network: a layer, or some. */
  private sealed interface Part permits Units, Named, Skip {}

  /**
   * A linear layer.
   *
   * @param zero whether all its weights begin as 0
   */
  private record Units(int width, boolean zero) implements Part {
    @Override
    public String toString() {
      return zero ? ZERO + "(" + width + ")" : Integer.toString(width);
    }
  }

  /**
   * A layer of a name.
   *
   * @param argument the text in its parentheses, empty for none
   */
  private record Named(Name name, String argument) implements Part {
    @Override
    public String toString() {
      return argument.isEmpty() ? name.word : name.word + "(" + argument + ")";
    }
  }

  /** A body around which its input goes. */
  private record Skip(List<Part> body) implements Part {
    @Override
    public String toString() {
      return RESIDUAL + "(" + text(body) + ")";
    }
  }

  // Reading.

  /**
   * Reads a text.
   *
   * @param text capitals, and hyphens in names, make no difference
   * @param inputs the width of the network's input
   * @throws IllegalArgumentException if an item is wrong: names it, its place, and what is allowed
   */
  public static NetworkText of(String text, int inputs) {
    List<Item> items = Item.of(text);
    if (items.isEmpty()) {
      throw new IllegalArgumentException("expected items, got none; an item is " + ITEMS);
    }
    List<Part> parts = new ArrayList<>();
    int ignored = read(items, inputs, parts);
    return new NetworkText(inputs, List.copyOf(parts));
  }

  /**
   * Reads a text of which the width of the network's input is not known yet, see {@link
   * #withInputs}.
   *
   * @param text as for the other method
   * @throws IllegalArgumentException if an item is wrong whatever the inputs are
   */
  public static NetworkText of(String text) {
    return of(text, UNKNOWN);
  }

  /**
   * The same for inputs of this width.
   *
   * @throws IllegalArgumentException if an item does not go with it: names it and its place
   */
  public NetworkText withInputs(int width) {
    return of(toString(), width);
  }

  /**
   * The report's network: one hidden layer, for inputs of a width that is not known yet.
   *
   * @param hidden units of the hidden layer
   * @param activation its function
   */
  static NetworkText of(int hidden, Activation activation) {
    return of(hidden + " " + activation);
  }

  /** Adds the parts of some items; returns the width behind them. */
  private static int read(List<Item> items, int width, List<Part> parts) {
    int behind = width;
    for (Item item : items) {
      Part part = part(item, behind);
      parts.add(part);
      behind = part instanceof Units units ? units.width : behind;
    }
    return behind;
  }

  private static Part part(Item item, int width) {
    char first = item.word().charAt(0);
    if ((first >= '0' && first <= '9') || first == '-' || first == '+' || first == '.') {
      return new Units(units(item, width), false);
    }
    if (Spelling.plain(item.word()).equals(ZERO)) {
      return new Units(units(item.argument("a width, as in zero(256)"), width), true);
    }
    if (Spelling.plain(item.word()).equals(RESIDUAL)) {
      return skip(item, width);
    }
    Name name = Name.of(item.word());
    if (name == null) {
      throw item.wrong(unknown(item.word()));
    }
    return new Named(name, argument(name, item));
  }

  private static String unknown(String word) {
    List<String> known = new ArrayList<>();
    for (Name name : Name.values()) {
      known.add(name.word);
    }
    known.add(ZERO);
    known.add(RESIDUAL);
    String nearest = Spelling.nearest(word, known);
    return "is unknown"
        + (nearest == null ? "" : ", did you mean '" + nearest + "'")
        + "; an item is "
        + ITEMS;
  }

  private static int units(Item item, int width) {
    item.requireAlone();
    String word = item.word();
    boolean digits = true;
    for (int i = 0; i < word.length(); i++) {
      digits &= word.charAt(i) >= '0' && word.charAt(i) <= '9';
    }
    if (!digits) {
      throw item.wrong("is no width, which is a whole number such as 256");
    }
    int most = MOST_WEIGHTS / Math.max(1, width);
    long units = word.length() > 18 ? Long.MAX_VALUE : Long.parseLong(word);
    if (units < 1 || units > most) {
      throw item.wrong(
          "must lie in [1, " + most + "]" + (width == UNKNOWN ? "" : " after a width of " + width));
    }
    return (int) units;
  }

  private static Skip skip(Item item, int width) {
    List<Item> inner = item.inner();
    if (inner == null || inner.isEmpty()) {
      int shown = width == UNKNOWN ? 256 : width;
      throw item.wrong("needs items, as in residual(" + shown + " gelu " + shown + ")");
    }
    List<Part> body = new ArrayList<>();
    int behind = read(inner, width, body);
    if (width != UNKNOWN && behind != width) {
      throw item.wrong(
          "adds its input, of width "
              + width
              + ", to what its items give, of width "
              + behind
              + "; end it with "
              + width);
    }
    return new Skip(List.copyOf(body));
  }

  /** What the layer's parentheses say, in the one form it is written in. */
  private static String argument(Name name, Item item) {
    return switch (name) {
      // Alone it is the report's, as --activation names it.
      case LEAKY_RELU ->
          item.inner() == null
              ? "0.01"
              : Double.toString(item.argument("a slope, as in leaky-relu(0.01)").number());
      case DROPOUT -> {
        Item argument = item.argument("a rate, as in dropout(0.1)");
        double rate = argument.number();
        if (!(rate >= 0 && rate < 1)) {
          throw argument.wrong("is no rate for dropout, which must lie in [0, 1)");
        }
        yield Double.toString(rate);
      }
      case NOISE -> {
        Item argument = item.argument("a standard deviation, as in noise(0.1)");
        double deviation = argument.number();
        if (!(deviation >= 0 && deviation <= GaussianNoise.MOST)) {
          throw argument.wrong(
              "is no deviation of noise, which must lie in [0, " + GaussianNoise.MOST + "]");
        }
        yield Double.toString(deviation);
      }
      case GELU -> {
        if (item.inner() == null) {
          yield "";
        }
        Item argument = item.argument("no parentheses or gelu(tanh)");
        if (!Spelling.plain(argument.word()).equals("tanh")) {
          throw argument.wrong("is unknown; expected gelu or gelu(tanh)");
        }
        yield "tanh";
      }
      default -> {
        item.requireAlone();
        yield "";
      }
    };
  }

  // Building.

  /**
   * A new network that ends with a linear layer for the classes.
   *
   * @param classes the width of its output
   * @param initializer draws the weights, layer by layer in their order, in residual blocks too;
   *     biases begin as 0, gains as 1
   * @param last draws those of the layer for the classes
   * @param dtype of the parameters
   * @param random where the numbers come from
   */
  public Network network(
      int classes, Initializer initializer, Initializer last, DType dtype, RandomGenerator random) {
    List<Layer> layers = new ArrayList<>();
    int width = build(parts, inputs, layers, initializer, dtype, random);
    layers.add(new Linear(dtype, width, classes, last, random));
    return Network.of(Shape.of(inputs), layers.toArray(new Layer[0]));
  }

  private static int build(
      List<Part> parts,
      int width,
      List<Layer> layers,
      Initializer initializer,
      DType dtype,
      RandomGenerator random) {
    int behind = width;
    for (Part part : parts) {
      switch (part) {
        case Units units -> {
          Initializer begin = units.zero ? Initializer.zeros() : initializer;
          layers.add(new Linear(dtype, behind, units.width, begin, random));
          behind = units.width;
        }
        case Named named -> layers.add(layer(named, behind, dtype));
        case Skip skip -> {
          List<Layer> body = new ArrayList<>();
          behind = build(skip.body, behind, body, initializer, dtype, random);
          layers.add(new Residual(body.toArray(new Layer[0])));
        }
      }
    }
    return behind;
  }

  private static Layer layer(Named named, int width, DType dtype) {
    return switch (named.name) {
      case RELU -> new ReLU();
      case LEAKY_RELU -> new LeakyReLU(Double.parseDouble(named.argument));
      case SWISH -> new Swish();
      case SELU -> new SELU();
      case GELU -> named.argument.isEmpty() ? new GELU() : GELU.tanh();
      case TANH -> new Tanh();
      case SIGMOID -> new Sigmoid();
      case ELU -> new ELU();
      case SOFTPLUS -> new Softplus();
      case MISH -> new Mish();
      case HARD_SWISH -> new HardSwish();
      case LAYER_NORM -> new LayerNorm(dtype, width);
      case BATCH_NORM -> new BatchNorm(dtype, width);
      case DROPOUT -> new Dropout(Double.parseDouble(named.argument));
      case NOISE -> new GaussianNoise(Double.parseDouble(named.argument));
      case SCALE -> new Scale(dtype, width);
    };
  }

  // What it is.

  /** Whether the first layer is linear, so that its weights are of the inputs. */
  public boolean beginsWithUnits() {
    return parts.getFirst() instanceof Units;
  }

  /** The width of the first linear layer, or 0 if there is none before the classes. */
  public int firstWidth() {
    List<Integer> widths = widths();
    return widths.isEmpty() ? 0 : widths.getFirst();
  }

  /** The widths of the linear layers before the one for the classes. */
  private List<Integer> widths() {
    List<Integer> widths = new ArrayList<>();
    addWidths(parts, widths);
    return widths;
  }

  private static void addWidths(List<Part> parts, List<Integer> widths) {
    for (Part part : parts) {
      switch (part) {
        case Units units -> widths.add(units.width);
        case Skip skip -> addWidths(skip.body, widths);
        case Named ignored -> {}
      }
    }
  }

  /**
   * Whether signals fade in it that begins with small weights: there are two linear layers or more
   * before the one for the classes, and nothing normalises what goes through them.
   */
  public boolean needsLargerWeights() {
    return widths().size() > 1 && !normalises(parts);
  }

  private static boolean normalises(List<Part> parts) {
    for (Part part : parts) {
      if (part instanceof Named named
          && (named.name == Name.LAYER_NORM || named.name == Name.BATCH_NORM)) {
        return true;
      }
      if (part instanceof Skip skip && normalises(skip.body)) {
        return true;
      }
    }
    return false;
  }

  /** The activation of the report's kind of network; null for any other network. */
  @Nullable Activation reportsActivation() {
    if (parts.size() == 2 && parts.getFirst() instanceof Units units) {
      for (Activation activation : Activation.values()) {
        if (of(units.width, activation).parts.equals(parts)) {
          return activation;
        }
      }
    }
    return null;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof NetworkText text && inputs == text.inputs && parts.equals(text.parts);
  }

  @Override
  public int hashCode() {
    return 31 * inputs + parts.hashCode();
  }

  /** The text in the one form that it has: {@code 256 gelu dropout(0.1)}. */
  @Override
  public String toString() {
    return text(parts);
  }

  private static String text(List<Part> parts) {
    StringJoiner text = new StringJoiner(" ");
    for (Part part : parts) {
      text.add(part.toString());
    }
    return text.toString();
  }
}
