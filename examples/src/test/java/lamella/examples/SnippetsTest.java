package lamella.examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import lamella.check.GradientCheck;
import lamella.core.Batch;
import lamella.core.DType;
import lamella.core.Dataset;
import lamella.core.Fingerprint;
import lamella.core.FloatTensor;
import lamella.core.Gradients;
import lamella.core.Loss;
import lamella.core.Network;
import lamella.core.Outputs;
import lamella.core.Parameter;
import lamella.core.Pass;
import lamella.core.Predictor;
import lamella.core.PreparedDataset;
import lamella.core.RowLoop;
import lamella.core.Shape;
import lamella.core.Tensor;
import lamella.core.io.LayerFormat;
import lamella.core.io.ModelFile;
import lamella.core.io.NpyArray;
import lamella.core.io.Npz;
import lamella.core.io.OnnxExport;
import lamella.core.io.Parameters;
import lamella.core.io.SafeTensors;
import lamella.core.io.WeightLayout;
import lamella.core.random.NumPyRandom;
import lamella.data.cifar.Augmentation;
import lamella.data.cifar.Cifar10;
import lamella.data.cifar.CosineTransform;
import lamella.data.cifar.ImageDataset;
import lamella.data.cifar.ImageSet;
import lamella.data.cifar.ImageShape;
import lamella.data.cifar.ImageView;
import lamella.data.cifar.Layout;
import lamella.data.cifar.MeanImage;
import lamella.data.cifar.Pixels;
import lamella.layers.BatchNorm;
import lamella.layers.Columns;
import lamella.layers.ContrastNorm;
import lamella.layers.Dropout;
import lamella.layers.Embedding;
import lamella.layers.Ensemble;
import lamella.layers.EnsembleLinear;
import lamella.layers.FillMissing;
import lamella.layers.Folded;
import lamella.layers.GELU;
import lamella.layers.InputNorm;
import lamella.layers.LeakyReLU;
import lamella.layers.Linear;
import lamella.layers.MemberMean;
import lamella.layers.MissingIndicator;
import lamella.layers.OneHot;
import lamella.layers.PeriodicEmbedding;
import lamella.layers.ReLU;
import lamella.layers.Residual;
import lamella.layers.RobustScale;
import lamella.layers.Whitening;
import lamella.losses.EachMember;
import lamella.losses.SoftmaxCrossEntropy;
import lamella.onnx.OnnxImport;
import lamella.optim.AdamW;
import lamella.optim.EarlyStopping;
import lamella.optim.Evaluation;
import lamella.optim.Group;
import lamella.optim.History;
import lamella.optim.Lion;
import lamella.optim.Metrics;
import lamella.optim.Mixup;
import lamella.optim.Node;
import lamella.optim.NodeTree;
import lamella.optim.RegressionEvaluation;
import lamella.optim.Round;
import lamella.optim.RoundRunner;
import lamella.optim.Schedule;
import lamella.optim.Sgd;
import lamella.optim.ShardWorker;
import lamella.optim.StepGradients;
import lamella.optim.Trainer;
import lamella.optim.WeightAverage;
import lamella.optim.tensorboard.EventFile;
import lamella.table.ColumnKind;
import lamella.table.PermutationImportance;
import lamella.table.Table;
import lamella.table.TableModel;
import lamella.table.TableReader;
import lamella.table.TableRows;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The examples that Javadoc shows: what stands between {@code @start} and {@code @end} is on the
 * page of the class that names the region.
 */
class SnippetsTest {
  private static final Pattern SHOWN =
      Pattern.compile("\\{@snippet file=\"SnippetsTest.java\" region=\"([a-z-]+)\"}");

  /** Not the word itself, or Javadoc would take this line for one. */
  private static final Pattern REGION = Pattern.compile("// @[s]tart region=\"([a-z-]+)\"");

  @TempDir Path directory;

  private static NumPyRandom random() {
    return new NumPyRandom(1);
  }

  private static Network network() {
    return Network.of(
        Shape.of(4), new Linear(4, 8, random()), new ReLU(), new Linear(8, 3, random()));
  }

  /** The class is the position of the largest of the first three numbers. */
  private static Dataset<int[]> data(int size) {
    FloatTensor inputs = FloatTensor.zeros(Shape.of(size, 4));
    int[] labels = new int[size];
    NumPyRandom random = random();
    for (int row = 0; row < size; row++) {
      for (int column = 0; column < 4; column++) {
        inputs.set(4 * row + column, random.nextGaussian());
      }
      for (int column = 1; column < 3; column++) {
        labels[row] = inputs.get(row, column) > inputs.get(row, labels[row]) ? column : labels[row];
      }
    }
    return Dataset.of(inputs, labels);
  }

  @Test
  void embedding() {
    NumPyRandom random = random();
    // @start region="embedding"
    Network network =
        Network.of(
            Shape.of(1), // the number of a weekday, for example
            new Embedding(7, 4, random),
            new Linear(4, 10, random));
    Tensor outputs = network.forward(FloatTensor.of(Shape.of(2, 1), 0, 6));
    // @end
    assertEquals(Shape.of(2, 10), outputs.shape());
  }

