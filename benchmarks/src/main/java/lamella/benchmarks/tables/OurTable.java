package lamella.benchmarks.tables;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import lamella.benchmarks.TimedProcess;
import lamella.core.Compute;
import lamella.table.Column;
import lamella.table.Table;
import lamella.table.TableModel;
import lamella.table.TablePrediction;
import lamella.table.TableTrainer;

/**
 * Lamella on a table: {@code DIR TABLE TARGET SEED} trains with the defaults and predicts the test
 * rows. A target that is to be taken as its logarithm is written {@code ln:TARGET}.
 */
public final class OurTable {
  private static final String LOGARITHM = "ln:";

  private OurTable() {}

  /** See above. */
  public static void main(String[] args) throws IOException {
    TimedProcess.fact("Lamella", Compute.description());
    Path folder = Path.of(args[0]);
    String name = args[1];
    boolean numbers = args[2].startsWith(LOGARITHM);
    String target = numbers ? args[2].substring(LOGARITHM.length()) : args[2];
    long seed = Long.parseLong(args[3]);

    long begin = System.nanoTime();
    Parts parts = Parts.read(folder, name);
    TableTrainer trainer =
        numbers ? TableModel.regressor(target).withLogarithm() : TableModel.classifier(target);
    TableModel model = trainer.withSeed(seed).fit(parts.train(), parts.validation());
    double seconds = (System.nanoTime() - begin) * 1e-9;

    Column truth = parts.test().column(target);
    List<TablePrediction> predictions = model.predict(parts.test().without(target));
    Scores scores =
        numbers
            ? Scores.ofNumbers(
                predictions.stream().mapToDouble(p -> Math.log(p.value())).toArray(),
                IntStream.range(0, truth.size())
                    .mapToDouble(row -> Math.log(truth.number(row)))
                    .toArray())
            : ofClasses(model.schema().target().classes(), predictions, truth);
    TimedProcess.fact(
        "result 1",
        new Result(
            name,
            "lamella",
            seed,
            scores,
            seconds,
            (model.bestEpoch().isPresent() ? "epoch " + model.bestEpoch().getAsInt() + "; " : "")
                + model.fingerprint()));
  }

  private static Scores ofClasses(
      List<String> classes, List<TablePrediction> predictions, Column truth) {
    double[][] probabilities = new double[predictions.size()][classes.size()];
    int[] labels = new int[probabilities.length];
    for (int i = 0; i < labels.length; i++) {
      for (int c = 0; c < classes.size(); c++) {
        probabilities[i][c] = predictions.get(i).probability(classes.get(c));
      }
      labels[i] = classes.indexOf(truth.text(i));
    }
    return Scores.ofClasses(probabilities, labels);
  }

  /** The rows by the part that they belong to. */
  record Parts(Table train, Table validation, Table test) {
    static Parts read(Path folder, String name) throws IOException {
      Table table = Table.read(folder.resolve(name + ".csv"));
      Column part = Table.read(folder.resolve(name + ".split.csv")).column("split");
      return new Parts(
          of(table, part, "train"), of(table, part, "validation"), of(table, part, "test"));
    }

    private static Table of(Table table, Column part, String name) {
      return table.rows(
          IntStream.range(0, part.size()).filter(row -> name.equals(part.text(row))).toArray());
    }
  }
}
