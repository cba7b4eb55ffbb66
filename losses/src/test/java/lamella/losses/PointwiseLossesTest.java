package lamella.losses;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.SplittableRandom;
import lamella.core.DType;
import lamella.core.DoubleTensor;
import lamella.core.Outputs;
import lamella.core.Shape;
import lamella.core.Tensor;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Huber's, absolute and quantile loss. */
class PointwiseLossesTest {
  private static void is(MeanLoss<Tensor> loss, double error, double value, double slope) {
    for (DType dtype : DType.values()) {
      Tensor output = DoubleTensor.of(Shape.of(1, 1), 1 + error).to(dtype);
      Tensor target = DoubleTensor.of(Shape.of(1, 1), 1);
      Tensor gradient = Tensor.zeros(dtype, output.shape());
      double allowed = dtype == DType.FLOAT32 ? 1e-7 : 1e-15;
      assertEquals(value, loss.valueAndGradient(output, target, gradient), allowed);
      assertArrayEquals(new double[] {slope}, gradient.toDoubleArray(), allowed);
    }
  }

  @Test
  void hubersLossIsASquareAndThenALine() {
    Huber one = new Huber(1);
    is(one, 0.5, 0.125, 0.5);
    is(one, 1, 0.5, 1);
    is(one, 2, 1.5, 1);
    is(one, -2, 1.5, -1);
    is(one, 0, 0, 0);
    Huber half = new Huber(0.5);
    is(half, 0.25, 0.03125, 0.25);
    is(half, 0.5, 0.125, 0.5);
    is(half, 2, 0.875, 0.5);
    is(half, -0.5, 0.125, -0.5);
  }

  /** No jump at δ, of the value or of the slope. */
  @Property(tries = 50)
  void hubersPartsMeet(@ForAll @DoubleRange(min = 0.01, max = 100) double delta) {
    Huber loss = new Huber(delta);
    for (int sign = -1; sign <= 1; sign += 2) {
      Tensor outputs =
          DoubleTensor.of(Shape.of(2, 1), sign * delta * (1 - 1e-9), sign * delta * (1 + 1e-9));
      Tensor targets = DoubleTensor.zeros(outputs.shape());
      Tensor gradient = DoubleTensor.zeros(outputs.shape());
      loss.valueAndGradient(outputs, targets, gradient);
      assertEquals(
          loss.value(outputs.rows(0, 1), targets.rows(0, 1)),
          loss.value(outputs.rows(1, 2), targets.rows(1, 2)),
          3e-9 * delta * delta);
      assertEquals(gradient.get(0), gradient.get(1), 1e-9 * delta);
      assertEquals(sign * delta / 2, gradient.get(1), 1e-9 * delta);
    }
  }

  @Test
  void absoluteErrorsHaveTheSignAsSlope() {
    AbsoluteError loss = new AbsoluteError();
    is(loss, 0.25, 0.25, 1);
    is(loss, -3, 3, -1);
    is(loss, 0, 0, 0);
  }

  @Test
  void tooLowCostsTheQuantileAndTooHighTheRest() {
    QuantileLoss loss = new QuantileLoss(0.75);
    is(loss, -1, 0.75, -0.75);
    is(loss, 1, 0.25, 0.25);
    is(new QuantileLoss(0.5), -3, 1.5, -0.5);
  }

  /** Of all numbers the quantile of the targets has the smallest loss. */
  @Test
  void theBestNumberIsTheQuantile() {
    SplittableRandom random = new SplittableRandom(5);
    Tensor targets = DoubleTensor.zeros(Shape.of(101, 1));
    for (int i = 0; i <= 100; i++) {
      targets.set(i, i);
    }
    for (double q : new double[] {0.1, 0.3, 0.9}) {
      QuantileLoss loss = new QuantileLoss(q);
      double best = of(loss, 100 * q, targets);
      for (int tries = 0; tries < 20; tries++) {
        double other = of(loss, random.nextDouble(100), targets);
        assertEquals(best, Math.min(best, other), 1e-12, "q " + q);
      }
    }
  }

  private static double of(QuantileLoss loss, double number, Tensor targets) {
    Tensor outputs = DoubleTensor.zeros(targets.shape());
    outputs.fill(number);
    return loss.value(outputs, targets);
  }

  @Test
  void areForNumbersAndSayTheirs() {
    assertEquals(Outputs.NUMBERS, new Huber(1).outputs());
    assertEquals(Outputs.NUMBERS, new QuantileLoss(0.5).outputs());
    assertEquals("Huber(1.0)", new Huber(1).toString());
    assertEquals("AbsoluteError", new AbsoluteError().toString());
    assertEquals("QuantileLoss(0.9)", new QuantileLoss(0.9).toString());
  }

  private static void refuses(String message, Executable call) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
  }

  @Test
  void theirNumbersAreChecked() {
    refuses("Huber: delta must be finite and above 0, got 0.0", () -> new Huber(0));
    refuses("Huber: delta must be finite and above 0, got NaN", () -> new Huber(Double.NaN));
    refuses(
        "Huber: delta must be finite and above 0, got Infinity",
        () -> new Huber(Double.POSITIVE_INFINITY));
    refuses("QuantileLoss: the quantile must lie in (0, 1), got 1.0", () -> new QuantileLoss(1));
    refuses(
        "QuantileLoss: the quantile must lie in (0, 1), got NaN",
        () -> new QuantileLoss(Double.NaN));
  }
}
