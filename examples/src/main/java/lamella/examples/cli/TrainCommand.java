package lamella.examples.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import lamella.core.Compute;
import lamella.core.io.FileFormatException;
import lamella.examples.Activation;
import lamella.examples.DivergedException;
import lamella.examples.Experiment;
import lamella.examples.page.WeightPicture;
import lamella.optim.Checkpoints;
import lamella.optim.TrainingListener;
import lamella.optim.tensorboard.TensorBoardListener;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code lamella train}. */
@Command(
    name = "train",
    abbreviateSynopsis = true,
    sortOptions = false,
    description = {
      "Trains the two-layer network.",
      "",
      "Writes history.csv (loss of every iteration), accuracy.csv (once an epoch) and model.safetensors, which"
          + " 'lamella evaluate' and 'lamella predict' read. The last line printed has the accuracies and the SHA-256 of the"
          + " parameters: the same options on the same data give the same parameters, bit for bit, on any machine.",
      "",
      "Ctrl-C stops after the iteration at hand and writes a checkpoint to resume from; the exit status is then 130.",
      ""
    })
final class TrainCommand implements Callable<Integer> {
  /** The note in a checkpoint that has the command line, an argument a line. */
  private static final String ARGUMENTS = "arguments";

  @Spec private @Nullable CommandSpec spec;

  @Mixin private DataOptions data = new DataOptions();

  @Option(
      names = "--activation",
      paramLabel = "NAME",
      defaultValue = "relu",
      converter = TrainingOptions.ActivationConverter.class,
      description = "relu, leaky-relu, swish or selu. Default: ${DEFAULT-VALUE}.")
  private Activation activation = Activation.RELU;

  @Mixin private TrainingOptions training = new TrainingOptions();

  @Option(
      names = "--out",
      paramLabel = "DIR",
      defaultValue = "lamella-out",
      description = "Directory for the files; made if missing. Default: ${DEFAULT-VALUE}.")
  private Path out = Path.of("lamella-out");

  @Mixin private CheckpointOptions checkpointing = new CheckpointOptions();

  @Option(
      names = "--tensorboard",
      paramLabel = "DIR",
      description =
          "Write to this directory what TensorBoard shows: loss, accuracy and learning rate, and once an epoch the"
              + " hidden layer's weights as images and how all parameters and gradients are distributed.")
  private @Nullable Path tensorBoard;

  @Option(names = "--quiet", description = "Print the last line only.")
  private boolean quiet;

  TrainCommand() {}

  @Override
  public Integer call() throws IOException, DivergedException {
    checkpointing.check();
    // For its check: where a run is resumed, these are not all the options.
    Experiment ignored = training.experiment(activation, Images.TRAINING);
    PrintWriter console = Output.of(spec);
    return resumed()
        .run(console, quiet ? new PrintWriter(Writer.nullWriter()) : console, Output.errors(spec));
  }

  /**
   * This command, or where a run is resumed, the command that began it with what this one says on
   * top of it.
   */
  private TrainCommand resumed() throws IOException {
    Path directory = checkpointing.resume();
    Optional<Map<String, String>> notes =
        directory == null
            ? Optional.empty()
            : Checkpoints.in(directory).withLog(damage -> {}).readNotes();
    if (notes.isEmpty()) {
      return this;
    }
    List<String> arguments = new ArrayList<>();
    notes.get().getOrDefault(ARGUMENTS, "").lines().forEach(arguments::add);
    for (OptionSpec option : Output.filled(spec).commandLine().getParseResult().matchedOptions()) {
      arguments.add(option.longestName());
      if (option.arity().max() > 0) {
        arguments.addAll(option.originalStringValues());
      }
    }
    TrainCommand command = new TrainCommand();
    try {
      new CommandLine(command)
          .setOverwrittenOptionsAllowed(true)
          .parseArgs(arguments.toArray(String[]::new));
    } catch (ParameterException e) {
      throw new FileFormatException(
          String.valueOf(directory), "no checkpoints of 'lamella train': " + e.getMessage());
    }
    return command;
  }

  private int run(PrintWriter result, PrintWriter console, PrintWriter errors)
      throws IOException, DivergedException {
    Experiment experiment = training.experiment(activation, Images.TRAINING);
    try (OutputDirectory output = OutputDirectory.open(out)) {
      Images images = data.open(console);
      console.println("options: " + experiment);
      console.println("computing with " + Compute.description());
      Checkpoints checkpoints =
          checkpointing
              .checkpoints(out, errors)
              .withConfiguration("options", experiment.withoutIterations())
              .withConfiguration("data", images.description())
              .withNote(ARGUMENTS, arguments(experiment));
      TrainingListener progress =
          quiet ? new TrainingListener() {} : TrainingProgress.on(console, experiment);
      try (Interruption interruption = Interruption.awaited()) {
        Run run =
            Run.of(
                experiment, images, checkpoints, progress, tensorBoard(experiment), interruption);
        int done = run.history().size();
        if (done < experiment.iterations()) {
          result.println(
              "interrupted after " + done + " of " + experiment.iterations() + " iterations");
          result.println("to go on: lamella train --resume " + checkpoints.directory());
          return Interruption.STATUS;
        }
        run.write(output);
        console.println(
            "wrote history.csv, accuracy.csv and model.safetensors to " + output.path());
        result.println(run.lastLine());
      }
    }
    return 0;
  }

  private TrainingListener tensorBoard(Experiment experiment) {
    if (tensorBoard == null) {
      return new TrainingListener() {};
    }
    return new TensorBoardListener(tensorBoard)
        .withText("configuration", "`lamella train " + experiment + "`")
        .withImage("weights", fit -> WeightPicture.png(fit.parameters().getFirst().value()));
  }

  private String arguments(Experiment experiment) {
    List<String> arguments = new ArrayList<>(List.of(experiment.toString().split(" ")));
    arguments.addAll(data.arguments());
    arguments.addAll(List.of("--out", out.toAbsolutePath().toString()));
    if (tensorBoard != null) {
      arguments.addAll(List.of("--tensorboard", tensorBoard.toAbsolutePath().toString()));
    }
    return String.join("\n", arguments);
  }
}
