package lamella.spark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.math.BigDecimal;
import java.sql.Date;
import java.time.LocalDate;
import java.util.List;
import java.util.SplittableRandom;
import lamella.table.Column;
import lamella.table.Table;
import lamella.table.TableModel;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.apache.spark.ml.attribute.AttributeGroup;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.catalyst.CatalystTypeConverters;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeProjection;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import scala.collection.mutable.ArraySeq;

class FeatureReaderTest {
  private static final StructType VECTORS = frame(SQLDataTypes.VectorType());
  private static final StructType DOUBLES = frame(DataTypes.createArrayType(DataTypes.DoubleType));

  private static StructType frame(DataType type) {
    return new StructType().add("id", DataTypes.LongType).add("x", type);
  }

  /** As Spark keeps rows between its operators, and as it keeps them in memory. */
  private static List<InternalRow> internal(StructType frame, Row row) {
    InternalRow one =
        (InternalRow) CatalystTypeConverters.createToCatalystConverter(frame).apply(row);
    return List.of(one, UnsafeProjection.create(frame).apply(one));
  }

  /** Reads in all ways, which must agree. */
  private static double[] read(FeatureReader reader, StructType frame, Row row, int size) {
    double[] expected = new double[size];
    reader.read(row, expected, 0);
    float[] floats = new float[size + 1];
    reader.read(row, floats, 1);
    for (int i = 0; i < size; i++) {
      assertEquals((float) expected[i], floats[i + 1]);
    }
    for (InternalRow one : internal(frame, row)) {
      double[] numbers = new double[size];
      assertNull(reader.tryRead(one, numbers, 0));
      assertArrayEquals(expected, numbers);
    }
    return expected;
  }

  private static void refused(
      String problem, String where, FeatureReader reader, StructType frame, Row row) {
    double[] to = new double[8];
    Exception e = assertThrows(IllegalArgumentException.class, () -> reader.read(row, to, 0));
    assertEquals(problem + ", in " + where, e.getMessage());
    assertEquals(problem, reader.tryRead(row, to, 0));
    assertEquals(problem, reader.tryRead(row, new float[8], 0));
    for (InternalRow one : internal(frame, row)) {
      assertEquals(problem, reader.tryRead(one, to, 0));
      assertEquals(where, reader.describe(one));
    }
  }

  private static Object seq(Object... elements) {
    return ArraySeq.make(elements);
  }

  @Property(tries = 50)
  void vectorsAndArraysGiveTheirElements(
      @ForAll @IntRange(min = 1, max = 40) int size, @ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    double[] numbers = random.doubles(size, -1e3, 1e3).toArray();
    for (int i = 0; i < size; i++) {
      numbers[i] = random.nextInt(3) == 0 ? 0 : numbers[i];
    }
    Vector dense = Vectors.dense(numbers);
    FeatureReader vectors = FeatureReader.of(VECTORS, "x").withSize(size);
    assertArrayEquals(numbers, read(vectors, VECTORS, RowFactory.create(7L, dense), size));
    assertArrayEquals(
        numbers, read(vectors, VECTORS, RowFactory.create(7L, dense.toSparse()), size));
    FeatureReader doubles = FeatureReader.of(DOUBLES, "x");
    assertArrayEquals(
        numbers, read(doubles, DOUBLES, RowFactory.create(7L, ArraySeq.make(numbers)), size));
    Object[] boxed = java.util.Arrays.stream(numbers).boxed().toArray();
    assertArrayEquals(numbers, read(doubles, DOUBLES, RowFactory.create(7L, seq(boxed)), size));
  }

  @Test
  void arraysOfOtherNumbersAndSingleNumbersAreRead() {
    StructType floats = frame(DataTypes.createArrayType(DataTypes.FloatType, false));
    FeatureReader reader = FeatureReader.of(floats, "x");
    Row row = RowFactory.create(1L, ArraySeq.make(new float[] {0.1f, -2}));
    assertArrayEquals(new double[] {0.1f, -2}, read(reader, floats, row, 2));
    assertEquals(2, reader.size(row));
    StructType bytes = frame(DataTypes.createArrayType(DataTypes.IntegerType));
    assertArrayEquals(
        new double[] {3, -4},
        read(FeatureReader.of(bytes, "x"), bytes, RowFactory.create(1L, seq(3, -4)), 2));
    StructType decimal = frame(DataTypes.createDecimalType(10, 2));
    Row number = RowFactory.create(1L, new BigDecimal("12.50"));
    assertArrayEquals(
        new double[] {12.5}, read(FeatureReader.of(decimal, "x"), decimal, number, 1));
    assertArrayEquals(new double[] {1}, read(FeatureReader.of(decimal, "id"), decimal, number, 1));
  }

