package lamella.optim;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import lamella.core.Dataset;
import lamella.core.DoubleTensor;
import lamella.core.Network;
import lamella.core.Shape;
import lamella.core.Tensor;
import lamella.core.random.NumPyRandom;
import lamella.layers.Linear;
import lamella.losses.SquaredError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever a training measures is shown, by its name and in digits that say something. */
class ShownNumbersTest {
  @TempDir Path directory;

  /** Prices about 300,000 of two numbers. */
  private static Dataset<Tensor> prices() {
    NumPyRandom random = new NumPyRandom(1);
    Tensor inputs = DoubleTensor.zeros(Shape.of(20, 2));
    Tensor targets = DoubleTensor.zeros(Shape.of(20, 1));
    for (int row = 0; row < 20; row++) {
      inputs.set(row, 0, random.nextGaussian());
      inputs.set(row, 1, random.nextGaussian());
      targets.set(row, 0, 300_000 + 30_000 * inputs.get(row, 0) + 9000 * random.nextGaussian());
    }
    return Dataset.of(inputs, targets);
  }

  /** Measures numbers of its own after the third step. */
  private static final class Mine implements TrainingListener {
    @Override
    public void afterStep(Fit fit) throws IOException {
      if (fit.step() == 2) {
        fit.measure("smallest, of \"all\"", 0.000321);
      }
    }
  }

  private History fit(TrainingListener... listeners) {
    Network network =
        Network.of(
            Shape.of(2),
            Linear.of(DoubleTensor.zeros(Shape.of(2, 1)), DoubleTensor.zeros(Shape.of(1))));
    return Trainer.of(network, new SquaredError(), Sgd.of(0.1))
        .withBatchSize(10)
        .withSteps(5)
        .withEvaluation("house", prices(), Metrics.rmse().and(Metrics.mae()).and(Metrics.r2()))
        .withListeners(new Mine())
        .withListeners(listeners)
        .fit(prices(), new NumPyRandom(3));
  }

  @Test
  void everyMeasurementStandsInTheProgressLines() {
    List<String> lines = new ArrayList<>();
    History history = fit(ProgressLines.every(4, lines::add));
    assertEquals(2, lines.size());
    assertEquals(
        String.format(
            Locale.ROOT,
            "step 4 of 5: loss %.2f, house rmse %.2f, house mae %.2f, house r2 %.4f, smallest, of"
                + " \"all\" 0.0003210",
            history.steps().get(4).loss(),
            history.measurements("house rmse").get(1).value(),
            history.measurements("house mae").get(1).value(),
            history.measurements("house r2").get(1).value()),
        lines.get(1));
  }

  @Test
  void everyMeasurementIsAColumn() throws IOException {
    Path file = directory.resolve("history.csv");
    History history = fit(new CsvHistory(file));
    List<String> lines = Files.readAllLines(file);
    assertEquals(6, lines.size());
    assertEquals(
        "step,loss,data_loss,penalty,learning_rate,house_rmse,house_mae,house_r2,"
            + "\"smallest,_of_\"\"all\"\"\"",
        lines.getFirst());
    assertEquals(",,,,", lines.get(1).substring(lines.get(1).length() - 4));
    assertEquals("3.21E-4", lines.get(3).substring(lines.get(3).lastIndexOf(',') + 1));
    History.Measurement rmse = history.measurements("house rmse").getFirst();
    assertEquals(Double.toString(rmse.value()), lines.get((int) rmse.step() + 1).split(",", -1)[5]);
    for (String line : lines.subList(1, 6)) {
      assertEquals(9, line.split(",", -1).length, line);
    }
  }
}
