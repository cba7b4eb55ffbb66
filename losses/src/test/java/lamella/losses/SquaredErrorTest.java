package lamella.losses;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.SplittableRandom;
import lamella.core.DType;
import lamella.core.DoubleTensor;
import lamella.core.FloatTensor;
import lamella.core.Outputs;
import lamella.core.Shape;
import lamella.core.ShapeException;
import lamella.core.Tensor;
import lamella.core.Weighted;
import lamella.core.formula.Formula;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class SquaredErrorTest {
  private final SquaredError loss = new SquaredError();

  @Test
  void isTheMeanOverRowsAndOutputs() {
    for (DType dtype : DType.values()) {
      Tensor output = DoubleTensor.of(Shape.of(1, 2), 1, 2).to(dtype);
      Tensor gradient = Tensor.zeros(dtype, output.shape());
      assertEquals(
          2.5, loss.valueAndGradient(output, DoubleTensor.zeros(Shape.of(1, 2)), gradient));
      assertArrayEquals(new double[] {1, 2}, gradient.toDoubleArray());
    }
  }

  @Test
  void rowsCountByTheirWeights() {
    for (DType dtype : DType.values()) {
      Tensor output = DoubleTensor.of(Shape.of(2, 2), 1, 2, 4, 8).to(dtype);
      Tensor target = DoubleTensor.of(Shape.of(2, 2), 0, 0, 3, 3).to(dtype);
      Tensor gradient = Tensor.zeros(dtype, output.shape());
      // Rows: 2.5 and (1 + 25) / 2 = 13; (3 * 2.5 + 1 * 13) / 4 = 5.125.
      assertEquals(
          5.125,
          loss.withExampleWeights()
              .valueAndGradient(output, new Weighted<>(target, new double[] {3, 1}), gradient));
      assertArrayEquals(new double[] {0.75, 1.5, 0.25, 1.25}, gradient.toDoubleArray());
    }
  }

  @Property(tries = 40)
  void followsItsFormula(
      @ForAll DType dtype,
      @ForAll @IntRange(min = 1, max = 6) int n,
      @ForAll @IntRange(min = 1, max = 300) int outputs,
      @ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Tensor output = Tensor.zeros(dtype, Shape.of(n, outputs));
    Tensor target = Tensor.zeros(dtype, output.shape());
    double sum = 0;
    double[] expected = new double[output.size()];
    for (int i = 0; i < expected.length; i++) {
      output.set(i, random.nextGaussian());
      target.set(i, random.nextGaussian());
      double difference = output.get(i) - target.get(i);
      sum += difference * difference;
      expected[i] = 2 * difference / expected.length;
    }
    Tensor gradient = Tensor.zeros(dtype, output.shape());
    double value = loss.valueAndGradient(output, target, gradient);
    double allowed = dtype == DType.FLOAT32 ? 1e-6 : 1e-14;
    assertEquals(sum / expected.length, value, allowed * (1 + value));
    assertArrayEquals(expected, gradient.toDoubleArray(), allowed);
    assertEquals(value, loss.value(output, target));
  }

  @Test
  void otherShapesAndFormulasAreRefused() {
    assertEquals(
        "SquaredError targets: expects [2, 3], got [2, 1]",
        assertThrows(
                ShapeException.class,
                () ->
                    loss.value(
                        FloatTensor.zeros(Shape.of(2, 3)), FloatTensor.zeros(Shape.of(2, 1))))
            .getMessage());
    assertEquals(
        "Wrong: expects a formula of output and target, got one of 1 input",
        assertThrows(IllegalArgumentException.class, Wrong::new).getMessage());
  }

  private static final class Wrong extends PointwiseLoss {
    private Wrong() {
      super(Formula.of(x -> x.times(x)));
    }
  }

  @Test
  void isForNumbers() {
    assertEquals(Outputs.NUMBERS, loss.outputs());
    assertEquals("SquaredError", loss.toString());
  }
}
