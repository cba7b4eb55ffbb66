package lamella.examples.cli;

import java.io.IOException;
import java.nio.file.Path;
import lamella.examples.table.TableParts;
import lamella.table.Table;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Which rows train, which choose the best epoch, and which test. */
final class TableSplitOptions {
  private static final double VALIDATION_SHARE = 0.2;

  @Spec(Spec.Target.MIXEE)
  private @Nullable CommandSpec spec;

  @Option(
      names = "--split",
      paramLabel = "FILE",
      description =
          "A CSV file of one column that says for each row what it is for: train, validation or test.")
  private @Nullable Path split;

  @Option(names = "--split-column", paramLabel = "COLUMN", description = "The column that says so.")
  private @Nullable String column;

  @Option(
      names = "--validation-share",
      paramLabel = "S",
      description =
          "Without either: the share of the rows, drawn at random, by which the best epoch is chosen. Default: "
              + VALIDATION_SHARE
              + ".")
  private @Nullable Double validation;

  @Option(
      names = "--test-share",
      paramLabel = "S",
      description =
          "And the share of those the model is tested with at the end. Default: 0. The same rows are drawn for every"
              + " --seed; of classes each part has its share.")
  private @Nullable Double test;

  TableSplitOptions() {}

  /**
   * Checks the options.
   *
   * @throws ParameterException if they make no sense
   */
  void check() {
    if (split != null && column != null) {
      throw wrong("--split and --split-column both say which rows are for what; give one of them");
    }
    if ((split != null || column != null) && (validation != null || test != null)) {
      throw wrong(
          (split != null ? "--split" : "--split-column")
              + " says which rows are for what; leave out "
              + (validation != null ? "--validation-share" : "--test-share"));
    }
    double validationShare = validationShare();
    if (!(validationShare > 0 && validationShare < 1)) {
      throw wrong("--validation-share must lie between 0 and 1, got " + validationShare);
    }
    if (!(testShare() >= 0 && testShare() < 1)) {
      throw wrong("--test-share must be at least 0 and below 1, got " + testShare());
    }
    if (validationShare + testShare() >= 1) {
      throw wrong("--validation-share and --test-share leave no rows to train with");
    }
  }

  private double validationShare() {
    return validation == null ? VALIDATION_SHARE : validation;
  }

  private double testShare() {
    return test == null ? 0 : test;
  }

  /** The column that is no input; null if there is none. */
  @Nullable String column() {
    return column;
  }

  /**
   * The parts of a table.
   *
   * @param source its file, for messages
   * @param stratified the column of which each part drawn has the same share of every value; null
   *     for none
   */
  TableParts parts(Table table, String source, @Nullable String stratified) throws IOException {
    if (split != null) {
      return TableParts.byFile(table, source, split);
    }
    return column != null
        ? TableParts.byColumn(table, source, column)
        : TableParts.atRandom(table, stratified, validationShare(), testShare());
  }

  /** Where the parts come from, for people. */
  String origin() {
    return split != null
        ? "as " + split + " says"
        : column != null ? "as its column " + column + " says" : "drawn at random";
  }

  private ParameterException wrong(String message) {
    return new ParameterException(Output.filled(spec).commandLine(), message);
  }
}
