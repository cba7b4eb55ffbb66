package lamella.examples.serve;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import lamella.examples.TableModels;
import lamella.examples.table.CsvText;
import lamella.table.ColumnKind;
import lamella.table.TableSchema;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;

/** Whatever the bytes of a request to a table model: rows, or one sentence. */
class TableBodiesTest {
  private static final ServedTable TABLE = new ServedTable("species", TableModels.SPECIES);
  private static final TableSchema SCHEMA = TABLE.schema();

  @Provide
  Arbitrary<List<List<@Nullable Object>>> rows() {
    List<TableSchema.Input> inputs = SCHEMA.inputs();
    Arbitrary<List<@Nullable Object>> row =
        Arbitraries.just(new ArrayList<@Nullable Object>()).map(list -> list);
    for (TableSchema.Input input : inputs) {
      Arbitrary<Object> value =
          input.kind() == ColumnKind.NUMBER
              ? Arbitraries.oneOf(
                  Arbitraries.doubles().between(-1e30, 1e30).map(x -> (Object) x),
                  Arbitraries.integers().map(x -> (Object) x))
              : Arbitraries.oneOf(
                  Arbitraries.of(input.categories()).map(x -> (Object) x),
                  Arbitraries.strings()
                      .withChars("ab\"\\,\n\t\u00e9\u4e2d{}[]:;")
                      .ofMinLength(1)
                      .ofMaxLength(6)
                      .map(x -> (Object) ("x" + x + "x")));
      row =
          row.flatMap(so ->
              value
                  .injectNull(0.1)
                  .map(next -> {
                    List<@Nullable Object> more = new ArrayList<>(so);
                    more.add(next);
                    return more;
                  }));
    }
    return row.list().ofMinSize(1).ofMaxSize(5);
  }

  private static float[] encoded(List<List<@Nullable Object>> rows) {
    List<TableSchema.Input> inputs = SCHEMA.inputs();
    float[] numbers = new float[rows.size() * inputs.size()];
    for (int row = 0; row < rows.size(); row++) {
      Map<String, @Nullable Object> values = new java.util.LinkedHashMap<>();
      for (int i = 0; i < inputs.size(); i++) {
        values.put(inputs.get(i).name(), rows.get(row).get(i));
      }
      SCHEMA.encode(values, numbers, row * inputs.size());
    }
    return numbers;
  }

  private static void assertRead(
      List<List<@Nullable Object>> rows, TableFormat format, String body) {
    EncodedRows read = format.read(body.getBytes(UTF_8), TABLE, 5);
    assertEquals(rows.size(), read.rows());
    float[] expected = encoded(rows);
    float[] got = read.numbers(0, read.rows());
    for (int i = 0; i < expected.length; i++) {
      assertEquals(Float.floatToIntBits(expected[i]), Float.floatToIntBits(got[i]), body);
    }
    List<TableSchema.Input> inputs = SCHEMA.inputs();
    for (int row = 0; row < rows.size(); row++) {
      List<String> unseen = new ArrayList<>();
      for (int i = 0; i < inputs.size(); i++) {
        Object value = rows.get(row).get(i);
        if (value instanceof String text && !inputs.get(i).categories().contains(text)) {
          unseen.add(inputs.get(i).name());
        }
      }
      assertEquals(unseen, read.unseen(row), body);
    }
  }

  @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
  void rowsComeThroughJson(@ForAll("rows") List<List<@Nullable Object>> rows) {
    List<String> objects = new ArrayList<>();
    for (List<@Nullable Object> row : rows) {
      StringBuilder object = new StringBuilder();
      for (int i = row.size() - 1; i >= 0; i--) { // in any order
        Object value = row.get(i);
        object
            .append(object.isEmpty() ? "{" : ",")
            .append(Json.string(SCHEMA.inputs().get(i).name()))
            .append(':')
            .append(value instanceof String text ? Json.string(text) : value);
      }
      objects.add(object.append('}').toString());
    }
    assertRead(rows, TableFormat.JSON, objects.toString());
    assertRead(rows, TableFormat.JSON, " {\"rows\" : " + objects + "\n} ");
  }

  @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
  void rowsComeThroughCsv(@ForAll("rows") List<List<@Nullable Object>> rows) {
    StringBuilder csv = new StringBuilder();
    for (TableSchema.Input input : SCHEMA.inputs()) {
      CsvText.append(csv.append(csv.isEmpty() ? "" : ","), input.name());
    }
    for (List<@Nullable Object> row : rows) {
      csv.append("\r\n");
      for (int i = 0; i < row.size(); i++) {
        Object value = row.get(i);
        CsvText.append(csv.append(i == 0 ? "" : ","), value == null ? null : value.toString());
      }
    }
    assertRead(rows, TableFormat.CSV, csv.toString());
  }

  private static final String ROW =
      "{\"island\": \"Biscoe\", \"bill_length_mm\": 46.1, \"bill_depth_mm\": 13.2,"
          + " \"flipper_length_mm\": 211, \"body_mass_g\": null, \"sex\": \"female\"}";
  private static final String CSV =
      """
      island,bill_length_mm,bill_depth_mm,flipper_length_mm,body_mass_g,sex
      Biscoe,46.1,13.2,211,,female
      "Dream",1,2,3,4,"male"
      """;

  @Property(tries = 2000)
  void changedBytesAreReadOrRefused(
      @ForAll boolean csv, @ForAll List<Integer> places, @ForAll List<Byte> bytes) {
    byte[] body = (csv ? CSV : "[" + ROW + ", " + ROW + "]").getBytes(UTF_8);
    for (int i = 0; i < Math.min(places.size(), bytes.size()); i++) {
      body[Math.floorMod(places.get(i), body.length)] = bytes.get(i);
    }
    assertReadOrRefused(csv ? TableFormat.CSV : TableFormat.JSON, body);
  }

  @Property(tries = 1000)
  void anyBytesAreReadOrRefused(@ForAll boolean csv, @ForAll byte[] body) {
    assertReadOrRefused(csv ? TableFormat.CSV : TableFormat.JSON, body);
  }

  private static void assertReadOrRefused(TableFormat format, byte[] body) {
    try {
      EncodedRows rows = format.read(body, TABLE, 9);
      assertTrue(rows.rows() >= 1 && rows.rows() <= 9);
      double[] outputs = new double[3 * rows.rows()];
      TableModels.SPECIES.predictEncoded(rows.rows(), rows.numbers(0, rows.rows()), outputs);
    } catch (IllegalArgumentException e) {
      assertTrue(e.getMessage() != null && !e.getMessage().isEmpty());
    }
  }
}
