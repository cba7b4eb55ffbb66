package lamella.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.Test;

class DescriptionTest {
  private static class Silent {}

  private record Wrapper(Object inside, Object numbers) {}

  @Test
  void whatSaysNothingIsItsClass() {
    assertEquals("lamella.core.DescriptionTest$Silent", Description.of(new Silent()));
    assertEquals("[D", Description.of(new double[3]));
    assertEquals(
        "Wrapper[inside=lamella.core.DescriptionTest$Silent, numbers=[D]",
        Description.of(new Wrapper(new Silent(), new double[2])));
  }

  /** Their numbers in the class file change when another is added above them. */
  @Test
  void aClassWithinAMethodHasNoNumber() {
    class Local {}
    assertEquals("lamella.core.DescriptionTest$Local", Description.of(new Local()));
    assertEquals("[lamella.core.DescriptionTest$]", Description.of(List.of(new Silent() {})));
  }

  @Test
  void aLambdaIsALambda() {
    IntUnaryOperator lambda = i -> i + 1;
    IntUnaryOperator reference = Math::abs;
    assertEquals("lambda", Description.of(lambda));
    assertEquals("[1, lambda, lambda]", Description.of(List.of(1, lambda, reference)));
  }

  @Test
  void otherTextsAreAsTheyAre() {
    for (String text : List.of("", "Crop(4)", "$5 @ home", "joe@abc.de", "a@b-1", "x@123456789")) {
      assertEquals(text, Description.of(text));
    }
  }
}
