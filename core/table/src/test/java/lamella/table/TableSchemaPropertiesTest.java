package lamella.table;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import net.jqwik.api.constraints.UniqueElements;
import net.jqwik.api.constraints.WithNull;

/** Schemas of any tables: as JSON and back, and rows encoded in every way. */
class TableSchemaPropertiesTest {
  @Property(tries = 200)
  void jsonSaysTheSame(
      @ForAll @Size(min = 2, max = 5) @UniqueElements List<@StringLength(max = 8) String> names,
      @ForAll @Size(min = 2, max = 5) @UniqueElements List<@StringLength(max = 8) String> texts,
      @ForAll double offset) {
    Assume.that(Double.isFinite(offset));
    List<TableSchema.Input> inputs = new ArrayList<>();
    for (String name : names.subList(1, names.size())) {
      inputs.add(
          inputs.isEmpty()
              ? new TableSchema.Input(name, ColumnKind.NUMBER, List.of(), offset)
              : new TableSchema.Input(name, ColumnKind.CATEGORY, texts, 0));
    }
    TableSchema.Target target =
        new TableSchema.Target(names.get(0), Task.CLASSIFICATION, texts, false);
    TableSchema schema = new TableSchema(inputs, target, Map.of("out", texts.get(0)));
    assertEquals(schema, TableSchema.parse(schema.toJson()));
  }

  @Property(tries = 200)
  void damagedJsonIsRefusedOrAnotherSchema(@ForAll int place, @ForAll char c) {
    TableSchema schema =
        new TableSchema(
            List.of(
                new TableSchema.Input("a", ColumnKind.NUMBER, List.of(), 1.5),
                new TableSchema.Input("b", ColumnKind.CATEGORY, List.of("x", "y"), 0)),
            new TableSchema.Target("t", Task.REGRESSION, List.of(), true),
            Map.of("id", "why"));
    StringBuilder json = new StringBuilder(schema.toJson());
    json.setCharAt(Math.floorMod(place, json.length()), c);
    TableSchema read;
    try {
      read = TableSchema.parse(json.toString());
    } catch (IllegalArgumentException e) {
      return;
    }
    assertEquals(read, TableSchema.parse(read.toJson()));
  }

  @Property(tries = 200)
  void mapsAndTablesAreEncodedAlike(
      @ForAll @Size(value = 6) List<@WithNull(0.2) Double> numbers,
      @ForAll @Size(value = 6) List<@WithNull(0.2) @StringLength(min = 1, max = 3) String> texts) {
    double[] values = new double[6];
    for (int i = 0; i < 6; i++) {
      values[i] = numbers.get(i) == null ? Double.NaN : numbers.get(i);
      Assume.that(!Double.isInfinite(values[i]));
      Assume.that(texts.get(i) == null || !texts.get(i).isBlank());
    }
    Table table =
        Table.of(
            Column.numbers("number", values).as(ColumnKind.NUMBER),
            Column.categories("text", texts.toArray(String[]::new)).as(ColumnKind.CATEGORY),
            Column.numbers("always", 1, 2, 3, 4, 5, 6).as(ColumnKind.NUMBER),
            Column.numbers("y", 1, 2, 3, 4, 5, 6).as(ColumnKind.NUMBER));
    TableSchema schema = TableModel.regressor("y").schema(table);
    float[] expected = schema.encode(table).array();
    int width = schema.inputs().size();
    float[] row = new float[width];
    for (int i = 0; i < 6; i++) {
      Map<String, Object> map = new HashMap<>();
      map.put("number", numbers.get(i));
      map.put("text", texts.get(i));
      map.put("always", i + 1);
      Map<String, Object> inputs = new HashMap<>();
      for (TableSchema.Input input : schema.inputs()) {
        inputs.put(input.name(), map.get(input.name()));
      }
      schema.encode(inputs, row, 0);
      float[] part = new float[width];
      System.arraycopy(expected, i * width, part, 0, width);
      assertArrayEquals(part, row);
    }
    assertEquals(Map.of(), schema.unseen(table));
  }
}
