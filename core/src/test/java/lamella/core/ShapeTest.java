package lamella.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class ShapeTest {

  private static void refuses(String message, Executable call) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
  }

  @Property
  void knowsItsDimensionsAndSize(
      @ForAll @Size(max = 5) List<@IntRange(min = 1, max = 9) Integer> list) {
    int[] dimensions = list.stream().mapToInt(Integer::intValue).toArray();
    Shape shape = Shape.of(dimensions);
    assertEquals(dimensions.length, shape.rank());
    int size = 1;
    for (int axis = 0; axis < dimensions.length; axis++) {
      assertEquals(dimensions[axis], shape.dimension(axis));
      size *= dimensions[axis];
    }
    assertEquals(size, shape.size());
    assertFalse(shape.isOpen());
    assertEquals(shape, Shape.of(dimensions.clone()));
    assertEquals(shape.hashCode(), Shape.of(dimensions.clone()).hashCode());
    assertEquals(shape, shape.batch(3).example());
    assertEquals(shape, shape.openBatch().example());
    assertTrue(shape.openBatch().accepts(shape.batch(3)));
    assertTrue(shape.accepts(shape));
    assertFalse(shape.accepts(shape.openBatch()));
  }

  @Test
  void printsLikeAList() {
    assertEquals("[]", Shape.of().toString());
    assertEquals("[128, 512]", Shape.of(128, 512).toString());
    assertEquals("[n, 3, 4]", Shape.batchOf(3, 4).toString());
  }

  @Test
  void doesNotChangeWithTheCallersArray() {
    int[] dimensions = {2, 3};
    Shape shape = Shape.of(dimensions);
    dimensions[0] = 7;
    assertEquals(Shape.of(2, 3), shape);
  }

  @Test
  void differsWhereADimensionOrTheRankDiffers() {
    assertNotEquals(Shape.of(2, 3), Shape.of(3, 2));
    assertNotEquals(Shape.of(2, 3), Shape.of(2, 3, 1));
    assertNotEquals(Shape.of(2, 3), (Object) "[2, 3]");
    assertFalse(Shape.batchOf(3).accepts(Shape.of(2, 4)));
    assertFalse(Shape.batchOf(3).accepts(Shape.of(3)));
    assertFalse(Shape.of(2, 3).accepts(Shape.of(4, 3)));
    assertTrue(Shape.batchOf(3).accepts(Shape.batchOf(3)));
  }

  @Test
  void aSizeBelow1IsNone() {
    refuses("Shape: every dimension must be at least 1, got [2, 0]", () -> Shape.of(2, 0));
    refuses("Shape: every dimension must be at least 1, got [-3]", () -> Shape.of(-3));
    assertThrows(IllegalArgumentException.class, () -> Shape.of(-1, 3));
    assertThrows(IllegalArgumentException.class, () -> Shape.of(3).batch(0));
    assertThrows(IllegalArgumentException.class, () -> Shape.of(3).batch(-1));
    assertThrows(IllegalArgumentException.class, () -> Shape.of(3).withLast(0));
    refuses(
        "Shape: every dimension must be at least 1, got [-1]", () -> Shape.batchOf(3).withLast(-1));
  }

  @Test
  void moreElementsThanAnArrayHoldsAreRefusedHoweverTheShapeIsMade() {
    assertEquals(Integer.MAX_VALUE - 8, Shape.of(Integer.MAX_VALUE - 8).size());
    refuses(
        "Shape: [2147483640] has more elements than a Java array can hold",
        () -> Shape.of(Integer.MAX_VALUE - 7));
    refuses(
        "Shape: [65536, 65536] has more elements than a Java array can hold",
        () -> Shape.of(65536).batch(65536));
    assertThrows(IllegalArgumentException.class, () -> Shape.of(65536, 3).withLast(65536));
    assertThrows(IllegalArgumentException.class, () -> Shape.batchOf(65536, 3).withLast(65536));
    // 2^96, whose low 64 bits are 0.
    assertThrows(
        IllegalArgumentException.class, () -> Shape.of(1 << 24, 1 << 24, 1 << 24, 1 << 24));
    assertThrows(
        IllegalArgumentException.class,
        () -> Shape.of(Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE));
  }

  @Test
  void anOpenBatchHasNoSizeAndIsNotOpenedTwice() {
    Shape open = Shape.batchOf(3);
    assertTrue(open.isOpen());
    assertEquals(2, open.rank());
    assertEquals(3, open.last());
    refuses("Shape: [n, 3] has no size along axis 0", () -> open.dimension(0));
    refuses("Shape: [n, 3] has no size along axis 0", open::size);
    refuses("Shape: [n, 3] is a batch already", open::openBatch);
    refuses("Shape: [n, 3] is a batch already", () -> open.batch(2));
    assertThrows(IllegalArgumentException.class, () -> FloatTensor.zeros(open));
    assertThrows(IllegalArgumentException.class, () -> DoubleTensor.wrap(open, new double[3]));
  }

  @Test
  void anAxisThatIsNotThereIsNamed() {
    refuses("Shape: [2, 3] has no size along axis 2", () -> Shape.of(2, 3).dimension(2));
    refuses("Shape: [2, 3] has no size along axis -1", () -> Shape.of(2, 3).dimension(-1));
    refuses("Shape: [] has no size along axis -1", () -> Shape.of().last());
  }

  @Test
  void theLastDimensionCanBeReplacedAndTheFirstTakenAway() {
    assertEquals(Shape.of(2, 5), Shape.of(2, 3).withLast(5));
    assertEquals(Shape.batchOf(5), Shape.batchOf(3).withLast(5));
    assertEquals(Shape.of(3, 4), Shape.of(2, 3, 4).example());
    assertEquals(Shape.of(), Shape.of(2).example());
    refuses("Shape: [] has no dimension to change", () -> Shape.of().example());
    refuses("Shape: [] has no dimension to change", () -> Shape.of().withLast(2));
    refuses("Shape: [n] has no dimension to change", () -> Shape.batchOf().withLast(2));
  }
}
