package lamella.core;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class PassTest {
  /** Of layers whose backward runs even if nobody needs their input gradient. */
  private static final List<Parameter> TRAINED =
      List.of(new Parameter("trained", Parameter.Role.BIAS, FloatTensor.zeros(Shape.of(1))));

  private final Dense dense = new Dense(2, 3);

  private static Tensor input(int n, int width, long seed) {
    return Numbers.eighths(DType.FLOAT32, Shape.of(n, width), seed);
  }

  private static void throwsState(String message, Executable call) {
    assertEquals(message, assertThrows(IllegalStateException.class, call).getMessage());
  }

  // Forward and backward belong together.

  @Test
  void backwardBeforeForwardIsRefused() {
    Pass pass = Pass.forTraining();
    throwsState(
        "Dense(2 -> 3): backward before forward on this pass",
        () -> dense.backward(input(4, 3, 1), pass));
    throwsState(
        "Square: backward before forward on this pass",
        () -> new Square().backward(input(4, 3, 1), pass));
  }

  @Test
  void aForwardOnAnotherPassDoesNotCount() {
    Pass pass = Pass.forTraining();
    dense.forward(input(4, 2, 1), Pass.forTraining());
    assertThrows(IllegalStateException.class, () -> dense.backward(input(4, 3, 1), pass));
  }

  @Test
  void aForwardServesOneBackward() {
    Pass pass = Pass.forTraining();
    dense.forward(input(4, 2, 1), pass);
    dense.backward(input(4, 3, 2), pass);
    throwsState(
        "Dense(2 -> 3): backward before forward on this pass (each forward serves one backward;"
            + " give two inputs as one batch, or each a pass of its own)",
        () -> dense.backward(input(4, 3, 2), pass));
    dense.forward(input(4, 2, 1), pass);
    dense.backward(input(4, 3, 2), pass);
  }

  @Test
  void aPassForInferenceHasNoBackward() {
    Pass pass = Pass.forInference();
    dense.forward(input(4, 2, 1), pass);
    assertFalse(pass.isTraining());
    throwsState(
        "Dense(2 -> 3): backward on a pass for inference; use Pass.forTraining()",
        () -> dense.backward(input(4, 3, 1), pass));
  }

  @Test
  void anOutputGradientOfAnotherShapeOrTypeIsRefused() {
    Pass pass = Pass.forTraining();
    dense.forward(input(4, 2, 1), pass);
    ShapeException shape =
        assertThrows(ShapeException.class, () -> dense.backward(input(2, 3, 1), pass));
    assertEquals("Dense(2 -> 3) output gradient: expects [4, 3], got [2, 3]", shape.getMessage());
    assertEquals(Shape.of(4, 3), shape.expected());
    assertEquals(Shape.of(2, 3), shape.actual());
    assertEquals(
        "Dense(2 -> 3): expects output gradient of type float32, got float64",
        assertThrows(
                IllegalArgumentException.class,
                () -> dense.backward(DoubleTensor.zeros(Shape.of(4, 3)), pass))
            .getMessage());
    assertNull(dense.backward(input(4, 3, 1), pass)); // nothing was used up
  }

  @Test
  void anInputOfAnotherTypeThanTheParametersIsRefused() {
    assertEquals(
        "Dense(2 -> 3): expects input (as its parameters) of type float32, got float64",
        assertThrows(
                IllegalArgumentException.class,
                () -> dense.forward(DoubleTensor.zeros(Shape.of(4, 2))))
            .getMessage());
  }

  @Test
  void theLastForwardIsTheOneThatIsDifferentiated() {
    Tensor first = input(4, 2, 1);
    Tensor last = input(3, 2, 2);
    Tensor gradient = input(3, 3, 3);
    Pass pass = Pass.forGradients();
    dense.forward(first, pass);
    dense.forward(last, pass);
    // The shape changed in between: a gradient for the first is refused.
    assertThrows(ShapeException.class, () -> dense.backward(input(4, 3, 4), pass));
    Tensor inputGradient = dense.backward(gradient, pass);

    Pass fresh = Pass.forGradients();
    dense.forward(last, fresh);
    assertArrayEquals(
        dense.backward(gradient, fresh).toDoubleArray(), inputGradient.toDoubleArray());
    assertArrayEquals(
        fresh.gradients().of(dense.weight).toDoubleArray(),
        pass.gradients().of(dense.weight).toDoubleArray());
  }

  @Test
  void gradientsOfSeveralBackwardsAddUp() {
    Pass together = Pass.forTraining();
    double[] sum = new double[6];
    for (int seed = 0; seed < 3; seed++) {
      Pass alone = Pass.forTraining();
      for (Pass pass : List.of(together, alone)) {
        dense.forward(input(4, 2, seed), pass);
        dense.backward(input(4, 3, 10 + seed), pass);
      }
      for (int i = 0; i < 6; i++) {
        sum[i] += alone.gradients().of(dense.weight).get(i);
      }
    }
    assertArrayEquals(sum, together.gradients().of(dense.weight).toDoubleArray());
    together.gradients().clear();
    dense.forward(input(4, 2, 0), together);
    dense.backward(input(4, 3, 10), together);
    Pass alone = Pass.forTraining();
    dense.forward(input(4, 2, 0), alone);
    dense.backward(input(4, 3, 10), alone);
    assertArrayEquals(
        alone.gradients().of(dense.weight).toDoubleArray(),
        together.gradients().of(dense.weight).toDoubleArray());
  }

  // Memory.

  @Test
  void tensorsAreReusedForAShapeThatWasSeen() {
    Pass pass = Pass.forGradients();
    Tensor full = dense.forward(input(4, 2, 1), pass);
    Tensor fullGradient = dense.backward(input(4, 3, 1), pass);
    Tensor rest = dense.forward(input(3, 2, 1), pass);
    assertEquals(Shape.of(3, 3), rest.shape());
    assertSame(full, dense.forward(input(4, 2, 2), pass));
    assertSame(fullGradient, dense.backward(input(4, 3, 2), pass));
    assertSame(rest, dense.forward(input(3, 2, 2), pass));
    assertNotSame(full, dense.forward(input(4, 2, 2), Pass.forGradients()));
  }

  @Test
  void manyShapesAreComputedRightThoughFewAreKept() {
    Pass pass = Pass.forGradients();
    for (int round = 0; round < 2; round++) {
      for (int n = 1; n <= 9; n++) {
        Tensor x = input(n, 2, n);
        Tensor output = dense.forward(x, pass);
        assertArrayEquals(dense.forward(x).toDoubleArray(), output.toDoubleArray());
        assertEquals(Shape.of(n, 2), dense.backward(input(n, 3, 1), pass).shape());
      }
    }
  }

  @Test
  void anOutputIsNotTheOneOfAnotherUseOrLayer() {
    Pass pass = Pass.forTraining();
    Tensor x = input(4, 2, 1);
    assertNotSame(dense.forward(x, pass), new Dense(2, 3).forward(x, pass));
    Square square = new Square();
    Network twice = Network.of(Shape.of(2), square, square);
    Tensor y = twice.forward(x, pass);
    assertEquals(Math.pow(x.get(3), 4), y.get(3));
  }

  @Test
  void aLossFillsOneTensorPerShape() {
    Pass pass = Pass.forTraining();
    Tensor four = pass.outputGradient(dense.forward(input(4, 2, 1), pass));
    assertEquals(Shape.of(4, 3), four.shape());
    Tensor three = pass.outputGradient(dense.forward(input(3, 2, 1), pass));
    assertEquals(Shape.of(3, 3), three.shape());
    assertSame(four, pass.outputGradient(dense.forward(input(4, 2, 2), pass)));
    Tensor wide = pass.outputGradient(DoubleTensor.zeros(Shape.of(4, 3)));
    assertEquals(DType.FLOAT64, wide.dtype());
  }

  /** Keeps the sign of its input in a buffer of its own. */
  private static final class Keeper implements Layer {
    @Override
    public List<Parameter> parameters() {
      return TRAINED;
    }

    @Override
    public Shape outputShape(Shape input) {
      return input;
    }

    @Override
    public Tensor forward(Tensor input, Pass pass) {
      Tensor output = pass.output(this, input);
      output.copyFrom(input);
      pass.buffer(this, 1, Shape.of(2)).set(1, input.get(0));
      return output;
    }

    @Override
    public Tensor backward(Tensor outputGradient, Pass pass) {
      pass.recall(this, outputGradient);
      Tensor kept = pass.buffer(this, 1, Shape.of(2));
      Tensor result = pass.inputGradient(this);
      result.fill(kept.get(1));
      return result;
    }

    @Override
    public String toString() {
      return "Keeper";
    }
  }

  @Test
  void buffersKeepWhatForwardWroteUntilBackward() {
    Keeper keeper = new Keeper();
    Pass pass = Pass.forGradients();
    Network twice = Network.of(Shape.of(1), keeper, new Square(), keeper);
    twice.forward(FloatTensor.of(Shape.of(1, 1), 3), pass);
    // The second use kept 9, the first 3.
    assertEquals(3, twice.backward(FloatTensor.of(Shape.of(1, 1), 1), pass).get(0));
  }

  @Test
  void aBufferIsTheSameForItsSlotAndShape() {
    Keeper keeper = new Keeper();
    Pass pass = Pass.forTraining();
    throwsState(
        "Keeper: asks the pass for memory before output(layer, input)",
        () -> pass.buffer(keeper, 0, Shape.of(2)));
    keeper.forward(input(1, 1, 1), pass);
    Tensor buffer = pass.buffer(keeper, 0, Shape.of(2));
    assertSame(buffer, pass.buffer(keeper, 0, Shape.of(2)));
    assertNotSame(buffer, pass.buffer(keeper, 1, Shape.of(2)));
    assertEquals(Shape.of(3), pass.buffer(keeper, 0, Shape.of(3)).shape());
    Tensor rows = pass.rowBuffer(keeper, 2, 5);
    assertEquals(Shape.of(1, 5), rows.shape());
    assertSame(rows, pass.rowBuffer(keeper, 2, 5));
    assertEquals(4, pass.rowBuffer(keeper, 2, 4).shape().last());
  }

  @Test
  void aShapeSeenInOneTypeIsNewInAnother() {
    Square square = new Square();
    Pass pass = Pass.forGradients();
    Tensor narrow = input(2, 3, 1);
    for (Tensor x : List.of(narrow, narrow.to(DType.FLOAT64), narrow)) {
      assertEquals(x.dtype(), square.forward(x, pass).dtype());
      assertEquals(x.dtype(), square.backward(x, pass).dtype());
    }
  }

  // Who needs an input gradient.

  @Test
  void inTrainingNobodyNeedsTheInputsGradient() {
    Pass pass = Pass.forTraining();
    assertFalse(pass.needsInputGradient());
    dense.forward(input(4, 2, 1), pass);
    assertNull(dense.backward(input(4, 3, 2), pass));
    assertTrue(pass.gradients().has(dense.weight));
  }

  @Test
  void theParametersGradientsAreTheSameWithoutIt() {
    Pass without = Pass.forTraining();
    Pass with = Pass.forGradients();
    for (Pass pass : List.of(without, with)) {
      dense.forward(input(4, 2, 1), pass);
      dense.backward(input(4, 3, 2), pass);
    }
    for (Parameter parameter : dense.parameters()) {
      assertArrayEquals(
          with.gradients().of(parameter).toDoubleArray(),
          without.gradients().of(parameter).toDoubleArray());
    }
  }

  @Test
  void layersChainedByHandGiveANetworksBits() {
    Dense first = new Dense(2, 3);
    Square square = new Square();
    Dense last = new Dense(3, 2);
    Network network = Network.of(Shape.of(2), first, square, last);
    Tensor x = input(4, 2, 1);
    Tensor dy = input(4, 2, 2);
    Pass byHand = Pass.forGradients();
    Pass inNetwork = Pass.forGradients();
    for (int step = 0; step < 2; step++) {
      Tensor y = last.forward(square.forward(first.forward(x, byHand), byHand), byHand);
      assertArrayEquals(network.forward(x, inNetwork).toDoubleArray(), y.toDoubleArray());
      Tensor dx = first.backward(square.backward(last.backward(dy, byHand), byHand), byHand);
      assertArrayEquals(network.backward(dy, inNetwork).toDoubleArray(), dx.toDoubleArray());
      for (Parameter parameter : network.parameters()) {
        assertArrayEquals(
            inNetwork.gradients().of(parameter).toDoubleArray(),
            byHand.gradients().of(parameter).toDoubleArray());
      }
    }
  }

  @Test
  void aLayerUsedTwiceByHandIsCaughtAtItsSecondBackward() {
    Square square = new Square();
    Pass pass = Pass.forGradients();
    square.forward(square.forward(input(4, 2, 1), pass), pass);
    Tensor dx = square.backward(input(4, 2, 2), pass);
    throwsState(
        "Square: backward before forward on this pass (each forward serves one backward;"
            + " give two inputs as one batch, or each a pass of its own)",
        () -> square.backward(dx, pass));
  }

  /** A container of one layer, written by hand, that gives the layer a position. */
  private record Box(Layer inside, boolean needed) implements Layer {
    @Override
    public List<Layer> layers() {
      return List.of(inside);
    }

    @Override
    public List<Parameter> parameters() {
      return inside.parameters();
    }

    @Override
    public Shape outputShape(Shape input) {
      return inside.outputShape(input);
    }

    @Override
    public Tensor forward(Tensor input, Pass pass) {
      return pass.forward(this, 0, inside, input);
    }

    @Override
    public Tensor backward(Tensor outputGradient, Pass pass) {
      return pass.backward(this, 0, inside, outputGradient, needed);
    }
  }

  @Test
  void aLayerThatReturnsAnInputGradientNobodyNeedsIsTold() {
    Pass pass = Pass.forTraining();
    Box box = new Box(new Keeper(), false);
    box.forward(input(1, 1, 1), pass);
    throwsState(
        "Keeper: backward returned an input gradient that is not needed; it must return null",
        () -> box.backward(input(1, 1, 1), pass));
  }

  @Test
  void aLayerThatReturnsNoneThoughOneIsNeededIsTold() {
    Layer none =
        new Layer() {
          @Override
          public Shape outputShape(Shape input) {
            return input;
          }

          @Override
          public Tensor forward(Tensor input, Pass pass) {
            return pass.output(this, input);
          }

          @Override
          public Tensor backward(Tensor outputGradient, Pass pass) {
            return null;
          }

          @Override
          public String toString() {
            return "None";
          }
        };
    Pass pass = Pass.forGradients();
    Box box = new Box(none, true);
    box.forward(input(1, 1, 1), pass);
    throwsState(
        "None: backward returned null although the input gradient is needed",
        () -> box.backward(input(1, 1, 1), pass));
  }

  /** Asks after its layer's backward whether its own input gradient is needed. */
  private static final class AsksLast implements Layer {
    private final Layer inside = new Square();
    private final List<Boolean> answers = new ArrayList<>();

    @Override
    public List<Layer> layers() {
      return List.of(inside);
    }

    @Override
    public List<Parameter> parameters() {
      return TRAINED;
    }

    @Override
    public Shape outputShape(Shape input) {
      return input;
    }

    @Override
    public Tensor forward(Tensor input, Pass pass) {
      return pass.forward(this, 0, inside, input);
    }

    @Override
    public Tensor backward(Tensor outputGradient, Pass pass) {
      Tensor result = pass.backward(this, 0, inside, outputGradient, true);
      answers.add(pass.needsInputGradient());
      return pass.needsInputGradient() ? result : null;
    }
  }

  @Test
  void aContainersOwnNeedIsWhatItWasBeforeItsLayersBackward() {
    AsksLast asksLast = new AsksLast();
    Pass training = Pass.forTraining();
    Box box = new Box(asksLast, false);
    box.forward(input(4, 2, 1), training);
    assertNull(box.backward(input(4, 2, 2), training));
    assertEquals(List.of(false), asksLast.answers);
  }

  @Test
  void aPassIsWholeAgainAfterAnExceptionDeepInside() {
    Network network = Network.of(Shape.of(2), new Square(), Network.of(Shape.of(2), dense));
    Pass pass = Pass.forTraining();
    Tensor x = input(4, 2, 1);
    Tensor dy = input(4, 3, 2);
    network.forward(x, pass);
    assertThrows(ShapeException.class, () -> network.backward(input(4, 2, 1), pass));
    assertThrows(ShapeException.class, () -> network.forward(input(4, 3, 1), pass));
    network.forward(x, pass);
    assertNull(network.backward(dy, pass));
    Pass fresh = Pass.forTraining();
    network.forward(x, fresh);
    network.backward(dy, fresh);
    assertArrayEquals(
        fresh.gradients().of(dense.weight).toDoubleArray(),
        pass.gradients().of(dense.weight).toDoubleArray());
  }

  // Threads.

  private static Throwable inAnotherThread(Executable call) throws InterruptedException {
    List<Throwable> thrown = new ArrayList<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                call.execute();
              } catch (Throwable e) {
                thrown.add(e);
              }
            },
            "the other");
    thread.start();
    thread.join();
    return thrown.isEmpty() ? null : thrown.getFirst();
  }

  @Test
  void aSecondThreadIsRefusedWhateverItDoes() throws InterruptedException {
    Pass pass = Pass.forTraining();
    Tensor x = input(4, 2, 1);
    Tensor y = dense.forward(x, pass);
    Network network = Network.of(Shape.of(2), dense);
    for (Executable use :
        List.<Executable>of(
            () -> dense.forward(x, pass),
            () -> dense.backward(y, pass),
            () -> network.forward(x, pass),
            () -> network.backward(y, pass),
            () -> pass.outputGradient(y),
            () -> pass.gradient(dense.weight),
            pass::gradients,
            pass::release)) {
      Throwable thrown = inAnotherThread(use);
      assertNotNull(thrown);
      assertEquals(IllegalStateException.class, thrown.getClass());
      assertEquals(
          "Pass: belongs to thread "
              + Thread.currentThread().getName()
              + ", used from the other; give each thread a pass of its own",
          thrown.getMessage());
    }
    assertNull(dense.backward(input(4, 3, 2), pass)); // undisturbed
  }

  @Test
  void aReleasedPassBelongsToWhoeverUsesItNext() throws InterruptedException {
    Pass pass = Pass.forTraining();
    dense.forward(input(4, 2, 1), pass);
    pass.release();
    assertNull(inAnotherThread(() -> dense.backward(input(4, 3, 2), pass)));
    throwsState(
        "Pass: belongs to thread the other, used from "
            + Thread.currentThread().getName()
            + "; give each thread a pass of its own",
        () -> dense.forward(input(4, 2, 1), pass));
  }

  @Test
  void aThreadWithoutANameIsToldByItsNumber() throws InterruptedException {
    Pass pass = Pass.forTraining();
    Thread first = Thread.ofVirtual().start(() -> dense.forward(input(4, 2, 1), pass));
    first.join();
    List<String> messages = new ArrayList<>();
    Thread second =
        Thread.ofVirtual()
            .start(() -> {
              try {
                dense.forward(input(4, 2, 1), pass);
              } catch (IllegalStateException e) {
                messages.add(e.getMessage());
              }
            });
    second.join();
    assertEquals(
        List.of(
            "Pass: belongs to thread #"
                + first.threadId()
                + " (virtual), used from #"
                + second.threadId()
                + " (virtual); give each thread a pass of its own"),
        messages);
  }

  @Test
  void aPassBelongsToNobodyBeforeItsFirstUse() throws InterruptedException {
    Pass pass = Pass.forTraining();
    assertNull(inAnotherThread(() -> dense.forward(input(4, 2, 1), pass)));
  }

  @Test
  void threadsWithPassesOfTheirOwnShareANetwork() throws Exception {
    Network network = Network.of(Shape.of(2), dense, new Square(), new Dense(3, 2));
    int threads = 4;
    try (ExecutorService executor = Executors.newFixedThreadPool(threads)) {
      List<Future<?>> running = new ArrayList<>();
      for (int t = 0; t < threads; t++) {
        int seed = t;
        running.add(
            executor.submit(() -> {
              Tensor x = input(3 + seed, 2, seed);
              double[] expected = network.forward(x).toDoubleArray();
              Pass pass = Pass.forInference();
              for (int i = 0; i < 2000; i++) {
                assertArrayEquals(expected, network.forward(x, pass).toDoubleArray());
              }
            }));
      }
      for (Future<?> one : running) {
        one.get(60, TimeUnit.SECONDS);
      }
    }
  }

  private static List<String> outputs(Pass pass, Layer root) {
    List<String> seen = new ArrayList<>();
    pass.outputs(
        root,
        (path, layer, output) ->
            seen.add(path + " " + layer + " " + Arrays.toString(output.toDoubleArray())));
    return seen;
  }

  @Test
  void whatEveryLayerGaveIsShownWithItsPathAndThoseInsideAContainerBeforeIt() {
    Square square = new Square();
    Network network =
        Network.of(
            Shape.of(1), square, new Residual(Network.of(Shape.of(1), square, square)), square);
    Pass pass = Pass.forTraining();
    assertEquals(List.of(), outputs(pass, network));
    network.forward(FloatTensor.of(Shape.of(1, 1), 2), pass);
    assertEquals(
        List.of(
            "0 Square [4.0]",
            "1.0.0 Square [16.0]",
            "1.0.1 Square [256.0]",
            "1 Residual(Network([1] -> Square -> Square)) [260.0]",
            "2 Square [67600.0]"),
        outputs(pass, network));
    Pass inference = Pass.forInference();
    network.forward(FloatTensor.of(Shape.of(1, 1), 3), inference);
    network.forward(FloatTensor.of(Shape.of(1, 1), 2), inference);
    assertEquals(outputs(pass, network), outputs(inference, network));
    square.forward(FloatTensor.of(Shape.of(1, 1), 5), pass);
    assertEquals(List.of(" Square [25.0]"), outputs(pass, square));
  }

  @Test
  void aLayerInsideThatHasNoPositionOfItsOwnIsShownWhereItIsNamed() {
    Square square = new Square();
    Layer calls =
        new Layer() {
          @Override
          public List<Layer> layers() {
            return List.of(new Keeper(), square);
          }

          @Override
          public Shape outputShape(Shape input) {
            return input;
          }

          @Override
          public Tensor forward(Tensor input, Pass pass) {
            return square.forward(input, pass);
          }

          @Override
          public Tensor backward(Tensor outputGradient, Pass pass) {
            return square.backward(outputGradient, pass);
          }
        };
    Pass pass = Pass.forTraining();
    Network network = Network.of(Shape.of(1), calls);
    network.forward(FloatTensor.of(Shape.of(1, 1), 3), pass);
    assertEquals(List.of("0.1 Square [9.0]"), outputs(pass, network));
  }
}
