package lamella.optim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import lamella.core.Dataset;
import lamella.core.FloatTensor;
import lamella.core.Network;
import lamella.core.Outputs;
import lamella.core.Shape;
import lamella.core.Tensor;
import lamella.core.random.NumPyRandom;
import lamella.layers.Linear;
import lamella.losses.BinaryCrossEntropy;
import lamella.losses.Huber;
import lamella.losses.QuantileLoss;
import org.junit.jupiter.api.Test;

/** Answers of yes or no, and numbers with outliers, are learnt and measured as what they are. */
class AnswersTrainingTest {
  private static final int SIZE = 200;

  private static Tensor points(long seed) {
    NumPyRandom random = new NumPyRandom(seed);
    Tensor inputs = FloatTensor.zeros(Shape.of(SIZE, 2));
    for (int i = 0; i < inputs.size(); i++) {
      inputs.set(i, random.nextGaussian());
    }
    return inputs;
  }

  private static boolean first(Tensor inputs, int row) {
    return inputs.get(row, 0) + 2 * inputs.get(row, 1) > 0.5;
  }

  private static boolean second(Tensor inputs, int row) {
    return inputs.get(row, 0) > inputs.get(row, 1);
  }

  private static Dataset<int[]> oneQuestion(long seed) {
    Tensor inputs = points(seed);
    int[] labels = new int[SIZE];
    for (int row = 0; row < SIZE; row++) {
      labels[row] = first(inputs, row) ? 1 : 0;
    }
    return Dataset.of(inputs, labels);
  }

  private static Dataset<Tensor> twoQuestions(long seed) {
    Tensor inputs = points(seed);
    Tensor targets = FloatTensor.zeros(Shape.of(SIZE, 2));
    for (int row = 0; row < SIZE; row++) {
      targets.set(row, 0, first(inputs, row) ? 1 : 0);
      targets.set(row, 1, second(inputs, row) ? 1 : 0);
    }
    return Dataset.of(inputs, targets);
  }

  private static Network network(int outputs) {
    return Network.of(Shape.of(2), new Linear(2, outputs, new NumPyRandom(1)));
  }

  private static double last(History history, String name) {
    return history.measurements(name).getLast().value();
  }

  @Test
  void oneOutputLearnsFromLabels() {
    Network network = network(1);
    History history =
        Trainer.of(network, new BinaryCrossEntropy(), Sgd.of(1))
            .withBatchSize(20)
            .withEpochs(20)
            .withEvaluation("new", oneQuestion(2))
            .withEvaluation("by auc", oneQuestion(2), Metrics.auc().and(Metrics.logLoss()))
            .fit(oneQuestion(1), new NumPyRandom(3));
    assertEquals(Outputs.YES_NO, network.outputs());
    assertTrue(last(history, "new accuracy") > 0.95, history.toString());
    assertTrue(last(history, "by auc auc") > 0.99, history.toString());
    assertEquals(last(history, "new loss"), last(history, "by auc log-loss"), 1e-6);
    Evaluation evaluation = Evaluation.of(network, oneQuestion(2));
    assertEquals(last(history, "new accuracy"), evaluation.accuracy());
  }

  /** What should be yes and is rare is found more often, if it counts more. */
  @Test
  void aPositiveWeightMovesTheBorderTowardsYes() {
    int[] said = new int[2];
    for (int weighted = 0; weighted < 2; weighted++) {
      Network network = network(1);
      Trainer.of(
              network,
              new BinaryCrossEntropy().withPositiveWeight(weighted == 0 ? 1 : 20),
              Sgd.of(0.1))
          .withBatchSize(20)
          .withEpochs(5)
          .fit(oneQuestion(1), new NumPyRandom(3));
      said[weighted] = Evaluation.of(network, oneQuestion(2)).predictions(1);
    }
    assertTrue(said[1] > said[0] + 10, said[0] + " and " + said[1]);
  }

  @Test
  void manyOutputsAnswerAQuestionEach() {
    Network network = network(2);
    History history =
        Trainer.of(network, new BinaryCrossEntropy().withProbabilities(), Sgd.of(1))
            .withBatchSize(20)
            .withEpochs(20)
            .withEvaluation("new", twoQuestions(2), Metrics.answers())
            .fit(twoQuestions(1), new NumPyRandom(3));
    assertEquals(Outputs.YES_NO, network.outputs());
    assertTrue(last(history, "new accuracy") > 0.95, history.toString());
    assertEquals(
        "Trainer: BinaryCrossEntropy of probabilities takes the network's outputs for yes-no, but"
            + " they are numbers; use another loss, or say by Network.withOutputs what they are",
        assertThrows(
                IllegalArgumentException.class,
                () ->
                    Trainer.of(
                            network(2).withOutputs(Outputs.NUMBERS),
                            new BinaryCrossEntropy().withProbabilities(),
                            Sgd.of(1))
                        .fit(twoQuestions(1), new NumPyRandom(3)))
            .getMessage());
  }

  /** 100 x0 and now and then 10,000: the median is learnt, and a quantile lies above it. */
  @Test
  void outliersMoveHubersLossLittle() {
    Tensor inputs = points(1);
    Tensor targets = FloatTensor.zeros(Shape.of(SIZE, 1));
    NumPyRandom random = new NumPyRandom(5);
    for (int row = 0; row < SIZE; row++) {
      targets.set(
          row, 0, row % 20 == 0 ? 10_000 : 100 * inputs.get(row, 0) + 10 * random.nextGaussian());
    }
    Dataset<Tensor> data = Dataset.of(inputs, targets);
    double[] bias = new double[3];
    for (int i = 0; i < bias.length; i++) {
      Network trained = network(1);
      Trainer<Tensor> trainer =
          i == 0
              ? Trainer.of(trained, new Huber(10), Sgd.of(0.2))
              : Trainer.of(trained, new QuantileLoss(i == 1 ? 0.9 : 0.1), Sgd.of(2));
      trainer.withBatchSize(50).withSteps(2000).fit(data, new NumPyRandom(3));
      bias[i] = trained.parameters().get(1).value().get(0);
    }
    assertEquals(0, bias[0], 10);
    assertTrue(bias[1] > bias[0] + 5 && bias[2] < bias[0] - 5, bias[1] + " and " + bias[2]);
  }
}
