package lamella.layers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OrtException;
import java.util.SplittableRandom;
import lamella.core.DType;
import lamella.core.DoubleTensor;
import lamella.core.FloatTensor;
import lamella.core.Network;
import lamella.core.Pass;
import lamella.core.Shape;
import lamella.core.ShapeException;
import lamella.core.Tensor;
import lamella.core.io.OnnxExport;
import org.junit.jupiter.api.Test;

class PeriodicEmbeddingTest {
  /** By numpy in float64: cos(2π x f + p) contracted with w, plus b; gradients checked there. */
  private static PeriodicEmbedding small() {
    return PeriodicEmbedding.of(
        DoubleTensor.of(Shape.of(3, 2), -0.08, -0.11, -0.02, -0.19, -0.01, -0.14),
        DoubleTensor.of(Shape.of(3, 2), 0.89, -1.33, 1.06, 0.55, -2.86, 0.35),
        DoubleTensor.of(
            Shape.of(2, 3, 2),
            -0.48,
            -0.17,
            -0.43,
            0.39,
            -0.12,
            -0.69,
            0.09,
            0.56,
            -0.39,
            -0.56,
            -0.22,
            0.87),
        DoubleTensor.of(Shape.of(2, 2), 0.95, 0.34, 0.81, 0.69));
  }

  @Test
  void valuesAndGradientsAreGolden() {
    for (DType dtype : DType.values()) {
      PeriodicEmbedding layer = small();
      layer.parameters().forEach(parameter -> parameter.convertTo(dtype));
      double tolerance = dtype == DType.FLOAT64 ? 1e-14 : 3e-6;
      Tensor x = DoubleTensor.of(Shape.of(2, 2), 1.79, 0.44, 0.1, -1.86).to(dtype);
      Tensor dy =
          DoubleTensor.of(
                  Shape.of(2, 6),
                  -0.77,
                  -0.23,
                  0.75,
                  1.98,
                  -1.24,
                  -0.63,
                  -0.8,
                  -2.42,
                  -0.92,
                  -1.02,
                  1.12,
                  -0.13)
              .to(dtype);
      Pass pass = Pass.forGradients();
      assertArrayEquals(
          new double[] {
            1.79,
            0.44,
            0.2997240923919503,
            0.05110965597340439,
            0.8551155231337729,
            0.9641444688367506,
            0.1,
            -1.86,
            0.5300918171695662,
            0.08513675729138892,
            0.8868842307034175,
            1.4202738216883581
          },
          layer.forward(x, pass).toDoubleArray(),
          tolerance);
      assertArrayEquals(
          new double[] {
            -0.7546135611587537, 0.3410932211621298, -0.5991902095140936, -2.088367114884881
          },
          layer.backward(dy, pass).toDoubleArray(),
          tolerance);
      double[][] gradients = {
        {
          -0.3054388433375205,
          -1.9543520381539548,
          -1.3207909960874737,
          -1.454323393822591,
          0.32282228143295144,
          6.12040227161437
        },
        {
          -0.408397335371513,
          -0.6835476255080045,
          -0.08374445913867387,
          0.09004919646212656,
          -0.006202256275083428,
          -0.6113745042431954
        },
        {
          0.13571668358155298,
          -1.1442618054722076,
          0.04353691619116962,
          2.929956832589562,
          0.14605433683908176,
          2.3902174568841748,
          -0.49216128484737864,
          -0.09001297292962374,
          -0.27243236455205644,
          -0.5086573661625282,
          0.14448644016858503,
          -0.5771120372380069
        },
        {-0.17000000000000004, 0.96, -0.11999999999999988, -0.76}
      };
      for (int i = 0; i < gradients.length; i++) {
        assertArrayEquals(
            gradients[i],
            pass.gradients().of(layer.parameters().get(i)).toDoubleArray(),
            3 * tolerance,
            layer.parameters().get(i).name());
      }
    }
  }

