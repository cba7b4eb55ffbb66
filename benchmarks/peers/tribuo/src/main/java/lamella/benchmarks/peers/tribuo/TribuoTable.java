package lamella.benchmarks.peers.tribuo;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.IntStream;
import lamella.benchmarks.TimedProcess;
import lamella.benchmarks.tables.DenseTable;
import lamella.benchmarks.tables.Result;
import lamella.benchmarks.tables.Scores;
import org.tribuo.Example;
import org.tribuo.Model;
import org.tribuo.MutableDataset;
import org.tribuo.Output;
import org.tribuo.OutputFactory;
import org.tribuo.Prediction;
import org.tribuo.Tribuo;
import org.tribuo.classification.Label;
import org.tribuo.classification.LabelFactory;
import org.tribuo.impl.ArrayExample;
import org.tribuo.interop.tensorflow.DenseFeatureConverter;
import org.tribuo.interop.tensorflow.GradientOptimiser;
import org.tribuo.interop.tensorflow.LabelConverter;
import org.tribuo.interop.tensorflow.OutputConverter;
import org.tribuo.interop.tensorflow.RegressorConverter;
import org.tribuo.interop.tensorflow.TensorFlowModel;
import org.tribuo.interop.tensorflow.TensorFlowTrainer;
import org.tribuo.interop.tensorflow.example.GraphDefTuple;
import org.tribuo.interop.tensorflow.example.MLPExamples;
import org.tribuo.provenance.SimpleDataSourceProvenance;
import org.tribuo.regression.RegressionFactory;
import org.tribuo.regression.Regressor;

/**
 * Tribuo's network on a table: {@code DIR TABLE SEED} trains it with each number of epochs.
 *
 * <p>The network is the one that Tribuo brings, {@code MLPExamples}, which TensorFlow computes: two
 * layers of 256 with ReLU, Adam with rate 0.001, batches of 200. Its trainer neither goes on from
 * where it was nor looks at validation rows; so it trains anew with each of some numbers of epochs,
 * and the validation rows choose one of them. The seed is that of the order of the rows: the
 * weights at the begin are always the same.
 */
public final class TribuoTable {
  private static final int[] EPOCHS = {5, 10, 20, 40, 80};
  private static final int BATCH = 200;
  private static final String TARGET = "target";

  private TribuoTable() {}

  /** See above. */
  public static void main(String[] args) throws IOException {
    Logger root = Logger.getLogger("");
    root.setLevel(Level.WARNING);
    TimedProcess.fact("Tribuo", Tribuo.VERSION);
    DenseTable table = DenseTable.read(Path.of(args[0]), args[1]);
    long seed = Long.parseLong(args[2]);
    Result result =
        table.classes() > 0
            ? of(new Classes(table), args[1], table, seed)
            : of(new Numbers(table), args[1], table, seed);
    TimedProcess.fact("result 1", result);
  }

  /** What differs between classes and numbers. */
  private interface Kind<T extends Output<T>> {
    OutputFactory<T> factory();

    OutputConverter<T> converter();

    int outputs();

    T output(double target);

    Scores scores(List<Prediction<T>> predictions, DenseTable.Part part);
  }

  private record Classes(DenseTable table) implements Kind<Label> {
    @Override
    public OutputFactory<Label> factory() {
      return new LabelFactory();
    }

    @Override
    public OutputConverter<Label> converter() {
      return new LabelConverter();
    }

    @Override
    public int outputs() {
      return (int) Arrays.stream(table.train().targets()).distinct().count();
    }

    @Override
    public Label output(double target) {
      return new Label(Integer.toString((int) target));
    }

    @Override
    public Scores scores(List<Prediction<Label>> predictions, DenseTable.Part part) {
      double[][] probabilities = new double[part.rows()][table.classes()];
      for (int i = 0; i < probabilities.length; i++) {
        for (Map.Entry<String, Label> scored : predictions.get(i).getOutputScores().entrySet()) {
          probabilities[i][Integer.parseInt(scored.getKey())] = scored.getValue().getScore();
        }
      }
      return Scores.ofClasses(probabilities, part.labels());
    }
  }

