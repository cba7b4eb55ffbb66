package lamella.examples.cli;

import java.io.IOException;
import java.io.Writer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import lamella.core.Network;
import lamella.examples.DivergedException;
import lamella.examples.Experiment;
import lamella.examples.Model;
import lamella.examples.Preprocess;
import lamella.examples.RunOption;
import lamella.examples.Training;
import lamella.layers.InputNorm;
import lamella.optim.Checkpoints;
import lamella.optim.Evaluation;
import lamella.optim.History.Measurement;
import lamella.optim.TrainingListener;
import org.jspecify.annotations.Nullable;

/**
 * A finished experiment and how it ended.
 *
 * @param model what was trained
 * @param history every iteration
 * @param accuracies once an epoch
 * @param measurements whatever was measured, in order
 * @param average what was averaged, or null if nothing was
 * @param validation accuracy of the finished network
 * @param test accuracy of the finished network
 * @param stopReason why it ended before its last iteration, or null if it did not
 */
record Run(
    Experiment experiment,
    Model model,
    List<Training.Step> history,
    List<Training.Accuracy> accuracies,
    List<Measurement> measurements,
    @Nullable Average average,
    double validation,
    double test,
    @Nullable String stopReason) {

  /**
   * The average of the parameters of a run.
   *
   * @param accuracies once an epoch
   * @param validation accuracy
   * @param test accuracy
   */
  record Average(Model model, List<Training.Accuracy> accuracies, double validation, double test) {}

  /** Trains, and measures the accuracies. */
  static Run of(Experiment experiment, Images images, Consumer<Training.Step> listener)
      throws DivergedException {
    return of(experiment, images, null, Training.listener(listener));
  }

  /** The same with checkpoints, and listeners of the trainer. */
  static Run of(
      Experiment wanted,
      Images images,
      @Nullable Checkpoints checkpoints,
      TrainingListener... listeners)
      throws DivergedException {
    Experiment experiment = wanted.on(images.train().size());
    List<String> classNames = images.source().classNames();
    Images prepared = images.with(experiment.get(RunOption.PREPROCESS));
    Training.Result result =
        Training.run(
            experiment,
            classNames.size(),
            prepared.train(),
            prepared.validation(),
            checkpoints,
            listeners);
    Map<String, String> origin = new LinkedHashMap<>();
    origin.put("options", experiment.toString());
    origin.put("seed", Long.toString(experiment.seed()));
    origin.put("data", images.source().source());
    if (images.drawn()) {
      origin.put(Model.DRAWN, "true");
    }
    if (experiment.validation() != Images.VALIDATION) {
      origin.put(Model.VALIDATION, Integer.toString(experiment.validation()));
    }
    origin.put("lamella_version", Lamella.versionOfLamella());
    Network trained = result.network();
    InputNorm head = Preprocess.layer(prepared.normalisation(), experiment.dtype());
    Average average = null;
    if (result.average() != null) {
      average =
          new Average(
              new Model(result.average().withHead(head), classNames, origin),
              result.averageAccuracies(),
              Evaluation.of(result.average(), prepared.validation()).accuracy(),
              Evaluation.of(result.average(), prepared.test()).accuracy());
    }
    return new Run(
        experiment,
        new Model(trained.withHead(head), classNames, origin),
        result.history(),
        result.accuracies(),
        result.measurements(),
        average,
        Evaluation.of(trained, prepared.validation()).accuracy(),
        Evaluation.of(trained, prepared.test()).accuracy(),
        result.stopReason());
  }

  /** Whether it can go on, as somebody interrupted it. */
  boolean isInterrupted() {
    return Interruption.REASON.equals(stopReason);
  }

  /**
   * Iterations between two printed lines: the report's hundred, fewer for runs too short for two of
   * those.
   */
  static int interval(Experiment experiment) {
    return experiment.iterations() > 100 ? 100 : Math.max(1, experiment.iterations() / 10);
  }

  /**
   * Writes {@code model.safetensors}, {@code history.csv} and {@code accuracy.csv}, and {@code
   * model-average.safetensors} if there is an average.
   */
  void write(OutputDirectory output) throws IOException {
    output.stageFile(OutputDirectory.MODEL, model::write);
    if (average != null) {
      output.stageFile(OutputDirectory.AVERAGE, average.model()::write);
    }
    output.stage(OutputDirectory.HISTORY, this::writeHistory);
    output.stage(OutputDirectory.ACCURACY, this::writeAccuracies);
    output.publish();
  }

  /**
   * Writes the files; where that fails, to the first other place that takes them, so that the
   * training is not lost.
   *
   * @param others directories to try, a new one in each
   * @throws IOException if the directory does not take them; says where they are
   */
  void write(OutputDirectory output, List<Path> others) throws IOException {
    Rescue.write(output, others, this::write);
  }

  private void writeHistory(Writer csv) throws IOException {
    csv.write("iteration,loss,data_loss,penalty,learning_rate\n");
    for (Training.Step step : history) {
      csv.write(
          step.iteration()
              + ","
              + step.loss()
              + ","
              + step.dataLoss()
              + ","
              + step.penalty()
              + ","
              + step.learningRate()
              + "\n");
    }
  }

  private void writeAccuracies(Writer csv) throws IOException {
    boolean train = experiment.get(RunOption.MEASURE) == RunOption.Measured.BOTH;
    csv.write(
        "iteration"
            + columns("", train)
            + (average == null ? "" : columns("average_", train))
            + "\n");
    for (int i = 0; i < accuracies.size(); i++) {
      csv.write(accuracies.get(i).iteration() + values(accuracies.get(i), train));
      if (average != null) {
        csv.write(values(average.accuracies().get(i), train));
      }
      csv.write("\n");
    }
  }

  private static String columns(String of, boolean train) {
    return (train ? "," + of + "train_accuracy" : "") + "," + of + "validation_accuracy";
  }

  private static String values(Training.Accuracy accuracy, boolean train) {
    return (train ? "," + accuracy.train() : "") + "," + accuracy.validation();
  }

  /** For example {@code validation 0.4630 test 0.4691 parameters sha256 6f0c...}. */
  String lastLine() {
    return line(validation, test, model);
  }

  private static String line(double validation, double test, Model model) {
    return String.format(
        Locale.ROOT,
        "validation %.4f test %.4f parameters sha256 %s",
        validation,
        test,
        model.fingerprint());
  }

  /** The same of the average, if there is one: {@code average: validation 0.4710 ...}. */
  Optional<String> averageLine() {
    return average == null
        ? Optional.empty()
        : Optional.of("average: " + line(average.validation(), average.test(), average.model()));
  }

  /** The names of the files, for people. */
  String files() {
    return OutputDirectory.MODEL
        + ", "
        + (average == null ? "" : OutputDirectory.AVERAGE + ", ")
        + OutputDirectory.HISTORY
        + " and "
        + OutputDirectory.ACCURACY;
  }
}
