package lamella.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import lamella.core.Parameter.Role;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Names of parameters, and those that cannot be trained each by itself. */
class LayersTest {

  /** Two layers, one after the other; it may keep its layers to itself. */
  private record Pair(Layer first, Layer second, boolean names) implements Layer {
    @Override
    public List<Layer> layers() {
      return names ? List.of(first, second) : List.of();
    }

    @Override
    public List<Parameter> parameters() {
      List<Parameter> all = new ArrayList<>(first.parameters());
      second.parameters().stream().filter(p -> !all.contains(p)).forEach(all::add);
      return all;
    }

    @Override
    public Shape outputShape(Shape input) {
      return Layers.outputShape(1, second, Layers.outputShape(0, first, input));
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
      return pass.forward(this, 1, second, pass.forward(this, 0, first, x));
    }

    @Override
    public Tensor backward(Tensor dy, Pass pass) {
      boolean needed = pass.needsInputGradient();
      return pass.backward(this, 0, first, pass.backward(this, 1, second, dy, true), needed);
    }

    @Override
    public String toString() {
      return "Pair(" + first + ", " + second + ")";
    }
  }

  private static void refused(String message, Executable call) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
  }

  private final Dense a = new Dense(4, 3);
  private final Dense b = new Dense(3, 3);
  private final Dense c = new Dense(3, 2);

  @Test
  void everyParameterHasANameOfItsOwn() {
    Network network =
        Network.of(
            Shape.of(4), a, new Pair(b, Network.of(Shape.of(3), new Square(), c), true), b0());
    assertEquals(
        List.of(
            "0.weight",
            "0.bias",
            "1.0.weight",
            "1.0.bias",
            "1.1.1.weight",
            "1.1.1.bias",
            "2.weight",
            "2.bias"),
        List.copyOf(Layers.parameters(network).keySet()));
    assertSame(c.bias, Layers.parameters(network).get("1.1.1.bias"));
    assertEquals(List.of("weight", "bias"), List.copyOf(Layers.parameters(a).keySet()));
    assertEquals("layer 1.0 Dense(3 -> 3): weight", network.describe(b.weight));
    assertEquals("layer 1.1.1 Dense(3 -> 2): bias", network.describe(c.bias));
  }

  private static Dense b0() {
    return new Dense(2, 2);
  }

  @Test
  void aLayerThatAppearsTwiceIsNamedOnce() {
    Network network = Network.of(Shape.of(4), a, b, new Pair(b, c, true));
    assertEquals(
        List.of("0.weight", "0.bias", "1.weight", "1.bias", "2.1.weight", "2.1.bias"),
        List.copyOf(Layers.parameters(network).keySet()));
    List<String> paths = new ArrayList<>();
    Layers.walk(network, (path, layer) -> paths.add(path));
    assertEquals(List.of("", "0", "1", "2", "2.1"), paths);
  }

  @Test
  void aContainerThatKeepsItsLayersToItselfCannotBeNamedThrough() {
    Network network = Network.of(Shape.of(4), a, new Pair(b, c, false));
    refused(
        "layer 1 Pair(Dense(3 -> 3), Dense(3 -> 2)): two of its parameters are named weight; a"
            + " container of layers names them in layers(), a layer its parameters apart",
        () -> Layers.parameters(network));
    // It is trained all the same.
    assertEquals(6, network.parameters().size());
  }

  /** A layer over parameters that others may have. */
  private record Over(List<Parameter> parameters) implements Layer {
    @Override
    public Shape outputShape(Shape input) {
      return input;
    }

    @Override
    public Tensor forward(Tensor input, Pass pass) {
      return input;
    }

    @Override
    public Tensor backward(Tensor outputGradient, Pass pass) {
      return outputGradient;
    }

    @Override
    public String toString() {
      return "Over";
    }
  }

  private static Over over(String name, Tensor value) {
    return new Over(List.of(new Parameter(name, Role.WEIGHT, value)));
  }

  @Test
  void twoParametersOverOneArrayAreRefused() {
    FloatTensor tensor = FloatTensor.zeros(Shape.of(2, 2));
    String message =
        "Network: layer 0 Over: weight and layer 1 Over: factors share one array, so a step would"
            + " change it twice; use one layer twice to tie weights, or copy the tensor";
    refused(
        message, () -> Network.of(Shape.of(2), over("weight", tensor), over("factors", tensor)));
    // Partly: another tensor of another shape over the same array.
    FloatTensor other = FloatTensor.wrap(Shape.of(4), tensor.array());
    refused(message, () -> Network.of(Shape.of(2), over("weight", tensor), over("factors", other)));
    refused(
        message.replace("layer 1 Over", "layer 1.1 Over"),
        () ->
            Network.of(
                Shape.of(2),
                over("weight", tensor),
                new Pair(new Square(), over("factors", other), true)));
    Network inner = Network.of(Shape.of(2), over("factors", other));
    refused(
        message.replace("layer 1 Over", "layer 1.0 Over"),
        () -> Network.of(Shape.of(2), over("weight", tensor), inner));
    // One layer twice is the way.
    Over once = over("weight", tensor);
    assertEquals(1, Network.of(Shape.of(2), once, new Square(), once).parameters().size());
  }

  @Test
  void aLayerThatIsNullIsRefused() {
    refused("Network: layer 1 is null", () -> Network.of(Shape.of(4), a, null));
    refused("Network: layer 0 is null", () -> Network.of(Shape.of(4), Arrays.asList(null, a)));
  }

  // Copies.

  /** Is copied as it should be. */
  private record Scaled(Parameter factor, String fault) implements Layer {
    @Override
    public List<Parameter> parameters() {
      return List.of(factor);
    }

    @Override
    public Layer copy(UnaryOperator<Layer> copies) {
      return switch (fault) {
        case "same" -> this;
        case "none" -> new Square();
        default ->
            new Scaled(new Parameter(factor.name(), factor.role(), factor.value().copy()), fault);
      };
    }

    @Override
    public Shape outputShape(Shape input) {
      return input;
    }

    @Override
    public Tensor forward(Tensor input, Pass pass) {
      return input;
    }

    @Override
    public Tensor backward(Tensor outputGradient, Pass pass) {
      return outputGradient;
    }

    @Override
    public String toString() {
      return "Scaled";
    }
  }

  private static Scaled scaled(String fault) {
    return new Scaled(new Parameter("factor", Role.WEIGHT, FloatTensor.of(Shape.of(1), 3)), fault);
  }

  @Test
  void aCopyHasParametersOfItsOwnAndTiedLayersStayTied() {
    Scaled shared = scaled("");
    Square square = new Square();
    Network network =
        Network.of(Shape.of(2), shared, square, Network.of(Shape.of(2), shared, scaled("")))
            .withOutputs(Outputs.NUMBERS);
    Network copy = network.copy();
    assertEquals(network.toString(), copy.toString());
    assertEquals(Outputs.NUMBERS, copy.outputs());
    assertEquals(2, copy.parameters().size());
    assertSame(square, copy.layers().get(1));
    assertSame(copy.layers().get(0), copy.layers().get(2).layers().get(0));
    shared.factor.value().fill(7);
    assertEquals(3, copy.parameters().getFirst().value().get(0));
    copy.parameters().getFirst().value().fill(5);
    assertEquals(7, shared.factor.value().get(0));
  }

  @Test
  void whatCannotBeCopiedIsRefused() {
    UnsupportedOperationException unsaid =
        assertThrows(UnsupportedOperationException.class, () -> Network.of(Shape.of(4), a).copy());
    assertEquals(
        "Dense(4 -> 3): cannot be copied; lamella.core.Dense must override Layer.copy",
        unsaid.getMessage());
    assertEquals(
        "layer 0 Scaled: factor cannot be copied: the copy of its layer has the same parameter",
        assertThrows(
                UnsupportedOperationException.class,
                () -> Network.of(Shape.of(4), scaled("same")).copy())
            .getMessage());
    assertEquals(
        "Network([4] -> Scaled): cannot be copied: 1 parameters expected in the copy, 0 found (a"
            + " parameter of two layers? use one layer twice)",
        assertThrows(
                UnsupportedOperationException.class,
                () -> Network.of(Shape.of(4), scaled("none")).copy())
            .getMessage());
  }

  @Test
  void aParameterIsDescribedByItsPathInAnyContainer() {
    Network network = Network.of(Shape.of(4), a, new Residual(new Pair(b, new Dense(3, 3), true)));
    assertEquals(
        "layer 1.0.0 Dense(3 -> 3): weight", Layers.describe(network, b.parameters().getFirst()));
    assertEquals(
        "layer 0.0 Dense(3 -> 3): bias",
        Layers.describe(new Residual(new Pair(b, c, true)), b.bias));
    assertEquals("Dense(3 -> 3): bias", Layers.describe(b, b.bias));
    assertEquals("bias", Layers.describe(a, b.bias));
    Residual wrong = new Residual(new Pair(b, b0(), true));
    ShapeException e = assertThrows(ShapeException.class, () -> Network.of(Shape.of(4), a, wrong));
    assertEquals("layer 1.0.1 Dense(2 -> 2): expects [n, 2], got [n, 3]", e.getMessage());
  }

  @Test
  void outputsAreCountedInAnyContainer() {
    Shape one = Shape.of(1, 4);
    assertEquals(3, Layers.outputElements(a, one));
    Network network = Network.of(Shape.of(4), a, new Square(), b);
    assertEquals(9, Layers.outputElements(network, one));
    // Each gets what the one before gives, or what the container gets.
    assertEquals(7, Layers.outputElements(new Pair(a, new Dense(3, 4), true), one));
    assertEquals(9, Layers.outputElements(new Branches(a, new Dense(4, 6)), one));
    assertEquals(4, Layers.outputElements(new Branches(), one));
  }

  /** Gives every layer its input. */
  private static final class Branches implements Layer {
    private final List<Layer> layers;

    Branches(Layer... layers) {
      this.layers = List.of(layers);
    }

    @Override
    public List<Layer> layers() {
      return layers;
    }

    @Override
    public Shape outputShape(Shape input) {
      return input;
    }

    @Override
    public Tensor forward(Tensor input, Pass pass) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Tensor backward(Tensor outputGradient, Pass pass) {
      throw new UnsupportedOperationException();
    }
  }
}