  @Test
  void columnsOfATable() {
    NumPyRandom random = random();
    FloatTensor inputs =
        FloatTensor.of(Shape.of(3, 4), 30, 2, 1, 7, 45, 0, 0, 0, Float.NaN, 3, 2, 5);
    // @start region="columns"
    Network network =
        Network.of(
            Shape.of(4), // two numbers, a category of three, a category of seven
            Columns.of(
                Columns.part(
                    new int[] {0, 1},
                    RobustScale.of(
                        FloatTensor.of(Shape.of(2), 40, 2), FloatTensor.of(Shape.of(2), 0.1f, 1)),
                    FillMissing.of(FloatTensor.zeros(Shape.of(2)))), // 2 outputs
                Columns.part(new int[] {0, 1}, new MissingIndicator()), // 2
                Columns.part(new int[] {2}, new OneHot(3)), // 3
                Columns.part(new int[] {3}, new Embedding(8, 4, random))), // 4
            new Linear(11, 5, random));
    Tensor outputs = network.forward(inputs);
    // @end
    assertEquals(Shape.of(3, 5), outputs.shape());
    assertTrue(Double.isFinite(outputs.get(10)));
  }

  @Test
  void headLayersOfATable() {
    FloatTensor inputs = FloatTensor.of(Shape.of(4, 2), 30, 2, 45, 1, Float.NaN, 2, 33, 3);
    // @start region="robust-scale"
    RobustScale scale = RobustScale.fit(inputs); // of the training data
    Tensor scaled = scale.forward(inputs);
    // @end
    assertEquals(0, scaled.get(6));
    NumPyRandom random = random();
    // @start region="periodic-embedding"
    Network network =
        Network.of(
            Shape.of(2), // numbers on one scale
            new PeriodicEmbedding(2, random), // 8 outputs
            new Linear(8, 3, random));
    // @end
    assertEquals(Shape.of(3), network.outputShape());
    // @start region="fill-missing"
    FillMissing fill = FillMissing.of(FloatTensor.of(Shape.of(2), 33, 2)); // for example medians
    Tensor filled = fill.forward(inputs);
    // @end
    assertEquals(33, filled.get(4));
    // @start region="one-hot"
    OneHot oneHot = new OneHot(3, 2); // two columns, of three categories and of two
    Tensor columns = oneHot.forward(FloatTensor.of(Shape.of(2, 2), 3, 1, 0, 2));
    // 0 0 1 -1
    // 0 0 0  1
    // @end
    assertArrayEquals(new double[] {0, 0, 1, -1, 0, 0, 0, 1}, columns.toDoubleArray());
  }

  @Test
  void members() {
    NumPyRandom random = random();
    Dataset<int[]> train = data(64);
    Dataset<int[]> validation = data(32);
    // @start region="each-member"
    int[] all = {0, 1, 2, 3};
    Network body = // two networks side by side: 3 classes of each
        Network.of(
            Shape.of(4),
            Columns.of(
                Columns.part(all, new Linear(4, 16, random), new ReLU(), new Linear(16, 3, random)),
                Columns.part(
                    all, new Linear(4, 16, random), new ReLU(), new Linear(16, 3, random))));
    var mean = new MemberMean(2, Outputs.CLASSES);
    Trainer.of(body, EachMember.of(new SoftmaxCrossEntropy(), 2), AdamW.of(1e-3))
        .withEpochs(5)
        .withEvaluation("validation", validation, Metrics.accuracy().behind(mean))
        .fit(train, random);
    Network whole = Network.of(Shape.of(4), body, mean); // predicts the classes
    // @end
    assertEquals(Outputs.CLASSES, whole.outputs());
    assertEquals(Shape.of(3), whole.outputShape());
    assertEquals(
        Metrics.accuracy().of(whole, validation),
        Metrics.accuracy().behind(mean).of(body, validation));
  }

  @Test
  void membersThatShareAMatrix() {
    NumPyRandom random = random();
    int k = 8;
    // @start region="ensemble-linear"
    List<Columns.Part> heads = new ArrayList<>(); // each member's own outputs
    for (int m = 0; m < k; m++) {
      int first = 32 * m;
      int[] own = IntStream.range(first, first + 32).toArray();
      heads.add(Columns.part(own, new Linear(32, 3, random)));
    }
    Network body =
        Network.of(
            Shape.of(4),
            new EnsembleLinear(k, 4, 32, random).withRandomSigns(random),
            new ReLU(),
            new EnsembleLinear(k, 32, 32, random),
            new ReLU(),
            Columns.of(heads)); // k times 3 outputs
    // @end
    assertEquals(Shape.of(24), body.outputShape());
  }

  @Test
  void ensembles() {
    FloatTensor inputs = FloatTensor.zeros(Shape.of(5, 4));
    Network first = network();
    Network second = network();
    Network third = network();
    // @start region="ensemble"
    Network all = Ensemble.of(first, second, third); // each of its own training
    Tensor probabilities = Predictor.of(all).probabilities(inputs); // their mean
    // @end
    assertEquals(Shape.of(5, 3), probabilities.shape());
  }

