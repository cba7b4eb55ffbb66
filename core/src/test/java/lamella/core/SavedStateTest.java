package lamella.core;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class SavedStateTest {

  private static SavedState again(SavedState state) {
    return SavedState.of(List.of(), state.tensors(), state.texts());
  }

  @Property
  void givesBackEveryBitOfWhatWasPut(
      @ForAll long integer,
      @ForAll double number,
      @ForAll int[] integers,
      @ForAll double[] numbers) {
    SavedState state = SavedState.of(List.of());
    state.put("integer", integer);
    state.put("number", number);
    state.put("integers", integers);
    state.put("numbers", numbers);
    SavedState read = again(state);
    assertEquals(integer, read.integer("integer", Long.MIN_VALUE, Long.MAX_VALUE));
    assertEquals(number, read.number("number"));
    assertArrayEquals(integers, read.integers("integers"));
    assertArrayEquals(numbers, read.numbers("numbers"));
  }

  @Test
  void partsOfOneStateDoNotMeet() {
    SavedState state = SavedState.of(List.of());
    state.inside("a").put("x", "1");
    state.inside("b").inside("c").put("x", "2");
    assertEquals("1", again(state).inside("a").text("x"));
    assertEquals("2", again(state).inside("b").inside("c").text("x"));
    assertFalse(state.has("x"));
    assertTrue(state.has("a.x"));
    assertEquals(Map.of("a.x", "1", "b.c.x", "2"), state.texts());
    assertEquals(List.of("a.x", "b.c.x"), state.names());
    assertEquals(List.of("c.x"), again(state).inside("b").names());
  }

  @Test
  void tensorsAreNotCopied() {
    Tensor tensor = FloatTensor.zeros(Shape.of(2, 3));
    SavedState state = SavedState.of(List.of());
    state.put("w", tensor);
    assertSame(tensor, state.tensor("w", Shape.of(2, 3)));
  }

  private static void assertRefused(String message, Executable wrong) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, wrong).getMessage());
  }

  @Test
  void whatIsMissingOrCannotBeIsNamed() {
    SavedState state = SavedState.of(List.of());
    SavedState part = state.inside("part");
    part.put("text", "word");
    part.put("number", 1.5);
    part.put("array", new double[] {1, 2.5});
    part.put("seven", 7);
    assertRefused("there is no text part.x", () -> part.text("x"));
    assertRefused("there is no text part.array", () -> part.number("array"));
    assertRefused("there is no tensor part.text", () -> part.numbers("text"));
    assertRefused("there is no tensor part.text", () -> part.tensor("text", Shape.of(1)));
    assertRefused("part.text is no number: word", () -> part.number("text"));
    assertRefused("part.number is no integer: 1.5", () -> part.integer("number", 0, 9));
    assertRefused("part.seven must lie in [0, 6], got 7", () -> part.integer("seven", 0, 6));
    assertRefused("part.array must be integers, got 2.5 at 1", () -> part.integers("array"));
    assertRefused("part.array: expects [3], got [2]", () -> part.tensor("array", Shape.of(3)));
  }

  @Test
  void aNameServesOnce() {
    SavedState state = SavedState.of(List.of());
    state.put("x", 1);
    assertEquals(
        "SavedState: x is there already",
        assertThrows(
                IllegalStateException.class, () -> state.put("x", FloatTensor.zeros(Shape.of(1))))
            .getMessage());
  }
}
