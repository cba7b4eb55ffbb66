package lamella.table;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class ColumnTest {
  private static final Column NUMBERS = Column.numbers("n", 1, Double.NaN, 0.5, 1);
  private static final Column TEXTS = Column.categories("t", "b", null, "a", " ", "b", "");

  @Test
  void numbers() {
    assertEquals(ColumnKind.NUMBER, NUMBERS.kind());
    assertTrue(NUMBERS.isNumeric());
    assertEquals(4, NUMBERS.size());
    assertEquals(1, NUMBERS.missing());
    assertArrayEquals(new double[] {1, Double.NaN, 0.5, 1}, NUMBERS.numbers());
    assertEquals("0.5", NUMBERS.text(2));
    assertEquals(null, NUMBERS.text(1));
    assertEquals("n (NUMBER, 4): 1, null, 0.5, 1", NUMBERS.toString());
    assertEquals(
        "column \"n\" is of numbers (NUMBER), not of texts; as(ColumnKind.CATEGORY) makes categories"
            + " of numbers",
        assertThrows(IllegalStateException.class, NUMBERS::categories).getMessage());
    assertEquals(
        "column \"x\", row 2: -Infinity is not finite",
        assertThrows(
                IllegalArgumentException.class,
                () -> Column.numbers("x", 1, Double.NEGATIVE_INFINITY))
            .getMessage());
    assertThrows(IllegalArgumentException.class, () -> Column.numbers(" ", 1));
  }

  @Test
  void texts() {
    assertEquals(ColumnKind.CATEGORY, TEXTS.kind());
    assertEquals(false, TEXTS.isNumeric());
    assertEquals(3, TEXTS.missing());
    assertEquals(List.of("b", "a"), TEXTS.categories());
    assertEquals(0, TEXTS.category(4));
    assertEquals(-1, TEXTS.category(1));
    assertEquals("a", TEXTS.text(2));
    assertEquals(null, TEXTS.text(3));
    assertEquals(
        "column \"t\" is of texts (CATEGORY), not of numbers; as(ColumnKind.NUMBER) makes numbers of"
            + " texts such as 12.5",
        assertThrows(IllegalStateException.class, () -> TEXTS.number(0)).getMessage());
    assertThrows(UnsupportedOperationException.class, () -> TEXTS.categories().add("c"));
  }

  @Test
  void kindsAreChanged() {
    Column categories = NUMBERS.as(ColumnKind.CATEGORY);
    assertEquals(List.of("1", "0.5"), categories.categories());
    assertEquals(-1, categories.category(1));
    assertEquals(NUMBERS, categories.as(ColumnKind.NUMBER));
    assertTrue(NUMBERS.as(ColumnKind.ID).isNumeric());
    assertEquals(ColumnKind.TEXT, TEXTS.as(ColumnKind.TEXT).kind());
    assertEquals(
        "column \"t\", row 1: expected a finite number such as 12.5, got \"b\"",
        assertThrows(IllegalArgumentException.class, () -> TEXTS.as(ColumnKind.NUMBER))
            .getMessage());
    assertThrows(
        IllegalArgumentException.class,
        () -> Column.categories("t", "1e999").as(ColumnKind.NUMBER));
  }
}