  @Test
  void viewsOfImages() {
    Network network = Network.of(Shape.of(3072), new Linear(3072, 10, random()));
    FloatTensor images = FloatTensor.zeros(Shape.of(5, 3072));
    images.set(0, 5, 100);
    // @start region="views"
    Network both =
        Ensemble.of(network, ImageView.mirrored(ImageShape.CIFAR10, Layout.HWC).before(network));
    Tensor probabilities = Predictor.of(both).probabilities(images); // the mean of the two views
    // @end
    Tensor mirrored = ImageView.mirrored(ImageShape.CIFAR10, Layout.HWC).forward(images);
    assertArrayEquals(
        probabilities.toDoubleArray(), Predictor.of(both).probabilities(mirrored).toDoubleArray());
  }

  @Test
  void residualBlocks() {
    NumPyRandom random = random();
    // @start region="residual"
    Network network =
        Network.of(
            Shape.of(100),
            new Linear(100, 64, random),
            new Residual(new Linear(64, 64, random), new GELU(), new Linear(64, 64, random)),
            new Residual(new Linear(64, 64, random), new GELU(), new Linear(64, 64, random)),
            new Linear(64, 10, random));
    // @end
    assertEquals(Shape.of(10), network.outputShape());
  }

  @Test
  void dropout() {
    NumPyRandom random = random();
    FloatTensor inputs = FloatTensor.zeros(Shape.of(5, 100));
    // @start region="dropout"
    Network network =
        Network.of(
            Shape.of(100),
            new Linear(100, 64, random),
            new ReLU(),
            new Dropout(0.2),
            new Linear(64, 10, random));
    Pass pass = Pass.forTraining(42); // with a seed, which a Trainer gives its passes
    Tensor dropped = network.forward(inputs, pass);
    Tensor predicted = network.forward(inputs); // nothing is dropped
    // @end
    assertEquals(dropped.shape(), predicted.shape());
  }

  @Test
  void networks() {
    NumPyRandom random = random();
    Tensor images = FloatTensor.zeros(Shape.of(5, 3072));
    // @start region="network"
    Network network =
        Network.of(
            Shape.of(3072), new Linear(3072, 64, random), new ReLU(), new Linear(64, 10, random));
    Tensor logits = network.forward(images); // [n, 3072] -> [n, 10]
    // @end
    assertEquals(Shape.of(5, 10), logits.shape());
  }

  @Test
  void linear() {
    Tensor x = FloatTensor.of(Shape.of(1, 2), 1, 10);
    // @start region="linear"
    Tensor weight = FloatTensor.of(Shape.of(2, 3), 1, 2, 3, 4, 5, 6);
    Tensor bias = FloatTensor.of(Shape.of(3), 100, 200, 300);
    Tensor y = Linear.of(weight, bias).forward(x); // [[1, 10]] gives [[141, 252, 363]]
    // @end
    assertArrayEquals(new double[] {141, 252, 363}, y.toDoubleArray());
  }

  @Test
  void rowLoop() {
    Tensor x = FloatTensor.of(Shape.of(2, 2), 3, 4, 0, 2);
    Tensor y = FloatTensor.zeros(x.shape());
    // @start region="row-loop"
    RowLoop unitLength =
        new RowLoop() {
          @Override
          protected void run(float[][] arrays, int from, int to, double[] lanes) {
            float[] result = arrays[0];
            float[] row = arrays[1];
            double length = Math.sqrt(squares(row, from, to, 0, lanes));
            for (int i = from; i < to; i++) {
              result[i] = (float) (row[i] / length);
            }
          }

          @Override
          protected void run(double[][] arrays, int from, int to, double[] lanes) {
            double[] result = arrays[0];
            double[] row = arrays[1];
            double length = Math.sqrt(squares(row, from, to, 0, lanes));
            for (int i = from; i < to; i++) {
              result[i] = row[i] / length;
            }
          }
        };
    unitLength.over(y, x); // [[3, 4], [0, 2]] gives [[0.6, 0.8], [0, 1]]
    // @end
    assertArrayEquals(new double[] {0.6f, 0.8f, 0, 1}, y.toDoubleArray());
  }

  @Test
  void pass() {
    Network network = network();
    Dataset<int[]> data = data(200);
    var batch = data.newBatch(200, DType.FLOAT32);
    int[] all = new int[200];
    Arrays.setAll(all, i -> i);
    data.read(all, batch);
    Tensor inputs = batch.inputs();
    int[] labels = batch.targets();
    // @start region="pass"
    var loss = new SoftmaxCrossEntropy();
    var sgd = Sgd.of(0.5);
    Pass pass = Pass.forTraining(); // kept: from the second step on nothing is allocated
    for (int step = 0; step < 100; step++) {
      Tensor logits = network.forward(inputs, pass);
      Tensor gradient = pass.outputGradient(logits);
      loss.valueAndGradient(logits, labels, gradient);
      network.backward(gradient, pass);
      sgd.step(pass.gradients());
    }
    // @end
    assertTrue(loss.value(network.forward(inputs), labels) < 0.3);
  }

