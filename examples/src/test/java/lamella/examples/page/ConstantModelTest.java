package lamella.examples.page;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import lamella.table.Column;
import lamella.table.Table;
import lamella.table.TableSchema.Target;
import lamella.table.Task;
import org.junit.jupiter.api.Test;

/** Expected figures come from NumPy. */
class ConstantModelTest {
  private static Table classes(String... values) {
    return Table.of(Column.categories("y", values));
  }

  private static Table numbers(double... values) {
    return Table.of(Column.numbers("y", values));
  }

  private static void assertFigures(Map<String, Double> expected, Map<String, Double> figures) {
    assertEquals(expected.keySet(), figures.keySet());
    expected.forEach((name, value) -> assertEquals(value, figures.get(name), 1e-14, name));
  }

  @Test
  void ofClassesItSaysTheSharesInTraining() {
    Target target = new Target("y", Task.CLASSIFICATION, List.of("a", "b", "c"), false);
    Table train = classes("b", "a", "b", "c", "b", "a", "a", "b");
    // Rows without a class, or with one that training has not seen, do not count.
    Table rows = classes("a", "a", "b", "c", "b", "d", "a", null);
    assertFigures(
        Map.of(
            "accuracy", 1 / 3.0,
            "log loss", 1.0680372769724842,
            "balanced accuracy", 1 / 3.0,
            "Brier score", 0.65625,
            "calibration error", 1 / 6.0),
        ConstantModel.of(target, train).figures(rows));
  }

  @Test
  void ofTwoClassesTheBrierScoreIsHalfAndTheAucOneHalf() {
    Target target = new Target("y", Task.CLASSIFICATION, List.of("no", "yes"), false);
    Map<String, Double> figures =
        ConstantModel.of(target, classes("no", "no", "yes", "no"))
            .figures(classes("no", "yes", "yes", "no", "no"));
    assertEquals(0.2625, figures.get("Brier score"), 1e-15);
    assertEquals(0.7271269879190247, figures.get("log loss"), 1e-15);
    assertEquals(0.5, figures.get("AUC"));
  }

  @Test
  void ofNumbersItSaysTheMeanOfTraining() {
    Target target = new Target("y", Task.REGRESSION, List.of(), false);
    assertFigures(
        Map.of("RMSE", 3.5443617196894563, "MAE", 2.875, "R²", -0.11203319502074693),
        ConstantModel.of(target, numbers(1, 2, 4, 8)).figures(numbers(3, 1, 10, 5.5, Double.NaN)));
  }

  @Test
  void ofLogarithmsItSaysTheirMean() {
    Target target = new Target("y", Task.REGRESSION, List.of(), true);
    assertFigures(
        Map.of(
            "RMSE", 3.9351411072189837,
            "MAE", 2.960786437626905,
            "R²", -0.37076275817202964,
            "RMSE of ln", 0.8833989934571383,
            "R² of ln", -0.07739220626304943),
        ConstantModel.of(target, numbers(1, 2, 4, 8)).figures(numbers(3, 1, 10, 5.5)));
  }
}
