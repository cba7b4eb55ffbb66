package lamella.examples.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import lamella.core.Compute;
import lamella.examples.table.SchemaText;
import lamella.optim.TrainingListener;
import lamella.table.Fold;
import lamella.table.Table;
import lamella.table.TableEvaluation;
import lamella.table.TableReader;
import lamella.table.TableTrainer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code lamella table folds}. */
@Command(
    name = "folds",
    abbreviateSynopsis = true,
    sortOptions = false,
    description = {
      "Tells how good a model of a CSV file would be: by k-fold cross-validation.",
      "",
      "The rows are drawn into K folds, of classes each with their share. For each fold a model is trained on the others"
          + " and tested on it. No model is written; 'lamella table train' writes one.",
      ""
    })
final class TableFoldsCommand implements Callable<Integer> {
  private static final long MOST_FOLDS = 1000;

  @Spec private @Nullable CommandSpec spec;

  @Parameters(paramLabel = "FILE", description = "A text file with a row a line.")
  private Path file = Path.of("");

  @Mixin private TableTrainingOptions training = new TableTrainingOptions();

  @Option(
      names = "--folds",
      converter = NumberConverters.Whole.class,
      paramLabel = "K",
      defaultValue = "5",
      description = "How many. Default: ${DEFAULT-VALUE}.")
  private long folds;

  @Mixin private TableFileOptions reading = new TableFileOptions();

  @Mixin private TableFileOptions.Kinds kinds = new TableFileOptions.Kinds();

  @Mixin private ThreadsOption threads = new ThreadsOption();

  @Option(names = "--quiet", description = "Print the figures only; warnings go to standard error.")
  private boolean quiet;

  TableFoldsCommand() {}

  @Override
  public Integer call() throws IOException {
    training.check();
    if (folds < 2 || folds > MOST_FOLDS) {
      throw new ParameterException(
          Output.filled(spec).commandLine(),
          "--folds must lie in [2, " + MOST_FOLDS + "], got " + folds);
    }
    threads.use();
    PrintWriter result = Output.of(spec);
    PrintWriter console = quiet ? new PrintWriter(Writer.nullWriter()) : result;
    String source = file.toString();
    TableReader reader = kinds.in(reading.reader());
    return TableFault.of(
        source,
        () -> {
          Table table = reader.read(file);
          training.requireColumns(table, source);
          TableTrainer trainer = training.trainer(table);
          console.println(source + ": " + SchemaText.size(table));
          SchemaText.lines(trainer.schema(table), training.isTaskGuessed(table))
              .forEach(console::println);
          console.println("computing with " + Compute.description());
          TableTrainer each =
              trainer
                  .withLog(line -> Output.errors(spec).println("lamella table folds: " + line))
                  .withListeners(
                      quiet ? new TrainingListener() {} : TableProgress.on(console, (int) folds));
          List<TableEvaluation> evaluations = new ArrayList<>();
          for (Fold fold : trainer.folds(table, (int) folds)) {
            evaluations.add(each.fit(fold.train()).evaluate(fold.test()));
          }
          console.println();
          result.print(Figures.tableOf(lines(evaluations)));
          return 0;
        });
  }

  /** A line for each fold, and their mean and deviation. */
  private static Map<String, Map<String, Double>> lines(List<TableEvaluation> evaluations) {
    Map<String, Map<String, Double>> lines = new LinkedHashMap<>();
    for (int i = 0; i < evaluations.size(); i++) {
      lines.put(String.format(Locale.ROOT, "fold %d", i + 1), evaluations.get(i).figures());
    }
    Map<String, Double> means = new LinkedHashMap<>();
    Map<String, Double> deviations = new LinkedHashMap<>();
    for (String name : evaluations.getFirst().figures().keySet()) {
      double sum = 0;
      for (TableEvaluation evaluation : evaluations) {
        sum += evaluation.figures().getOrDefault(name, Double.NaN);
      }
      double mean = sum / evaluations.size();
      double squares = 0;
      for (TableEvaluation evaluation : evaluations) {
        double difference = evaluation.figures().getOrDefault(name, Double.NaN) - mean;
        squares += difference * difference;
      }
      means.put(name, mean);
      deviations.put(name, Math.sqrt(squares / (evaluations.size() - 1)));
    }
    lines.put("mean", means);
    lines.put("deviation", deviations);
    return lines;
  }
}