  @Test
  void gradientsAreAddedAndSent() {
    Network network = network();
    Pass first = Pass.forTraining();
    Pass second = Pass.forTraining();
    for (Pass pass : List.of(first, second)) {
      Tensor outputs = network.forward(FloatTensor.of(Shape.of(1, 4), 1, 2, 3, 4), pass);
      network.backward(FloatTensor.of(Shape.of(1, 3), 1, 0, -1), pass);
      assertEquals(Shape.of(1, 3), outputs.shape());
    }
    // @start region="gradients"
    var sum = Gradients.of(network);
    sum.add(first.gradients()); // of two passes, each over half of a batch
    sum.add(second.gradients());
    sum.scale(0.5);
    float[] sent = new float[sum.size()];
    sum.copyTo(sent, 0); // and on another machine
    var received = Gradients.of(network);
    received.setFrom(sent, 0);
    Sgd.of(0.1).step(received);
    // @end
    assertEquals(4 * 8 + 8 + 8 * 3 + 3, sent.length);
    assertTrue(received.isEmpty());
    assertEquals(-1, sent[sent.length - 1]); // the last bias: the mean of two times -1
  }

  @Test
  void loss() {
    // @start region="loss"
    Tensor logits = FloatTensor.of(Shape.of(2, 3), 1, 1, 1, 0, 1000, 0);
    int[] labels = {2, 1};
    Tensor gradient = FloatTensor.zeros(logits.shape());
    double mean = new SoftmaxCrossEntropy().valueAndGradient(logits, labels, gradient);
    // mean = (log 3 + 0) / 2; gradient = [[1/6, 1/6, -1/3], [0, 0, 0]]
    // @end
    assertEquals(Math.log(3) / 2, mean, 1e-6);
    double[] expected = {1 / 6.0, 1 / 6.0, -1 / 3.0, 0, 0, 0};
    assertArrayEquals(expected, gradient.toDoubleArray(), 1e-6);
  }

  @Test
  void sgd() {
    // @start region="sgd"
    Schedule rate = Schedule.exponentialDecay(1e-3, 0.95, 245); // a factor for each 245 steps
    Sgd sgd = Sgd.of(rate).withL2(1e-3).withMomentum(0.9);
    // @end
    assertEquals(1e-3, sgd.learningRate());
    assertEquals("Sgd(l2 0.001, momentum 0.9)", sgd.toString());
  }

  @Test
  void adaptiveOptimizers() {
    // @start region="adamw"
    AdamW adamW = AdamW.of(1e-3).withDecay(0.05);
    AdamW adam = AdamW.of(1e-3).withDecay(0);
    // @end
    // @start region="lion"
    Lion lion = Lion.of(1e-4).withDecay(0.5);
    // @end
    assertEquals("AdamW(l2 0.0, decay 0.05, betas 0.9 0.999, epsilon 1.0E-8)", adamW.toString());
    assertEquals("AdamW(l2 0.0, betas 0.9 0.999, epsilon 1.0E-8)", adam.toString());
    assertEquals("Lion(l2 0.0, decay 0.5, betas 0.9 0.99)", lion.toString());
  }

  @Test
  void weightAverage() {
    Network network = network();
    Dataset<int[]> train = data(64);
    Dataset<int[]> validation = data(32);
    // @start region="average"
    WeightAverage average = WeightAverage.of(0.999);
    History history =
        Trainer.of(network, new SoftmaxCrossEntropy(), AdamW.of(1e-3))
            .withEvaluation("validation", validation) // and "EMA validation loss" and accuracy
            .withAverage(average)
            .fit(train, random());
    average.copyTo(network); // in place of the trained weights
    // @end
    assertEquals(10, history.measurements("EMA validation accuracy").size());
  }

  @Test
  void mixup() {
    Network network = network();
    Dataset<int[]> train = data(64);
    Dataset<int[]> validation = data(32);
    // @start region="mixup"
    Dataset<Tensor> mixed = Mixup.of(train, 3, 0.2, 1); // 3 classes, alpha 0.2, seed 1
    var loss = new SoftmaxCrossEntropy();
    var clean = Metrics.loss(loss).and(Metrics.accuracy());
    Trainer.of(network, loss.withProbabilities(), AdamW.of(1e-3))
        .withEvaluation("validation", validation, clean)
        .fit(mixed, random());
    // @end
    assertEquals(Outputs.CLASSES, network.outputs());
  }

  @Test
  void warmUp() {
    // @start region="warm-up"
    Schedule rate = Schedule.warmUp(100).then(Schedule.cosine(1e-3, 0, 1900)); // of 2,000 steps
    // @end
    assertEquals(1e-5, rate.at(0), 1e-18);
    assertEquals(1e-3, rate.at(100));
    assertEquals(0, rate.at(2000));
  }

