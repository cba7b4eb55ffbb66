package lamella.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
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
import lamella.core.FloatTensor;
import lamella.core.Initializer;
import lamella.core.Layer;
import lamella.core.Loss;
import lamella.core.Network;
import lamella.core.Parameter;
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

  /** Keeps half of what it is given, twice as large. */
  private static final class Halving implements Layer {
    private static final int MASK = 0;

    @Override
    public Shape outputShape(Shape input) {
      return input;
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
      Tensor y = pass.output(this, x);
      Tensor mask = pass.buffer(this, MASK, x.shape());
      if (pass.isTraining()) {
        pass.random(this).bernoulli(mask, 0.5, 2);
      } else {
        mask.fill(1);
      }
      multiply(x, mask, y);
      return y;
    }

    @Override
    public @Nullable Tensor backward(Tensor dy, Pass pass) {
      Tensor x = pass.recall(this, dy);
      if (!pass.needsInputGradient()) {
        return null;
      }
      Tensor dx = pass.inputGradient(this);
      multiply(dy, pass.buffer(this, MASK, x.shape()), dx);
      return dx;
    }

    private static void multiply(Tensor a, Tensor b, Tensor product) {
      for (int i = 0; i < a.size(); i++) {
        product.set(i, a.get(i) * b.get(i));
      }
    }
  }

  private static Network halving() {
    NumPyRandom random = new NumPyRandom(2);
    return Network.of(
        Shape.of(2),
        new Linear(2, 9, Initializer.he(), random),
        new Halving(),
        new Linear(9, 9, Initializer.he(), random),
        new Halving(),
        new Linear(9, 3, Initializer.he(), random));
  }

  /** Random numbers are those of a row's place in the whole batch, and others in each step. */
  @Test
  void layersDrawTheRandomNumbersOfTheWholeBatch() {
    Network whole = halving();
    fit(whole, LOSS, Toy.points(60, 1), 20, 1);
    for (int microBatches : new int[] {2, 3, 20}) {
      Network divided = halving();
      fit(divided, LOSS, Toy.points(60, 1), 20, microBatches);
      assertEquals(Fingerprint.of(whole.parameters()), Fingerprint.of(divided.parameters()));
    }
    Network other = halving();
    Trainer.of(other, LOSS, Sgd.of(0.1).withMomentum(0.9).withL2(0.01))
        .withBatchSize(20)
        .withSeed(1)
        .withSteps(7)
        .fit(Toy.points(60, 1), new NumPyRandom(3));
    assertNotEquals(Fingerprint.of(whole.parameters()), Fingerprint.of(other.parameters()));
  }

  /** Gives what it is given; its statistic is how many rows and how many batches it has seen. */
  private static final class Counted implements Layer {
    private final Parameter seen =
        new Parameter("seen", Parameter.Role.STATISTIC, FloatTensor.zeros(Shape.of(2)));

    @Override
    public List<Parameter> parameters() {
      return List.of(seen);
    }

    @Override
    public Shape outputShape(Shape input) {
      return input;
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
      if (pass.isTraining()) {
        Tensor next = pass.update(seen);
        next.set(0, next.get(0) + x.shape().dimension(0));
        next.set(1, next.get(1) + 1);
      }
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
  void statisticsAreUpdatedOnceForEachMicroBatchAndCommittedAfterTheStep() {
    Counted counted = new Counted();
    List<Double> before = new ArrayList<>();
    Trainer.of(
            Network.of(
                Shape.of(2), counted, new Linear(2, 3, Initializer.he(), new NumPyRandom(1))),
            LOSS,
            Sgd.of(0.1))
        .withBatchSize(10)
        .withAccumulation(4)
        .withSteps(3)
        .withListeners(
            new TrainingListener() {
              @Override
              public void beforeUpdate(Fit fit) {
                before.add(counted.seen.value().get(0));
              }
            })
        .fit(Toy.points(30, 1), new NumPyRandom(3));
    assertEquals(List.of(0.0, 10.0, 20.0), before);
    assertArrayEquals(new double[] {30, 12}, counted.seen.value().toDoubleArray());
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
