package lamella.table;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import lamella.core.random.NumPyRandom;
import lamella.optim.Checkpoints;
import lamella.optim.Fit;
import lamella.optim.TrainingListener;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TableModelTest {
  private static final Table TEST = FlowersTest.flowers(300, 3);
  private static TableModel model;

  /** A row of flowers. */
  record Flower(Double length, String colour) {}

  /** One with a slip of the pen. */
  record Wrong(Double lenght, String colour) {}

  @BeforeAll
  static void train() {
    model =
        TableModel.classifier("name")
            .ignoring("price")
            .withMembers(2)
            .withEpochs(3)
            .fit(FlowersTest.flowers(200, 1), FlowersTest.flowers(60, 2));
  }

  @Test
  void everyWayToGiveARowSaysTheSame() {
    List<TablePrediction> table = model.predict(TEST);
    float[] encoded = model.schema().encode(TEST).array();
    List<TablePrediction> all = model.predictEncoded(TEST.rows(), encoded);
    double[] numbers = new double[2 * TEST.rows()];
    model.predictEncoded(TEST.rows(), encoded, numbers);
    float[] outputs = model.outputsEncoded(TEST.rows(), encoded);
    double[] made = new double[2 * TEST.rows()];
    model.predictions(TEST.rows(), outputs, made);
    assertArrayEquals(numbers, made);
    for (int row = 0; row < TEST.rows(); row++) {
      double length = TEST.column("length").number(row);
      String colour = TEST.column("colour").text(row);
      Map<String, Object> map = new HashMap<>();
      map.put("length", Double.isNaN(length) ? null : length);
      map.put("colour", colour);
      Map<String, Double> expected = table.get(row).probabilities();
      assertEquals(expected, model.predict(map).probabilities());
      Flower flower = new Flower(Double.isNaN(length) ? null : length, colour);
      assertEquals(expected, model.predict(flower).probabilities());
      assertEquals(expected, all.get(row).probabilities());
      assertEquals(expected.get("rose"), numbers[2 * row]);
      assertEquals(expected.get("tulip"), numbers[2 * row + 1]);
      assertEquals(
          expected.get("rose") >= expected.get("tulip") ? "rose" : "tulip", table.get(row).label());
    }
  }

  @Test
  void manyThreadsSayTheSame() throws Exception {
    List<TablePrediction> expected = model.predict(TEST);
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      List<Future<Double>> answers = new ArrayList<>();
      for (int row = 0; row < TEST.rows(); row++) {
        double length = TEST.column("length").number(row);
        Flower flower =
            new Flower(Double.isNaN(length) ? null : length, TEST.column("colour").text(row));
        answers.add(threads.submit(() -> model.predict(flower).probability("rose")));
      }
      for (int row = 0; row < TEST.rows(); row++) {
        assertEquals(expected.get(row).probability("rose"), answers.get(row).get());
      }
    }
  }

  @Test
  void refusesRecordsOfOtherColumns() {
    assertEquals(
        "the row has no column \"length\"; did you mean \"lenght\"?",
        assertThrows(IllegalArgumentException.class, () -> model.predict(new Wrong(1.0, "red")))
            .getMessage());
  }

  @Test
  void refusesArraysThatAreTooShort() {
    assertEquals(
        "TableModel: expects 2 rows of 2 numbers, got an array of 3",
        assertThrows(IllegalArgumentException.class, () -> model.predictEncoded(2, new float[3]))
            .getMessage());
    assertEquals(
        "TableModel: expects room for 1 times 2 numbers, got an array of 1",
        assertThrows(
                IllegalArgumentException.class,
                () -> model.predictEncoded(1, new float[2], new double[1]))
            .getMessage());
    assertEquals(List.of(), model.predictEncoded(0, new float[0]));
    assertEquals(
        "TableModel: expects 2 times 2 outputs and room for as many numbers, got arrays of 4 and 3",
        assertThrows(
                IllegalArgumentException.class,
                () -> model.predictions(2, new float[4], new double[3]))
            .getMessage());
    assertThrows(
        IllegalArgumentException.class, () -> model.predictions(2, new float[3], new double[4]));
  }

  @Test
  void predictionsSayWhatTheyAre() {
    TablePrediction prediction = model.predict(new Flower(3.0, "red"));
    assertEquals("tulip", prediction.label());
    assertEquals(List.of("rose", "tulip"), prediction.classes());
    assertTrue(prediction.toString().startsWith("name tulip ("), prediction.toString());
    assertEquals(
        "TablePrediction: \"name\" has no class \"tulp\"; did you mean \"tulip\"?",
        assertThrows(IllegalArgumentException.class, () -> prediction.probability("tulp"))
            .getMessage());
    assertEquals(
        "TablePrediction: \"name\" is a class; use label() or probabilities()",
        assertThrows(IllegalStateException.class, prediction::value).getMessage());
    TablePrediction number =
        new TablePrediction(
            new TableSchema.Target("y", Task.REGRESSION, List.of(), true), new float[] {0}, 0);
    assertEquals(1, number.value());
    assertEquals(
        "TablePrediction: \"y\" is a number; use value()",
        assertThrows(IllegalStateException.class, number::label).getMessage());
    TablePrediction diverged =
        new TablePrediction(
            new TableSchema.Target("y", Task.REGRESSION, List.of(), false),
            new float[] {Float.NaN},
            0);
    assertEquals(
        "TablePrediction: the network gives NaN for \"y\", as after a training that diverged",
        assertThrows(ArithmeticException.class, diverged::value).getMessage());
  }

  @Test
  void membersThatShareTheirMatrices(@TempDir Path directory) throws Exception {
    TableModel shared =
        TableModel.classifier("name")
            .ignoring("price")
            .withSharedMembers(3)
            .withBatchSize(50)
            .withEpochs(10)
            .fit(FlowersTest.flowers(300, 1), FlowersTest.flowers(60, 2));
    TableEvaluation evaluation = shared.evaluate(TEST);
    assertTrue(evaluation.figure("accuracy") > 0.9, evaluation.toString());
    shared.write(directory.resolve("m"));
    assertEquals(
        evaluation.figures(), TableModel.read(directory.resolve("m")).evaluate(TEST).figures());
  }

  @Test
  void seedsAreOtherTrainings() {
    TableTrainer trainer =
        TableModel.classifier("name").ignoring("price").withMembers(1).withEpochs(1);
    Table train = FlowersTest.flowers(100, 1);
    String first = trainer.fit(train).fingerprint();
    assertEquals(first, trainer.withSeed(0).fit(train).fingerprint());
    assertTrue(!first.equals(trainer.withSeed(-1).fit(train).fingerprint()));
  }

  @Test
  void goesOnAsIfItHadNeverStopped(@TempDir Path directory) {
    Table train = FlowersTest.flowers(300, 1);
    Table validation = FlowersTest.flowers(60, 2);
    TableTrainer trainer =
        TableModel.classifier("name")
            .ignoring("price")
            .withMembers(2)
            .withBatchSize(50)
            .withEpochs(4);
    String whole = trainer.fit(train, validation).fingerprint();
    Checkpoints checkpoints = Checkpoints.in(directory).every(1);
    TableModel stopped =
        trainer
            .withListeners(
                new TrainingListener() {
                  @Override
                  public void afterStep(Fit fit) {
                    if (fit.step() == 10) {
                      fit.stop("enough");
                    }
                  }
                })
            .withCheckpoints(checkpoints)
            .fit(train, validation);
    assertEquals("enough", stopped.history().stopReason().orElseThrow());
    assertTrue(!whole.equals(stopped.fingerprint()));
    assertTrue(
        assertThrows(
                UncheckedIOException.class,
                () ->
                    trainer
                        .ignoring("colour")
                        .withCheckpoints(checkpoints.resuming())
                        .fit(train, validation))
            .getMessage()
            .contains("table is '"));
    TableModel resumed = trainer.withCheckpoints(checkpoints.resuming()).fit(train, validation);
    assertEquals(whole, resumed.fingerprint());
  }

  /** From the file to a model, with the recipe as it is. */
  @Test
  void penguins() throws Exception {
    Table penguins = Table.read(Path.of("../../examples/guide/penguins.csv"));
    List<Table> parts = penguins.splitStratified("species", new NumPyRandom(7), 0.8, 0.2);
    TableModel penguin = TableModel.classifier("species").fit(parts.get(0));
    TableEvaluation evaluation = penguin.evaluate(parts.get(1));
    assertTrue(evaluation.figure("accuracy") >= 0.97, evaluation.toString());
    assertArrayEquals(
        new String[] {"Adelie", "Chinstrap", "Gentoo"},
        penguin.schema().target().classes().toArray());
  }
}