  @Test
  void groups() {
    Network network = network();
    // @start region="groups"
    Sgd sgd =
        Sgd.of(0.1)
            .withL2(1e-3)
            .withGroup(Group.under("0").frozen())
            .withGroup(Group.of(Parameter.Role.BIAS).withRateFactor(2));
    // @end
    sgd.begin(network);
    assertEquals(
        "Sgd(l2 0.001, momentum 0.0, group under 0: frozen, group BIAS: rate x 2.0, decay x 1.0)",
        sgd.toString());
  }

  @Test
  void trainer() {
    Network network = network();
    Dataset<int[]> train = data(2000);
    Dataset<int[]> validation = data(100);
    // @start region="trainer"
    History history =
        Trainer.of(network, new SoftmaxCrossEntropy(), Sgd.of(0.1))
            .withBatchSize(32)
            .withEpochs(20)
            .withEvaluation("validation", validation)
            .withListeners(EarlyStopping.lowest("validation loss", 3))
            .fit(train, new NumPyRandom(1));
    // @end
    assertTrue(history.measurements("validation accuracy").getLast().value() > 0.9);
  }

  @Test
  void labelsMeasureWhatLearnsFromNumbers() {
    Network network = network();
    Dataset<int[]> train = data(100);
    Dataset<int[]> test = data(50);
    var loss = new SoftmaxCrossEntropy();
    // @start region="metrics"
    History history =
        Trainer.of(network, loss, Sgd.of(0.1))
            .withEvaluation("test", test, Metrics.loss(loss).and(Metrics.accuracy()))
            .fit(train, random());
    double accuracy = history.measurements("test accuracy").getLast().value();
    // @end
    assertEquals(Evaluation.of(network, test).accuracy(), accuracy);
    assertEquals(accuracy, Metrics.accuracy().of(network, test).get("accuracy"));
  }

  @Test
  void errorsOfNumbers() {
    Network network = Network.of(Shape.of(4), new Linear(4, 2, random()));
    Tensor inputs = FloatTensor.zeros(Shape.of(3, 4));
    Tensor targets = FloatTensor.of(Shape.of(3, 2), 1, 0, 2, 0, 3, 0);
    // @start region="regression-evaluation"
    RegressionEvaluation errors = RegressionEvaluation.of(network, Dataset.of(inputs, targets));
    double meters = errors.mae(0);
    String table = errors.table("distance", "angle");
    // @end
    assertEquals(2, meters);
    assertEquals(
        """
        output      RMSE     MAE       R²
        distance  2.1602  2.0000  -6.0000
        angle     0.0000  0.0000   1.0000
        """,
        table);
  }

  @Test
  void stepsAreComputedByOneselfAsWell() {
    Network network = network();
    var loss = new SoftmaxCrossEntropy();
    // @start region="step-gradients"
    var pass = Pass.forTraining();
    StepGradients<int[]> mine =
        (step, examples, indices, into) -> {
          pass.addTo(into);
          var batch = examples.newBatch(indices.length, DType.FLOAT32);
          examples.read(indices, batch);
          Tensor outputs = network.forward(batch.inputs(), pass);
          Tensor gradient = pass.outputGradient(outputs);
          double mean = loss.valueAndGradient(outputs, batch.targets(), gradient);
          network.backward(gradient, pass);
          return mean;
        };
    Trainer.of(network, loss, Sgd.of(0.1)).withStepGradients(mine).fit(data(100), random());
    // @end
    Network same = network();
    Trainer.of(same, loss, Sgd.of(0.1)).fit(data(100), random());
    assertEquals(Fingerprint.of(same.parameters()), Fingerprint.of(network.parameters()));
  }

  @Test
  void shards() {
    Network network = network();
    Loss<int[]> loss = new SoftmaxCrossEntropy();
    Dataset<int[]> data = data(400);
    // @start region="shards"
    Trainer.of(network, loss, Sgd.of(0.1).withMomentum(0.9))
        .withBatchSize(64)
        .withShards(8) // each has 8 of a step's 64 examples
        .withLocalSteps(5, 1) // after the first epoch each makes 5 steps by itself
        .withEpochs(3)
        .fit(data, random());
    // @end
    Network same = network();
    Trainer.of(same, loss, Sgd.of(0.1).withMomentum(0.9))
        .withBatchSize(64)
        .withShards(8)
        .withLocalSteps(5, 1)
        .withEpochs(3)
        .withRunner(anotherMachine())
        .fit(data, random());
    assertEquals(Fingerprint.of(same.parameters()), Fingerprint.of(network.parameters()));
  }

  /** Computes each shard by a worker of its own, of which it knows bytes only, the last first. */
  private static RoundRunner<int[]> anotherMachine() {
    ShardWorker<int[]> worker =
        Trainer.of(network(), new SoftmaxCrossEntropy(), Sgd.of(0.1).withMomentum(0.9))
            .withBatchSize(64)
            .withShards(8)
            .withLocalSteps(5, 1)
            .worker();
    // @start region="round-runner"
    RoundRunner<int[]> runner =
        (round, data) -> {
          byte[] sent = round.toBytes();
          NodeTree tree = new NodeTree(round.shards());
          for (int shard = round.shards() - 1; shard >= 0; shard--) {
            Node node = worker.compute(Round.fromBytes(sent), shard, data); // on any machine
            tree.add(Node.fromBytes(node.toBytes()));
          }
          return tree.root();
        };
    // @end
    return runner;
  }

