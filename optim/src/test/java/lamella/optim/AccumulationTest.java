package lamella.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import lamella.core.DType;
import lamella.core.Dataset;
import lamella.core.DoubleTensor;
import lamella.core.Fingerprint;
import lamella.core.Initializer;
import lamella.core.Layer;
import lamella.core.Loss;
import lamella.core.Network;
import lamella.core.Pass;
import lamella.core.Sampler;
import lamella.core.Shape;
import lamella.core.Tensor;
import lamella.core.random.NumPyRandom;
import lamella.layers.Linear;
import lamella.losses.SoftmaxCrossEntropy;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A step's batch in micro-batches is a step with the whole batch. */
class AccumulationTest {
  private static final SoftmaxCrossEntropy LOSS = new SoftmaxCrossEntropy();

  private static <T> History fit(
      Network network, Loss<T> loss, Dataset<T> data, int batchSize, int microBatches) {
    return Trainer.of(network, loss, Sgd.of(0.1).withMomentum(0.9).withL2(0.01))
        .withBatchSize(batchSize)
        .withAccumulation(microBatches)
        .withSteps(7)
        .fit(data, new NumPyRandom(3));
  }

  /** The weights have the bits of the undivided batch, whatever the sizes are. */
  @Property(tries = 40, edgeCases = EdgeCasesMode.NONE)
  void hasTheBitsOfTheWholeBatch(
      @ForAll @LongRange(max = 1000) long seed,
      @ForAll @IntRange(min = 1, max = 50) int batchSize,
      @ForAll @IntRange(min = 1, max = 50) int number) {
    int microBatches = 1 + (number - 1) % batchSize;
    Dataset<int[]> data = Toy.points(60, seed);
    for (DType type : DType.values()) {
      Network whole = Toy.network(type, seed);
      Network divided = Toy.network(type, seed);
      History expected = fit(whole, LOSS, data, batchSize, 1);
      History actual = fit(divided, LOSS, data, batchSize, microBatches);
      assertEquals(
          Fingerprint.of(whole.parameters()), Fingerprint.of(divided.parameters()), type::toString);
      for (int step = 0; step < 7; step++) {
        // The bits of the mean that is told depend on how it is summed.
        double mean = expected.steps().get(step).dataLoss();
        assertEquals(mean, actual.steps().get(step).dataLoss(), 1e-12 * (1 + Math.abs(mean)));
      }
    }
  }

  /** Gives what it is given, and notes how many rows that is. */
  private static final class Rows implements Layer {
    private final List<Integer> seen = new ArrayList<>();

    @Override
    public Shape outputShape(Shape input) {
      return input;
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
      seen.add(x.shape().dimension(0));
      Tensor y = pass.output(this, x);
      y.copyFrom(x);
      return y;
    }

    @Override
    public @Nullable Tensor backward(Tensor dy, Pass pass) {
      pass.recall(this, dy);
      if (!pass.needsInputGradient()) {
        return null;
      }
      Tensor dx = pass.inputGradient(this);
      dx.copyFrom(dy);
      return dx;
    }
  }

  @Test
  void theRowsOfMicroBatchesDifferByOneAtMost() {
    Rows rows = new Rows();
    Network network =
        Network.of(Shape.of(2), rows, new Linear(2, 3, Initializer.he(), new NumPyRandom(1)));
    Trainer.of(network, LOSS, Sgd.of(0.1))
        .withBatchSize(10)
        .withAccumulation(4)
        .withSteps(2)
        .fit(Toy.points(30, 1), new NumPyRandom(3));
    assertEquals(List.of(3, 3, 2, 2, 3, 3, 2, 2), rows.seen);
  }

  /** ½ w (y - t)² by weight; targets {@code [n, 2]} are pairs of t and w. */
  private static final class Weighted implements Loss<Tensor> {
    @Override
    public double weight(Tensor output, Tensor target) {
      double sum = 0;
      for (int row = 0; row < output.size(); row++) {
        sum += target.get(row, 1);
      }
      return sum;
    }

