package lamella.examples;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import lamella.core.Layer;
import lamella.layers.LeakyReLU;
import lamella.layers.ReLU;
import lamella.layers.SELU;
import lamella.layers.Swish;

/** The four functions that the report tries as the hidden layer's activation, in its order. */
public enum Activation {
  /** max(0, x). */
  RELU("relu", "ReLU"),
  /** x for x &gt; 0, else 0.01 x. */
  LEAKY_RELU("leaky-relu", "LeakyReLU"),
  /** x sigmoid(x). */
  SWISH("swish", "Swish"),
  /** λ x for x &gt; 0, else λ α (exp(x) - 1). */
  SELU("selu", "SELU");

  private final String option;
  private final String title;

  Activation(String option, String title) {
    this.option = option;
    this.title = title;
  }

  /** A new layer that computes this function. */
  public Layer layer() {
    return switch (this) {
      case RELU -> new ReLU();
      case LEAKY_RELU -> new LeakyReLU();
      case SWISH -> new Swish();
      case SELU -> new SELU();
    };
  }

  /** The name in the report: {@code LeakyReLU}. */
  public String title() {
    return title;
  }

  /** The name on the command line and in model files: {@code leaky-relu}. */
  @Override
  public String toString() {
    return option;
  }

  /**
   * The activation of this name, in capitals or not, with or without hyphens: {@code leaky-relu}
   * and {@code LeakyReLU} are one.
   *
   * @param name as {@link #toString} or {@link #title} gives it
   * @throws IllegalArgumentException if there is none; lists those there are
   */
  public static Activation named(String name) {
    for (Activation activation : values()) {
      if (plain(activation.option).equals(plain(name))) {
        return activation;
      }
    }
    throw new IllegalArgumentException(
        "expected one of "
            + Arrays.stream(values()).map(Activation::toString).collect(Collectors.joining(", "))
            + ", got "
            + name);
  }

  private static String plain(String name) {
    return name.toLowerCase(Locale.ROOT).replace("-", "").replace("_", "").replace(" ", "");
  }
}
