package lamella.layers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import lamella.core.DType;
import lamella.core.Dataset;
import lamella.core.DoubleTensor;
import lamella.core.FloatTensor;
import lamella.core.Pass;
import lamella.core.Shape;
import lamella.core.ShapeException;
import lamella.core.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WhiteningTest {
  /** A quantity of a case by {@code case quantity}, see whitening.py. */
  private static final Map<String, Tensor> GOLDEN = read();

  private static Map<String, Tensor> read() {
    Map<String, Tensor> golden = new HashMap<>();
    try (InputStream in = WhiteningTest.class.getResourceAsStream("whitening.txt")) {
      for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList()) {
        String[] words = line.split(" ");
        int[] shape = Arrays.stream(words[2].split(",")).mapToInt(Integer::parseInt).toArray();
        double[] numbers = Arrays.stream(words).skip(3).mapToDouble(Double::parseDouble).toArray();
        golden.put(words[0] + " " + words[1], DoubleTensor.of(Shape.of(shape), numbers));
      }
      return golden;
    } catch (IOException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private static Dataset<?> data(Tensor x) {
    return Dataset.of(x, new int[x.shape().dimension(0)]);
  }

  private static void assertNear(Tensor expected, Tensor actual, double tolerance) {
    assertEquals(expected.shape(), actual.shape());
    double largest = Arrays.stream(expected.toDoubleArray()).map(Math::abs).max().orElseThrow();
    assertArrayEquals(expected.toDoubleArray(), actual.toDoubleArray(), tolerance * largest);
  }

  @ParameterizedTest
  @CsvSource({"all,7,0", "some,3,0.5", "few-examples,4,10"})
  void componentsAndOutputsAreNumPys(String name, int components, double s) {
    Tensor x = GOLDEN.get(name + " x");
    Whitening whitening = Whitening.fit(data(x), components, s);
    assertNear(GOLDEN.get(name + " weight"), whitening.weight().value(), 1e-6);
    assertNear(GOLDEN.get(name + " y"), whitening.forward(x.to(DType.FLOAT32), pass()), 3e-6);
  }

  private static Pass pass() {
    return Pass.forInference();
  }

  /** Rows of numbers that vary the less the later they stand. */
  private static FloatTensor rows(int rows, int features, double weaker) {
    FloatTensor x = FloatTensor.zeros(Shape.of(rows, features));
    SplittableRandom random = new SplittableRandom(5);
    double[] scale = new double[features];
    for (int j = 0; j < features; j++) {
      scale[j] = Math.pow(weaker, j);
    }
    for (int i = 0; i < x.size(); i++) {
      // Neighbours have something in common, so that features are correlated.
      double own = random.nextGaussian() * scale[i % features];
      x.set(i, i % features == 0 ? 1 + own : own + 0.5 * x.get(i - 1));
    }
    return x;
  }

  /** Of W: Wᵀ C W, C the covariance, in float64. */
  private static double[][] covariance(Tensor x, Whitening whitening) {
    Tensor y = whitening.forward(x);
    int n = y.shape().dimension(0);
    int k = y.shape().last();
    double[] mean = new double[k];
    for (int i = 0; i < y.size(); i++) {
      mean[i % k] += y.get(i) / n;
    }
    double[][] covariance = new double[k][k];
    for (int row = 0; row < n; row++) {
      for (int i = 0; i < k; i++) {
        for (int j = 0; j < k; j++) {
          covariance[i][j] += (y.get(row, i) - mean[i]) * (y.get(row, j) - mean[j]) / n;
        }
      }
    }
    return covariance;
  }

  @ParameterizedTest
  @CsvSource({"60,20,0.9", "300,600,0.99"})
  void outputsHaveVarianceOneAndAreNotCorrelated(int rows, int features, double weaker) {
    FloatTensor x = rows(rows, features, weaker);
    double[][] covariance = covariance(x, Whitening.fit(data(x), 9, 0));
    for (int i = 0; i < covariance.length; i++) {
      for (int j = 0; j < covariance.length; j++) {
        assertEquals(i == j ? 1 : 0, covariance[i][j], 2e-5, i + ", " + j);
      }
    }
  }

  /** Exact and at once is what NumPy's are compared with above. */
  @ParameterizedTest
  @CsvSource({"FLOAT64, 1e-9", "FLOAT32, 1e-5"})
  void iterationFindsWhatIsFoundAtOnce(DType type, double tolerance) {
    FloatTensor x = rows(500, 90, 0.9);
    PrincipalComponents exact = PrincipalComponents.of(data(x), 20);
    PrincipalComponents iterated =
        PrincipalComponents.of(data(x), 20, type == DType.FLOAT64 ? Long.MAX_VALUE : 0, 0);
    assertArrayEquals(exact.mean(), iterated.mean(), 1e-6);
    assertEquals(exact.meanVariance(), iterated.meanVariance(), tolerance);
    for (int k = 0; k < 20; k++) {
      assertEquals(1, iterated.variances()[k] / exact.variances()[k], 20 * tolerance);
      assertArrayEquals(exact.components()[k], iterated.components()[k], 100 * tolerance);
    }
  }

  @Test
  void severalBlocksOfExamplesAndPanelsOfFeaturesGiveNumPysCovariance() {
    // 12,000 of 600 are two blocks, and two panels of features.
    FloatTensor x = rows(12_000, 600, 0.999);
    PrincipalComponents found = PrincipalComponents.of(data(x), 3);
    double[] mean = new double[600];
    for (int i = 0; i < x.size(); i++) {
      mean[i % 600] += x.get(i) / 12_000;
    }
    assertArrayEquals(mean, found.mean(), 1e-9);
    // The variance along a component is that of the examples' products with it.
    for (int k = 0; k < 3; k++) {
      double[] component = found.components()[k];
      double variance = 0;
      for (int row = 0; row < 12_000; row++) {
        double product = 0;
        for (int j = 0; j < 600; j++) {
          product += component[j] * (x.get(row, j) - mean[j]);
        }
        variance += product * product / 12_000;
      }
      assertEquals(variance, found.variances()[k], 1e-5 * variance);
    }
  }

  @Test
  void equalVariancesAndNoneGiveNumbers() {
    // A constant feature, two that are the same, and two of the same variance.
    Tensor x =
        FloatTensor.of(
            Shape.of(4, 5), 7, 1, 1, 3, 0, 7, -1, -1, 0, 3, 7, 1, 1, -3, 0, 7, -1, -1, 0, -3);
    for (double s : new double[] {0, 10}) {
      Whitening whitening = Whitening.fit(data(x), 5, s);
      assertTrue(whitening.weight().value().isFinite());
      Tensor y = whitening.forward(x);
      assertTrue(y.isFinite());
      for (int row = 0; row < 4; row++) {
        assertEquals(0, y.get(row, 3));
        assertEquals(0, y.get(row, 4));
      }
    }
  }

  @Test
  void examplesThatAreAllTheSameGiveZeros() {
    Tensor x = FloatTensor.of(Shape.of(2, 3), 1, 2, 3, 1, 2, 3);
    assertArrayEquals(new double[4], Whitening.fit(data(x), 2, 1).forward(x).toDoubleArray());
    FloatTensor wide = FloatTensor.zeros(Shape.of(2, 700));
    assertArrayEquals(new double[6], Whitening.fit(data(wide), 3, 0).forward(wide).toDoubleArray());
  }

  @Test
  void fewerExamplesThanIteratedVectorsGiveZerosForTheRest() {
    FloatTensor x = rows(5, 700, 0.999);
    Tensor y = Whitening.fit(data(x), 8, 1).forward(x);
    assertTrue(y.isFinite());
    for (int j = 0; j < 8; j++) {
      assertEquals(j < 4, Math.abs(y.get(0, j)) > 1e-3, "component " + j);
    }
  }

  @Test
  void whatCannotBeFittedIsRefused() {
    Tensor x = FloatTensor.of(Shape.of(2, 2), 1, 2, 3, Float.NaN);
    assertMessage(
        "Whitening: feature 1 of example 1 must be finite, got NaN",
        () -> Whitening.fit(data(x), 1, 0));
    Tensor good = FloatTensor.zeros(Shape.of(2, 2));
    assertMessage(
        "Whitening: from 1 to 2 components of so many features, got 3",
        () -> Whitening.fit(data(good), 3, 0));
    assertMessage(
        "Whitening: s must be finite and >= 0, got -1.0", () -> Whitening.fit(data(good), 1, -1));
    assertMessage(
        "Whitening: expects examples [features], got [2, 2]",
        () -> Whitening.fit(data(FloatTensor.zeros(Shape.of(2, 2, 2))), 1, 0));
  }

  @Test
  void numbersThatAreNoWhiteningAreRefused() {
    Tensor weight = FloatTensor.zeros(Shape.of(3, 2));
    Tensor bias = FloatTensor.zeros(Shape.of(2));
    assertMessage(
        "Whitening weight: expects [features, components], got [2]",
        () -> Whitening.of(bias, bias));
    assertThrows(ShapeException.class, () -> Whitening.of(weight, FloatTensor.zeros(Shape.of(3))));
    assertMessage(
        "Whitening: expects bias of type float32, as weight, got float64",
        () -> Whitening.of(weight, bias.to(DType.FLOAT64)));
    assertMessage(
        "Whitening: bias must be finite, got Infinity at number 1",
        () -> Whitening.of(weight, FloatTensor.of(Shape.of(2), 0, Float.POSITIVE_INFINITY)));
  }

  private static void assertMessage(String expected, Runnable action) {
    assertEquals(expected, assertThrows(IllegalArgumentException.class, action::run).getMessage());
  }
}
