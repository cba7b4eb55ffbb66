package lamella.layers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import lamella.core.DType;
import lamella.core.DoubleTensor;
import lamella.core.Fingerprint;
import lamella.core.Layers;
import lamella.core.Network;
import lamella.core.Outputs;
import lamella.core.Predictor;
import lamella.core.Shape;
import lamella.core.Tensor;
import lamella.core.io.ModelFile;
import lamella.core.io.OnnxExport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class EnsembleTest {
  private static Network member(Outputs meaning, double[] weight, double... bias) {
    Linear linear =
        Linear.of(DoubleTensor.of(Shape.of(2, 3), weight), DoubleTensor.of(Shape.of(3), bias));
    return Network.of(Shape.of(2), linear).withOutputs(meaning);
  }

  private static Network three(Outputs meaning) {
    return Ensemble.of(
        member(meaning, new double[] {1, 2, -1, 0.5, -1, 3}, 0, 0.5, 1),
        member(meaning, new double[] {0, 1, 1, -2, 0.25, 1}, 1, -1, 0),
        member(meaning, new double[] {3, -1, 0, 1, 1, -4}, 0.25, 0, -0.5));
  }

  private static Tensor inputs() {
    return DoubleTensor.of(Shape.of(2, 2), 1, 2, -1, 0.5);
  }

  private static void assertOutputs(Outputs meaning, double... expected) {
    Network ensemble = three(meaning);
    assertArrayEquals(expected, ensemble.forward(inputs()).toDoubleArray(), 1e-14);
  }

  /** Against NumPy, from the definitions. */
  @Test
  void outputsAreThoseOfTheMeanPrediction() {
    double[] logs = {
      -1.0924958986999116, -3.4657823715671507, -0.4566956554800862,
      -1.601470809395295, -1.048871461894368, -0.8028117790431389
    };
    assertOutputs(Outputs.CLASSES, logs);
    assertOutputs(Outputs.UNSPECIFIED, logs);
    assertOutputs(
        Outputs.YES_NO,
        0.5797111611895028,
        0.6573243296405127,
        0.6194860231843256,
        -0.8217596854280884,
        -0.5902367001732313,
        -0.10130439078738049);
    double[] means = {
      1.4166666666666667, 2 / 3.0, 1 / 6.0, -1, -0.7916666666666666, 1 / 6.0,
    };
    assertOutputs(Outputs.NUMBERS, means);
    assertOutputs(Outputs.PROBABILITIES, means);
  }

  @Test
  void itMeansWhatItsMembersMean() {
    for (Outputs meaning : Outputs.values()) {
      Outputs expected = meaning == Outputs.UNSPECIFIED ? Outputs.CLASSES : meaning;
      assertEquals(expected, three(meaning).outputs());
    }
  }

  /** A predictor gives the mean of what the members' predictors give, in logits of any size. */
  @ParameterizedTest
  @EnumSource(
      value = Outputs.class,
      names = {"CLASSES", "YES_NO"})
  void probabilitiesAreTheMeanOfTheMembers(Outputs meaning) {
    for (double scale : new double[] {1, 300, 1e4}) {
      Network ensemble = three(meaning);
      ensemble
          .parameters()
          .forEach(parameter -> {
            for (int i = 0; i < parameter.value().size(); i++) {
              parameter.value().set(i, scale * parameter.value().get(i));
            }
          });
      double[] expected = new double[6];
      for (var member : ensemble.layers().getFirst().layers()) {
        double[] one = Predictor.of((Network) member).probabilities(inputs()).toDoubleArray();
        for (int i = 0; i < expected.length; i++) {
          expected[i] += one[i] / 3;
        }
      }
      double[] actual = Predictor.of(ensemble).probabilities(inputs()).toDoubleArray();
      assertArrayEquals(expected, actual, 1e-12);
    }
  }

  private static Network random(Outputs meaning, DType dtype, int outputs) {
    SplittableRandom random = new SplittableRandom(3);
    Network[] members = new Network[3];
    for (int m = 0; m < members.length; m++) {
      Network member =
          Network.of(
                  Shape.of(4),
                  new Linear(4, 5 + m, random),
                  m == 0 ? new ReLU() : new Mish(),
                  new Linear(5 + m, outputs, random))
              .withOutputs(meaning);
      member.parameters().forEach(parameter -> parameter.convertTo(dtype));
      members[m] = member;
    }
    return Ensemble.of(members);
  }

  private static Tensor normals(DType dtype) {
    SplittableRandom random = new SplittableRandom(8);
    Tensor x = DoubleTensor.zeros(Shape.of(50, 4));
    for (int i = 0; i < x.size(); i++) {
      x.set(i, 2 * random.nextGaussian());
    }
    return x.to(dtype);
  }

  @ParameterizedTest
  @EnumSource(Outputs.class)
  void itIsSavedAndCopiedAndGoesToOnnx(Outputs meaning) throws IOException, OrtException {
    for (DType dtype : DType.values()) {
      Network before = random(meaning, dtype, 3);
      Tensor x = normals(dtype);
      Tensor expected = before.forward(x);
      Network after = ModelFile.parse("model", ModelFile.of(before).toBytes()).network();
      assertEquals(before.toString(), after.toString());
      assertEquals(before.outputs(), after.outputs());
      assertEquals(Fingerprint.of(before.parameters()), Fingerprint.of(after.parameters()));
      assertArrayEquals(expected.toDoubleArray(), after.forward(x).toDoubleArray());
      assertArrayEquals(expected.toDoubleArray(), before.copy().forward(x).toDoubleArray());
      OnnxTest.assertNear(
          expected,
          OnnxTest.run(OnnxExport.of(before).toBytes(), x),
          dtype == DType.FLOAT32 ? 1e-5 : 1e-12);
    }
  }

  /** So many rows are divided over threads; each has the bits that it has alone. */
  @ParameterizedTest
  @EnumSource(DType.class)
  void rowsOfALargeBatchHaveTheBitsThatTheyHaveAlone(DType dtype) {
    Network ensemble = random(Outputs.CLASSES, dtype, 10);
    SplittableRandom random = new SplittableRandom(4);
    Tensor x = Tensor.zeros(dtype, Shape.of(2000, 4));
    for (int i = 0; i < x.size(); i++) {
      x.set(i, 2 * random.nextGaussian());
    }
    Tensor together = ensemble.forward(x);
    Tensor one = Tensor.zeros(dtype, Shape.of(1, 4));
    for (int row = 0; row < 2000; row += 37) {
      for (int j = 0; j < 4; j++) {
        one.set(j, x.get(row, j));
      }
      Tensor alone = ensemble.forward(one);
      for (int j = 0; j < 10; j++) {
        assertEquals(alone.get(j), together.get(row, j));
      }
    }
  }

  @Test
  void parametersAreNamedByMember() {
    assertEquals(
        List.of("0.0.0.weight", "0.0.0.bias", "0.1.0.weight", "0.1.0.bias"),
        List.copyOf(Layers.parameters(three(Outputs.NUMBERS)).keySet()).subList(0, 4));
  }

  private static void refuses(String message, Network... members) {
    assertEquals(
        message,
        assertThrows(IllegalArgumentException.class, () -> Ensemble.of(members)).getMessage());
  }

  private static Network linear(int inputs, int outputs) {
    return Network.of(Shape.of(inputs), new Linear(inputs, outputs, new SplittableRandom(1)));
  }

  @Test
  void membersThatDoNotAgreeAreNamed() {
    String hint = "; members agree in inputs and outputs, and in what these mean";
    refuses(
        "Ensemble: member 1 has inputs [5], member 0 has [4]" + hint, linear(4, 3), linear(5, 3));
    refuses(
        "Ensemble: member 2 has outputs [2], member 0 has [3]" + hint,
        linear(4, 3),
        linear(4, 3),
        linear(4, 2));
    refuses(
        "Ensemble: member 1 has outputs that are numbers, member 0 has classes" + hint,
        linear(4, 3).withOutputs(Outputs.CLASSES),
        linear(4, 3).withOutputs(Outputs.NUMBERS));
    Network wide = linear(4, 3);
    wide.parameters().forEach(parameter -> parameter.convertTo(DType.FLOAT64));
    refuses(
        "Ensemble: member 1 has numbers of type float64, member 0 has float32" + hint,
        linear(4, 3),
        wide);
    refuses(
        "Ensemble: nobody said what the members' outputs [1] mean, and so what their mean is; say it"
            + " by Network.withOutputs",
        linear(4, 1),
        linear(4, 1));
    refuses("Ensemble: needs at least one network");
  }

  /** The outputs stay finite numbers where a class has no probability that float32 can hold. */
  @Test
  void aClassThatNobodyExpectsHasAFiniteOutput() {
    Network far = Network.of(Shape.of(1), Linear.of(row(0, 1000), DoubleTensor.zeros(Shape.of(2))));
    Network ensemble = Ensemble.of(far, far.copy());
    double[] y = ensemble.forward(DoubleTensor.of(Shape.of(1, 1), 1)).toDoubleArray();
    assertArrayEquals(new double[] {-1000, 0}, y, 1e-9);
    assertTrue(Arrays.stream(y).allMatch(Double::isFinite));
  }

  private static DoubleTensor row(double... numbers) {
    return DoubleTensor.of(Shape.of(1, numbers.length), numbers);
  }
}
