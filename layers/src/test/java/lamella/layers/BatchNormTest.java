package lamella.layers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.SplittableRandom;
import lamella.check.GradientCheck;
import lamella.core.DType;
import lamella.core.DoubleTensor;
import lamella.core.FloatTensor;
import lamella.core.Parameter;
import lamella.core.Parameter.Role;
import lamella.core.Pass;
import lamella.core.Shape;
import lamella.core.ShapeException;
import lamella.core.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class BatchNormTest {
  private static Tensor column(DType dtype, double... values) {
    return DoubleTensor.of(Shape.of(values.length, 1), values).to(dtype);
  }

  @ParameterizedTest
  @EnumSource
  void oneToFourHaveTheBatchVariance5Quarters(DType dtype) {
    BatchNorm norm = new BatchNorm(dtype, 1);
    Pass pass = Pass.forTraining();
    Tensor y = norm.forward(column(dtype, 1, 2, 3, 4), pass);
    double tolerance = dtype == DType.FLOAT32 ? 3e-7 : 1e-15;
    for (int i = 0; i < 4; i++) {
      assertEquals((i - 1.5) / Math.sqrt(1.25 + 1e-5), y.get(i), tolerance);
    }
    assertEquals(1, norm.variance().value().get(0), "before the commit");
    pass.commit();
    // 0.9 + 0.1 * 5/3; by Keras's conventions it would be 1.0025, by the biased variance 1.025.
    assertEquals(1.0666667, norm.variance().value().get(0), 1e-7);
    assertEquals(0.25, norm.mean().value().get(0), tolerance);
  }

  @ParameterizedTest
  @EnumSource
  void aBatchOfOneRowGivesTheBiasAndLeavesTheStatisticsAlone(DType dtype) {
    BatchNorm norm = new BatchNorm(dtype, 2);
    norm.bias().value().set(1, -3);
    norm.gain().value().fill(5);
    Pass pass = Pass.forGradients();
    Tensor y = norm.forward(DoubleTensor.of(Shape.of(1, 2), 1e6, -7.7).to(dtype), pass);
    assertArrayEquals(new double[] {0, -3}, y.toDoubleArray());
    Tensor dx = norm.backward(DoubleTensor.of(Shape.of(1, 2), 2, 3).to(dtype), pass);
    assertArrayEquals(new double[] {0, 0}, dx.toDoubleArray());
    assertArrayEquals(new double[] {2, 3}, pass.gradients().of(norm.bias()).toDoubleArray());
    assertArrayEquals(new double[] {0, 0}, pass.gradients().of(norm.gain()).toDoubleArray());
    pass.commit();
    assertArrayEquals(new double[] {0, 0}, norm.mean().value().toDoubleArray());
    assertArrayEquals(new double[] {1, 1}, norm.variance().value().toDoubleArray());
  }

  @Test
  void nothingCancelsWhereTheMeanIsLarge() {
    FloatTensor x = FloatTensor.zeros(Shape.of(16, 1));
    for (int i = 0; i < 16; i++) {
      x.array()[i] = (float) (1e4 + i * 1e-3);
    }
    BatchNorm norm = new BatchNorm(1);
    assertEquals(-1.33133335, norm.forward(x, Pass.forTraining()).get(0), 3e-7);
  }

  @Test
  void nothingCancelsInALargeBatchEither() {
    int rows = 5000;
    FloatTensor x = FloatTensor.zeros(Shape.of(rows, 1));
    SplittableRandom random = new SplittableRandom(6);
    for (int i = 0; i < rows; i++) {
      x.set(i, 1e5 + random.nextGaussian());
    }
    Tensor y = new BatchNorm(1).forward(x, Pass.forTraining());
    Tensor exact = new BatchNorm(DType.FLOAT64, 1).forward(x.to(DType.FLOAT64), Pass.forTraining());
    for (int i = 0; i < rows; i++) {
      assertEquals(exact.get(i), y.get(i), 1e-5);
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 100, 1e3})
  void gradientsAreCorrectAtLargeMeans(double mean) {
    DoubleTensor x = DoubleTensor.zeros(Shape.of(6, 4));
    SplittableRandom random = new SplittableRandom(5);
    for (int i = 0; i < x.size(); i++) {
      x.set(i, mean + random.nextGaussian());
    }
    BatchNorm norm = new BatchNorm(DType.FLOAT64, 4);
    norm.gain().value().set(2, -0.3);
    new GradientCheck().run(norm, x, random).assertCorrect();
  }

  /** As parts of a batch, whose gradients are accumulated: what the comment of the class says. */
  @Test
  void eachForwardOfAStepMovesTheRunningStatisticsOn() {
    BatchNorm norm = new BatchNorm(DType.FLOAT64, 1);
    Pass pass = Pass.forTraining();
    pass.beginStep(3, 0);
    norm.forward(column(DType.FLOAT64, 1, 3), pass);
    pass.beginStep(3, 2);
    norm.forward(column(DType.FLOAT64, 5, 7), pass);
    pass.commit();
    assertEquals(0.9 * (0.1 * 2) + 0.1 * 6, norm.mean().value().get(0), 1e-15);
    assertEquals(0.9 * (0.9 + 0.1 * 2) + 0.1 * 2, norm.variance().value().get(0), 1e-15);
  }

  @Test
  void parametersHaveTheirRolesAndFirstValues() {
    BatchNorm norm = new BatchNorm(3);
    assertEquals(
        "[gain float32[3], bias float32[3], mean float32[3], variance float32[3]]",
        norm.parameters().toString());
    assertEquals(
        List.of(Role.GAIN, Role.BIAS, Role.STATISTIC, Role.STATISTIC),
        norm.parameters().stream().map(Parameter::role).toList());
    assertArrayEquals(new double[] {1, 1, 1}, norm.gain().value().toDoubleArray());
    assertArrayEquals(new double[] {0, 0, 0}, norm.bias().value().toDoubleArray());
    assertArrayEquals(new double[] {0, 0, 0}, norm.mean().value().toDoubleArray());
    assertArrayEquals(new double[] {1, 1, 1}, norm.variance().value().toDoubleArray());
    assertEquals("BatchNorm(3)", norm.toString());
    assertEquals(
        "BatchNorm(3, momentum 0.01, epsilon 0.001)",
        new BatchNorm(DType.FLOAT32, 3, 0.01, 1e-3).toString());
  }

  private static String message(Class<? extends Exception> kind, Runnable call) {
    return assertThrows(kind, call::run).getMessage();
  }

  @Test
  void whatDoesNotFitIsRefused() {
    Tensor ones = DoubleTensor.of(Shape.of(2), 1, 1);
    assertEquals(
        "BatchNorm: the number of features must be at least 1, got -1",
        message(IllegalArgumentException.class, () -> new BatchNorm(-1)));
    for (double momentum : new double[] {0, -0.1, 1.1, Double.NaN}) {
      assertEquals(
          "BatchNorm: momentum, the weight of the new value, must lie in (0, 1], got " + momentum,
          message(
              IllegalArgumentException.class,
              () -> new BatchNorm(DType.FLOAT32, 2, momentum, 1e-5)));
    }
    assertEquals(
        "BatchNorm: epsilon must be finite and > 0, got -1.0E-5",
        message(IllegalArgumentException.class, () -> new BatchNorm(DType.FLOAT32, 2, 0.1, -1e-5)));
    assertEquals(
        "BatchNorm: variance must be finite and not negative, got -1.0 at feature 1",
        message(
            IllegalArgumentException.class,
            () -> BatchNorm.of(ones, ones, ones, DoubleTensor.of(Shape.of(2), 1, -1))));
    assertEquals(
        "BatchNorm: mean must be finite, got NaN at feature 0",
        message(
            IllegalArgumentException.class,
            () -> BatchNorm.of(ones, ones, DoubleTensor.of(Shape.of(2), Double.NaN, 1), ones)));
    assertEquals(
        "BatchNorm variance: expects [2], got [3]",
        message(
            ShapeException.class,
            () -> BatchNorm.of(ones, ones, ones, DoubleTensor.zeros(Shape.of(3)))));
    assertEquals(
        "BatchNorm bias: expects type float64, as gain, got float32",
        message(
            IllegalArgumentException.class,
            () -> BatchNorm.of(ones, FloatTensor.zeros(Shape.of(2)), ones, ones)));
    assertEquals(
        "BatchNorm(2): expects [n, 2], got [4, 3]",
        message(
            ShapeException.class,
            () -> new BatchNorm(2).forward(FloatTensor.zeros(Shape.of(4, 3)))));
  }
}
