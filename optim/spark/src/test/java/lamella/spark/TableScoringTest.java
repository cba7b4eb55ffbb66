package lamella.spark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import lamella.core.io.OnnxExport;
import lamella.table.Table;
import lamella.table.TableModel;
import lamella.table.TablePrediction;
import lamella.table.TableReader;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A CSV file as a table of Lamella's and as a frame of Spark's: the same predictions. */
class TableScoringTest {
  private static final int ROWS = 400;

  @TempDir private static Path folder;

  private static Table table;
  private static Dataset<Row> frame;
  private static TableModel classes;
  private static TableModel numbers;

  @BeforeAll
  static void read() throws IOException {
    SplittableRandom random = new SplittableRandom(1);
    StringBuilder csv = new StringBuilder("row,length,color,fresh,kind,price\n");
    for (int i = 0; i < ROWS; i++) {
      double length = Math.round(100 * random.nextDouble(5)) / 100.0;
      String color = List.of("red", "green", "blue", "").get(random.nextInt(4));
      boolean fresh = random.nextBoolean();
      String kind = length > 2.5 ? "long" : fresh ? "new" : "old";
      csv.append(i % 100 + ",")
          .append(random.nextInt(9) == 0 ? "" : length)
          .append("," + color + "," + fresh + "," + kind + ",")
          .append(Math.round(10 * length * (fresh ? 2 : 1)) + 1)
          .append("\n");
    }
    Path file = folder.resolve("things.csv");
    Files.writeString(file, csv);
    table = TableReader.standard().read(file);
    SparkSession spark = TestSpark.local();
    frame =
        spark
            .read()
            .option("header", "true")
            .option("inferSchema", "true")
            .csv(file.toString())
            .withColumn("place", functions.monotonically_increasing_id());
    assertEquals("boolean", frame.schema().apply("fresh").dataType().simpleString());
    classes =
        TableModel.classifier("kind")
            .ignoring("price", "row")
            .withMembers(1)
            .withEpochs(1)
            .fit(table);
    numbers =
        TableModel.regressor("price")
            .ignoring("kind", "row")
            .withLogarithm()
            .withMembers(1)
            .withEpochs(1)
            .fit(table);
  }

  private static void requireClasses(ModelTransformer transformer) {
    List<TablePrediction> expected = classes.predict(table);
    List<Row> rows =
        transformer.setPredictedLabelCol("label").transform(frame).orderBy("place").collectAsList();
    for (int i = 0; i < ROWS; i++) {
      TablePrediction prediction = expected.get(i);
      assertEquals(prediction.label(), rows.get(i).getAs("label"));
      assertEquals(
          (double) prediction.classes().indexOf(prediction.label()),
          rows.get(i).<Double>getAs("prediction"));
      assertArrayEquals(
          prediction.probabilities().values().stream().mapToDouble(p -> p).toArray(),
          rows.get(i).<Vector>getAs("probability").toArray());
    }
  }

  @Test
  void classesAreThoseOfTheTable() throws IOException {
    requireClasses(ModelTransformer.of(classes.toModelFile()));
    Path file = folder.resolve("classes.safetensors");
    classes.write(file);
    requireClasses(new ModelTransformer().setModelFile(file.toString()));
    Path onnx = folder.resolve("classes.onnx");
    OnnxExport.of(classes.network()).withMetadata(classes.toModelFile().metadata()).write(onnx);
    requireClasses(new ModelTransformer().setModelFile(onnx.toString()));
  }

  @Test
  void numbersAreInTheUnitsOfTheTable() {
    List<TablePrediction> expected = numbers.predict(table);
    List<Row> rows =
        ModelTransformer.of(numbers.toModelFile())
            .transform(frame)
            .orderBy("place")
            .collectAsList();
    for (int i = 0; i < ROWS; i++) {
      assertEquals(expected.get(i).value(), rows.get(i).<Double>getAs("prediction"));
    }
  }

  @Test
  void textsOfAllColumnsGiveTheSame() {
    Dataset<Row> texts =
        frame.select(
            functions.col("place"),
            functions.col("length").cast("string"),
            functions.col("color"),
            functions.col("fresh").cast("string"));
    ModelTransformer transformer = ModelTransformer.of(classes.toModelFile());
    assertEquals(
        transformer.transform(frame).orderBy("place").select("probability").collectAsList(),
        transformer.transform(texts).orderBy("place").select("probability").collectAsList());
  }

  @Test
  void framesThatDoNotFitAreRefused() {
    ModelTransformer transformer = ModelTransformer.of(classes.toModelFile());
    assertEquals(
        "column \"color\" expected, the frame has \"colour\"".replace("colour", "Color"),
        assertThrows(
                IllegalArgumentException.class,
                () -> transformer.transform(frame.withColumnRenamed("color", "Color")))
            .getMessage());
    Dataset<Row> wrong = frame.withColumn("length", functions.lit("wide"));
    Exception e = assertThrows(Exception.class, () -> transformer.transform(wrong).collectAsList());
    assertTrue(
        e.getMessage().contains("column \"length\": expects a number, got \"wide\", in the row"),
        e.getMessage());
    Row kept = transformer.setHandleInvalid("keep").transform(wrong).first();
    assertNull(kept.getAs("prediction"));
  }
}
