package lamella.layers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import lamella.core.DType;
import lamella.core.Dataset;
import lamella.core.DoubleTensor;
import lamella.core.FloatTensor;
import lamella.core.Network;
import lamella.core.Outputs;
import lamella.core.Shape;
import lamella.core.ShapeException;
import lamella.core.Tensor;
import lamella.core.io.ModelFile;
import lamella.core.random.NumPyRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InputNormTest {
  @TempDir Path directory;

  private static Tensor numbers(double... numbers) {
    return DoubleTensor.of(Shape.of(numbers.length), numbers);
  }

  private static InputNorm norm() {
    return InputNorm.standardising(numbers(1, 20), numbers(2, 0.5));
  }

  @Test
  void subtractsTheMeanAndDividesByTheDeviation() {
    Tensor x = DoubleTensor.of(Shape.of(2, 2), 5, 21, 0, 20);
    assertArrayEquals(new double[] {2, 2, -0.5, 0}, norm().forward(x).toDoubleArray());
    assertArrayEquals(
        new double[] {4, 1, -1, 0}, InputNorm.centring(numbers(1, 20)).forward(x).toDoubleArray());
  }

  /** numpy: x.mean(axis=0), x.std(axis=0) of [[1, 7, 1], [2, 7, -3], [4, 7, 5], [9, 7, 1]]. */
  @Test
  void isFittedToDataAsNumPyDoes() {
    Tensor x = FloatTensor.of(Shape.of(4, 3), 1, 7, 1, 2, 7, -3, 4, 7, 5, 9, 7, 1);
    InputNorm fitted = InputNorm.fit(Dataset.of(x, new int[4]));
    assertArrayEquals(new double[] {4, 7, 1}, fitted.mean().value().toDoubleArray());
    assertArrayEquals(
        new double[] {(float) 3.082207001484488, 1, (float) 2.8284271247461903},
        fitted.parameters().get(1).value().toDoubleArray());
    assertEquals(DType.FLOAT32, fitted.mean().value().dtype());
    assertEquals(0, fitted.forward(x).get(4));
  }

  /** numpy: sqrt(x.var(axis=0) + 0.5 * x.var(axis=0).mean()) of the same. */
  @Test
  void aPartOfTheMeanVarianceIsAdded() {
    Tensor x = FloatTensor.of(Shape.of(4, 3), 1, 7, 1, 2, 7, -3, 4, 7, 5, 9, 7, 1);
    InputNorm fitted = InputNorm.fit(Dataset.of(x, new int[4]), 0.5);
    assertArrayEquals(
        new double[] {3.5237290853109955, 1.707825127659933, 3.304037933599835},
        fitted.parameters().get(1).value().toDoubleArray(),
        1e-6);
    assertMessage(
        "InputNorm: s must be finite and >= 0, got NaN",
        () -> InputNorm.fit(Dataset.of(x, new int[4]), Double.NaN));
  }

  @Test
  void dataThatCannotBeFittedAreRefused() {
    Tensor x = FloatTensor.of(Shape.of(2, 2), 1, 2, 3, Float.NaN);
    assertMessage(
        "InputNorm: feature 1 of example 1 must be finite, got NaN",
        () -> InputNorm.fit(Dataset.of(x, new int[2])));
  }

  @Test
  void numbersThatWouldSpoilInputsAreRefused() {
    assertMessage(
        "InputNorm: mean must be finite, got Infinity at feature 1",
        () -> InputNorm.centring(numbers(0, Double.POSITIVE_INFINITY)));
    assertMessage(
        "InputNorm: deviation must be finite and > 0, got 0.0 at feature 0; for a feature that is"
            + " always the same use 1",
        () -> InputNorm.standardising(numbers(0), numbers(0)));
    assertMessage(
        "InputNorm: expects deviation of type float64, as mean, got float32",
        () -> InputNorm.standardising(numbers(0), numbers(1).to(DType.FLOAT32)));
    assertThrows(ShapeException.class, () -> InputNorm.standardising(numbers(0, 0), numbers(1)));
  }

  private static void assertMessage(String expected, Runnable action) {
    assertEquals(expected, assertThrows(IllegalArgumentException.class, action::run).getMessage());
  }

  @Test
  void aNetworkWithAHeadSharesTheLayersOfTheOneWithout() {
    Linear linear =
        new Linear(DType.FLOAT64, 2, 3, lamella.core.Initializer.he(), new NumPyRandom(1));
    Network body = Network.of(Shape.of(2), linear).withOutputs(Outputs.CLASSES);
    Network whole = body.withHead(norm());
    assertEquals("Network([2] -> InputNorm(mean, deviation) -> Linear(2 -> 3))", whole.toString());
    assertSame(linear, whole.layers().get(1));
    assertEquals(Outputs.CLASSES, whole.outputs());
    assertEquals(whole.layers().subList(0, 1), whole.head());
    assertEquals(List.of(), body.head());
    assertEquals(body.toString(), whole.withoutHead().toString());
    assertEquals(Outputs.CLASSES, whole.withoutHead().outputs());
    assertSame(body, body.withoutHead());
    Tensor x = DoubleTensor.of(Shape.of(1, 2), 5, 21);
    assertArrayEquals(
        body.forward(norm().forward(x)).toDoubleArray(), whole.forward(x).toDoubleArray());
  }

  @Test
  void aHeadThatDoesNotFitIsRefusedByItsPosition() {
    Network body = Network.of(Shape.of(3), new Linear(3, 1, new NumPyRandom(1)));
    assertEquals(
        "layer 0 InputNorm(mean, deviation): expects [n, 2], got [n, 3]",
        assertThrows(ShapeException.class, () -> body.withHead(norm())).getMessage());
  }

  @Test
  void goesIntoModelFilesAndOut() throws IOException {
    Path file = directory.resolve("model.safetensors");
    for (InputNorm norm : List.of(norm(), InputNorm.centring(numbers(1, 20)))) {
      ModelFile.of(Network.of(Shape.of(2), norm)).write(file);
      Network read = ModelFile.read(file).network();
      assertEquals(norm.toString(), read.layers().getFirst().toString());
      Tensor x = DoubleTensor.of(Shape.of(1, 2), 5.3, 21.7);
      assertArrayEquals(norm.forward(x).toDoubleArray(), read.forward(x).toDoubleArray());
    }
  }
}