  @Test
  void numbersAreDrawnAsSaid() {
    PeriodicEmbedding layer = new PeriodicEmbedding(500, new SplittableRandom(1));
    double[] frequency = layer.frequency().value().toDoubleArray();
    double squares = 0;
    for (double value : frequency) {
      squares += value * value;
    }
    assertEquals(0.1, Math.sqrt(squares / frequency.length), 0.005);
    assertEvenBelow(Math.PI, layer.phase().value());
    assertEvenBelow(0.25, layer.weight().value());
    assertEvenBelow(0.25, layer.bias().value());
    assertEquals(Shape.of(3, 16, 500), layer.weight().shape());
    assertEquals("PeriodicEmbedding(500 -> 2000)", layer.toString());
    layer.parameters().forEach(parameter -> assertTrue(!parameter.role().isDecayed()));
    assertEquals(500 * 16 * 4, layer.multiplyAdds(Shape.of(500)));
  }

  private static void assertEvenBelow(double bound, Tensor values) {
    double largest = 0;
    double squares = 0;
    for (int i = 0; i < values.size(); i++) {
      largest = Math.max(largest, Math.abs(values.get(i)));
      squares += values.get(i) * values.get(i);
    }
    assertTrue(largest <= bound && largest > 0.98 * bound);
    assertEquals(bound / Math.sqrt(3), Math.sqrt(squares / values.size()), 0.03 * bound);
  }

  @Test
  void onnxruntimeComputesWaves() throws OrtException {
    SplittableRandom random = new SplittableRandom(2);
    FloatTensor rows = FloatTensor.zeros(Shape.of(300, 7));
    for (int i = 0; i < rows.size(); i++) {
      rows.set(i, 3 * random.nextGaussian());
    }
    for (DType dtype : DType.values()) {
      PeriodicEmbedding layer = new PeriodicEmbedding(dtype, 7, 16, 4, 0.3, random);
      Tensor x = rows.to(dtype);
      byte[] file = OnnxExport.of(Network.of(Shape.of(7), layer)).toBytes();
      OnnxTest.assertNear(
          layer.forward(x), OnnxTest.run(file, x), dtype == DType.FLOAT32 ? 1e-6 : 1e-14);
    }
  }

  @Test
  void whatDoesNotFitIsRefused() {
    assertEquals(
        "PeriodicEmbedding: features and frequencies must be at least 1, width at least 2 and"
            + " deviation finite and > 0, got 3, 16, 1 and 0.1",
        assertThrows(
                IllegalArgumentException.class,
                () -> new PeriodicEmbedding(DType.FLOAT32, 3, 16, 1, 0.1, new SplittableRandom(1)))
            .getMessage());
    Tensor two = FloatTensor.zeros(Shape.of(3, 2));
    assertEquals(
        "PeriodicEmbedding weight: expects [4, 3, 2], got [4, 2, 3]",
        assertThrows(
                ShapeException.class,
                () ->
                    PeriodicEmbedding.of(
                        two,
                        two,
                        FloatTensor.zeros(Shape.of(4, 2, 3)),
                        FloatTensor.zeros(Shape.of(4, 2))))
            .getMessage());
    assertEquals(
        "PeriodicEmbedding phase: expects type float32, as frequency, got float64",
        assertThrows(
                IllegalArgumentException.class,
                () -> PeriodicEmbedding.of(two, DoubleTensor.zeros(two.shape()), two, two))
            .getMessage());
    assertEquals(
        "PeriodicEmbedding: expects frequency [frequencies, features] and bias [width - 1,"
            + " features], got [2] and [3, 2]",
        assertThrows(
                IllegalArgumentException.class,
                () -> PeriodicEmbedding.of(FloatTensor.zeros(Shape.of(2)), two, two, two))
            .getMessage());
    assertEquals(
        "PeriodicEmbedding(2 -> 6): expects [n, 2], got [4, 3]",
        assertThrows(
                ShapeException.class, () -> small().forward(DoubleTensor.zeros(Shape.of(4, 3))))
            .getMessage());
  }
}