    @Override
    public double valueAndGradient(Tensor output, Tensor target, Tensor gradient) {
      return valueAndGradient(output, target, gradient, weight(output, target));
    }

    @Override
    public double valueAndGradient(Tensor output, Tensor target, Tensor gradient, double divisor) {
      double sum = 0;
      for (int row = 0; row < output.size(); row++) {
        double error = output.get(row) - target.get(row, 0);
        gradient.set(row, target.get(row, 1) * error / divisor);
        sum += target.get(row, 1) * error * error / 2;
      }
      return sum / divisor;
    }

    @Override
    public double value(Tensor output, Tensor target) {
      return valueAndGradient(output, target, output.copy());
    }
  }

  /**
   * y = 0 x + 0 for x = 1, 2, 3, t = 1, 1, 2, w = 1, 2, 5: the mean by weight is (½ + 1 + 10) / 8,
   * dL/dW = -(1 + 4 + 30) / 8 and dL/db = -(1 + 2 + 10) / 8. The last row is a micro-batch of its
   * own; so is the first of the second division.
   */
  @Test
  void aMeanByWeightIsThatOfAllRows() {
    Dataset<Tensor> data =
        Dataset.of(
            DoubleTensor.of(Shape.of(3, 1), 1, 2, 3),
            (Tensor) DoubleTensor.of(Shape.of(3, 2), 1, 1, 1, 2, 2, 5));
    for (int microBatches : new int[] {1, 2, 3}) {
      Linear linear = new Linear(DType.FLOAT64, 1, 1, Initializer.zeros(), new NumPyRandom(1));
      History history =
          Trainer.of(linear, new Weighted(), Sgd.of(1))
              .withBatchSize(3)
              .withAccumulation(microBatches)
              .withSteps(1)
              .withEvaluation("all", data)
              .fit(data, inOrder());
      assertEquals(11.5 / 8, history.steps().getFirst().dataLoss(), 1e-14);
      assertEquals(35.0 / 8, linear.weight().value().get(0), 1e-14);
      assertEquals(13.0 / 8, linear.bias().value().get(0), 1e-14);
      // After the step y = (35 x + 13) / 8, so that the errors are 40, 75 and 102 eighths.
      assertEquals(
          (40 * 40 + 2 * 75 * 75 + 5 * 102 * 102) / 2.0 / 64 / 8,
          history.measurements("all loss").getFirst().value(),
          1e-12);
    }
  }

  private static Sampler inOrder() {
    return indices -> {
      for (int i = 0; i < indices.length; i++) {
        indices[i] = i;
      }
    };
  }

  /** A loss that knows nothing of parts: the sum of squares' mean. */
  private static final class Squares implements Loss<Tensor> {
    @Override
    public double valueAndGradient(Tensor output, Tensor target, Tensor gradient) {
      for (int i = 0; i < output.size(); i++) {
        gradient.set(i, 2 * (output.get(i) - target.get(i)) / output.size());
      }
      return value(output, target);
    }

    @Override
    public double value(Tensor output, Tensor target) {
      double sum = 0;
      for (int i = 0; i < output.size(); i++) {
        double error = output.get(i) - target.get(i);
        sum += error * error;
      }
      return sum / output.size();
    }
  }

  @Test
  void aLossThatKnowsNothingOfPartsServesAsWell() {
    Tensor x = Tensor.zeros(DType.FLOAT64, Shape.of(31, 1));
    Tensor y = Tensor.zeros(DType.FLOAT64, Shape.of(31, 1));
    for (int i = 0; i < 31; i++) {
      x.set(i, Math.sin(i));
      y.set(i, Math.cos(3 * i));
    }
    double[][] weights = new double[2][];
    for (int i = 0; i < 2; i++) {
      Linear linear = new Linear(DType.FLOAT64, 1, 1, Initializer.zeros(), new NumPyRandom(1));
      fit(Network.of(Shape.of(1), linear), new Squares(), Dataset.of(x, y), 31, i == 0 ? 1 : 7);
      weights[i] = new double[] {linear.weight().value().get(0), linear.bias().value().get(0)};
    }
    assertArrayEquals(weights[0], weights[1], 1e-14);
  }

