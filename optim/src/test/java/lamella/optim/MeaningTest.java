package lamella.optim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import lamella.core.Dataset;
import lamella.core.Fingerprint;
import lamella.core.FloatTensor;
import lamella.core.Loss;
import lamella.core.Network;
import lamella.core.Outputs;
import lamella.core.Predictor;
import lamella.core.Shape;
import lamella.core.Tensor;
import lamella.core.io.ModelFile;
import lamella.core.random.NumPyRandom;
import lamella.layers.Linear;
import lamella.losses.SoftmaxCrossEntropy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What outputs mean, in training and evaluation. */
class MeaningTest {
  private static final int EXAMPLES = 40;

  /** A third party's: the mean of (y - t)^2, which does not say what it is for. */
  private static class SquaredError implements Loss<Tensor> {
    @Override
    public double valueAndGradient(Tensor output, Tensor target, Tensor outputGradient) {
      for (int i = 0; i < output.size(); i++) {
        outputGradient.set(i, 2 * (output.get(i) - target.get(i)) / output.size());
      }
      return value(output, target);
    }

    @Override
    public double value(Tensor output, Tensor target) {
      double sum = 0;
      for (int i = 0; i < output.size(); i++) {
        sum += (output.get(i) - target.get(i)) * (output.get(i) - target.get(i));
      }
      return sum / output.size();
    }
  }

  /** A third party's: the mean of log(1 + exp(-s z)), s = 1 for label 1 and -1 for label 0. */
  private static final class Logistic implements Loss<int[]> {
    private final Outputs outputs;

    private Logistic(Outputs outputs) {
      this.outputs = outputs;
    }

    @Override
    public double valueAndGradient(Tensor output, int[] labels, Tensor outputGradient) {
      for (int i = 0; i < labels.length; i++) {
        int sign = 2 * labels[i] - 1;
        outputGradient.set(i, -sign / (1 + Math.exp(sign * output.get(i))) / labels.length);
      }
      return value(output, labels);
    }

    @Override
    public double value(Tensor output, int[] labels) {
      double sum = 0;
      for (int i = 0; i < labels.length; i++) {
        sum += Math.log1p(Math.exp(-(2 * labels[i] - 1) * output.get(i)));
      }
      return sum / labels.length;
    }

    @Override
    public Outputs outputs() {
      return outputs;
    }
  }

  private static Network network(int outputs) {
    return Network.of(Shape.of(2), new Linear(2, outputs, new NumPyRandom(1)));
  }

  private static FloatTensor inputs() {
    FloatTensor inputs = FloatTensor.zeros(Shape.of(EXAMPLES, 2));
    NumPyRandom random = new NumPyRandom(2);
    for (int i = 0; i < inputs.size(); i++) {
      inputs.set(i, random.nextGaussian());
    }
    return inputs;
  }

  /** Targets of as many columns. */
  private static Dataset<Tensor> numbers(int columns) {
    return Dataset.of(inputs(), (Tensor) FloatTensor.zeros(Shape.of(EXAMPLES, columns)));
  }

  /** 1 where the first input is above 0. */
  private static Dataset<int[]> labels() {
    FloatTensor inputs = inputs();
    int[] labels = new int[EXAMPLES];
    for (int i = 0; i < EXAMPLES; i++) {
      labels[i] = inputs.get(i, 0) > 0 ? 1 : 0;
    }
    return Dataset.of(inputs, labels);
  }

  private static <T> History fit(Network network, Loss<T> loss, Dataset<T> data) {
    return Trainer.of(network, loss, Sgd.of(0.5))
        .withEpochs(5)
        .withEvaluation("all", data)
        .fit(data, new NumPyRandom(3));
  }

  @Test
  void tensorsAsTargetsMakeNumbersOfTheOutputsAlsoInTheFile() throws IOException {
    for (int outputs : new int[] {1, 3}) {
      Network network = network(outputs);
      fit(network, new SquaredError(), numbers(outputs));
      assertEquals(Outputs.NUMBERS, network.outputs());
      Network read = ModelFile.parse("model", ModelFile.of(network).toBytes()).network();
      Predictor predictor = Predictor.of(read);
      assertThrows(IllegalStateException.class, () -> predictor.classOf(new float[2]));
      assertThrows(IllegalStateException.class, () -> predictor.probabilities(new float[2]));
      assertEquals(outputs, predictor.outputs(new float[2]).length);
    }
  }

  @Test
  void whatIsSaidOfTheNetworkStays() {
    Network network = network(3).withOutputs(Outputs.YES_NO);
    fit(network, new SquaredError(), numbers(3));
    assertEquals(Outputs.YES_NO, network.outputs());
  }

