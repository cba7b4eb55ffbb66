package lamella.core;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class NetworkTest {
  private final Dense first = new Dense(4, 3);
  private final Dense last = new Dense(3, 2);
  private final Network network = Network.of(Shape.of(4), first, new Square(), last);

  private static Tensor input(int n, int width, long seed) {
    return Numbers.eighths(DType.FLOAT32, Shape.of(n, width), seed);
  }

  private static void throwsShape(String message, Executable call) {
    assertEquals(message, assertThrows(ShapeException.class, call).getMessage());
  }

  // What it is made of.

  @Test
  void saysWhatItIsMadeOf() {
    assertEquals("Network([4] -> Dense(4 -> 3) -> Square -> Dense(3 -> 2))", network.toString());
    assertEquals(Shape.of(4), network.inputShape());
    assertEquals(Shape.of(2), network.outputShape());
    assertEquals(Shape.batchOf(2), network.outputShape(Shape.batchOf(4)));
    assertEquals(Shape.of(7, 2), network.outputShape(Shape.of(7, 4)));
    assertEquals(3, network.layers().size());
    assertThrows(UnsupportedOperationException.class, () -> network.layers().clear());
    assertThrows(UnsupportedOperationException.class, () -> network.parameters().clear());
  }

  @Test
  void doesNotChangeWithTheCallersList() {
    List<Layer> layers = new ArrayList<>(List.of(first, last));
    Network made = Network.of(Shape.of(4), layers);
    layers.clear();
    assertEquals(List.of(first, last), made.layers());
  }

  @Test
  void itsParametersAreThoseOfItsLayersInOrderAndEachOnce() {
    assertEquals(List.of(first.weight, first.bias, last.weight, last.bias), network.parameters());
    Dense square = new Dense(3, 3);
    Network nested =
        Network.of(Shape.of(3), square, Network.of(Shape.of(3), square, last), new Square());
    assertEquals(List.of(square.weight, square.bias, last.weight, last.bias), nested.parameters());
  }

  @Test
  void describesAParameterByTheLayerItBelongsTo() {
    assertEquals("layer 2 Dense(3 -> 2): bias", network.describe(last.bias));
    assertEquals("weight", network.describe(new Dense(4, 3).weight));
  }

  @Test
  void hasTheTypeOfItsParameters() {
    assertEquals(DType.FLOAT32, network.dtype());
    assertEquals(DType.FLOAT32, Network.of(Shape.of(4), new Square()).dtype());
    network.parameters().forEach(parameter -> parameter.convertTo(DType.FLOAT64));
    assertEquals(DType.FLOAT64, network.dtype());
    last.bias.convertTo(DType.FLOAT32);
    assertEquals(
        "Network([4] -> Dense(4 -> 3) -> Square -> Dense(3 -> 2)): expects parameters of one type, has"
            + " float32 and float64",
        assertThrows(IllegalStateException.class, network::dtype).getMessage());
  }

  // The chain is checked when it is made.

  @Test
  void aChainThatDoesNotFitIsRefusedWhenItIsMade() {
    throwsShape(
        "layer 1 Dense(5 -> 2): expects [n, 5], got [n, 3]",
        () -> Network.of(Shape.of(4), first, new Dense(5, 2)));
    throwsShape(
        "layer 0 Dense(4 -> 3): expects [n, 4], got [n, 3072]",
        () -> Network.of(Shape.of(3072), first));
    throwsShape(
        "layer 0 Dense(4 -> 3): expects [n, 4], got [n, 2, 2]",
        () -> Network.of(Shape.of(2, 2), first));
    throwsShape(
        "layer 1 Network([5] -> Dense(5 -> 2)): expects [n, 5], got [n, 3]",
        () -> Network.of(Shape.of(4), first, Network.of(Shape.of(5), new Dense(5, 2))));
  }

  @Test
  void aNetworkWithoutLayersOrWithAnOpenInputIsRefused() {
    assertEquals(
        "Network: needs at least one layer",
        assertThrows(IllegalArgumentException.class, () -> Network.of(Shape.of(4))).getMessage());
    assertEquals(
        "Shape: [n, 4] is a batch already",
        assertThrows(IllegalArgumentException.class, () -> Network.of(Shape.batchOf(4), first))
            .getMessage());
  }

  // And so is every input.

  @Test
  void anInputOfTheWrongShapeIsRefusedBeforeTheFirstLayer() {
    String who = "Network([4] -> Dense(4 -> 3) -> Square -> Dense(3 -> 2))";
    throwsShape(who + ": expects [n, 4], got [2, 5]", () -> network.forward(input(2, 5, 1)));
    throwsShape(
        who + ": expects [n, 4], got [4]", () -> network.forward(FloatTensor.zeros(Shape.of(4))));
    throwsShape(who + ": expects [n, 4], got [n, 5]", () -> network.outputShape(Shape.batchOf(5)));
    // Layers that take any shape do not let it through either.
    Network any = Network.of(Shape.of(4), new Square());
    throwsShape(
        "Network([4] -> Square): expects [n, 4], got [2, 5]", () -> any.forward(input(2, 5, 1)));
  }

  /** Says that it leaves the shape alone, but gives half of the rows. */
  private static final class Liar implements Layer {
    private final Dense unused = new Dense(4, 4);

    @Override
    public Shape outputShape(Shape input) {
      return input;
    }

    @Override
    public Tensor forward(Tensor input, Pass pass) {
      unused.forward(input, pass);
      return FloatTensor.zeros(Shape.of(128, 512));
    }

    @Override
    public Tensor backward(Tensor outputGradient, Pass pass) {
      return null;
    }
  }

  @Test
  void anErrorInsideNamesTheLayersPosition() {
    Network outer = Network.of(Shape.of(4), new Square(), new Liar(), first);
    ShapeException e = assertThrows(ShapeException.class, () -> outer.forward(input(2, 4, 1)));
    assertEquals("layer 2 Dense(4 -> 3): expects [n, 4], got [128, 512]", e.getMessage());
    assertEquals(Shape.batchOf(4), e.expected());
    assertEquals(Shape.of(128, 512), e.actual());
    Network outermost = Network.of(Shape.of(4), new Square(), outer);
    throwsShape(
        "layer 1.2 Dense(4 -> 3): expects [n, 4], got [128, 512]",
        () -> outermost.forward(input(2, 4, 1)));
  }

  @Test
  void anErrorInBackwardNamesTheLayersPosition() {
    Pass pass = Pass.forTraining();
    network.forward(input(2, 4, 1), pass);
    throwsShape(
        "layer 2 Dense(3 -> 2) output gradient: expects [2, 2], got [2, 3]",
        () -> network.backward(input(2, 3, 1), pass));
  }

  // What it computes.

  @Test
  void isItsLayersOneAfterTheOther() {
    Tensor x = input(5, 4, 1);
    Tensor expected = last.forward(new Square().forward(first.forward(x)));
    assertArrayEquals(expected.toDoubleArray(), network.forward(x).toDoubleArray());
  }

  @Test
  void nestedNetworksGiveTheBitsOfAFlatOne() {
    Square square = new Square();
    Network flat = Network.of(Shape.of(4), first, square, last, square);
    Network nested =
        Network.of(
            Shape.of(4),
            Network.of(Shape.of(4), Network.of(Shape.of(4), first), square),
            Network.of(Shape.of(3), last, square));
    assertEquals(flat.parameters(), nested.parameters());
    for (boolean inputGradient : new boolean[] {false, true}) {
      Pass one = inputGradient ? Pass.forGradients() : Pass.forTraining();
      Pass two = inputGradient ? Pass.forGradients() : Pass.forTraining();
      Tensor x = input(5, 4, 2);
      Tensor dy = input(5, 2, 3);
      assertArrayEquals(
          flat.forward(x, one).toDoubleArray(), nested.forward(x, two).toDoubleArray());
      Tensor dxFlat = flat.backward(dy, one);
      Tensor dxNested = nested.backward(dy, two);
      if (inputGradient) {
        assertArrayEquals(dxFlat.toDoubleArray(), dxNested.toDoubleArray());
      } else {
        assertNull(dxFlat);
        assertNull(dxNested);
      }
      for (Parameter parameter : flat.parameters()) {
        assertArrayEquals(
            one.gradients().of(parameter).toDoubleArray(),
            two.gradients().of(parameter).toDoubleArray());
      }
    }
  }

  @Test
  void aLayerThatAppearsTwiceLearnsFromBothUses() {
    Dense shared = new Dense(3, 3);
    Dense copyOne = new Dense(3, 3);
    Dense copyTwo = new Dense(3, 3);
    Square square = new Square();
    Network twice = Network.of(Shape.of(3), shared, square, shared);
    Network apart = Network.of(Shape.of(3), copyOne, new Square(), copyTwo);
    Tensor x = input(5, 3, 1);
    Tensor dy = input(5, 3, 2);
    Pass pass = Pass.forGradients();
    Pass reference = Pass.forGradients();
    assertArrayEquals(
        apart.forward(x, reference).toDoubleArray(), twice.forward(x, pass).toDoubleArray());
    assertArrayEquals(
        apart.backward(dy, reference).toDoubleArray(), twice.backward(dy, pass).toDoubleArray());
    Gradients separate = reference.gradients();
    for (int p = 0; p < 2; p++) {
      Tensor sum = pass.gradients().of(shared.parameters().get(p));
      for (int i = 0; i < sum.size(); i++) {
        assertEquals(
            separate.of(copyOne.parameters().get(p)).get(i)
                + separate.of(copyTwo.parameters().get(p)).get(i),
            sum.get(i));
      }
    }
  }

  // Backward computes no input gradient that nobody needs.

  /** Writes down what backward is asked for. */
  private static final class Recorder extends Wrapper {
    private final String name;
    private final List<String> log;

    Recorder(String name, Layer inside, List<String> log) {
      super(inside);
      this.name = name;
      this.log = log;
    }

    @Override
    public Tensor backward(Tensor outputGradient, Pass pass) {
      log.add(name + (pass.needsInputGradient() ? " with" : " without"));
      return super.backward(outputGradient, pass);
    }
  }

  /** A layer around another one, without a position of its own. */
  private abstract static class Wrapper implements Layer {
    private final Layer inside;

    Wrapper(Layer inside) {
      this.inside = inside;
    }

    @Override
    public Shape outputShape(Shape input) {
      return inside.outputShape(input);
    }

    @Override
    public List<Parameter> parameters() {
      return inside.parameters();
    }

    @Override
    public Tensor forward(Tensor input, Pass pass) {
      return inside.forward(input, pass);
    }

    @Override
    public Tensor backward(Tensor outputGradient, Pass pass) {
      return inside.backward(outputGradient, pass);
    }
  }

  private final List<String> log = new ArrayList<>();

  private Layer dense(String name) {
    return new Recorder(name, new Dense(4, 4), log);
  }

  private Layer square(String name) {
    return new Recorder(name, new Square(), log);
  }

  private List<String> backward(Pass pass, Layer... layers) {
    Network made = Network.of(Shape.of(4), layers);
    made.forward(input(2, 4, 1), pass);
    Tensor result = made.backward(input(2, 4, 2), pass);
    if (pass.needsInputGradient()) {
      assertNotNull(result);
    } else {
      assertNull(result);
    }
    return log;
  }

  @Test
  void trainingStopsAtTheFirstLayerWithParameters() {
    assertEquals(
        List.of("s3 with", "d2 with", "s2 with", "d1 without"),
        backward(
            Pass.forTraining(),
            square("s1"),
            dense("d1"),
            square("s2"),
            dense("d2"),
            square("s3")));
  }

  @Test
  void trainingOfANetworkThatBeginsWithParametersAsksItsFirstLayerForNoInputGradient() {
    assertEquals(
        List.of("d2 with", "s with", "d1 without"),
        backward(Pass.forTraining(), dense("d1"), square("s"), dense("d2")));
  }

  @Test
  void allInputGradientsAreComputedWhereTheInputsIsNeeded() {
    assertEquals(
        List.of("d with", "s2 with", "s1 with"),
        backward(Pass.forGradients(), square("s1"), square("s2"), dense("d")));
  }

  @Test
  void trainingOfANetworkWithoutParametersComputesNothing() {
    assertEquals(List.of(), backward(Pass.forTraining(), square("s1"), square("s2")));
  }

  @Test
  void aPassForInferenceHasNoBackwardWhateverTheLayers() {
    for (Layer layer : List.of(first, new Square())) {
      Network made = Network.of(Shape.of(4), layer);
      Pass pass = Pass.forInference();
      Tensor output = made.forward(input(2, 4, 1), pass);
      assertEquals(
          made + ": backward on a pass for inference; use Pass.forTraining()",
          assertThrows(IllegalStateException.class, () -> made.backward(output, pass))
              .getMessage());
    }
  }

  @Test
  void nestedNetworksStopAtTheFirstParametersToo() {
    assertEquals(
        List.of("d2 with", "s2 with", "d1 without"),
        backward(
            Pass.forTraining(),
            Network.of(Shape.of(4), square("s0")),
            Network.of(Shape.of(4), square("s1"), dense("d1"), square("s2")),
            dense("d2")));
    log.clear();
    assertEquals(
        List.of("d with", "s1 with", "s0 with"),
        backward(
            Pass.forGradients(),
            Network.of(Shape.of(4), square("s0"), Network.of(Shape.of(4), square("s1"))),
            dense("d")));
  }
}
