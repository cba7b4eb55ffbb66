package lamella.layers;

import java.util.List;
import java.util.SplittableRandom;
import lamella.contract.LayerChecks;
import lamella.contract.LayerContract;
import lamella.core.Activation;
import lamella.core.Layer;
import lamella.core.Network;
import lamella.core.Tensor;
import lamella.core.io.LayerFormat;

/**
 * A layer that {@link Formats} lists. Tests that go through all of them cover a new one without
 * being edited; what it takes comes from its contract test.
 */
record BuiltIn(LayerFormat<?> format) {

  /** All of them, in the order of the list. */
  static List<BuiltIn> all() {
    return new Formats().formats().stream().map(BuiltIn::new).toList();
  }

  /** Those that are functions of single numbers. */
  static List<BuiltIn> activations() {
    return all().stream()
        .filter(builtIn -> Activation.class.isAssignableFrom(builtIn.format.layerClass()))
        .toList();
  }

  /** Its class. */
  Class<?> layerClass() {
    return format.layerClass();
  }

  /** The class's own name. */
  String name() {
    return format.layerClass().getSimpleName();
  }

  /** A new one of the usual settings. */
  Layer usual() {
    try {
      return format.layerClass().getConstructor().newInstance();
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(name() + ": has no public constructor without arguments", e);
    }
  }

  /** What its contract test makes and says of it. */
  LayerChecks checks() {
    String test = format.layerClass().getName() + "ContractTest";
    try {
      return Class.forName(test)
          .asSubclass(LayerContract.class)
          .getDeclaredConstructor()
          .newInstance()
          .checks();
    } catch (ClassNotFoundException e) {
      throw new AssertionError(
          name()
              + ": stands in Formats and has no contract test; expected a class "
              + test
              + " that extends LayerContract",
          e);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(test, e);
    }
  }

  /** A network of one layer, of the contract test's making. */
  Network network() {
    LayerChecks checks = checks();
    return Network.of(checks.shapes().getLast(), checks.layer(new SplittableRandom(1)));
  }

  /** An input for that network. */
  Tensor input(int rows) {
    LayerChecks checks = checks();
    return checks.input(checks.shapes().getLast().batch(rows), new SplittableRandom(2));
  }

  @Override
  public String toString() {
    return name();
  }
}
