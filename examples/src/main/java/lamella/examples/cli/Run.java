package lamella.examples.cli;

import java.io.IOException;
import java.io.Writer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import lamella.core.Dataset;
import lamella.core.Network;
import lamella.data.cifar.ImageDataset;
import lamella.examples.DivergedException;
import lamella.examples.EnsembleModel;
import lamella.examples.Experiment;
import lamella.examples.Head;
import lamella.examples.Model;
import lamella.examples.PreparedImages;
import lamella.examples.RunOption;
import lamella.examples.Training;
import lamella.examples.Views;
import lamella.optim.Checkpoints;
import lamella.optim.Evaluation;
import lamella.optim.History.Measurement;
import lamella.optim.TrainingListener;
import org.jspecify.annotations.Nullable;

/**
 * A finished experiment and how it ended.
 *
 * @param model what was trained: a network, or the mean of several, as it predicts
 * @param members the networks one after another
 * @param average what was averaged, or null if nothing was
 * @param validation accuracy of the model
 * @param test accuracy of the model
 */
record Run(
    Experiment experiment,
    Model model,
    List<Member> members,
    @Nullable Average average,
    double validation,
    double test) {

  /**
   * One of the networks.
   *
   * @param index from 0 on
   * @param model it alone, of each image as it is
   * @param result of its training
   * @param validation accuracy
   * @param test accuracy
   */
  record Member(int index, Model model, Training.Result result, double validation, double test) {

    private String line() {
      return Run.line(validation, test, model);
    }
  }

  /**
   * The average of the parameters of a run.
   *
   * @param validation accuracy
   * @param test accuracy
   */
  record Average(Model model, double validation, double test) {}

  /**
   * What the training of a member is given.
   *
   * @param checkpoints where to resume from or write to, if at all
   */
  record Setup(@Nullable Checkpoints checkpoints, List<TrainingListener> listeners) {}

  /** Trains, and measures the accuracies. */
  static Run of(Experiment experiment, Images images, Consumer<Training.Step> listener)
      throws DivergedException {
    return of(
        experiment,
        images,
        member -> new Setup(null, List.of(Training.listener(listener))),
        line -> {});
  }

  /**
   * The same with checkpoints, and listeners of the trainers. Where one is interrupted, it and
   * those before it are there, and nothing is measured.
   *
   * @param setups for each member
   * @param told a line for each member, where there are several
   */
  static Run of(Experiment wanted, Images images, IntFunction<Setup> setups, Consumer<String> told)
      throws DivergedException {
    Experiment experiment = wanted.on(images.train().size());
    Head head =
        Head.of(experiment.get(RunOption.PREPROCESS), images.train().images(), experiment.dtype());
    Images read = images.with(head.normalisation());
    PreparedImages prepared = PreparedImages.of(experiment, head, read.train(), read.validation());
    Dataset<int[]> test = head.over(read.test(), experiment.dtype());
    List<Member> members = new ArrayList<>();
    while (members.size() < experiment.members() && !isInterrupted(members)) {
      int index = members.size();
      Member member =
          member(experiment.member(index), index, images, prepared, test, setups.apply(index));
      members.add(member);
      if (experiment.members() > 1 && !isInterrupted(members)) {
        told.accept(name(experiment, index) + ": " + member.line());
      }
    }
    List<Network> networks = new ArrayList<>();
    List<Network> averages = new ArrayList<>();
    for (Member member : members) {
      networks.add(member.model.network());
      if (member.result.average() != null) {
        averages.add(head.before(member.result.average()));
      }
    }
    if (isInterrupted(members)) {
      return new Run(experiment, members.getFirst().model, members, null, Double.NaN, Double.NaN);
    }
    Model model = model(experiment, images, networks);
    Average average = null;
    if (!averages.isEmpty()) {
      Model averaged = model(experiment, images, averages);
      average =
          new Average(
              averaged,
              accuracy(averaged, images.pixels().validation()),
              accuracy(averaged, images.pixels().test()));
    }
    boolean one = model.network() == networks.getFirst();
    return new Run(
        experiment,
        model,
        members,
        average,
        one ? members.getFirst().validation : accuracy(model, images.pixels().validation()),
        one ? members.getFirst().test : accuracy(model, images.pixels().test()));
  }

  private static Member member(
      Experiment experiment,
      int index,
      Images images,
      PreparedImages prepared,
      Dataset<int[]> test,
      Setup setup)
      throws DivergedException {
    List<String> classNames = images.source().classNames();
    Training.Result result =
        Training.run(
            experiment,
            classNames.size(),
            prepared,
            setup.checkpoints(),
            setup.listeners().toArray(TrainingListener[]::new));
    Network trained = result.network();
    boolean interrupted = Interruption.REASON.equals(result.stopReason());
    return new Member(
        index,
        new Model(
            prepared.head().before(trained),
            images.source().shape(),
            classNames,
            origin(experiment, images)),
        result,
        interrupted ? Double.NaN : Evaluation.of(trained, prepared.validation()).accuracy(),
        interrupted ? Double.NaN : Evaluation.of(trained, test).accuracy());
  }

  /** The mean of the predictions of networks, over the views that are asked for. */
  private static Model model(Experiment experiment, Images images, List<Network> networks) {
    Views views = experiment.get(RunOption.VIEWS);
    Map<String, String> origin = new LinkedHashMap<>(origin(experiment, images));
    if (!views.equals(Views.NONE)) {
      origin.put(EnsembleModel.VIEWS, views.toString());
    }
    return new Model(
        EnsembleModel.of(networks, views, images.source().shape(), Model.LAYOUT),
        images.source().shape(),
        images.source().classNames(),
        origin);
  }

  private static double accuracy(Model model, ImageDataset pixels) {
    return Evaluation.of(model.network(), pixels).accuracy();
  }

  private static Map<String, String> origin(Experiment experiment, Images images) {
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
    return origin;
  }

  /** For people: {@code member 2 of 3}; counted from 1. */
  static String name(Experiment experiment, int index) {
    return "member " + (index + 1) + " of " + experiment.members();
  }

  /** The last one that was trained; the only one, for most. */
  Member last() {
    return members.getLast();
  }

  /** Every iteration of the last member. */
  List<Training.Step> history() {
    return last().result.history();
  }

  /** Whatever was measured of the last member, in order. */
  List<Measurement> measurements() {
    return last().result.measurements();
  }

  /** Why the last member's training ended before its last iteration, or null if it did not. */
  @Nullable String stopReason() {
    return last().result.stopReason();
  }

  /** Whether it can go on, as somebody interrupted it. */
  boolean isInterrupted() {
    return isInterrupted(members);
  }

  private static boolean isInterrupted(List<Member> members) {
    return !members.isEmpty() && Interruption.REASON.equals(members.getLast().result.stopReason());
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

  /** The beginning of a line of a member, where there are several. */
  private String column(Object value) {
    return members.size() > 1 ? value + "," : "";
  }

  private void writeHistory(Writer csv) throws IOException {
    csv.write(column("member") + "iteration,loss,data_loss,penalty,learning_rate\n");
    for (Member member : members) {
      for (Training.Step step : member.result.history()) {
        csv.write(
            column(member.index + 1)
                + step.iteration()
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
  }

  private void writeAccuracies(Writer csv) throws IOException {
    boolean train = experiment.get(RunOption.MEASURE) == RunOption.Measured.BOTH;
    csv.write(
        column("member")
            + "iteration"
            + columns("", train)
            + (average == null ? "" : columns("average_", train))
            + "\n");
    for (Member member : members) {
      Training.Result result = member.result;
      for (int i = 0; i < result.accuracies().size(); i++) {
        csv.write(
            column(member.index + 1)
                + result.accuracies().get(i).iteration()
                + values(result.accuracies().get(i), train));
        if (average != null) {
          csv.write(values(result.averageAccuracies().get(i), train));
        }
        csv.write("\n");
      }
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

  /**
   * The same of the single network, where the model is more than that because of its views: {@code
   * without views: validation 0.4630 ...}. Several members have lines of their own.
   */
  Optional<String> withoutViewsLine() {
    boolean viewed = members.size() == 1 && !experiment.get(RunOption.VIEWS).equals(Views.NONE);
    return viewed ? Optional.of("without views: " + last().line()) : Optional.empty();
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
