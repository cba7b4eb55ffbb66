package lamella.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import lamella.core.io.ModelFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A table of made-up flowers, from its columns to a model in a file that predicts rows. */
class FlowersTest {
  private static final String[] COLOURS = {"red", "white", "blue"};

  /** Rose or tulip by length and colour, price by both. */
  static Table flowers(int rows, long seed) {
    Random random = new Random(seed);
    double[] length = new double[rows];
    double[] price = new double[rows];
    String[] colour = new String[rows];
    String[] name = new String[rows];
    for (int i = 0; i < rows; i++) {
      length[i] = i % 17 == 0 ? Double.NaN : random.nextGaussian();
      colour[i] = i % 23 == 0 ? null : COLOURS[random.nextInt(3)];
      double sum = (Double.isNaN(length[i]) ? 0.5 : length[i]) + ("red".equals(colour[i]) ? 1 : 0);
      name[i] = sum > 0.4 ? "tulip" : "rose";
      price[i] = Math.exp(1 + sum + 0.05 * random.nextGaussian());
    }
    return Table.of(
        Column.numbers("length", length),
        Column.categories("colour", colour),
        Column.numbers("price", price),
        Column.categories("name", name));
  }

  @Test
  void classes(@TempDir Path directory) throws Exception {
    TableModel model =
        TableModel.classifier("name")
            .ignoring("price")
            .withEpochs(12)
            .withBatchSize(64)
            .fit(flowers(300, 1), flowers(100, 2));
    Table test = flowers(200, 3);
    TableEvaluation evaluation = model.evaluate(test);
    assertTrue(evaluation.figure("accuracy") > 0.95, evaluation.toString());
    model.write(directory.resolve("m"));
    TableModel read = TableModel.read(directory.resolve("m"));
    assertEquals(model.schema(), read.schema());
    assertEquals(evaluation.figures(), read.evaluate(test).figures());
    assertEquals(
        ModelFile.read(directory.resolve("m")).metadata().keySet(), java.util.Set.of("table"));
    Map<String, Object> row = new java.util.HashMap<>();
    row.put("length", test.column("length").number(1));
    row.put("colour", test.column("colour").text(1));
    assertEquals(model.predict(test).get(1).probabilities(), read.predict(row).probabilities());
  }

  @Test
  void numbers() {
    TableModel model =
        TableModel.regressor("price")
            .ignoring("name")
            .withLogarithm()
            .withBatchSize(64)
            .withEpochs(20)
            .fit(flowers(300, 1));
    TableEvaluation evaluation = model.evaluate(flowers(200, 3));
    assertTrue(evaluation.figure("R² of ln") > 0.95, evaluation.toString());
    assertTrue(evaluation.figure("R²") > 0.8, evaluation.toString());
  }
}