  @Test
  void labelsMakeClassesOfSeveralOutputsAndNothingOfOne() {
    Network two = network(2);
    fit(two, new SoftmaxCrossEntropy(), labels());
    assertEquals(Outputs.CLASSES, two.outputs());

    Network one = network(1);
    History history = fit(one, new Logistic(Outputs.UNSPECIFIED), labels());
    assertEquals(Outputs.UNSPECIFIED, one.outputs());
    assertEquals(5, history.measurements("all loss").size());
    assertEquals(List.of(), history.measurements("all accuracy"));
  }

  @Test
  void theLossSaysIt() {
    Network one = network(1);
    History history = fit(one, new Logistic(Outputs.YES_NO), labels());
    assertEquals(Outputs.YES_NO, one.outputs());
    double accuracy = history.measurements("all accuracy").getLast().value();
    assertTrue(accuracy > 0.9, "accuracy " + accuracy);
    Evaluation evaluation = Evaluation.of(one, labels());
    assertEquals(accuracy, evaluation.accuracy());
    assertEquals(2, evaluation.classes());
    assertEquals(EXAMPLES, evaluation.total());
    assertEquals(1, evaluation.topK(2));
    Predictor predictor = Predictor.of(one);
    int[] predicted = predictor.classes(inputs());
    int ones = 0;
    for (int label : predicted) {
      ones += label;
    }
    assertEquals(ones, evaluation.predictions(1));
  }

  private static void refuses(String message, Network network, Loss<int[]> loss) {
    String before = Fingerprint.of(network.parameters());
    Outputs said = network.outputs();
    assertEquals(
        message,
        assertThrows(IllegalArgumentException.class, () -> fit(network, loss, labels()))
            .getMessage());
    assertEquals(before, Fingerprint.of(network.parameters()));
    assertEquals(said, network.outputs());
  }

  /** Softmax twice is the mistake of those who take a network that ends in one to train it. */
  @Test
  void aNetworkThatGivesProbabilitiesIsNotTrainedBySoftmaxCrossEntropy() {
    refuses(
        "Trainer: SoftmaxCrossEntropy takes the network's outputs for classes, but they are"
            + " probabilities; leave out the last layer, since the loss makes probabilities of what"
            + " goes into it, and has the better gradients",
        network(2).withOutputs(Outputs.PROBABILITIES),
        new SoftmaxCrossEntropy());
  }

  @Test
  void aLossThatTakesThemForSomethingElseIsRefusedBeforeTheFirstStep() {
    refuses(
        "Trainer: SoftmaxCrossEntropy takes the network's outputs for classes, but they are"
            + " numbers; use another loss, or say by Network.withOutputs what they are",
        network(2).withOutputs(Outputs.NUMBERS),
        new SoftmaxCrossEntropy());
    refuses(
        "Trainer: SoftmaxCrossEntropy takes the network's outputs for classes, which need outputs"
            + " [classes], two or more, got [1]",
        network(1),
        new SoftmaxCrossEntropy());
    refuses(
        "Trainer: SoftmaxCrossEntropy takes the network's outputs for classes, but they are yes-no;"
            + " use another loss, or say by Network.withOutputs what they are",
        network(1).withOutputs(Outputs.YES_NO),
        new SoftmaxCrossEntropy());
  }

  @Test
  void numbersAreNotEvaluatedAsClasses() {
    assertEquals(
        "Evaluation: the network's outputs are numbers, which have no classes; use the outputs"
            + " themselves, or say by Network.withOutputs what else they are",
        assertThrows(
                IllegalStateException.class,
                () -> Evaluation.of(network(2).withOutputs(Outputs.NUMBERS), labels()))
            .getMessage());
    assertTrue(
        assertThrows(IllegalStateException.class, () -> Evaluation.of(network(1), labels()))
            .getMessage()
            .startsWith("Evaluation: the network has one output, and nobody said what it means"));
    assertThrows(
        IllegalStateException.class,
        () -> Evaluation.of(network(3).withOutputs(Outputs.YES_NO), labels()));
  }

  @Test
  void aTrainingIsNotResumedWithAnotherMeaning(@TempDir Path directory) throws IOException {
    Network numbers = network(2).withOutputs(Outputs.NUMBERS);
    Trainer.of(numbers, new SquaredError(), Sgd.of(0.1))
        .withSteps(3)
        .withCheckpoints(Checkpoints.in(directory))
        .fit(numbers(2), new NumPyRandom(1));
    Network answers = network(2).withOutputs(Outputs.YES_NO);
    String before = Fingerprint.of(answers.parameters());
    Trainer<Tensor> resuming =
        Trainer.of(answers, new SquaredError(), Sgd.of(0.1))
            .withSteps(6)
            .withCheckpoints(Checkpoints.in(directory).resuming());
    String message =
        assertThrows(UncheckedIOException.class, () -> resuming.fit(numbers(2), new NumPyRandom(1)))
            .getMessage();
    assertTrue(
        message.endsWith("meaning of the outputs is 'numbers' there and 'yes-no' here"), message);
    assertEquals(before, Fingerprint.of(answers.parameters()));
  }
}
