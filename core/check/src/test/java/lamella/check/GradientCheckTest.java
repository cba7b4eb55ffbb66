package lamella.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.SplittableRandom;
import lamella.check.GradientReport.Element;
import lamella.check.GradientReport.Outcome;
import lamella.check.GradientReport.TensorReport;
import lamella.core.DType;
import lamella.core.DoubleTensor;
import lamella.core.Elementwise;
import lamella.core.FloatTensor;
import lamella.core.Layer;
import lamella.core.Loss;
import lamella.core.Network;
import lamella.core.Parameter;
import lamella.core.Parameter.Role;
import lamella.core.Pass;
import lamella.core.Products;
import lamella.core.Shape;
import lamella.core.Tensor;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class GradientCheckTest {
  /** y = x W, its weight gradient times a factor in one element or in all. */
  private static class Times implements Layer {
    final Parameter weight;
    private final double factor;
    private final int only;

    Times(int inputs, int outputs, double factor, int only) {
      this.factor = factor;
      this.only = only;
      Tensor w = FloatTensor.zeros(Shape.of(inputs, outputs));
      SplittableRandom random = new SplittableRandom(3);
      for (int i = 0; i < w.size(); i++) {
        w.set(i, random.nextGaussian());
      }
      weight = new Parameter("weight", Role.WEIGHT, w);
    }

    @Override
    public List<Parameter> parameters() {
      return List.of(weight);
    }

    @Override
    public Shape outputShape(Shape input) {
      return input.withLast(weight.shape().last());
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
      Tensor y = pass.output(this, x);
      Products.multiply(x, weight.value(), null, y);
      return y;
    }

    @Override
    public @Nullable Tensor backward(Tensor dy, Pass pass) {
      Tensor x = pass.recall(this, dy);
      Tensor own = Tensor.zeros(weight.value().dtype(), weight.shape());
      Products.multiplyTransposedLeft(x, dy, own, false);
      Tensor dw = pass.gradient(weight);
      for (int i = 0; i < own.size(); i++) {
        dw.set(i, dw.get(i) + own.get(i) * (only < 0 || only == i ? factor : 1));
      }
      if (!pass.needsInputGradient()) {
        return null;
      }
      Tensor dx = pass.inputGradient(this);
      Products.multiplyTransposedRight(dy, weight.value(), dx);
      return dx;
    }

    @Override
    public String toString() {
      return "Times";
    }
  }

  private static final class Rectifier extends Elementwise {
    @Override
    protected double value(double x) {
      return Math.max(x, 0);
    }

    @Override
    protected double slope(double x, double y) {
      return x > 0 ? 1 : 0;
    }
  }

  @Test
  void aCorrectLayerGivesAReportWithoutFaults() {
    GradientReport report = new GradientCheck().run(new Times(5, 4, 1, -1), Shape.of(5));
    report.assertCorrect();
    assertTrue(report.isCorrect());
    assertEquals(3 * 5 + 5 * 4, report.compared());
    assertEquals(0, report.wrong());
    assertEquals(0, report.skipped());
    assertNull(report.worst());
    assertEquals(List.of(), report.faults());
    assertEquals(List.of(), report.causes());
    assertEquals(
        List.of("input", "weight"), report.tensors().stream().map(TensorReport::name).toList());
    assertTrue(
        report.toString().startsWith("Times: gradients are correct\n  tensor  shape"),
        report.toString());
  }

  @Test
  void aWrongElementIsNamedWithBothValues() {
    GradientReport report = new GradientCheck().run(new Times(5, 4, 1.5, 6), Shape.of(5));
    assertFalse(report.isCorrect());
    assertEquals(1, report.wrong());
    Element worst = report.worst();
    assertEquals("weight", worst.tensor());
    assertEquals("[1, 2]", worst.index());
    assertEquals(1.5, worst.analytic() / worst.numeric(), 1e-8);
    assertEquals(1 / 3.0, worst.relativeError(), 1e-8);
    AssertionError error = assertThrows(AssertionError.class, report::assertCorrect);
    assertTrue(
        error.getMessage().startsWith("Times: gradients are wrong\n  weight [1, 2]: backward says"),
        error.getMessage());
  }

  @Test
  void inALargeTensorHalvingFindsTheOneWrongElement() {
    int wrong = 1234;
    GradientReport report = new GradientCheck().run(new Times(60, 50, 1.01, wrong), Shape.of(60));
    assertFalse(report.isCorrect());
    Element worst = report.worst();
    assertEquals("weight", worst.tensor());
    assertEquals("[" + wrong / 50 + ", " + wrong % 50 + "]", worst.index());
  }

  @Test
  void aLargeCorrectTensorIsComparedInDirectionsAndASample() {
    GradientReport report = new GradientCheck().run(new Times(60, 50, 1, -1), Shape.of(60));
    report.assertCorrect();
    assertTrue(report.tensors().get(1).compared() < 100, report.toString());
  }

  @Test
  void theElementLimitDecidesWhatIsLarge() {
    GradientReport report =
        new GradientCheck().withElementLimit(3000).run(new Times(60, 50, 1, -1), Shape.of(60));
    assertEquals(3000, report.tensors().get(1).compared());
  }

  @Test
  void parametersHoldTheirOwnTensorsAgainAfterwards() {
    Times layer = new Times(5, 4, 1, -1);
    Tensor own = layer.weight.value();
    double[] before = own.toDoubleArray();
    new GradientCheck().run(layer, Shape.of(5)).assertCorrect();
    assertSame(own, layer.weight.value());
    assertEquals(DType.FLOAT32, own.dtype());
    org.junit.jupiter.api.Assertions.assertArrayEquals(before, own.toDoubleArray());
  }

  @Test
  void parametersHoldTheirOwnTensorsAgainEvenIfTheLayerThrows() {
    Times layer =
        new Times(5, 4, 1, -1) {
          @Override
          public Tensor backward(Tensor dy, Pass pass) {
            throw new IllegalStateException("broken");
          }
        };
    Tensor own = layer.weight.value();
    GradientReport report = new GradientCheck().run(layer, Shape.of(5));
    assertTrue(
        report
            .faults()
            .get(0)
            .startsWith("backward threw java.lang.IllegalStateException: broken at "),
        report.toString());
    assertSame(own, layer.weight.value());
  }

  @Test
  void theInputStaysAsItIs() {
    Tensor input = DoubleTensor.of(Shape.of(2, 5), 1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
    double[] before = input.toDoubleArray();
    new GradientCheck().run(new Times(5, 4, 1, -1), input).assertCorrect();
    org.junit.jupiter.api.Assertions.assertArrayEquals(before, input.toDoubleArray());
  }

  @Test
  void theSameSeedGivesTheSameReport() {
    Times layer = new Times(60, 50, 1.01, 7);
    Tensor input = DoubleTensor.zeros(Shape.of(2, 60));
    input.fill(0.3);
    assertEquals(
        new GradientCheck().run(layer, input, new SplittableRandom(1)),
        new GradientCheck().run(layer, input, new SplittableRandom(1)));
  }

  @Test
  void atAKinkTheComparisonIsMadeBesideIt() {
    DoubleTensor input = DoubleTensor.zeros(Shape.of(5, 5));
    for (int i = 2; i < 25; i++) {
      input.set(i, i - 12.5);
    }
    GradientReport report = new GradientCheck().run(new Rectifier(), input);
    assertEquals(Outcome.RIGHT, report.outcome(), report.toString());
    assertEquals(2, report.kinks());
    assertEquals(0, report.skipped());
    assertEquals(25, report.compared());
  }

  @Test
  void allAtKinksIsRightToo() {
    GradientReport report =
        new GradientCheck().run(new Rectifier(), DoubleTensor.zeros(Shape.of(30, 30)));
    assertEquals(Outcome.RIGHT, report.outcome(), report.toString());
    assertEquals(report.compared(), report.kinks());
  }

  @Test
  void atAKinkBackwardMustSaySomethingBetweenTheSlopesOfItsSides() {
    Layer wrong =
        new Elementwise() {
          @Override
          protected double value(double x) {
            return Math.max(x, 0);
          }

          @Override
          protected double slope(double x, double y) {
            return x == 0 ? 7 : x > 0 ? 1 : 0;
          }
        };
    DoubleTensor input = DoubleTensor.of(Shape.of(1, 3), 1, 0, -1);
    GradientReport report = new GradientCheck().run(wrong, input);
    assertEquals(Outcome.WRONG, report.outcome());
    assertEquals("[0, 1]", report.worst().index());
  }

  @Test
  void whatIsWrongOnOneSideOfAKinkIsFoundAtTheKink() {
    Layer wrong =
        new Elementwise() {
          @Override
          protected double value(double x) {
            return Math.max(x, 0);
          }

          @Override
          protected double slope(double x, double y) {
            return x < 0 ? 1e-3 : x > 0 ? 1 : 0;
          }
        };
    GradientReport report = new GradientCheck().run(wrong, DoubleTensor.zeros(Shape.of(1, 3)));
    assertEquals(Outcome.WRONG, report.outcome());
  }

  @Test
  void severalKinksMayMeet() {
    // relu(x) - relu(-x) = x: the slope is 1 on both sides, and backward says 0 for x = 0.
    Times first = new Times(1, 2, 1, -1);
    first.weight.value().set(0, 1);
    first.weight.value().set(1, -1);
    Times second = new Times(2, 1, 1, -1);
    second.weight.value().set(0, 1);
    second.weight.value().set(1, -1);
    Network network = Network.of(Shape.of(1), first, new Rectifier(), second);
    DoubleTensor input = DoubleTensor.of(Shape.of(3, 1), 0, 1, -2);
    GradientReport report = new GradientCheck().run(network, input);
    assertEquals(Outcome.RIGHT, report.outcome(), report.toString());
    assertTrue(report.kinks() > 0, report.toString());
  }

  @Test
  void whatCancelsIsNotTakenForASlopeOfZero() {
    // The output is small, what cancels in it is not: a step that is too short changes nothing.
    Times layer = new Times(3, 1, 1, -1);
    layer.weight.value().set(0, 1);
    layer.weight.value().set(1, -1);
    layer.weight.value().set(2, 0.5);
    DoubleTensor input = DoubleTensor.of(Shape.of(1, 3), 4.7, 4.7, 2e-7);
    new GradientCheck().run(layer, input).assertCorrect();
  }

  @Test
  void whereEverythingIsZeroNothingIsDecided() {
    DoubleTensor input = DoubleTensor.of(Shape.of(1, 2), -1, -2);
    GradientReport report = new GradientCheck().run(new Rectifier(), input);
    assertEquals(Outcome.NOT_DECIDED, report.outcome());
    assertFalse(report.isCorrect());
    report.assertNotWrong();
    AssertionError error = assertThrows(AssertionError.class, report::assertCorrect);
    assertTrue(
        error
            .getMessage()
            .startsWith(
                "Rectifier: not decided whether gradients are correct\n  backward and differences say 0"
                    + " everywhere, as they would if nothing were computed: try other inputs"),
        error.getMessage());
  }

  @Test
  void whereItMayChooseInputsItTriesSeveral() {
    // Alive for one input in a thousand or so.
    Layer deaf =
        new Elementwise() {
          @Override
          protected double value(double x) {
            return Math.max(x - 1.8, 0);
          }

          @Override
          protected double slope(double x, double y) {
            return x > 1.8 ? 1 : 0;
          }
        };
    GradientReport report = new GradientCheck().run(deaf, Shape.of(2));
    assertEquals(Outcome.RIGHT, report.outcome(), report.toString());
  }

  @Test
  void aPartOnWhichNothingDependsIsNamed() {
    Times first = new Times(2, 3, 1, -1);
    Times second = new Times(3, 2, 1, -1);
    second.weight.value().fill(0);
    GradientReport report =
        new GradientCheck().run(Network.of(Shape.of(2), first, new Rectifier(), second));
    assertEquals(Outcome.RIGHT, report.outcome(), report.toString());
    assertTrue(
        report
            .toString()
            .contains("nothing depends on input, layer 0 Times: weight here: all zero"),
        report.toString());
  }

  /** f(x) with as much noise in it as a function of x can have: it has no slope anywhere. */
  private static final class Noisy extends Elementwise {
    @Override
    protected double value(double x) {
      return x + 1e-3 * Math.sin(1e17 * x);
    }

    @Override
    protected double slope(double x, double y) {
      return 1;
    }
  }

  @Test
  void whatSettlesAtNoStepIsNotDecidedElementByElement() {
    DoubleTensor input = DoubleTensor.of(Shape.of(1, 2), 1.3, -0.7);
    GradientReport report = new GradientCheck().run(new Noisy(), input);
    assertEquals(Outcome.NOT_DECIDED, report.outcome(), report.toString());
    assertEquals(
        List.of("input [0, 0]", "input [0, 1]"),
        report.undecided().stream().map(each -> each.tensor() + " " + each.place()).toList());
    assertTrue(
        report
            .toString()
            .contains("2 of 2 comparisons are not decided, more than 5 %: try other inputs"),
        report.toString());
    assertTrue(new GradientCheck().withMostSkipped(1).run(new Noisy(), input).isCorrect());
  }

  @Test
  void aBackwardThatChangesFromCallToCallIsAFault() {
    Times layer =
        new Times(2, 3, 1, -1) {
          private int calls;

          @Override
          public @Nullable Tensor backward(Tensor dy, Pass pass) {
            Tensor dx = super.backward(dy, pass);
            calls++;
            if (dx != null && calls > 3) {
              dx.set(0, 1.5 * dx.get(0));
            }
            return dx;
          }
        };
    GradientReport report = new GradientCheck().run(layer, Shape.of(2));
    assertTrue(
        report
            .faults()
            .contains(
                "two backwards of the same input and output gradient differ in the gradient of input: noise,"
                    + " or state kept between calls"),
        report.toString());
  }

  @Test
  void closeToAKinkTheSlopeOfItsOwnSideIsFound() {
    DoubleTensor input = DoubleTensor.of(Shape.of(1, 4), 1e-7, -1e-7, 1e-5, -1e-4);
    GradientReport report = new GradientCheck().run(new Rectifier(), input);
    report.assertCorrect();
    assertEquals(0, report.skipped());
  }

  @Test
  void anOutputThatIsNotFiniteIsAFault() {
    DoubleTensor input = DoubleTensor.of(Shape.of(1, 2), 1, Double.NaN);
    GradientReport report = new GradientCheck().run(new Rectifier(), input);
    assertEquals(List.of("output [0, 1] is NaN"), report.faults());
    assertThrows(AssertionError.class, report::assertCorrect);
  }

  @Test
  void aNetworkNamesItsParametersByPosition() {
    Network network =
        Network.of(Shape.of(4), new Times(4, 3, 1, -1), new Rectifier(), new Times(3, 2, -1, -1));
    GradientReport report = new GradientCheck().run(network);
    assertEquals("layer 2 Times: weight", report.worst().tensor());
    assertEquals(
        List.of("the sign of the gradient of layer 2 Times: weight is wrong"), report.causes());
  }

  @Test
  void toleranceIsRelativeAndAbsolute() {
    Times slightly = new Times(5, 4, 1 + 1e-4, -1);
    assertFalse(new GradientCheck().run(slightly, Shape.of(5)).isCorrect());
    assertTrue(new GradientCheck().withTolerance(1e-3, 0).run(slightly, Shape.of(5)).isCorrect());
    assertTrue(new GradientCheck().withTolerance(0, 1e-2).run(slightly, Shape.of(5)).isCorrect());
  }

  @Test
  void settingsOutOfRangeAreRefused() {
    GradientCheck check = new GradientCheck();
    for (double wrong : new double[] {-1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThrows(IllegalArgumentException.class, () -> check.withTolerance(wrong, 0));
      assertThrows(IllegalArgumentException.class, () -> check.withTolerance(0, wrong));
      assertThrows(IllegalArgumentException.class, () -> check.withMostSkipped(wrong));
    }
    assertThrows(IllegalArgumentException.class, () -> check.withMostSkipped(1.01));
    assertThrows(IllegalArgumentException.class, () -> check.withElementLimit(-1));
  }

  /** 1/2 mean over the batch of the squared distance, the gradient times a factor. */
  private static Loss<Tensor> squared(double factor) {
    return new Loss<>() {
      @Override
      public double valueAndGradient(Tensor output, Tensor target, Tensor gradient) {
        int n = output.shape().dimension(0);
        double sum = 0;
        for (int i = 0; i < output.size(); i++) {
          double distance = output.get(i) - target.get(i);
          sum += distance * distance / 2;
          gradient.set(i, factor * distance / n);
        }
        return sum / n;
      }

      @Override
      public double value(Tensor output, Tensor target) {
        return valueAndGradient(output, target, output.copy());
      }

      @Override
      public String toString() {
        return "Squared";
      }
    };
  }

  @Test
  void aLossIsCheckedTheSameWay() {
    Tensor output = DoubleTensor.of(Shape.of(3, 2), 1, 2, -3, 4, 0.5, 7);
    Tensor target = DoubleTensor.of(Shape.of(3, 2), 0, 2.5, -3.5, 1, 1, 1);
    GradientReport right = new GradientCheck().run(squared(1), output, target);
    right.assertCorrect();
    assertEquals("output", right.tensors().get(0).name());
    GradientReport wrong = new GradientCheck().run(squared(3), output, target);
    assertFalse(wrong.isCorrect());
    assertEquals(
        List.of(
            "the gradient of output is off by the factor 3.0000000: a sum over the batch where a mean"
                + " belongs (divide by the number of rows)"),
        wrong.causes());
  }
}
