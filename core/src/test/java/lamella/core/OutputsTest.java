package lamella.core;

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
    assertEquals(Outputs.UNSPECIFIED, network.outputs());
  }
}
