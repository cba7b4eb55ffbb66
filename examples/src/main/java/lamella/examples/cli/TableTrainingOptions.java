package lamella.examples.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import lamella.core.io.FileFormatException;
import lamella.examples.table.Columns;
import lamella.examples.table.TaskGuess;
import lamella.table.Table;
import lamella.table.TableModel;
import lamella.table.TableTrainer;
import lamella.table.Task;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What is predicted, and how it is trained. */
final class TableTrainingOptions {
  private static final long MOST_EPOCHS = 1_000_000;
  private static final long MOST_ROWS = 1 << 24;
  private static final long MOST_MEMBERS = 1024;

  @Spec(Spec.Target.MIXEE)
  private @Nullable CommandSpec spec;

  @Option(names = "--target", paramLabel = "COLUMN", description = "The column to predict.")
  private @Nullable String target;

  @Option(
      names = "--task",
      paramLabel = "TASK",
      description =
          "What that is: classification, one of several classes, or regression, a number. Default: classes where there"
              + " are texts, or whole numbers of at most "
              + TaskGuess.MOST_CLASSES
              + " values; else a number.")
  private @Nullable String task;

  @Option(
      names = "--ignore",
      paramLabel = "A,B,...",
      description = "Columns that are no inputs, though they could be.")
  private List<String> ignored = new ArrayList<>();

  @Option(
      names = "--log-target",
      description =
          "Regression of positive numbers: predict the logarithm. Predictions are in the column's own units.")
  private boolean logarithm;

  @Option(
      names = "--weights",
      paramLabel = "COLUMN",
      description = "A column of numbers that says how much each row counts in training; no input.")
  private @Nullable String weights;

  @Option(
      names = "--balanced",
      description =
          "Classification: every class counts the same in training, however many rows it has.")
  private boolean balanced;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "For the random numbers of weights and order. Default: 0.")
  private @Nullable Long seed;

  @Option(
      names = "--epochs",
      converter = NumberConverters.Whole.class,
      paramLabel = "N",
      description = "How often training goes through the rows. Default: as suits the table.")
  private @Nullable Long epochs;

  @Option(
      names = "--batch-size",
      converter = NumberConverters.Whole.class,
      paramLabel = "N",
      description = "Rows for one step. Default: as suits the table.")
  private @Nullable Long batchSize;

  @Option(
      names = "--patience",
      converter = NumberConverters.Whole.class,
      paramLabel = "N",
      description =
          "Stop when the validation rows were predicted no better for N epochs. Default: go through all.")
  private @Nullable Long patience;

  @Option(
      names = "--members",
      converter = NumberConverters.Whole.class,
      paramLabel = "N",
      description =
          "An ensemble of N networks side by side in one: more are better, and slower. Default: as suits the table.")
  private @Nullable Long members;

  TableTrainingOptions() {}

  /**
   * Checks the options.
   *
   * @throws ParameterException if they make no sense
   */
  void check() {
    if (target == null) {
      throw wrong("missing required option: --target");
    }
    if (task() == Task.CLASSIFICATION && logarithm) {
      throw wrong("--log-target goes with --task regression");
    }
    if (task() == Task.REGRESSION && balanced) {
      throw wrong("--balanced goes with --task classification");
    }
    check("--epochs", epochs, 1, MOST_EPOCHS);
    check("--batch-size", batchSize, 1, MOST_ROWS);
    check("--patience", patience, 1, MOST_EPOCHS);
    check("--members", members, 1, MOST_MEMBERS);
  }

  private void check(String option, @Nullable Long value, long least, long most) {
    if (value != null && (value < least || value > most)) {
      throw wrong(option + " must lie in [" + least + ", " + most + "], got " + value);
    }
  }

  /** The column to predict. */
  String target() {
    if (target == null) {
      throw wrong("missing required option: --target");
    }
    return target;
  }

  private @Nullable Task task() {
    if (task == null) {
      return logarithm ? Task.REGRESSION : balanced ? Task.CLASSIFICATION : null;
    }
    for (Task known : Task.values()) {
      if (known.name().equalsIgnoreCase(task)) {
        return known;
      }
    }
    throw wrong(
        "invalid value for option '--task': expected classification or regression, got " + task);
  }

  /** What the target column of a table is, said or guessed. */
  Task task(Table table) {
    Task said = task();
    return said == null ? TaskGuess.of(table.column(target())) : said;
  }

  /** Whether nobody said what the target is, and its numbers could mean classes or numbers. */
  boolean isTaskGuessed(Table table) {
    return task() == null && table.column(target()).isNumeric();
  }

  /**
   * Checks that the columns that are named are there.
   *
   * @param source the table's file, for messages
   * @throws FileFormatException if one is not
   */
  void requireColumns(Table table, String source) throws FileFormatException {
    requireColumn(table, source, target(), "--target");
    if (weights != null) {
      requireColumn(table, source, weights, "--weights");
    }
    for (String name : Columns.named(ignored, table.names())) {
      requireColumn(table, source, name, "--ignore");
      if (name.equals(target)) {
        throw new FileFormatException(source, "the target " + target + " cannot be ignored");
      }
    }
  }

  private static void requireColumn(Table table, String source, String name, String option)
      throws FileFormatException {
    if (!table.has(name)) {
      throw new FileFormatException(source, Columns.unknown(table.names(), name, option));
    }
  }

  /** What trains on the rows of a table. */
  TableTrainer trainer(Table table) {
    Task task = task(table);
    if (task == Task.CLASSIFICATION && logarithm) {
      throw wrong("--log-target goes with --task regression");
    }
    TableTrainer trainer =
        task == Task.CLASSIFICATION
            ? TableModel.classifier(target())
            : TableModel.regressor(target());
    trainer = trainer.withSeed(seed == null ? 0 : seed);
    String[] names = Columns.named(ignored, table.names()).toArray(String[]::new);
    if (names.length > 0) {
      trainer = trainer.ignoring(names);
    }
    if (logarithm) {
      trainer = trainer.withLogarithm();
    }
    if (weights != null) {
      trainer = trainer.withWeights(weights);
    }
    if (balanced) {
      trainer = trainer.withBalancedClasses();
    }
    if (epochs != null) {
      trainer = trainer.withEpochs(epochs.intValue());
    }
    if (batchSize != null) {
      trainer = trainer.withBatchSize(batchSize.intValue());
    }
    if (patience != null) {
      trainer = trainer.withPatience(patience.intValue());
    }
    if (members != null) {
      trainer = trainer.withMembers(members.intValue());
    }
    return trainer;
  }

  /** The task, as it stands in options. */
  static String name(Task task) {
    return task.name().toLowerCase(Locale.ROOT);
  }

  private ParameterException wrong(String message) {
    return new ParameterException(Output.filled(spec).commandLine(), message);
  }
}