  @Test
  void folded() {
    SplittableRandom random = new SplittableRandom(1);
    Network trained =
        Network.of(
            Shape.of(4),
            new Linear(4, 16, random),
            new BatchNorm(16),
            new ReLU(),
            new Linear(16, 3, random));
    // @start region="folded"
    Predictor predictor = Predictor.of(Folded.of(trained)); // Linear -> ReLU -> Linear
    float[] outputs = predictor.outputs(new float[] {0.1f, -0.7f, 2, 0.3f});
    // @end
    assertEquals(3, outputs.length);
    assertEquals(3, predictor.network().layers().size());
  }

  @Test
  void predictor() {
    Network network = network();
    float[] example = {5.1f, 3.5f, 1.4f, 0.2f};
    // @start region="predictor"
    Predictor predictor = Predictor.of(network); // one, for all threads
    int best = predictor.classOf(example);
    float[] probabilities = predictor.probabilities(example);
    // @end
    for (float probability : probabilities) {
      assertTrue(probability <= probabilities[best]);
    }
  }

  @Test
  void outputs() throws IOException {
    NumPyRandom random = new NumPyRandom(1);
    Path path = directory.resolve("price.safetensors");
    // @start region="outputs"
    var price = Network.of(Shape.of(4), new Linear(4, 1, random)).withOutputs(Outputs.NUMBERS);
    var signs = Network.of(Shape.of(4), new Linear(4, 3, random)).withOutputs(Outputs.YES_NO);
    ModelFile.of(price).write(path); // keeps what they mean
    float[] chances = Predictor.of(signs).probabilities(new float[4]); // of each sign for itself
    // @end
    assertArrayEquals(new float[] {0.5f, 0.5f, 0.5f}, chances);
    assertEquals(Outputs.NUMBERS, ModelFile.read(path).network().outputs());
  }

  @Test
  void modelFile() throws IOException {
    Network network = network();
    Tensor mean = FloatTensor.zeros(Shape.of(4));
    Path path = directory.resolve("model.safetensors");
    // @start region="model-file"
    new ModelFile(network, Map.of("mean", mean), Map.of("made", "today")).write(path);

    ModelFile model = ModelFile.read(path);
    Predictor predictor = Predictor.of(model.network());
    // @end
    assertEquals(3, predictor.probabilities(new float[4]).length);
    assertEquals("today", model.metadata().get("made"));
    assertEquals(mean.shape(), model.tensors().get("mean").shape());
  }

  @Test
  void layerFormat() {
    // @start region="layer-format"
    LayerFormat<LeakyReLU> format =
        LayerFormat.of(
                "org.example.LeakyReLU",
                LeakyReLU.class,
                saved -> new LeakyReLU(saved.number("slope")))
            .withOption("slope", LeakyReLU::slope)
            .withOnnx(
                (layer, graph, x) -> graph.node("LeakyRelu", Map.of("alpha", layer.slope()), x))
            .fromOnnx("LeakyRelu", node -> new LeakyReLU(node.number("alpha", 0.01)));
    // @end
    assertEquals("org.example.LeakyReLU", format.type());
  }

  @Test
  void npyArray() throws IOException {
    NpyArray.of(FloatTensor.of(Shape.of(2), 1, 2)).write(directory.resolve("x.npy"));
    NpyArray.of(Shape.of(2), 7, 8).write(directory.resolve("labels.npy"));
    // @start region="npy"
    // numpy.save("x.npy", x)
    Tensor x = NpyArray.read(directory.resolve("x.npy")).tensor(DType.FLOAT32);
    int[] labels = NpyArray.read(directory.resolve("labels.npy")).ints();
    NpyArray.of(x).write(directory.resolve("y.npy")); // numpy.load("y.npy")
    // @end
    assertArrayEquals(new int[] {7, 8}, labels);
    Tensor y = NpyArray.read(directory.resolve("y.npy")).tensor(DType.FLOAT64);
    assertArrayEquals(new double[] {1, 2}, y.toDoubleArray());
  }

  @Test
  void npz() throws IOException {
    Network network = network();
    Path path = directory.resolve("network.npz");
    // @start region="npz"
    Npz.ofTensors(Parameters.of(network)).write(path); // numpy.load("network.npz")
    Parameters.load(network, Npz.read(path).tensors(), WeightLayout.IN_OUT);
    // @end
    assertEquals(4, Npz.read(path).arrays().size());
  }

