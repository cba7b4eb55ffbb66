package lamella.layers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OrtException;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import lamella.core.DType;
import lamella.core.DoubleTensor;
import lamella.core.FloatTensor;
import lamella.core.Network;
import lamella.core.Parameter;
import lamella.core.Pass;
import lamella.core.Predictor;
import lamella.core.Shape;
import lamella.core.ShapeException;
import lamella.core.Tensor;
import lamella.core.io.OnnxExport;
import org.junit.jupiter.api.Test;

class EnsembleLinearTest {
  private static EnsembleLinear small() {
    return EnsembleLinear.of(
        DoubleTensor.of(Shape.of(2, 2), 1.75, -0.29, -0.48, -2.65),
        DoubleTensor.of(Shape.of(6), -0.01, -0.32, -0.54, 0.32, 0.42, -1.07),
        DoubleTensor.of(Shape.of(6), -0.89, -0.48, 0.69, 0.56, -1.31, -1.12),
        DoubleTensor.of(Shape.of(6), 0.74, 1.57, -0.03, -0.68, 1.1, -0.31));
  }

  private static Tensor dy() {
    return DoubleTensor.of(
        Shape.of(2, 6), 0.09, 0.06, 0.3, 1.4, -1.55, 1.3, -0.24, -1.23, -0.17, 0.09, 1.07, -1.06);
  }

  /** By NumPy in float64: ((x r) @ W) s + b for each member. */
  @Test
  void valuesAndGradientsOfOwnInputsAreGolden() {
    assertGolden(
        DoubleTensor.of(
            Shape.of(2, 6),
            0.73,
            1.55,
            0.63,
            0.07,
            0.73,
            -0.64,
            -0.18,
            -0.57,
            -0.2,
            -0.49,
            -0.19,
            -0.38),
        new double[] {
          0.53947855,
          0.93807184,
          -0.44821038,
          -0.6579931200000001,
          0.8277217400000001,
          1.82207008,
          0.81511778,
          1.80226336,
          0.15234215999999998,
          -0.46484800000000004,
          1.53861158,
          0.8708697600000002
        },
        new double[] {
          0.0013182299999999999,
          -0.036725759999999996,
          -0.07284059999999998,
          -0.6966271999999999,
          1.6697582999999998,
          -3.0856232000000006,
          -0.00202584,
          0.5334681599999999,
          0.11874114000000001,
          -0.024721919999999998,
          -1.1748504600000003,
          2.6463924800000007
        },
        new double[][] {
          {0.6522863699999999, -0.8011488000000001, 0.92227486, -0.3827206400000001},
          {
            -0.13269591,
            1.1281305599999998,
            0.1289589,
            -0.11453176000000001,
            3.43367892,
            -0.9057660800000001
          },
          {
            0.040533929999999996,
            0.6741658799999999,
            -0.22675548,
            0.08959519999999997,
            -0.68041656,
            -1.3571153200000001
          },
          {-0.15, -1.17, 0.12999999999999998, 1.49, -0.48, 0.24}
        });
  }

  @Test
  void valuesAndGradientsOfASharedInputAreGolden() {
    assertGolden(
        DoubleTensor.of(Shape.of(2, 2), 0.22, 0.12, -1.68, -1.19),
        new double[] {
          0.72702202,
          1.5208489600000001,
          -0.18616908,
          -0.7176924800000001,
          0.8074350800000001,
          -0.6610796800000001,
          0.87651176,
          2.05671616,
          1.19156496,
          -0.2622220800000001,
          3.51823904,
          3.2399755200000007
        },
        new double[] {
          1.5982359299999997, -3.8189761600000005, -1.0581351600000002, 3.1551387200000005
        },
        new double[][] {
          {1.0494162599999999, -1.00965696, -1.9084694500000006, 1.9354556800000005},
          {
            -0.36934217999999996,
            1.9976068799999995,
            0.39909268,
            -0.16930055999999996,
            5.5740371400000015,
            3.2892353600000006
          },
          {
            0.03812454,
            1.2533540399999996,
            -0.36886488000000006,
            -0.02708832,
            -2.3213674799999997,
            3.7673014600000005
          },
          {-0.15, -1.17, 0.12999999999999998, 1.49, -0.48, 0.24}
        });
  }

  private static void assertGolden(Tensor x, double[] y, double[] dx, double[][] gradients) {
    for (DType dtype : DType.values()) {
      EnsembleLinear layer = small();
      layer.parameters().forEach(parameter -> parameter.convertTo(dtype));
      double tolerance = dtype == DType.FLOAT64 ? 1e-14 : 5e-6;
      Pass pass = Pass.forGradients();
      assertArrayEquals(y, layer.forward(x.to(dtype), pass).toDoubleArray(), tolerance);
      assertArrayEquals(dx, layer.backward(dy().to(dtype), pass).toDoubleArray(), tolerance);
      for (int i = 0; i < gradients.length; i++) {
        Parameter parameter = layer.parameters().get(i);
        assertArrayEquals(
            gradients[i],
            pass.gradients().of(parameter).toDoubleArray(),
            tolerance,
            parameter.name());
      }
    }
  }

