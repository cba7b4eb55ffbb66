package lamella.examples;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.DoubleStream;
import java.util.zip.CRC32;
import lamella.optim.Checkpoints;
import lamella.table.Column;
import lamella.table.Table;
import lamella.table.TableModel;
import lamella.table.TablePrediction;
import lamella.table.TableTrainer;
import lamella.table.Task;
import org.jspecify.annotations.Nullable;

/** Trains on a table with numbers, categories and gaps, for a JVM of its own. */
final class TableBitsRun {
  private static final int ROWS = 700;

  private TableBitsRun() {}

  private static Table table(Task task) {
    SplittableRandom random = new SplittableRandom(1);
    double[][] numbers = new double[5][ROWS];
    @Nullable String[] few = new @Nullable String[ROWS];
    String[] many = new String[ROWS];
    double[] value = new double[ROWS];
    String[] label = new String[ROWS];
    for (int row = 0; row < ROWS; row++) {
      double sum = random.nextGaussian() / 2;
      for (int i = 0; i < numbers.length; i++) {
        double number = random.nextGaussian();
        sum += i % 2 == 0 ? number : Math.abs(number);
        numbers[i][row] = i < 2 && random.nextInt(9) == 0 ? Double.NaN : Math.exp(number);
      }
      int category = random.nextInt(20);
      many[row] = "m" + category;
      few[row] = random.nextInt(12) == 0 ? null : category % 3 == 0 ? "yes" : "no";
      value[row] = 1000 + 50 * (sum + category % 4);
      label[row] = sum < 0 ? "low" : sum < 2 ? "middle" : "high";
    }
    return Table.of(
        Column.numbers("a", numbers[0]),
        Column.numbers("b", numbers[1]),
        Column.numbers("c", numbers[2]),
        Column.categories("few", few),
        Column.numbers("d", numbers[3]),
        Column.categories("many", many),
        Column.numbers("e", numbers[4]),
        task == Task.CLASSIFICATION
            ? Column.categories("target", label)
            : Column.numbers("target", value));
  }

  /**
   * The fingerprint of the model, and a sum over the bits of its predictions.
   *
   * @param checkpoints where to resume from and to write to, or null
   */
  static String run(Task task, int epochs, @Nullable Path checkpoints) {
    TableTrainer trainer =
        (task == Task.CLASSIFICATION
                ? TableModel.classifier("target")
                : TableModel.regressor("target").withLogarithm())
            .withEpochs(epochs)
            .withSeed(7);
    if (checkpoints != null) {
      trainer = trainer.withCheckpoints(Checkpoints.in(checkpoints).every(2).resuming());
    }
    Table table = table(task);
    TableModel model = trainer.fit(table);
    List<TablePrediction> predictions = model.predict(table.without("target"));
    double[] outputs =
        predictions.stream()
            .flatMapToDouble(prediction ->
                task == Task.CLASSIFICATION
                    ? prediction.probabilities().values().stream().mapToDouble(p -> p)
                    : DoubleStream.of(prediction.value()))
            .toArray();
    CRC32 sum = new CRC32();
    Arrays.stream(outputs).forEach(x -> sum.update(Double.toHexString(x).getBytes(US_ASCII)));
    return model.fingerprint() + " " + Long.toHexString(sum.getValue());
  }

  /** Arguments: the task, epochs and, if wanted, a directory for checkpoints. */
  public static void main(String[] args) {
    System.out.println(
        run(
            Task.valueOf(args[0]),
            Integer.parseInt(args[1]),
            args.length == 2 ? null : Path.of(args[2])));
  }
}
