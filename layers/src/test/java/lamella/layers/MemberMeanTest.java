package lamella.layers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ai.onnxruntime.OrtException;
import java.util.SplittableRandom;
import lamella.core.DType;
import lamella.core.DoubleTensor;
import lamella.core.FloatTensor;
import lamella.core.Network;
import lamella.core.Outputs;
import lamella.core.Pass;
import lamella.core.Shape;
import lamella.core.ShapeException;
import lamella.core.Tensor;
import lamella.core.io.OnnxExport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MemberMeanTest {
  private static Tensor numbers(Shape shape, double size) {
    SplittableRandom random = new SplittableRandom(3);
    Tensor tensor = FloatTensor.zeros(shape);
    for (int i = 0; i < tensor.size(); i++) {
      tensor.set(i, size * random.nextGaussian());
    }
    return tensor;
  }

  /** Members side by side predict and learn what networks of an ensemble do. */
  @ParameterizedTest
  @EnumSource(value = Outputs.class, names = "UNSPECIFIED", mode = EnumSource.Mode.EXCLUDE)
  void itIsTheEnsembleOfTheMembers(Outputs meaning) {
    SplittableRandom random = new SplittableRandom(1);
    int[] all = {0, 1, 2, 3, 4};
    Network[] members = new Network[3];
    Columns.Part[] parts = new Columns.Part[3];
    for (int m = 0; m < 3; m++) {
      Linear linear = new Linear(5, 4, random);
      members[m] = Network.of(Shape.of(5), linear).withOutputs(meaning);
      parts[m] = Columns.part(all, linear);
    }
    Network ensemble = Ensemble.of(members);
    Network whole = Network.of(Shape.of(5), Columns.of(parts), new MemberMean(3, meaning));
    assertEquals(meaning, whole.outputs());
    Tensor x = numbers(Shape.of(7, 5), 3).to(DType.FLOAT64);
    Tensor dy = numbers(Shape.of(7, 4), 1).to(DType.FLOAT64);
    ensemble.parameters().forEach(parameter -> parameter.convertTo(DType.FLOAT64));
    Pass pass = Pass.forGradients();
    Pass other = Pass.forGradients();
    assertArrayEquals(
        ensemble.forward(x, pass).toDoubleArray(), whole.forward(x, other).toDoubleArray(), 1e-13);
    ensemble.backward(dy, pass);
    whole.backward(dy, other);
    for (int i = 0; i < 6; i++) {
      assertArrayEquals(
          pass.gradients().of(ensemble.parameters().get(i)).toDoubleArray(),
          other.gradients().of(whole.parameters().get(i)).toDoubleArray(),
          1e-12);
    }
  }

  /** By NumPy in float64, from the definitions. */
  @Test
  void meansAreGolden() {
    Tensor z =
        DoubleTensor.of(
            Shape.of(2, 9),
            2,
            1.5,
            6,
            -3,
            0.5,
            3,
            5.25,
            1,
            -8.5,
            -0.75,
            -3,
            3.5,
            -1,
            -1.875,
            -0.5,
            -2.25,
            1.5,
            -2.5);
    assertArrayEquals(
        new double[] {
          -1.0926173635052059,
          -3.395813089221636,
          -0.46021321194043247,
          -2.112465050890552,
          -1.0057525772565223,
          -0.6669118333156447
        },
        new MemberMean(3, Outputs.CLASSES).forward(z).toDoubleArray(),
        1e-14);
    assertArrayEquals(
        new double[] {
          0.5797111611895028,
          0.9628770173754809,
          0.6194860231843256,
          -1.2175339027670433,
          -0.6962018529584588,
          -0.10130439078738049
        },
        new MemberMean(3, Outputs.YES_NO).forward(z).toDoubleArray(),
        1e-14);
    assertArrayEquals(
        new double[] {
          1.4166666666666667,
          1.0,
          0.16666666666666666,
          -1.3333333333333333,
          -1.125,
          0.16666666666666666
        },
        new MemberMean(3, Outputs.NUMBERS).forward(z).toDoubleArray(),
        1e-14);
  }

  @ParameterizedTest
  @EnumSource(
      value = Outputs.class,
      names = {"CLASSES", "YES_NO", "NUMBERS"})
  void onnxruntimeTakesTheMeanToo(Outputs meaning) throws OrtException {
    for (DType dtype : DType.values()) {
      Network network = Network.of(Shape.of(12), new MemberMean(3, meaning));
      Tensor x = numbers(Shape.of(50, 12), 3).to(dtype);
      for (int opset : new int[] {13, 18, 20}) {
        byte[] file = OnnxExport.of(network).withType(dtype).withOpset(opset).toBytes();
        OnnxTest.assertNear(
            network.forward(x), OnnxTest.run(file, x), dtype == DType.FLOAT32 ? 1e-5 : 1e-13);
      }
    }
  }

  @Test
  void whatDoesNotFitIsRefused() {
    assertEquals(
        "MemberMean: needs at least one member, got 0",
        assertThrows(IllegalArgumentException.class, () -> new MemberMean(0, Outputs.NUMBERS))
            .getMessage());
    assertEquals(
        "MemberMean: what the mean is depends on what the outputs mean; classes, yes-no or numbers"
            + " expected, got unspecified",
        assertThrows(IllegalArgumentException.class, () -> new MemberMean(2, Outputs.UNSPECIFIED))
            .getMessage());
    assertEquals(
        "MemberMean(4 of classes): expects [n, 8], got [2, 10]",
        assertThrows(
                ShapeException.class,
                () ->
                    new MemberMean(4, Outputs.CLASSES).forward(FloatTensor.zeros(Shape.of(2, 10))))
            .getMessage());
    assertEquals(Shape.of(3, 1), new MemberMean(4, Outputs.NUMBERS).outputShape(Shape.of(3, 4)));
  }
}
