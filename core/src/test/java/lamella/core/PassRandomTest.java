package lamella.core;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What layers draw is a function of seed, step, place and row, and of nothing else. */
class PassRandomTest {
  /** Draws the first numbers of each row. */
  private static final class Draws implements Layer {
    private final int slot;

    Draws(int slot) {
      this.slot = slot;
    }

    @Override
    public Shape outputShape(Shape input) {
      return input;
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
      Tensor y = pass.output(this, x);
      pass.random(this, slot).uniform(y, 0, 1);
      return y;
    }

    @Override
    public Tensor backward(Tensor dy, Pass pass) {
      throw new UnsupportedOperationException();
    }

    @Override
    public String toString() {
      return "Draws";
    }
  }

  private final Network network =
      Network.of(
          Shape.of(3),
          new Dropped(0.5),
          Network.of(Shape.of(3), new Square(), new Dropped(0.5)),
          new Square());

  private static Tensor ones(int rows) {
    Tensor x = DoubleTensor.zeros(Shape.of(rows, 3));
    x.fill(1);
    return x;
  }

  private static double[] on(Pass pass, long step, Layer layer, int rows) {
    pass.beginStep(step);
    return layer.forward(ones(rows), pass).toDoubleArray();
  }

  /** Numbers that a Python program computed from the definition. */
  @Test
  void thePlaceIsTheChainOfPositions() {
    Network inPosition1 = Network.of(Shape.of(3), new Square(), new Draws(0));
    assertArrayEquals(
        new double[] {
          0.29900734557198827, 0.3344244097613701, 0.13084937143707975,
          0.5685654817993737, 0.8004044016867836, 0.5011602885313386
        },
        on(Pass.forTraining(7), 3, inPosition1, 2));
    double[] alone = on(Pass.forTraining(7), 3, new Draws(1), 1);
    assertEquals(0.47721496719431655, alone[0]);
    assertEquals(0.7777453006675773, alone[1]);
  }

  @Test
  void theSameStepDrawsTheSameAndAnotherOthers() {
    Pass pass = Pass.forTraining(1);
    double[] first = on(pass, 5, network, 40);
    double[] other = on(pass, 6, network, 40);
    assertFalse(Arrays.equals(first, other));
    assertArrayEquals(first, on(pass, 5, network, 40));
    assertArrayEquals(first, network.forward(ones(40), pass).toDoubleArray());
    assertArrayEquals(first, on(Pass.forGradients(1), 5, network, 40));
    assertArrayEquals(other, on(Pass.forTraining(1), 6, network, 40));
    assertFalse(Arrays.equals(first, on(Pass.forTraining(2), 5, network, 40)));
    // A pass begins with step 0.
    assertArrayEquals(
        on(pass, 0, network, 40), network.forward(ones(40), Pass.forTraining(1)).toDoubleArray());
  }

  @Test
  void partsOfABatchDrawWhatTheWholeDraws() {
    double[] whole = on(Pass.forTraining(3), 9, network, 10);
    Pass pass = Pass.forTraining(3);
    pass.beginStep(9, 0);
    double[] first = network.forward(ones(4), pass).toDoubleArray();
    pass.beginStep(9, 4);
    double[] second = network.forward(ones(6), pass).toDoubleArray();
    assertArrayEquals(Arrays.copyOf(whole, 12), first);
    assertArrayEquals(Arrays.copyOfRange(whole, 12, 30), second);
  }

  @Test
  void anyThreadDrawsTheSame() throws InterruptedException {
    double[] here = on(Pass.forTraining(4), 2, network, 50);
    List<double[]> there = new ArrayList<>();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      threads.add(
          Thread.ofPlatform()
              .start(() -> {
                double[] drawn = on(Pass.forTraining(4), 2, network, 50);
                synchronized (there) {
                  there.add(drawn);
                }
              }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertEquals(4, there.size());
    there.forEach(drawn -> assertArrayEquals(here, drawn));
  }

  @Test
  void float32DrawsWhatFloat64Draws() {
    double[] whole = on(Pass.forTraining(3), 9, network, 10);
    Pass pass = Pass.forTraining(3);
    pass.beginStep(9);
    assertArrayEquals(whole, network.forward(ones(10).to(DType.FLOAT32), pass).toDoubleArray());
  }

  @Test
  void eachPlaceAndSlotDrawsItsOwn() {
    Draws draws = new Draws(0);
    Network twice = Network.of(Shape.of(3), draws, Network.of(Shape.of(3), new Square(), draws));
    List<Double> seen = new ArrayList<>();
    Pass pass = Pass.forTraining(0);
    seen.add(on(pass, 0, twice, 1)[0]);
    seen.add(on(pass, 0, Network.of(Shape.of(3), draws), 1)[0]);
    seen.add(on(pass, 0, draws, 1)[0]);
    seen.add(on(pass, 0, new Draws(1), 1)[0]);
    assertEquals(4, seen.stream().distinct().count(), seen.toString());
  }

  @Test
  void layersWithoutAPositionCountByTheirOrderInTheStep() {
    Draws first = new Draws(0);
    Draws second = new Draws(0);
    Pass pass = Pass.forTraining(0);
    double[] a = on(pass, 0, first, 2);
    double[] b = second.forward(ones(2), pass).toDoubleArray();
    assertFalse(Arrays.equals(a, b));
    // Asked again in the same step they are where they were; in a new step the order counts anew.
    assertArrayEquals(a, first.forward(ones(2), pass).toDoubleArray());
    assertArrayEquals(b, second.forward(ones(2), pass).toDoubleArray());
    assertArrayEquals(a, on(pass, 0, second, 2));
    assertArrayEquals(b, first.forward(ones(2), pass).toDoubleArray());
  }

  @Test
  void backwardSeesTheMaskOfForward() {
    Dropped dropped = new Dropped(0.5);
    Pass pass = Pass.forGradients(1);
    double[] y = on(pass, 1, dropped, 30);
    assertArrayEquals(y, dropped.backward(ones(30), pass).toDoubleArray());
  }

  @Test
  void nothingIsRandomInInference() {
    assertArrayEquals(ones(4).toDoubleArray(), network.forward(ones(4)).toDoubleArray());
    assertEquals(
        "Draws: asks for random numbers on a pass for inference; draw them only where"
            + " pass.isTraining()",
        assertThrows(IllegalStateException.class, () -> new Draws(0).forward(ones(1)))
            .getMessage());
  }

  @Test
  void aPassWithoutASeedSaysWhatToUse() {
    String message =
        "Dropped(0.5): needs random numbers, and this pass has no seed; use"
            + " Pass.forTraining(seed)";
    for (Pass pass : List.of(Pass.forTraining(), Pass.forGradients())) {
      assertEquals(
          message,
          assertThrows(IllegalStateException.class, () -> network.forward(ones(1), pass))
              .getMessage());
    }
  }

  @Test
  void stepsAndRowsAreNotNegative() {
    Pass pass = Pass.forTraining(0);
    assertEquals(
        "Pass: step and first row must not be negative, got -1 and 0",
        assertThrows(IllegalArgumentException.class, () -> pass.beginStep(-1)).getMessage());
    assertEquals(
        "Pass: step and first row must not be negative, got 1 and -2",
        assertThrows(IllegalArgumentException.class, () -> pass.beginStep(1, -2)).getMessage());
  }

  @Test
  void eachUseOfALayerHasNumbersOfItsOwnObject() {
    Pass pass = Pass.forTraining(0);
    Draws first = new Draws(0);
    assertNotSame(pass.random(first), pass.random(new Draws(0)));
    assertNotSame(pass.random(first, 0), pass.random(first, 1));
  }
}
