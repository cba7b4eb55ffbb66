package lamella.table;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TableSchemaTest {
  private static final float NONE = Float.NaN;

  private enum Size {
    small,
    LARGE
  }

  private static final Table TABLE =
      Table.of(
          Column.numbers("length", 1, 2.5, Double.NaN, 4),
          Column.numbers("time", 1.7e12 + 1, 1.7e12 + 2, 1.7e12 + 7, 1.7e12 + 1),
          Column.categories("size", "small", null, "LARGE", "small"),
          Column.numbers("code", 1, 2, 1, 3).as(ColumnKind.CATEGORY),
          Column.categories("alive", "true", "false", "true", "false"),
          Column.categories("same", "x", "x", "x", "x").as(ColumnKind.CATEGORY),
          Column.numbers("none", Double.NaN, Double.NaN, Double.NaN, Double.NaN)
              .as(ColumnKind.NUMBER),
          Column.categories("name", "a", "b", "c", "d").as(ColumnKind.ID),
          Column.numbers("w", 1, 1, 1, 2),
          Column.numbers("extra", 1, 1, 1, 2),
          Column.categories("class", "10", "9", "10", "9"));

  private static final TableSchema SCHEMA =
      TableModel.classifier("class").ignoring("extra").withWeights("w").schema(TABLE);

  @Test
  void takesNumbersAndCategoriesThatVary() {
    assertEquals(
        List.of("length", "time", "size", "code", "alive"),
        SCHEMA.inputs().stream().map(TableSchema.Input::name).toList());
    assertEquals(List.of("small", "LARGE"), SCHEMA.inputs().get(2).categories());
    assertEquals(0, SCHEMA.inputs().get(0).offset());
    assertEquals(1.7e12 + 1, SCHEMA.inputs().get(1).offset());
    assertEquals(List.of("9", "10"), SCHEMA.target().classes());
    Map<String, String> leftOut = new LinkedHashMap<>();
    leftOut.put("same", "it has the same value in every training row");
    leftOut.put("none", "it has no value in any training row");
    leftOut.put("name", "it names the row: nearly every row has a value of its own");
    leftOut.put("w", "it has the rows' weights");
    leftOut.put("extra", "it was to be ignored");
    assertEquals(leftOut, SCHEMA.leftOut());
    assertEquals("TableSchema(2 numbers, 3 categories -> class of 2 classes)", SCHEMA.toString());
  }

  @Test
  void encodesTables() {
    assertArrayEquals(
        new float[] {
          1, 0, 1, 1, 1, //
          2.5f, 1, 0, 2, 2, //
          NONE, 6, 2, 1, 1, //
          4, 0, 1, 3, 2
        },
        SCHEMA.encode(TABLE).array());
    Table other =
        Table.of(
            Column.categories("alive", "true", "maybe"),
            Column.categories("length", "1e2", null),
            Column.numbers("code", 3, 4),
            Column.numbers("time", 1e300, 1.7e12),
            Column.categories("size", "tiny", "SMALL"));
    assertArrayEquals(
        new float[] {100, Float.MAX_VALUE, 0, 3, 1, NONE, -1, 0, 0, 0},
        SCHEMA.encode(other).array());
    assertEquals(Map.of("size", 2, "code", 1, "alive", 1), SCHEMA.unseen(other));
    assertEquals(Map.of(), SCHEMA.unseen(TABLE));
  }

  private static Map<String, Object> row() {
    Map<String, Object> row = new HashMap<>();
    row.put("length", 2);
    row.put("time", 1_700_000_000_003L);
    row.put("size", Size.LARGE);
    row.put("code", 2.0);
    row.put("alive", false);
    return row;
  }

  private static float[] encode(Map<String, ?> row) {
    float[] numbers = new float[SCHEMA.inputs().size()];
    SCHEMA.encode(row, numbers, 0);
    return numbers;
  }

  @Test
  void encodesValuesInOrder() {
    float[] numbers = new float[6];
    SCHEMA.encode(new Object[] {2.5, 1.7e12 + 8, "LARGE", 3, false}, numbers, 1);
    assertArrayEquals(new float[] {0, 2.5f, 7, 2, 3, 2}, numbers);
    assertMessage(
        "TableSchema: expects a value for each of 5 inputs, got 4",
        () -> SCHEMA.encode(new Object[4], numbers, 0));
  }

  @Test
  void encodesMaps() {
    Map<String, Object> row = row();
    assertArrayEquals(new float[] {2, 2, 2, 2, 2}, encode(row));
    row.put("name", "any");
    row.put("class", "9");
    row.put("length", " -1.5e0 ");
    row.put("size", null);
    row.put("code", "2");
    row.put("alive", true);
    assertArrayEquals(new float[] {-1.5f, 2, 0, 2, 1}, encode(row));
    row.put("code", "02.0");
    assertArrayEquals(new float[] {-1.5f, 2, 0, 2, 1}, encode(row));
    row.put("length", "");
    row.put("code", 02);
    assertArrayEquals(new float[] {NONE, 2, 0, 2, 1}, encode(row));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "length | 1,000 | column \"length\": expects a number, got \"1,000\"",
        "length | 0x10 | column \"length\": expects a number, got \"0x10\"",
        "length | 1f | column \"length\": expects a number, got \"1f\"",
        "length | 1e999 | column \"length\": expects a number, got \"1e999\"",
        "length | Infinity | column \"length\": expects a number, got \"Infinity\"",
        "length | 1.2.3 | column \"length\": expects a number, got \"1.2.3\"",
      })
  void refusesTexts(String column, String text, String message) {
    Map<String, Object> row = row();
    row.put(column, text);
    assertMessage(message, () -> encode(row));
  }

  @Test
  void refusesOtherTypes() {
    Map<String, Object> row = row();
    row.put("length", true);
    assertMessage(
        "column \"length\": expects a number, got \"true\" of type Boolean", () -> encode(row));
    row.put("length", Double.POSITIVE_INFINITY);
    assertMessage(
        "column \"length\": expects a finite number, got Infinity; leave it out if it is missing",
        () -> encode(row));
    row.put("length", 1);
    row.put("size", List.of());
    assertMessage(
        "column \"size\": expects a text, a number or a boolean, got \"[]\" of type ListN",
        () -> encode(row));
  }

  @Test
  void refusesMissingAndUnknownColumns() {
    Map<String, Object> row = row();
    row.remove("length");
    assertMessage(
        "the row has no column \"length\"; give null if its value is missing", () -> encode(row));
    row.put("lenght", 1);
    assertMessage("the row has no column \"length\"; did you mean \"lenght\"?", () -> encode(row));
    row.put("length", 1);
    assertMessage(
        "the row has a column \"lenght\", which the model does not know; did you mean"
            + " \"length\"?",
        () -> encode(row));
    assertMessage(
        "the table has no column \"length\"", () -> SCHEMA.encode(TABLE.without("length")));
    assertMessage(
        "row 2: column \"length\": expects a number, got \"two\"",
        () -> SCHEMA.encode(TABLE.with(Column.categories("length", "1", "two", "3", "4"))));
  }

  @Test
  void refusesColumnsThatAreNotThere() {
    assertMessage(
        "the table has no column \"klass\" to predict; did you mean \"class\"?",
        () -> TableModel.classifier("klass").schema(TABLE));
    assertMessage(
        "the table has no column \"lengths\" to be ignored; did you mean \"length\"?",
        () -> TableModel.classifier("class").ignoring("lengths").schema(TABLE));
    assertMessage(
        "column \"class\" is the target, and cannot be ignored",
        () -> TableModel.classifier("class").ignoring("class").schema(TABLE));
    assertMessage(
        "no column is left to predict \"class\" from; left out: same (it has the same value in every"
            + " training row), name (it names the row: nearly every row has a value of its own); a"
            + " column's kind can be set by hand",
        () -> TableModel.classifier("class").schema(TABLE.select("same", "name", "class")));
    assertMessage(
        "no column is left to predict \"class\" from",
        () -> TableModel.classifier("class").schema(TABLE.select("class")));
  }

  @Test
  void isKeptAsJson() {
    assertEquals(SCHEMA, TableSchema.parse(SCHEMA.toJson()));
    TableSchema other = TableModel.regressor("w").withLogarithm().schema(TABLE);
    assertEquals(other, TableSchema.parse(other.toJson()));
    assertTrue(other.target().logarithm());
    assertEquals("TableSchema(3 numbers, 4 categories -> ln w)", other.toString());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "`` | a value expected at character 0, found the end",
        "[] | schema: {...} expected, found \"[]\"",
        "{} | format: a number expected, found nothing",
        "{\"format\":2} | format 1 expected, found 2 (of a newer Lamella?)",
        "{\"format\":1} | inputs: [...] expected, found nothing",
        "{\"format\":1,\"format\":1} | another name expected at character 12, found '\"'",
        "{\"format\":1,} | '\"' expected at character 12, found '}'",
        "{\"format\":1]| '}' expected at character 11, found ']'",
        "{\"a\":\"\\x\"} | one of \"\\/bfnrtu after the backslash expected at character 7, found 'x'",
        "[[[[[[[[[[ | at most 8 brackets within each other expected at character 9, found '['",
      })
  void refusesOtherJson(String json, String message) {
    assertMessage(message, () -> TableSchema.parse(json));
  }

  @Test
  void refusesSchemasThatCannotBe() {
    String json = SCHEMA.toJson();
    for (String[] change :
        new String[][] {
          {"\"small\",\"LARGE\"", "\"small\",\"small\""},
          {"\"kind\":\"number\"", "\"kind\":\"date\""},
          {"\"name\":\"time\"", "\"name\":\"length\""},
          {"\"name\":\"time\"", "\"name\":\"class\""},
          {"[\"9\",\"10\"]", "[\"9\"]"},
          {"\"classification\"", "\"ranking\""},
          {"\"size\"", "7"},
        }) {
      assertTrue(json.contains(change[0]), change[0]);
      assertThrows(
          IllegalArgumentException.class,
          () -> TableSchema.parse(json.replace(change[0], change[1])),
          change[1]);
    }
  }

  @Test
  void anotherTargetLeavesTheInputsAsTheyAre() {
    TableSchema.Target classes =
        new TableSchema.Target("kind", Task.CLASSIFICATION, List.of("a", "b", "c"), false);
    TableSchema other = SCHEMA.withTarget(classes);
    assertEquals(SCHEMA.inputs(), other.inputs());
    assertEquals(SCHEMA.leftOut(), other.leftOut());
    assertEquals(classes, other.target());
    assertEquals(other, TableSchema.parse(other.toJson()));
    assertArrayEquals(SCHEMA.encode(TABLE).array(), other.encode(TABLE).array());
    assertMessage(
        "TableSchema: input \"length\" is there twice, or is the target",
        () ->
            SCHEMA.withTarget(new TableSchema.Target("length", Task.REGRESSION, List.of(), false)));
  }

  private static void assertMessage(String message, Runnable call) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, call::run).getMessage());
  }
}