  private record Numbers(DenseTable table, double mean, double deviation)
      implements Kind<Regressor> {
    Numbers(DenseTable table) {
      this(table, mean(table), deviation(table));
    }

    private static double mean(DenseTable table) {
      return Arrays.stream(table.train().targets()).average().orElseThrow();
    }

    private static double deviation(DenseTable table) {
      double mean = mean(table);
      return Math.sqrt(
          Arrays.stream(table.train().targets())
              .map(y -> (y - mean) * (y - mean))
              .average()
              .orElseThrow());
    }

    @Override
    public OutputFactory<Regressor> factory() {
      return new RegressionFactory();
    }

    @Override
    public OutputConverter<Regressor> converter() {
      return new RegressorConverter();
    }

    @Override
    public int outputs() {
      return 1;
    }

    @Override
    public Regressor output(double target) {
      return new Regressor(TARGET, (target - mean) / deviation);
    }

    @Override
    public Scores scores(List<Prediction<Regressor>> predictions, DenseTable.Part part) {
      return Scores.ofNumbers(
          predictions.stream()
              .mapToDouble(p -> p.getOutput().getValues()[0] * deviation + mean)
              .toArray(),
          part.targets());
    }
  }

  private static <T extends Output<T>> Result of(
      Kind<T> kind, String name, DenseTable table, long seed) {
    long begin = System.nanoTime();
    MutableDataset<T> train = dataset(kind, table.train(), new Random(seed));
    List<Example<T>> validation = examples(kind, table.validation());
    List<Example<T>> test = examples(kind, table.test());
    Scores scores = null;
    double least = Double.POSITIVE_INFINITY;
    int best = 0;
    for (int epochs : EPOCHS) {
      try (TensorFlowModel<T> model = train(kind, train, epochs)) {
        double now = kind.scores(predict(model, validation), table.validation()).toChooseBy();
        if (scores == null || now < least) {
          least = now;
          best = epochs;
          scores = kind.scores(predict(model, test), table.test());
        }
      }
    }
    if (scores == null) {
      throw new IllegalStateException("trained nothing");
    }
    return new Result(
        name, "tribuo-256", seed, scores, (System.nanoTime() - begin) * 1e-9, best + " epochs");
  }

  private static <T extends Output<T>> TensorFlowModel<T> train(
      Kind<T> kind, MutableDataset<T> train, int epochs) {
    String input = "x";
    GraphDefTuple graph =
        MLPExamples.buildMLPGraph(
            input, train.getFeatureMap().size(), new int[] {256, 256}, kind.outputs());
    return new TensorFlowTrainer<>(
            graph.graphDef,
            graph.outputName,
            GradientOptimiser.ADAM,
            Map.of("learningRate", 0.001f, "betaOne", 0.9f, "betaTwo", 0.999f, "epsilon", 1e-8f),
            new DenseFeatureConverter(input),
            kind.converter(),
            BATCH,
            epochs,
            BATCH,
            -1)
        .train(train);
  }

  private static <T extends Output<T>> List<Prediction<T>> predict(
      Model<T> model, List<Example<T>> examples) {
    return model.predict(examples);
  }

  private static <T extends Output<T>> MutableDataset<T> dataset(
      Kind<T> kind, DenseTable.Part part, Random random) {
    List<Example<T>> examples = new ArrayList<>(examples(kind, part));
    Collections.shuffle(examples, random);
    MutableDataset<T> dataset =
        new MutableDataset<>(
            new SimpleDataSourceProvenance("a table", kind.factory()), kind.factory());
    dataset.addAll(examples);
    return dataset;
  }

  private static <T extends Output<T>> List<Example<T>> examples(
      Kind<T> kind, DenseTable.Part part) {
    String[] names =
        IntStream.range(0, part.inputs()[0].length)
            .mapToObj(i -> String.format(Locale.ROOT, "x%05d", i))
            .toArray(String[]::new);
    List<Example<T>> examples = new ArrayList<>();
    for (int i = 0; i < part.rows(); i++) {
      examples.add(new ArrayExample<>(kind.output(part.targets()[i]), names, part.inputs()[i]));
    }
    return examples;
  }
}
