package lamella.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import lamella.core.FloatTensor;
import lamella.core.Network;
import lamella.core.Shape;
import lamella.layers.Linear;
import org.junit.jupiter.api.Test;

/** Figures of models whose outputs are their inputs, beside those that NumPy computes. */
class TableEvaluationTest {
  private static final double EXACT = 1e-12;

  /** Gives the inputs z0, z1, ... as outputs. */
  private static TableModel model(TableSchema.Target target) {
    int n = TablePrediction.width(target);
    List<TableSchema.Input> inputs = new ArrayList<>();
    FloatTensor identity = FloatTensor.zeros(Shape.of(n, n));
    for (int j = 0; j < n; j++) {
      inputs.add(new TableSchema.Input("z" + j, ColumnKind.NUMBER, List.of(), 0));
      identity.set(j * n + j, 1);
    }
    Network network =
        Network.of(Shape.of(n), Linear.of(identity, FloatTensor.zeros(Shape.of(n))))
            .withOutputs(TableModel.meaning(target));
    return new TableModel(new TableSchema(inputs, target, Map.of()), network, Map.of(), null);
  }

  @Test
  void threeClasses() {
    TableSchema.Target target =
        new TableSchema.Target("y", Task.CLASSIFICATION, List.of("a", "b", "c"), false);
    Table table =
        Table.of(
            Column.numbers("z0", 2, 0, 1, -1, .5, 100, 3, 4),
            Column.numbers("z1", 1, 3, 1.5, .25, .75, -20, 3, 4),
            Column.numbers("z2", .5, -1, 0, 4, .5, 0, 3, 4),
            Column.categories("y", "a", "b", "a", "c", "c", "b", null, "d"));
    TableEvaluation evaluation = model(target).evaluate(table);
    assertEquals(6, evaluation.rows());
    assertEquals(Map.of("no target", 1, "a class not seen in training", 1), evaluation.leftOut());
    assertEquals(0.5, evaluation.figure("accuracy"), EXACT);
    assertEquals(6.232006106024802, evaluation.figure("log loss"), EXACT);
    assertEquals(0.5, evaluation.figure("balanced accuracy"), EXACT);
    assertEquals(0.6181455851883572, evaluation.figure("Brier score"), EXACT);
    assertEquals(0.3693135610458271, evaluation.figure("calibration error"), EXACT);
    assertEquals(1, evaluation.counts().count(2, 1));
    assertEquals(
        List.of("accuracy", "log loss", "balanced accuracy", "Brier score", "calibration error"),
        List.copyOf(evaluation.figures().keySet()));
    assertEquals(
        "TableEvaluation(accuracy 0.50000, log loss 6.2320, balanced accuracy 0.50000, Brier score"
            + " 0.61815, calibration error 0.36931, 6 rows, 1 left out with no target, 1 left out"
            + " with a class not seen in training)",
        evaluation.toString());
  }

  @Test
  void twoClasses() {
    TableSchema.Target target =
        new TableSchema.Target("y", Task.CLASSIFICATION, List.of("no", "yes"), false);
    Table table =
        Table.of(
            Column.numbers("z0", .5, 2, 0, 1, .25, 3),
            Column.numbers("z1", 1, -1, 0, 3, .5, 1),
            Column.categories("y", "yes", "no", "yes", "yes", "no", "yes"));
    TableEvaluation evaluation = model(target).evaluate(table);
    assertEquals(0.75, evaluation.figure("AUC"), EXACT);
    assertEquals(0.5, evaluation.figure("accuracy"), EXACT);
    assertEquals(0.7159344930464305, evaluation.figure("log loss"), EXACT);
    assertEquals(0.5, evaluation.figure("balanced accuracy"), EXACT);
    assertEquals(0.25014023623073206, evaluation.figure("Brier score"), EXACT);
    TableSchema.Target other =
        new TableSchema.Target("y", Task.CLASSIFICATION, List.of("yes", "no"), false);
    Table turned =
        Table.of(
            Column.numbers("z0", 1, -1, 0, 3, .5, 1),
            Column.numbers("z1", .5, 2, 0, 1, .25, 3),
            table.column("y"));
    assertEquals(0.75, model(other).evaluate(turned).figure("AUC"), EXACT);
  }

  @Test
  void numbers() {
    TableSchema.Target target = new TableSchema.Target("y", Task.REGRESSION, List.of(), false);
    Table table =
        Table.of(
            Column.numbers("z0", 1.5, 2, 4, 8.5, .5, 7),
            Column.numbers("y", 1, 2.5, 4, 9, .25, Double.NaN));
    TableEvaluation evaluation = model(target).evaluate(table);
    assertEquals(5, evaluation.rows());
    assertEquals(0.4031128874149275, evaluation.figure("RMSE"), EXACT);
    assertEquals(0.35, evaluation.figure("MAE"), EXACT);
    assertEquals(0.9831431535269709, evaluation.figure("R²"), EXACT);
    assertEquals(3, evaluation.figures().size());
    assertThrows(IllegalStateException.class, evaluation::counts);
    assertEquals(
        "TableEvaluation: no figure \"AUC\", there are [RMSE, MAE, R²]",
        assertThrows(IllegalArgumentException.class, () -> evaluation.figure("AUC")).getMessage());
  }

  @Test
  void logarithms() {
    TableSchema.Target target = new TableSchema.Target("y", Task.REGRESSION, List.of(), true);
    Table table =
        Table.of(
            Column.numbers("z0", .5, 1, 1.25, 2.25, -1), Column.numbers("y", 1, 2.5, 4, 9, .25));
    TableEvaluation evaluation = model(target).evaluate(table);
    assertEquals(0.44272301801966385, evaluation.figure("RMSE"), EXACT);
    assertEquals(0.3964550838454601, evaluation.figure("MAE"), EXACT);
    assertEquals(0.979667669016137, evaluation.figure("R²"), EXACT);
    assertEquals(0.2924352827938547, evaluation.figure("RMSE of ln"), EXACT);
    assertEquals(0.9435314398849145, evaluation.figure("R² of ln"), EXACT);
  }

  @Test
  void nothingToJudge() {
    TableSchema.Target target = new TableSchema.Target("y", Task.REGRESSION, List.of(), false);
    Table table = Table.of(Column.numbers("z0", 1, 2), Column.numbers("y", Double.NaN, Double.NaN));
    assertEquals(
        "none of 2 rows has a value of \"y\" that the model knows",
        assertThrows(IllegalArgumentException.class, () -> model(target).evaluate(table))
            .getMessage());
  }
}
