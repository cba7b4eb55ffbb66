package lamella.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import lamella.core.io.FileFormatException;
import lamella.core.io.ModelFile;
import lamella.layers.Linear;
import lamella.losses.SoftmaxCrossEntropy;
import lamella.optim.AdamW;
import lamella.optim.Checkpoints;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Data and settings that cannot be trained, or only in a way that is said. */
class TableFaultsTest {
  private static final double NONE = Double.NaN;

  /** One small network of few epochs. */
  private static TableTrainer fast(TableTrainer trainer) {
    return trainer
        .withBody((input, outputs, random) -> List.of(new Linear(input.size(), outputs, random)))
        .withOptimizer((network, steps) -> AdamW.of(0.01))
        .withEpochs(2);
  }

  private static Table table(String... classes) {
    double[] x = new double[classes.length];
    for (int i = 0; i < x.length; i++) {
      x[i] = i;
    }
    return Table.of(Column.numbers("x", x), Column.categories("y", classes));
  }

  private static Table numbers(double... y) {
    return table(new String[y.length]).without("y").with(Column.numbers("y", y));
  }

  private static void assertRefused(String message, Runnable call) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, call::run).getMessage());
  }

  @Test
  void rowsWithoutTargetAreLeftOut() {
    List<String> log = new ArrayList<>();
    TableModel model =
        fast(TableModel.classifier("y"))
            .withLog(log::add)
            .fit(table("a", null, "b", "a", "c"), table("b", "d", null, null));
    assertEquals(
        List.of(
            "1 training row is left out, as it has no value of \"y\"",
            "2 validation rows are left out, as they have no value of \"y\"",
            "1 validation row is left out, as it has a class of \"y\" that no training row has",
            "class \"b\" has one training row only",
            "class \"c\" has one training row only"),
        model.notes());
    assertEquals(log, model.notes());
  }

  @Test
  void targetsThatCannotBeLearned() {
    TableTrainer classes = TableModel.classifier("y");
    TableTrainer numbers = TableModel.regressor("y");
    assertRefused(
        "column \"y\" has one class only, \"a\", in all of 3 rows; two are needed",
        () -> classes.fit(table("a", "a", null, "a"), table("a")));
    assertRefused(
        "column \"y\" has no value in any of 2 rows",
        () -> classes.fit(table(null, null), table("a")));
    assertRefused(
        "column \"y\" has 30 classes in 30 rows, so that most of them come once; numbers are"
            + " predicted by TableModel.regressor",
        () -> classes.fit(numbers(IntStream.range(0, 30).asDoubleStream().toArray())));
    assertRefused(
        "none of 2 validation rows has a value of \"y\"",
        () -> classes.fit(table("a", "b"), table(null, null)));
    assertRefused(
        "column \"y\" has the same value in each of 3 rows, 0.1; there is nothing to learn",
        () -> numbers.fit(numbers(.1, .1, .1), numbers(1)));
    assertRefused(
        "row 2: column \"y\": expects a number above 0, as its logarithm is predicted, got 0.0",
        () -> numbers.withLogarithm().fit(numbers(1, 0, 2), numbers(1)));
    assertRefused(
        "row 1: column \"y\": expects a number, got \"a\"; classes are predicted by"
            + " TableModel.classifier",
        () -> numbers.fit(table("a", "b"), table("a")));
    assertRefused(
        "the table has 1 row with a value of \"y\", which are too few to train and to validate"
            + " with",
        () -> numbers.fit(numbers(1, NONE)));
  }

  @Test
  void classesThatAreNumbersAreInTheirOrder() {
    TableModel model =
        fast(TableModel.classifier("y")).fit(numbers(10, 9, 10, 9, 100, 100), numbers(9));
    assertEquals(List.of("9", "10", "100"), model.schema().target().classes());
  }

  @Test
  void weightsOfRows() {
    Table train =
        Table.of(
            Column.numbers("x", 1, 2, 3, 4),
            Column.numbers("w", 1, 0, 2, 1),
            Column.categories("y", "a", "b", "a", "b"));
    TableTrainer trainer = fast(TableModel.classifier("y")).withWeights("w");
    TableModel model = trainer.fit(train, train);
    assertEquals(List.of("x"), model.schema().inputs().stream().map(i -> i.name()).toList());
    assertEquals(2, model.history().measurements("validation loss").size());
    assertRefused(
        "row 2: column \"w\": expects a weight, finite and not negative, got -1.0",
        () -> trainer.fit(train.with(Column.numbers("w", 1, -1, 1, 1)), train));
    assertRefused(
        "row 4: column \"w\": expects a weight, finite and not negative, got none",
        () -> trainer.fit(train.with(Column.numbers("w", 1, 1, 1, NONE)), train));
    assertRefused(
        "the table has no column \"w\" with the rows' weights",
        () -> trainer.fit(train, train.without("w")));
  }

  @Test
  void balancedClasses() {
    Table train = table("a", "a", "a", "b");
    TableModel model = fast(TableModel.classifier("y")).withBalancedClasses().fit(train, train);
    assertEquals(2, model.history().measurements("validation loss").size());
    assertEquals(
        "TableTrainer: balanced classes need the standard loss; give a loss of your own its weights"
            + " of classes",
        assertThrows(
                IllegalStateException.class,
                () ->
                    fast(TableModel.classifier("y"))
                        .withClassLoss(new SoftmaxCrossEntropy())
                        .withBalancedClasses()
                        .fit(train, train))
            .getMessage());
  }

  @Test
  void settingsOfTheOtherTask() {
    assertEquals(
        "TableTrainer: a logarithm is for numbers, and this predicts classes",
        assertThrows(IllegalStateException.class, () -> TableModel.classifier("y").withLogarithm())
            .getMessage());
    assertEquals(
        "TableTrainer: balance is for classes, and this predicts numbers",
        assertThrows(
                IllegalStateException.class, () -> TableModel.regressor("y").withBalancedClasses())
            .getMessage());
    assertRefused(
        "TableTrainer: number of epochs must be at least 1, got 0",
        () -> TableModel.regressor("y").withEpochs(0));
  }

  @Test
  void bodiesOfOtherOutputs() {
    assertRefused(
        "TableTrainer: the body must give outputs [2] for \"y\", gives [3]",
        () ->
            TableModel.classifier("y")
                .withBody((input, outputs, random) -> List.of(new Linear(input.size(), 3, random)))
                .fit(table("a", "b"), table("a")));
  }

  @Test
  void columnsWithGapsInEveryWay() {
    double[] gaps = {1, NONE, 1, NONE, 1, 1};
    Table train =
        table("a", "b", "a", "b", "a", "a")
            .with(Column.numbers("constant with gaps", gaps).as(ColumnKind.NUMBER))
            .with(
                Column.categories("category with gaps", "q", null, "q", null, "q", "q")
                    .as(ColumnKind.CATEGORY))
            .with(Column.numbers("huge", 1e300, -1e300, 1e39, 0, 1e-300, 5));
    TableModel model = TableModel.classifier("y").withEpochs(2).fit(train, train);
    assertEquals(4, model.schema().inputs().size());
    for (TablePrediction prediction : model.predict(train)) {
      assertEquals(1, prediction.probability("a") + prediction.probability("b"), 1e-12);
    }
  }

  @Test
  void tenThousandCategories() {
    String[] categories = new String[10_000];
    String[] classes = new String[10_000];
    for (int i = 0; i < categories.length; i++) {
      categories[i] = "category " + i;
      classes[i] = i % 2 == 0 ? "even" : "odd";
    }
    Table train =
        table(classes).with(Column.categories("many", categories).as(ColumnKind.CATEGORY));
    TableModel model = TableModel.classifier("y").withMembers(1).withEpochs(1).fit(train, train);
    assertEquals(10_000, model.schema().inputs().get(1).categories().size());
    assertTrue(model.network().toString().contains("Embedding(10001 -> 8)"));
    assertEquals(model.schema(), TableSchema.parse(model.schema().toJson()));
  }

  @Test
  void crossValidation() {
    String[] classes = new String[60];
    Arrays.setAll(classes, i -> i % 3 == 0 ? "a" : "b");
    List<TableEvaluation> folds = fast(TableModel.classifier("y")).crossValidate(table(classes), 5);
    assertEquals(5, folds.size());
    assertEquals(60, folds.stream().mapToInt(TableEvaluation::rows).sum());
    assertEquals(
        "TableTrainer: listeners and checkpoints serve one training, and 5 folds are as many",
        assertThrows(
                IllegalStateException.class,
                () ->
                    TableModel.classifier("y")
                        .withCheckpoints(Checkpoints.in(Path.of("none")))
                        .crossValidate(table(classes), 5))
            .getMessage());
  }

  @Test
  void damagedFiles(@TempDir Path directory) throws Exception {
    Table train = table("a", "b", "a", "b");
    TableModel model = fast(TableModel.classifier("y")).fit(train, train);
    Path file = directory.resolve("model");
    model.withMetadata(Map.of("source", "made up")).write(file);
    TableModel read = TableModel.read(file);
    assertEquals(Map.of("source", "made up"), read.metadata());
    assertEquals(model.fingerprint(), read.fingerprint());
    assertEquals(null, read.history());
    assertEquals(List.of(), read.notes());

    ModelFile whole = ModelFile.read(file);
    assertEquals(null, TableModel.of(ModelFile.of(whole.network())));
    ModelFile.of(whole.network()).write(file);
    assertEquals(
        file + ": a table's model expected, found a network alone",
        assertThrows(FileFormatException.class, () -> TableModel.read(file)).getMessage());
    String json = whole.metadata().get("table");
    new ModelFile(whole.network(), Map.of(), Map.of("table", json.substring(1))).write(file);
    assertEquals(
        file + ": description of the table: the end expected at character 8, found ':'",
        assertThrows(FileFormatException.class, () -> TableModel.read(file)).getMessage());
    String other = json.replace("[\"a\",\"b\"]", "[\"a\",\"b\",\"c\"]");
    new ModelFile(whole.network(), Map.of(), Map.of("table", other)).write(file);
    assertEquals(
        file
            + ": description of the table: a network [1] -> [3] classes expected, found [1] -> [2]"
            + " classes",
        assertThrows(FileFormatException.class, () -> TableModel.read(file)).getMessage());
    assertThrows(IllegalArgumentException.class, () -> model.withMetadata(Map.of("table", "mine")));
    Files.write(file, new byte[] {1, 2, 3});
    assertThrows(FileFormatException.class, () -> TableModel.read(file));
  }
}