  @Test
  void sizesComeFromMetadataOrAreSaid() {
    StructType said = new StructType().add(new AttributeGroup("x", 3).toStructField());
    assertEquals(3, FeatureReader.of(said, "x").size());
    assertEquals(0, FeatureReader.of(VECTORS, "x").size());
    assertEquals(2, FeatureReader.of(VECTORS, "x").withSize(2).size());
    assertEquals(1, FeatureReader.of(VECTORS, "id").size());
    Exception e =
        assertThrows(IllegalArgumentException.class, () -> FeatureReader.of(said, "x").withSize(4));
    assertEquals(
        "FeatureReader: column \"x\": expected rows of 4 numbers, the column says that it has 3",
        e.getMessage());
  }

  @Test
  void rowsThatDoNotFitAreRefusedByColumnAndRow() {
    FeatureReader three = FeatureReader.of(VECTORS, "x").withSize(3);
    String where = "the row with id = 7";
    refused(
        "column \"x\": expected 3 numbers, got null",
        where,
        three,
        VECTORS,
        RowFactory.create(7L, null));
    refused(
        "column \"x\": expected 3 numbers, got 2",
        where,
        three,
        VECTORS,
        RowFactory.create(7L, Vectors.dense(1, 2)));
    refused(
        "column \"x\": expected 3 numbers, got 4",
        where,
        three,
        VECTORS,
        RowFactory.create(7L, Vectors.sparse(4, new int[] {1}, new double[] {1})));
    refused(
        "column \"x\", place 1: expected a finite number, got NaN",
        where,
        three,
        VECTORS,
        RowFactory.create(7L, Vectors.dense(1, Double.NaN, 2)));
    refused(
        "column \"x\", place 2: expected a finite number, got -Infinity",
        where,
        three,
        VECTORS,
        RowFactory.create(7L, Vectors.dense(1, 0, Double.NEGATIVE_INFINITY)));
    refused(
        "column \"x\", place 1: expected a number, got null",
        where,
        FeatureReader.of(DOUBLES, "x"),
        DOUBLES,
        RowFactory.create(7L, seq(1.0, null)));
    refused(
        "column \"x\": expected numbers, got null",
        "the row with id = null",
        FeatureReader.of(DOUBLES, "x"),
        DOUBLES,
        RowFactory.create(null, null));
    assertEquals(
        "column \"x\", place 1: expected numbers that a float32 holds, got 1.0E39",
        FeatureReader.of(VECTORS, "x")
            .tryRead(RowFactory.create(7L, Vectors.dense(1, 1e39)), new float[2], 0));
    Exception e =
        assertThrows(IllegalArgumentException.class, () -> three.size(RowFactory.create(7L, null)));
    assertEquals("column \"x\": expected 3 numbers, got null, in " + where, e.getMessage());
  }

  @Test
  void columnsThatAreNotThereOrOfAnotherTypeAreRefused() {
    assertEquals(
        "column \"X\" expected, the frame has \"x\"",
        assertThrows(IllegalArgumentException.class, () -> FeatureReader.of(VECTORS, "X"))
            .getMessage());
    assertEquals(
        "column \"features\" expected, the frame has \"id\", \"x\"",
        assertThrows(IllegalArgumentException.class, () -> FeatureReader.of(VECTORS, "features"))
            .getMessage());
    StructType twice = VECTORS.add("x", DataTypes.IntegerType);
    assertEquals(
        "column \"x\" expected once, the frame has two of this name",
        assertThrows(IllegalArgumentException.class, () -> FeatureReader.of(twice, "x"))
            .getMessage());
    StructType text = frame(DataTypes.StringType);
    assertEquals(
        "FeatureReader: column \"x\" expected to be of vectors, of arrays of numbers, or of"
            + " numbers, is of type string; several plain columns become one of vectors by a"
            + " VectorAssembler",
        assertThrows(IllegalArgumentException.class, () -> FeatureReader.of(text, "x"))
            .getMessage());
  }

