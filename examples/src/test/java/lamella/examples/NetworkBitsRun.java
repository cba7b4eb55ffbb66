package lamella.examples;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import lamella.core.Fingerprint;
import lamella.core.Network;
import lamella.optim.Checkpoints;
import lamella.optim.CsvHistory;
import lamella.optim.ProgressLines;
import lamella.optim.TrainingListener;
import org.jspecify.annotations.Nullable;

/** Trains a network that draws, mixes and keeps statistics, for a JVM of its own. */
final class NetworkBitsRun {
  private NetworkBitsRun() {}

  private static Experiment experiment(int width, int iterations) {
    Map<RunOption<?>, String> options = new LinkedHashMap<>();
    String w = Integer.toString(width);
    options.put(
        RunOption.NETWORK,
        w + " batch-norm gelu dropout(0.2) residual(" + w + " gelu " + w + ") layer-norm");
    options.put(RunOption.ITERATIONS, Integer.toString(iterations));
    options.put(RunOption.BATCH_SIZE, "60");
    options.put(RunOption.OPTIMIZER, "adamw");
    options.put(RunOption.SCHEDULE, "cosine");
    options.put(RunOption.WARM_UP, "5");
    options.put(RunOption.LABEL_SMOOTHING, "0.1");
    options.put(RunOption.MIXUP, "0.4");
    options.put(RunOption.AUGMENT, "flip crop(4) cutout(8)");
    options.put(RunOption.CLIP_NORM, "1");
    options.put(RunOption.EMA, "0.9");
    options.put(RunOption.L2, "1e-3");
    return Experiment.of(options);
  }

  /**
   * The fingerprints of the parameters and of their average after training.
   *
   * @param checkpoints where to resume from and to write to, or null
   */
  static String run(
      int width, int iterations, @Nullable Path checkpoints, TrainingListener... listeners)
      throws DivergedException {
    RandomImages images = RandomImages.of();
    Experiment experiment = experiment(width, iterations);
    Training.Result result =
        Training.run(
            experiment,
            10,
            PreparedImages.of(
                experiment,
                Head.of(images.train().normalisation()),
                images.train(),
                images.validation()),
            checkpoints == null ? null : Checkpoints.in(checkpoints).every(3).resuming(),
            listeners);
    Network average = result.average();
    return Fingerprint.of(result.network().parameters())
        + " "
        + (average == null ? "no average" : Fingerprint.of(average.parameters()));
  }

  /** Arguments: width, iterations and, if wanted, a directory for checkpoints and a CSV file. */
  public static void main(String[] args) throws DivergedException {
    int width = Integer.parseInt(args[0]);
    int iterations = Integer.parseInt(args[1]);
    String fingerprints =
        args.length == 2
            ? run(width, iterations, null)
            : run(
                width,
                iterations,
                Path.of(args[2]),
                new CsvHistory(Path.of(args[2], "history.csv")),
                ProgressLines.every(1, System.err::println));
    System.out.println(fingerprints);
  }
}
