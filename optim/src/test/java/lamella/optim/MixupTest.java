package lamella.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import lamella.core.Batch;
import lamella.core.DType;
import lamella.core.Dataset;
import lamella.core.DoubleTensor;
import lamella.core.Network;
import lamella.core.Outputs;
import lamella.core.Shape;
import lamella.core.Tensor;
import lamella.core.random.NumPyRandom;
import lamella.losses.SoftmaxCrossEntropy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class MixupTest {
  private static final int SIZE = 40;

  /** Example i is the number i, of class i % 3. */
  private static Dataset<int[]> numbers() {
    Tensor inputs = Tensor.zeros(DType.FLOAT64, Shape.of(SIZE, 1));
    int[] labels = new int[SIZE];
    for (int i = 0; i < SIZE; i++) {
      inputs.set(i, i);
      labels[i] = i % 3;
    }
    return Dataset.of(inputs, labels);
  }

  private static Batch<Tensor> read(Dataset<Tensor> data, DType dtype, int... indices) {
    Batch<Tensor> batch = data.newBatch(indices.length, dtype);
    data.read(indices, batch);
    return batch;
  }

  /**
   * Partners and λ computed in Python by the definitions of the random numbers and of Student's
   * distribution.
   */
  @Test
  void partnersAndSharesAreThoseOfSeedEpochAndIndex() {
    Mixup even = Mixup.of(numbers(), 3, 1, 7);
    requireMixed(even, 0, 32, 0.48377280315629007);
    requireMixed(even, 5, 32, 0.5668035278451187);
    requireMixed(even, 39, 37, 0.9478494266203048);
    Mixup later = Mixup.of(numbers(), 3, 0.2, 7).forEpoch(3);
    assertEquals(0, later.period());
    requireMixed(later, 0, 27, 0.9213000955888965);
    requireMixed(later, 5, 7, 0.0007674432568083311);
    requireMixed(later, 39, 11, 0.05905163141805214);
  }

  private static void requireMixed(Mixup data, int index, int partner, double share) {
    for (DType dtype : DType.values()) {
      double allowed = dtype == DType.FLOAT64 ? 1e-12 : 1e-6;
      Batch<Tensor> batch = read(data, dtype, index);
      double mixed = share * index + (1 - share) * partner;
      assertEquals(mixed, batch.inputs().get(0), 40 * allowed);
      double[] targets = new double[3];
      targets[index % 3] += share;
      targets[partner % 3] += 1 - share;
      assertArrayEquals(targets, batch.targets().toDoubleArray(), allowed);
      assertEquals(dtype, batch.targets().dtype());
    }
  }

  /** -Σ q log p is λ times the loss of one label and 1 - λ times that of the other. */
  @Test
  void theLossIsThatOfBothLabelsMixed() {
    Dataset<int[]> points = Toy.points(SIZE, 1);
    Mixup data = Mixup.of(points, 3, 1, 7);
    SoftmaxCrossEntropy hard = new SoftmaxCrossEntropy();
    Network network = Toy.network(DType.FLOAT64, 2);
    double[] shares = {0.48377280315629007, 0.5668035278451187, 0.9478494266203048};
    int[] indices = {0, 5, 39};
    int[] partners = {32, 32, 37};
    for (int i = 0; i < 3; i++) {
      Batch<Tensor> batch = read(data, DType.FLOAT64, indices[i]);
      Tensor outputs = network.forward(batch.inputs());
      double expected =
          shares[i] * hard.value(outputs, labels(points, indices[i]))
              + (1 - shares[i]) * hard.value(outputs, labels(points, partners[i]));
      assertEquals(expected, hard.withProbabilities().value(outputs, batch.targets()), 1e-12);
    }
  }

  private static int[] labels(Dataset<int[]> data, int index) {
    Batch<int[]> batch = data.newBatch(1, DType.FLOAT64);
    data.read(new int[] {index}, batch);
    return batch.targets();
  }

  /** Of Beta(α, α), by numerical integration; α = 1 and 1/2 have formulas. */
  @Test
  void sharesHaveTheBetaDistribution() {
    double[] places = {1e-3, 0.1, 0.3};
    double[][] table = {
      {0.2, 0.13220129, 0.33668978, 0.43320418},
      {0.5, 0.02013504, 0.20483276, 0.36901012},
      {1, 0.001, 0.1, 0.3},
      {2, 3e-6, 0.028, 0.216},
      {4, 0, 0.002728, 0.12603598}
    };
    int draws = 200_000;
    for (double[] row : table) {
      SplittableRandom random = new SplittableRandom(3);
      int[] below = new int[6];
      double sum = 0;
      double squares = 0;
      for (int i = 0; i < draws; i++) {
        double share = SymmetricBeta.of(row[0], random.nextDouble(), random.nextDouble());
        assertTrue(share > 0 && (float) share < 1, "share " + share);
        for (int k = 0; k < 3; k++) {
          below[k] += share < places[k] ? 1 : 0;
          below[3 + k] += share > 1 - places[k] ? 1 : 0;
        }
        sum += share;
        squares += (share - 0.5) * (share - 0.5);
      }
      for (int k = 0; k < 6; k++) {
        double p = row[1 + k % 3];
        // Five standard deviations.
        double allowed = 5 * Math.sqrt(p * (1 - p) / draws) + 1e-9;
        assertEquals(p, (double) below[k] / draws, allowed, "alpha " + row[0] + ", place " + k);
      }
      assertEquals(0.5, sum / draws, 5 * 0.5 / Math.sqrt(draws));
      assertEquals(0.25 / (2 * row[0] + 1), squares / draws, 5 * 0.25 / Math.sqrt(draws));
    }
  }

  @Test
  void theEndsOfTheUniformNumbersGiveSharesToo() {
    double last = 1 - 0x1p-53;
    for (double alpha : new double[] {1e-3, 0.2, 1, 50, 1e300}) {
      for (double u : new double[] {0, 0x1p-53, 0.5, last}) {
        for (double v : new double[] {0, 0.5 - 0x1p-54, 0.5, last}) {
          double share = SymmetricBeta.of(alpha, u, v);
          assertTrue(share >= 0x1p-24 && share <= 1 - 0x1p-24, alpha + " " + u + " " + v);
          assertTrue(u > 0 || share == 0.5, alpha + " " + u + " " + v);
        }
      }
    }
  }

  @Test
  void partnersAreAllExamplesAlike() {
    int[] counts = new int[SIZE];
    int epochs = 1000;
    Mixup data = Mixup.of(numbers(), 3, 1, 1);
    int[] all = new int[SIZE];
    Arrays.setAll(all, i -> i);
    Batch<Tensor> batch = data.newBatch(SIZE, DType.FLOAT64);
    for (int epoch = 0; epoch < epochs; epoch++) {
      Dataset<Tensor> ofEpoch = data.forEpoch(epoch);
      ofEpoch.read(all, batch);
      for (int i = 0; i < SIZE; i++) {
        // With the label's own share a, the number is a i + (1 - a) partner; and where both have
        // one label nothing says a, so those are left out.
        double share = batch.targets().get(3 * i + i % 3);
        if (share < 1 - 1e-3) {
          int partner = (int) Math.round((batch.inputs().get(i) - share * i) / (1 - share));
          assertNotEquals(i % 3, partner % 3);
          counts[partner]++;
        }
      }
    }
    // Two of three partners have another label.
    double expected = epochs * 2 / 3.0;
    for (int count : counts) {
      assertEquals(expected, count, 6 * Math.sqrt(expected));
    }
  }

  @Test
  void anEpochMixesOtherwiseThanAnother() {
    Mixup data = Mixup.of(numbers(), 3, 0.4, 1);
    double[] first = read(data, DType.FLOAT64, 1, 2, 3).inputs().toDoubleArray();
    assertArrayEquals(
        first, read(data.forEpoch(0), DType.FLOAT64, 1, 2, 3).inputs().toDoubleArray());
    assertFalse(
        Arrays.equals(
            first, read(data.forEpoch(1), DType.FLOAT64, 1, 2, 3).inputs().toDoubleArray()));
  }

  @Test
  void aTrainingOfMixedExamplesIsMeasuredOnExamplesAsTheyAre() {
    Dataset<int[]> points = Toy.points(300, 1);
    Network network = Toy.network(DType.FLOAT32, 2);
    SoftmaxCrossEntropy smoothed = new SoftmaxCrossEntropy().withSmoothing(0.1);
    History history =
        Trainer.of(network, smoothed.withProbabilities(), AdamW.of(0.02))
            .withEpochs(60)
            .withEvaluation(
                "validation",
                Toy.points(300, 2),
                Metrics.loss(new SoftmaxCrossEntropy()).and(Metrics.accuracy()))
            .fit(Mixup.of(points, Toy.CLASSES, 0.2, 3), new NumPyRandom(4));
    assertEquals(
        List.of("validation loss", "validation accuracy"),
        history.measurements().stream().map(History.Measurement::name).distinct().toList());
    assertTrue(last(history, "validation accuracy") > 0.8, history.toString());
    assertEquals(Outputs.CLASSES, network.outputs());
  }

  private static double last(History history, String name) {
    return history.measurements(name).getLast().value();
  }

  // Errors.

  private static void refuses(String message, Executable call) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
  }

  @Test
  void whatIsOutOfRangeIsNamed() {
    Dataset<int[]> data = numbers();
    refuses("Mixup: expects at least 2 classes, got 1", () -> Mixup.of(data, 1, 0.2, 1));
    for (double alpha : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
      refuses(
          "Mixup: alpha must be finite and > 0, got " + alpha, () -> Mixup.of(data, 3, alpha, 1));
    }
    refuses(
        "Mixup: label 2 of example 5 is outside [0, 2)",
        () -> read(Mixup.of(data, 2, 0.2, 2), DType.FLOAT32, 3, 5));
    Dataset<int[]> below = Dataset.of(DoubleTensor.of(Shape.of(2, 1), 1, 2), new int[] {-1, -1});
    refuses(
        "Mixup: label -1 of example 0 is outside [0, 2)",
        () -> read(Mixup.of(below, 2, 0.2, 1), DType.FLOAT32, 0));
  }

  @Test
  void theTextHasTheSettings() {
    Mixup data = Mixup.of(numbers(), 3, 0.2, 1);
    assertEquals(
        "Mixup(3 classes, alpha 0.2, seed 1) of Dataset(float64[40, 1], labels)", data.toString());
    assertEquals(
        List.of(numbers().toString()), data.datasets().stream().map(Object::toString).toList());
  }
}