  /** With all factors 1 each member is the same dense layer, to the bit. */
  @Test
  void atFirstMembersAreTheDenseLayer() {
    EnsembleLinear layer = new EnsembleLinear(3, 5, 4, new SplittableRandom(1));
    Linear linear = Linear.of(layer.weight().value(), FloatTensor.zeros(Shape.of(4)));
    FloatTensor x = FloatTensor.zeros(Shape.of(6, 5));
    RandomGenerator random = new SplittableRandom(2);
    for (int i = 0; i < x.size(); i++) {
      x.set(i, random.nextGaussian());
    }
    Tensor expected = linear.forward(x);
    Tensor y = layer.forward(x);
    for (int row = 0; row < 6; row++) {
      for (int m = 0; m < 3; m++) {
        for (int j = 0; j < 4; j++) {
          assertEquals(expected.get(row, j), y.get(row, 4 * m + j));
        }
      }
    }
    double[] predicted = Predictor.of(Network.of(Shape.of(5), layer)).outputs(x).toDoubleArray();
    assertArrayEquals(y.toDoubleArray(), predicted);
  }

  @Test
  void signsAreDrawnAndOnlyTheMatrixIsDecayed() {
    EnsembleLinear layer =
        new EnsembleLinear(8, 50, 3, new SplittableRandom(1))
            .withRandomSigns(new SplittableRandom(5));
    int above = 0;
    for (double value : layer.inputGain().value().toDoubleArray()) {
      assertEquals(1, Math.abs(value));
      above += value > 0 ? 1 : 0;
    }
    assertTrue(above > 160 && above < 240);
    for (Parameter parameter : layer.parameters()) {
      assertEquals(parameter == layer.weight(), parameter.role().isDecayed());
    }
    assertEquals(8 * 50 * 3, layer.multiplyAdds(Shape.of(50)));
    assertEquals("EnsembleLinear(8 of 50 -> 3)", layer.toString());
  }

  @Test
  void onnxruntimeComputesMembersToo() throws OrtException {
    RandomGenerator random = new SplittableRandom(3);
    EnsembleLinear first = new EnsembleLinear(4, 6, 5, random).withRandomSigns(random);
    EnsembleLinear second = new EnsembleLinear(4, 5, 3, random);
    for (Parameter parameter : second.parameters()) {
      for (int i = 0; i < parameter.value().size(); i++) {
        parameter.value().set(i, random.nextGaussian());
      }
    }
    Network network = Network.of(Shape.of(6), first, new Tanh(), second);
    FloatTensor rows = FloatTensor.zeros(Shape.of(40, 6));
    for (int i = 0; i < rows.size(); i++) {
      rows.set(i, random.nextGaussian());
    }
    for (DType dtype : DType.values()) {
      network.parameters().forEach(parameter -> parameter.convertTo(dtype));
      Tensor x = rows.to(dtype);
      OnnxTest.assertNear(
          network.forward(x),
          OnnxTest.run(OnnxExport.of(network).toBytes(), x),
          dtype == DType.FLOAT32 ? 1e-5 : 1e-13);
    }
  }

  @Test
  void whatDoesNotFitIsRefused() {
    assertEquals(
        "EnsembleLinear: members, inputs and outputs must be at least 1, got 2 of 0 -> 3",
        assertThrows(
                IllegalArgumentException.class,
                () -> new EnsembleLinear(2, 0, 3, new SplittableRandom(1)))
            .getMessage());
    assertEquals(
        "EnsembleLinear(3 of 2 -> 2): expects [n, 6], got [4, 4]",
        assertThrows(
                ShapeException.class, () -> small().forward(DoubleTensor.zeros(Shape.of(4, 4))))
            .getMessage());
    Tensor weight = FloatTensor.zeros(Shape.of(2, 3));
    assertEquals(
        "EnsembleLinear inputGain of one or more members: expects [2], got [5]",
        assertThrows(
                ShapeException.class,
                () -> EnsembleLinear.of(weight, FloatTensor.zeros(Shape.of(5)), weight, weight))
            .getMessage());
    assertEquals(
        "EnsembleLinear outputGain: expects [6], got [4]",
        assertThrows(
                ShapeException.class,
                () ->
                    EnsembleLinear.of(
                        weight,
                        FloatTensor.zeros(Shape.of(4)),
                        FloatTensor.zeros(Shape.of(4)),
                        weight))
            .getMessage());
    assertEquals(
        "EnsembleLinear: expects bias of type float32, as weight, got float64",
        assertThrows(
                IllegalArgumentException.class,
                () ->
                    EnsembleLinear.of(
                        weight,
                        FloatTensor.zeros(Shape.of(4)),
                        FloatTensor.zeros(Shape.of(6)),
                        DoubleTensor.zeros(Shape.of(6))))
            .getMessage());
  }
}