  @Test
  void parameters() throws IOException {
    var network = Network.of(Shape.of(2), Linear.of(matrix(1, 2, 3, 4), vector(0, 0)));
    Path path = directory.resolve("model.safetensors");
    Map<String, Tensor> transposed =
        Map.of("0.weight", matrix(5, 6, 7, 8), "0.bias", vector(9, 10));
    SafeTensors.of(transposed, Map.of()).write(path);
    // @start region="parameters"
    // Python: safetensors.torch.save_file(model.state_dict(), "model.safetensors")
    Map<String, Tensor> state = SafeTensors.read(path).tensors();
    Parameters.load(network, state, WeightLayout.OUT_IN);
    // @end
    Tensor weight = Parameters.of(network).get("0.weight");
    assertArrayEquals(new double[] {5, 7, 6, 8}, weight.toDoubleArray());
    // @start region="load-part"
    Map<String, String> names = Map.of("0.weight", "fc1.weight", "0.bias", "fc1.bias");
    Map<String, Tensor> file = Map.of("fc1.weight", matrix(1, 2, 3, 4), "fc1.bias", vector(5, 6));
    Parameters.Part part = Parameters.loadPart(network, file, WeightLayout.IN_OUT, names::get);
    System.out.println(part.kept()); // none here: []
    // @end
    assertEquals(List.of(), part.kept());
    assertArrayEquals(new double[] {1, 2, 3, 4}, weight.toDoubleArray());
  }

  private static Tensor matrix(float... elements) {
    return FloatTensor.of(Shape.of(2, 2), elements);
  }

  private static Tensor vector(float... elements) {
    return FloatTensor.of(Shape.of(2), elements);
  }

  @Test
  void inputNorm() {
    NumPyRandom random = new NumPyRandom(1);
    FloatTensor rows = FloatTensor.of(Shape.of(3, 2), 1, 10, 2, 20, 3, 30);
    Dataset<int[]> data = Dataset.of(rows, new int[] {0, 1, 1});
    // @start region="input-norm"
    Network network =
        Network.of(Shape.of(2), InputNorm.fit(data), new Linear(2, 3, random)); // as the data are
    // @end
    Tensor y = network.layers().getFirst().forward(rows);
    assertEquals(0, y.get(2));
    assertEquals(Math.sqrt(1.5), y.get(4), 1e-6);
  }

  @Test
  void whitening() {
    NumPyRandom random = new NumPyRandom(1);
    FloatTensor rows =
        FloatTensor.of(Shape.of(4, 3), 10, 20, 90, 20, 70, 10, 30, 90, 90, 80, 40, 70);
    Dataset<int[]> data = Dataset.of(rows, new int[] {0, 1, 1, 0});
    // @start region="whitening"
    ContrastNorm contrast = new ContrastNorm();
    Whitening whitening = Whitening.fit(PreparedDataset.of(data, contrast), 2, 0.1);
    Network network =
        Network.of(Shape.of(2), new Linear(2, 5, random), new ReLU(), new Linear(5, 2, random));
    PreparedDataset<int[]> prepared = PreparedDataset.of(data, contrast, whitening).keeping();
    // ... a training of the network with the prepared data, and then:
    Network whole = network.withHead(Shape.of(3), contrast, whitening); // takes data as they are
    // @end
    Batch<int[]> batch = prepared.newBatch(4, DType.FLOAT32);
    prepared.read(new int[] {0, 1, 2, 3}, batch);
    assertArrayEquals(
        whole.forward(rows).toDoubleArray(), network.forward(batch.inputs()).toDoubleArray());
  }

  @Test
  void cosine() {
    NumPyRandom random = new NumPyRandom(1);
    ImageSet train = Cifar10.synthetic(Layout.HWC).train().slice(0, 50);
    ImageDataset pixels = new ImageDataset(train, MeanImage.zero(train.shape()));
    // @start region="cosine"
    ContrastNorm contrast = new ContrastNorm();
    CosineTransform cosine = new CosineTransform(train.shape(), train.layout(), 16, 8);
    InputNorm scale = InputNorm.fit(PreparedDataset.of(pixels, contrast, cosine), 10);
    Network network =
        Network.of(
            Shape.of(3072),
            contrast,
            cosine, // 16² + 2 · 8² coefficients
            scale,
            new Linear(384, 10, random));
    // @end
    assertEquals(10, network.outputShape().size());
  }

  @Test
  void onnxExport() throws IOException {
    Network network = network();
    Path path = directory.resolve("network.onnx");
    // @start region="onnx"
    OnnxExport.of(network).withSoftmax().write(path);
    // @end
    assertTrue(Files.size(path) > 67 * Float.BYTES);
    // @start region="onnx-import"
    OnnxImport file = OnnxImport.read(path);
    Network same = file.network(); // gives logits
    boolean softmax = file.probabilities(); // the file's graph makes probabilities of them
    // @end
    assertTrue(softmax);
    assertEquals(network.toString(), same.toString());
  }

  @Test
  void gradientCheck() {
    // @start region="gradient-check"
    var layer = new Linear(5, 3, new NumPyRandom(1));
    new GradientCheck().run(layer, Shape.of(5)).assertCorrect();
    // @end
  }

  @Test
  void augmentation() {
    // @start region="augmentation"
    Augmentation brightness =
        (pixels, random) -> {
          int change = random.nextInt(64) - 32;
          for (int row = 0; row < 32; row++) {
            for (int column = 0; column < 32; column++) {
              for (int channel = 0; channel < 3; channel++) {
                int value = pixels.get(row, column, channel) + change;
                pixels.set(row, column, channel, Math.clamp(value, 0, 255));
              }
            }
          }
        };
    // @end
    byte[] image = new byte[3072];
    Arrays.fill(image, (byte) 100);
    brightness.apply(Pixels.of(image, ImageShape.CIFAR10, Layout.HWC), random());
    assertNotEquals(100, image[0]);
    assertEquals(image[0], image[3071]);
  }

