package lamella.examples.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import lamella.core.Compute;
import lamella.examples.Activation;
import lamella.examples.DivergedException;
import lamella.examples.Experiment;
import lamella.examples.Training;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
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
      ""
    })
final class TrainCommand implements Callable<Integer> {
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

  TrainCommand() {}

  @Override
  public Integer call() throws IOException, DivergedException {
    PrintWriter console = Output.of(spec);
    Experiment experiment = training.experiment(activation, Images.TRAINING);
    try (OutputDirectory output = OutputDirectory.open(out)) {
      Images images = data.open(console);
      console.println("options: " + experiment);
      console.println("computing with " + Compute.description());
      int interval = Run.interval(experiment);
      Run run =
          Run.of(
              experiment,
              images,
              step -> {
                if (step.iteration() % interval == 0) {
                  console.println(line(experiment, step));
                }
              });
      run.write(output);
      console.println("wrote history.csv, accuracy.csv and model.safetensors to " + output.path());
      console.println(run.lastLine());
    }
    return 0;
  }

  private static String line(Experiment experiment, Training.Step step) {
    return String.format(
        Locale.ROOT,
        "iteration %d / %d: loss %.6f (data %.6f, penalty %.6f), learning rate %.3e",
        step.iteration(),
        experiment.iterations(),
        step.loss(),
        step.dataLoss(),
        step.penalty(),
        step.learningRate());
  }
}
