package lamella.benchmarks.tables;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import lamella.benchmarks.TimedProcess;
import lamella.core.Compute;
import lamella.core.Layer;
import lamella.core.Shape;
import lamella.layers.Linear;
import lamella.layers.ReLU;
import lamella.optim.AdamW;
import lamella.table.Table;
import lamella.table.TableModel;
import lamella.table.TableTrainer;

/**
 * Lamella trains what scikit-learn's {@code MLPClassifier} and {@code MLPRegressor} are, with its
 * whole path from a table in memory to a model: {@code DIR TABLE TARGET WIDTHS EPOCHS}, WIDTHS such
 * as {@code 256-256}.
 *
 * <p>It fits the encoding, and after each epoch looks at the validation rows and keeps the weights
 * if they are the best so far, as scikit-learn does with {@code early_stopping}. Trains twice: the
 * first training of a process also waits for its code to be compiled.
 */
public final class OurTraining {
  private static final int BATCH = 200;
  private static final double RATE = 1e-3;
  private static final double DECAY = 1e-4;

  private OurTraining() {}

  /** See above. */
  public static void main(String[] args) throws IOException {
    TimedProcess.fact("Lamella", Compute.description());
    boolean numbers = args[2].startsWith("ln:");
    String target = numbers ? args[2].substring(3) : args[2];
    int[] widths = Arrays.stream(args[3].split("-", -1)).mapToInt(Integer::parseInt).toArray();
    int epochs = Integer.parseInt(args[4]);
    OurTable.Parts parts = OurTable.Parts.read(Path.of(args[0]), args[1]);
    TableTrainer trainer =
        (numbers ? TableModel.regressor(target).withLogarithm() : TableModel.classifier(target))
            .withMembers(1)
            .withBody((input, outputs, random) -> layers(input, outputs, widths, random))
            .withOptimizer((network, steps) -> AdamW.of(RATE).withDecay(DECAY))
            .withBatchSize(BATCH)
            .withEpochs(epochs)
            .withPatience(epochs);
    Table test = parts.test();
    long begin = System.nanoTime();
    TableModel model = trainer.fit(parts.train(), parts.validation());
    long end = System.nanoTime();
    TableModel again = trainer.fit(parts.train(), parts.validation());
    TimedProcess.fact("seconds", (end - begin) * 1e-9);
    TimedProcess.fact("again", (System.nanoTime() - end) * 1e-9);
    if (!again.fingerprint().equals(model.fingerprint())) {
      throw new IllegalStateException("the second training gave another model than the first");
    }
    TimedProcess.fact("score", model.evaluate(test).figure(numbers ? "RMSE of ln" : "accuracy"));
  }

  private static List<Layer> layers(
      Shape input, int outputs, int[] widths, RandomGenerator random) {
    List<Layer> layers = new ArrayList<>();
    int width = input.size();
    for (int next : widths) {
      layers.add(new Linear(width, next, random));
      layers.add(new ReLU());
      width = next;
    }
    layers.add(new Linear(width, outputs, random));
    return layers;
  }
}
