package lamella.core;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OutputsTest {
  private static Network network(int outputs) {
    return Network.of(Shape.of(2), new Dense(2, outputs));
  }

  private static void refuses(String message, Executable call) {
    assertEquals(message, assertThrows(RuntimeException.class, call).getMessage());
  }

  @ParameterizedTest
  @CsvSource({
    "UNSPECIFIED, 3, 3", "UNSPECIFIED, 1, 0",
    "CLASSES, 3, 3", "CLASSES, 2, 2",
    "PROBABILITIES, 3, 3", "PROBABILITIES, 1, 0",
    "NUMBERS, 3, 0", "NUMBERS, 1, 0",
    "YES_NO, 3, 0", "YES_NO, 1, 2"
  })
  void howManyClassesThereAre(Outputs outputs, int size, int classes) {
    assertEquals(classes, outputs.classes(Shape.of(size)));
    assertEquals(0, outputs.classes(Shape.of(size, 2)));
    assertEquals(0, outputs.classes(Shape.of()));
  }

  @Test
  void whereThereAreNoClassesTheMessageSaysWhyAndWhatToDo() {
    assertEquals(3, Outputs.CLASSES.requireClasses("Who", Shape.of(3)));
    refuses(
        "Who: the network's outputs are numbers, which have no classes; use the outputs themselves,"
            + " or say by Network.withOutputs what else they are",
        () -> Outputs.NUMBERS.requireClasses("Who", Shape.of(3)));
    refuses(
        "Who: the network's outputs [3] answer a question of yes or no each, and are no one class;"
            + " use their probabilities",
        () -> Outputs.YES_NO.requireClasses("Who", Shape.of(3)));
    refuses(
        "Who: the network has one output, and nobody said what it means; say"
            + " Network.withOutputs(Outputs.YES_NO) if it answers yes or no, Outputs.NUMBERS if it"
            + " is a number",
        () -> Outputs.UNSPECIFIED.requireClasses("Who", Shape.of(1)));
    refuses(
        "Who: expects outputs [classes], the network's are [2, 3]",
        () -> Outputs.UNSPECIFIED.requireClasses("Who", Shape.of(2, 3)));
  }

  @Test
  void withOutputsMakesAnotherNetworkOfTheSameLayers() {
    Network plain = network(1);
    Network said = plain.withOutputs(Outputs.YES_NO);
    assertNotSame(plain, said);
    assertEquals(Outputs.UNSPECIFIED, plain.outputs());
    assertEquals(Outputs.YES_NO, said.outputs());
    assertEquals(plain.layers(), said.layers());
    assertEquals(plain.parameters(), said.parameters());
    assertEquals(Outputs.NUMBERS, said.withOutputs(Outputs.NUMBERS).outputs());
    assertEquals(Outputs.UNSPECIFIED, said.withOutputs(Outputs.UNSPECIFIED).outputs());
  }

  @Test
  void theLastLayersMeaningIsTheNetworks() {
    Network inner = network(2).withOutputs(Outputs.NUMBERS);
    Network outer = Network.of(Shape.of(2), new Square(), inner);
    assertEquals(Outputs.NUMBERS, outer.outputs());
    assertEquals(Outputs.CLASSES, outer.withOutputs(Outputs.CLASSES).outputs());
    assertEquals(Outputs.UNSPECIFIED, Network.of(Shape.of(2), inner, new Dense(2, 3)).outputs());
  }

  /** y_j = x_j / sum of x, which are probabilities whatever x is. */
  private static final class Shares implements Layer {
    @Override
    public Shape outputShape(Shape input) {
      return input;
    }

    @Override
    public Outputs outputMeaning() {
      return Outputs.PROBABILITIES;
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
      Tensor y = pass.output(this, x);
      for (int i = 0; i < x.size(); i++) {
        int row = i / x.shape().last();
        double sum = 0;
        for (int j = 0; j < x.shape().last(); j++) {
          sum += x.get(row, j);
        }
        y.set(i, x.get(i) / sum);
      }
      return y;
    }

    @Override
    public Tensor backward(Tensor dy, Pass pass) {
      throw new UnsupportedOperationException();
    }
  }

  @Test
  void aLayerThatMakesProbabilitiesSaysSoForItsNetwork() {
    Network network = Network.of(Shape.of(2), new Shares());
    assertEquals(Outputs.PROBABILITIES, network.outputs());
    assertEquals(Outputs.PROBABILITIES, Network.of(Shape.of(2), new Square(), network).outputs());
    assertEquals(Outputs.UNSPECIFIED, Network.of(Shape.of(2), network, new Dense(2, 2)).outputs());
    assertEquals(Outputs.NUMBERS, network.withOutputs(Outputs.NUMBERS).outputs());
    refuses(
        network + ": its outputs are probabilities, and cannot be declared classes",
        () -> network.declareOutputs(Outputs.CLASSES));
  }

  /** As they are: no softmax of them. */
  @Test
  void aPredictorTakesProbabilitiesAsTheyAre() {
    Predictor predictor = Predictor.of(Network.of(Shape.of(3), new Shares()));
    FloatTensor x = FloatTensor.of(Shape.of(2, 3), 1, 5, 2, 7, 0, 1);
    double[] expected = {0.125, 0.625, 0.25, 0.875, 0, 0.125};
    assertArrayEquals(expected, predictor.probabilities(x).toDoubleArray());
    assertArrayEquals(new int[] {1, 0}, predictor.classes(x));
    assertArrayEquals(
        new float[] {0.125f, 0.625f, 0.25f}, predictor.probabilities(new float[] {1, 5, 2}));
    assertEquals(1, predictor.classOf(new float[] {1, 5, 2}));
  }

  @Test
  void whatIsDeclaredStays() {
    Network inner = network(2);
    Network outer = Network.of(Shape.of(2), new Square(), inner);
    outer.declareOutputs(Outputs.NUMBERS);
    outer.declareOutputs(Outputs.NUMBERS);
    assertEquals(Outputs.NUMBERS, outer.outputs());
    assertEquals(Outputs.NUMBERS, inner.outputs());
    refuses(
        "Network([2] -> Dense(2 -> 2)): its outputs are numbers, and cannot be declared classes",
        () -> inner.declareOutputs(Outputs.CLASSES));
    assertEquals(Outputs.NUMBERS, inner.outputs());
  }

  @Test
  void aSingleOutputCannotBeClasses() {
    Network network = network(1);
    String message =
        "Network([2] -> Dense(2 -> 1)): classes need outputs [classes], two or more, got [1]; for"
            + " yes or no with one output, use Outputs.YES_NO";
    refuses(message, () -> network.withOutputs(Outputs.CLASSES));
    refuses(message, () -> network.declareOutputs(Outputs.CLASSES));
    refuses(
        message.replace("classes need", "probabilities need"),
        () -> network.withOutputs(Outputs.PROBABILITIES));
    assertEquals(Outputs.UNSPECIFIED, network.outputs());
  }
}