  @Test
  void eventFile() throws IOException {
    Path runs = directory.resolve("runs");
    double loss = 1;
    // @start region="event-file"
    try (EventFile events = EventFile.create(runs.resolve("first"))) {
      events.text(0, "configuration", "learning rate 0.1");
      for (int step = 0; step < 1000; step++) {
        loss *= 0.99; // a step of training
        events.scalar(step, "loss", loss);
      }
    }
    // @end
    try (Stream<Path> files = Files.list(runs.resolve("first"))) {
      assertEquals(1, files.count());
    }
  }

  /** Sizes of flats, and what they cost: about 3000 a square metre, 2000 more for each room. */
  private Path flats() throws IOException {
    StringBuilder csv = new StringBuilder("area,rooms,town,price\n");
    NumPyRandom random = random();
    for (int i = 0; i < 200; i++) {
      int rooms = 1 + random.nextInt(5);
      int area = 20 * rooms + random.nextInt(30);
      String town = random.nextBoolean() ? "Ulm" : "";
      csv.append(area + "," + rooms + "," + town + "," + (3000 * area + 2000 * rooms) + "\n");
    }
    return Files.writeString(directory.resolve("flats.csv"), csv);
  }

  @Test
  void tables() throws IOException {
    Path file = flats();
    // @start region="table"
    Table flats = Table.read(file);
    Table large = flats.filter(row -> row.number("area") > 50).without("town");
    List<Table> parts = large.split(new NumPyRandom(1), 0.8, 0.2); // to train and to test
    // @end
    assertEquals(List.of("area", "rooms", "price"), parts.getFirst().names());
    assertEquals(large.rows(), parts.getFirst().rows() + parts.get(1).rows());
    // @start region="table-reader"
    Table read =
        TableReader.standard()
            .withKind("rooms", ColumnKind.CATEGORY)
            .withMissing("unknown", "-")
            .read(file);
    // @end
    assertEquals(ColumnKind.CATEGORY, read.column("rooms").kind());
    // @start region="table-rows"
    double sum = 0;
    try (TableRows rows = TableReader.standard().open(file)) {
      int area = rows.column("area");
      while (rows.next()) {
        sum += rows.number(area);
      }
    }
    // @end
    assertTrue(sum > 200 * 20);
  }

  @Test
  void tableModels() throws IOException {
    Table flats = Table.read(flats());
    Path file = directory.resolve("flats.safetensors");
    // @start region="table-trainer"
    TableModel model =
        TableModel.regressor("price")
            .ignoring("town")
            .withEpochs(20)
            .withMembers(1)
            .fit(flats); // a fifth of the rows chooses the best epoch
    model.write(file);
    // @end
    // @start region="table-model"
    TableModel same = TableModel.read(file);
    double price = same.predict(Map.of("area", 70, "rooms", 3)).value();
    // @end
    assertEquals(price, model.predict(Map.of("area", 70, "rooms", 3)).value());
    // @start region="table-body"
    TableModel small =
        TableModel.regressor("price")
            .withBody((input, outputs, random) ->
                List.of(
                    new Linear(input.size(), 16, random),
                    new ReLU(),
                    new Linear(16, outputs, random)))
            .withOptimizer((network, steps) -> AdamW.of(Schedule.cosine(0.01, 0, steps)))
            .withEpochs(20)
            .fit(flats);
    // @end
    assertTrue(small.evaluate(flats).rows() == flats.rows());
    // @start region="table-importance"
    PermutationImportance importance = PermutationImportance.of(model, flats);
    String most = importance.columns().getFirst().column();
    // @end
    assertEquals("area", most);
  }

  @Test
  void everyExampleIsShownAndNoOtherIsAskedFor() throws IOException {
    Path folder = Path.of("").toAbsolutePath();
    Path root = Files.exists(folder.resolve("README.md")) ? folder : folder.getParent();
    TreeSet<String> shown = new TreeSet<>();
    for (String module :
        List.of(
            "core",
            "core/check",
            "layers",
            "core/onnx",
            "losses",
            "optim",
            "core/table",
            "data-cifar")) {
      try (Stream<Path> sources = Files.walk(root.resolve(module).resolve("src/main/java"))) {
        for (Path source : sources.filter(file -> file.toString().endsWith(".java")).toList()) {
          shown.addAll(names(SHOWN, source));
        }
      }
    }
    Path here = root.resolve("examples/src/test/java/lamella/examples/SnippetsTest.java");
    assertEquals(new TreeSet<>(names(REGION, here)), shown);
  }

  private static List<String> names(Pattern pattern, Path file) throws IOException {
    return pattern
        .matcher(Files.readString(file))
        .results()
        .map((MatchResult match) -> match.group(1))
        .toList();
  }
}