  @Test
  void whatCannotBeDividedIsRefused() {
    Trainer<int[]> trainer = Trainer.of(Toy.network(DType.FLOAT32, 1), LOSS, Sgd.of(0.1));
    assertEquals(
        "Trainer: number of micro-batches must be at least 1, got 0",
        assertThrows(IllegalArgumentException.class, () -> trainer.withAccumulation(0))
            .getMessage());
    assertEquals(
        "Trainer: 5 micro-batches need at least as many examples, and a step has 4",
        assertThrows(
                IllegalArgumentException.class,
                () ->
                    trainer
                        .withAccumulation(5)
                        .withBatchSize(4)
                        .fit(Toy.points(9, 1), new NumPyRandom(1)))
            .getMessage());
  }

  @Test
  void aTargetThatIsNotValidIsNamedByItsExample() {
    int[] labels = new int[9];
    labels[7] = 3;
    Dataset<int[]> data = Dataset.of(Tensor.zeros(DType.FLOAT32, Shape.of(9, 2)), labels);
    assertEquals(
        "step 0, example 7: SoftmaxCrossEntropy: label 3 at row 1 is outside [0, 3)",
        assertThrows(
                IllegalArgumentException.class,
                () ->
                    Trainer.of(Toy.network(DType.FLOAT32, 1), LOSS, Sgd.of(0.1))
                        .withBatchSize(9)
                        .withAccumulation(3)
                        .fit(data, inOrder()))
            .getMessage());
  }

  @Test
  void aNumberThatIsNotFiniteIsFoundInAnyMicroBatch() {
    Tensor inputs = Tensor.zeros(DType.FLOAT32, Shape.of(9, 2));
    inputs.set(11, Double.NaN);
    Dataset<int[]> data = Dataset.of(inputs, new int[9]);
    assertEquals(
        "step 0, an input of example 5 is not finite; clean the data",
        assertThrows(
                NonFiniteException.class,
                () ->
                    Trainer.of(Toy.network(DType.FLOAT32, 1), LOSS, Sgd.of(0.1))
                        .withBatchSize(9)
                        .withAccumulation(4)
                        .fit(data, inOrder()))
            .getMessage());
  }

  private static String train(Path directory, int microBatches, int steps) {
    Network network = Toy.network(DType.FLOAT32, 2);
    Trainer.of(network, LOSS, Sgd.of(0.1).withMomentum(0.9))
        .withBatchSize(10)
        .withAccumulation(microBatches)
        .withSteps(steps)
        .withCheckpoints(Checkpoints.in(directory).resuming())
        .fit(Toy.points(30, 1), new NumPyRandom(3));
    return Fingerprint.of(network.parameters());
  }

  @Test
  void goesOnWithAsManyMicroBatchesOnly(@TempDir Path directory, @TempDir Path other) {
    train(directory, 4, 5);
    String message =
        assertThrows(UncheckedIOException.class, () -> train(directory, 2, 9)).getMessage();
    assertTrue(
        message.endsWith(
            "does not belong to this training: gradients of a step is '4 micro-batches' there and"
                + " '2 micro-batches' here"),
        message);
    assertEquals(train(other, 4, 9), train(directory, 4, 9));
  }

  @Test
  void allRowsAreReadOnce() {
    List<Integer> seen = new ArrayList<>();
    Sampler noting =
        indices -> {
          for (int i = 0; i < indices.length; i++) {
            indices[i] = (7 * i) % 30;
            seen.add(indices[i]);
          }
        };
    List<Integer> told = new ArrayList<>();
    Trainer.of(Toy.network(DType.FLOAT32, 1), LOSS, Sgd.of(0.1))
        .withBatchSize(10)
        .withAccumulation(3)
        .withSteps(1)
        .withListeners(
            new TrainingListener() {
              @Override
              public void beforeUpdate(Fit fit) {
                IntStream.of(fit.examples()).forEach(told::add);
                fit.examples()[0] = -1; // a copy
              }
            })
        .fit(Toy.points(30, 1), noting);
    assertEquals(seen, told);
  }
}