  // Plain columns.

  private static final StructType PLAIN =
      new StructType()
          .add("day", DataTypes.DateType)
          .add("size", DataTypes.FloatType)
          .add("price", DataTypes.createDecimalType(10, 2))
          .add("color", DataTypes.StringType)
          .add("new", DataTypes.BooleanType)
          .add("rank", DataTypes.IntegerType);

  private static String schema() {
    Table table =
        Table.of(
            List.of(
                Column.numbers("size", 1, 2, 0.1, 4),
                Column.numbers("price", 1, 2, 3, 4),
                Column.categories("color", "red", "blue", "red", "blue"),
                Column.categories("new", "false", "true", "true", "false"),
                Column.categories("rank", "3", "1", "2", "1"),
                Column.categories("day", "2024-02-29", "2024-03-01", "2024-03-01", "2024-02-29"),
                Column.numbers("y", 1, 2, 3, 5)));
    return TableModel.regressor("y").schema(table).toJson();
  }

  @Test
  void plainColumnsGiveWhatTheTableMakesOfThem() {
    FeatureReader reader = FeatureReader.ofTable(PLAIN, schema());
    assertEquals(6, reader.size());
    Row row =
        RowFactory.create(
            Date.valueOf("2024-03-01"), 0.1f, new BigDecimal("2.50"), "blue", true, 2);
    assertArrayEquals(new double[] {0.1f, 2.5, 2, 2, 3, 2}, read(reader, PLAIN, row, 6));
    Row local =
        RowFactory.create(LocalDate.of(2024, 3, 1), 0.1f, new BigDecimal("2.50"), "blue", true, 2);
    double[] numbers = new double[6];
    reader.read(local, numbers, 0);
    assertArrayEquals(new double[] {0.1f, 2.5, 2, 2, 3, 2}, numbers);
    Row gaps = RowFactory.create(null, null, null, "green", null, null);
    double nan = Double.NaN;
    assertArrayEquals(new double[] {nan, nan, 0, 0, 0, 0}, read(reader, PLAIN, gaps, 6));
  }

  @Test
  void plainColumnsOfOtherTypesAreRefused() {
    StructType wrong = new StructType();
    for (String name : PLAIN.fieldNames()) {
      wrong = wrong.add(name, name.equals("rank") ? DataTypes.StringType : DataTypes.BinaryType);
    }
    StructType binary = wrong;
    Exception e =
        assertThrows(IllegalArgumentException.class, () -> FeatureReader.ofTable(binary, schema()));
    assertEquals(
        "FeatureReader: column \"size\": expected numbers, is of type binary; column \"price\":"
            + " expected numbers, is of type binary; column \"color\": expected texts, numbers,"
            + " booleans or dates, is of type binary; column \"new\": expected texts, numbers,"
            + " booleans or dates, is of type binary; column \"day\": expected texts, numbers,"
            + " booleans or dates, is of type binary; cast to one of these",
        e.getMessage());
    Row infinite =
        RowFactory.create(null, Float.POSITIVE_INFINITY, new BigDecimal("2.50"), "blue", true, 2);
    refused(
        "column \"size\": expects a finite number, got Infinity; leave it out if it is missing",
        "the row with size = Infinity, price = 2.50, color = blue, new = true",
        FeatureReader.ofTable(PLAIN, schema()),
        PLAIN,
        infinite);
  }

  @Test
  void readersTravel() throws IOException, ClassNotFoundException {
    for (FeatureReader reader :
        List.of(
            FeatureReader.of(VECTORS, "x").withSize(2),
            FeatureReader.of(DOUBLES, "x"),
            FeatureReader.of(DOUBLES, "id"),
            FeatureReader.ofTable(PLAIN, schema()))) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
        out.writeObject(reader);
      }
      try (ObjectInputStream in =
          new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
        FeatureReader read = (FeatureReader) in.readObject();
        assertEquals(reader.size(), read.size());
        assertEquals(reader.getClass(), read.getClass());
      }
    }
  }
}
