package lamella.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import lamella.core.Batch;
import lamella.core.DType;
import lamella.core.Dataset;
import lamella.core.Fingerprint;
import lamella.core.FloatTensor;
import lamella.core.Gradients;
import lamella.core.Network;
import lamella.core.Parameter;
import lamella.core.Pass;
import lamella.core.Sampler;
import lamella.core.Shape;
import lamella.core.Tensor;
import lamella.core.random.NumPyRandom;
import lamella.layers.Linear;
import lamella.layers.ReLU;
import lamella.losses.SoftmaxCrossEntropy;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Gradients of weights that are left to their first user are those that backward computes. */
class DeferredProductTest {
  private static final SoftmaxCrossEntropy LOSS = new SoftmaxCrossEntropy();
  private static final int CLASSES = 3;

  private static final List<Supplier<Optimizer>> OPTIMIZERS =
      List.of(
          () -> Sgd.of(0.01),
          () -> Sgd.of(0.01).withL2(0.1),
          () -> Sgd.of(0.01).withL2(0.1).withDecay(0.5),
          () -> Sgd.of(0.01).withL2(0.1).withMomentum(0.9),
          () -> Sgd.of(0.01).withMomentum(0.9).withNesterov(),
          () -> AdamW.of(0.01),
          () -> Lion.of(0.01));

  private static Network network(int inputs, int hidden) {
    NumPyRandom random = new NumPyRandom(inputs + hidden);
    return Network.of(
        Shape.of(inputs),
        new Linear(inputs, hidden, random),
        new ReLU(),
        new Linear(hidden, CLASSES, random));
  }

  private static FloatTensor inputs(int rows, int columns) {
    SplittableRandom random = new SplittableRandom(rows + columns);
    FloatTensor x = FloatTensor.zeros(Shape.of(rows, columns));
    for (int i = 0; i < x.size(); i++) {
      x.array()[i] = (float) random.nextGaussian();
    }
    return x;
  }

  private static int[] labels(int rows) {
    int[] labels = new int[rows];
    for (int i = 0; i < rows; i++) {
      labels[i] = i % CLASSES;
    }
    return labels;
  }

  private static Pass pass(boolean defers) {
    Pass pass = Pass.forTraining();
    if (defers) {
      pass.deferProducts();
    }
    return pass;
  }

  private static void backward(Network network, Pass pass, Tensor x, int[] labels) {
    Tensor outputs = network.forward(x, pass);
    Tensor gradient = pass.outputGradient(outputs);
    double value = LOSS.valueAndGradient(outputs, labels, gradient);
    assertTrue(Double.isFinite(value));
    assertEquals(null, network.backward(gradient, pass));
  }

  /** Layers of 4096 weights at least, and one below that. */
  @Property(tries = 30)
  void everyOptimizerComesToTheSameBits(
      @ForAll @IntRange(min = 1, max = 40) int rows,
      @ForAll @IntRange(min = 70, max = 140) int inputs,
      @ForAll @IntRange(min = 60, max = 140) int hidden) {
    for (Supplier<Optimizer> kind : OPTIMIZERS) {
      assertEquals(
          trained(kind.get(), rows, inputs, hidden, false),
          trained(kind.get(), rows, inputs, hidden, true),
          () -> kind.get().toString());
    }
  }

  @Test
  void layersThatSeveralThreadsComputeComeToTheSameBits() {
    for (int rows : new int[] {1, 5, 200}) {
      assertEquals(
          trained(Sgd.of(0.01).withL2(0.1), rows, 1500, 128, false),
          trained(Sgd.of(0.01).withL2(0.1), rows, 1500, 128, true));
    }
  }

  private static String trained(
      Optimizer optimizer, int rows, int inputs, int hidden, boolean defers) {
    Network network = network(inputs, hidden);
    Pass pass = pass(defers);
    FloatTensor x = inputs(rows, inputs);
    for (int step = 0; step < 3; step++) {
      backward(network, pass, x, labels(rows));
      optimizer.step(pass.gradients());
    }
    return Fingerprint.of(network.parameters());
  }

  @Property(tries = 20)
  void whoAsksForAGradientGetsIt(
      @ForAll @IntRange(min = 1, max = 40) int rows, @ForAll boolean twice) {
    Network network = network(90, 70);
    FloatTensor x = inputs(rows, 90);
    Pass atOnce = pass(false);
    Pass deferring = pass(true);
    for (int time = 0; time < (twice ? 2 : 1); time++) {
      backward(network, atOnce, x, labels(rows));
      backward(network, deferring, x, labels(rows));
    }
    Gradients expected = atOnce.gradients();
    Gradients actual = deferring.gradients();
    for (Parameter parameter : network.parameters()) {
      assertTrue(actual.isFinite(parameter));
      assertArrayEquals(
          expected.of(parameter).toDoubleArray(),
          actual.copy().of(parameter).toDoubleArray(),
          parameter::toString);
      assertArrayEquals(
          expected.of(parameter).toDoubleArray(), actual.of(parameter).toDoubleArray());
    }
  }

  @Test
  void aGradientThatIsUsedIsStillThere() {
    Network network = network(90, 70);
    Parameter weight = network.parameters().getFirst();
    Pass pass = pass(true);
    backward(network, pass, inputs(4, 90), labels(4));
    double[] expected = pass.gradients().copy().of(weight).toDoubleArray();
    backward(network, pass(true), inputs(4, 90), labels(4));
    Pass again = pass(true);
    backward(network, again, inputs(4, 90), labels(4));
    Tensor gradient = again.gradients().toUse(weight);
    new lamella.core.Descent().step(weight.value(), gradient, 1, 0.5, 0);
    assertArrayEquals(expected, gradient.toDoubleArray());
  }

  @Test
  void anInputThatIsReadAgainTooSoonIsAnError() {
    Network network = network(90, 70);
    Pass pass = pass(true);
    FloatTensor x = inputs(4, 90);
    backward(network, pass, x, labels(4));
    x.fill(1);
    String message =
        assertThrows(IllegalStateException.class, () -> Sgd.of(0.1).step(pass.gradients()))
            .getMessage();
    assertTrue(message.contains("was changed before the gradient was used"), message);
    assertTrue(message.contains("Pass.deferProducts"), message);

    pass.gradients().clear();
    backward(network, pass, x, labels(4));
    Sgd.of(0.1).step(pass.gradients());
  }

  @Test
  void gradientsThatAreNotFiniteAreFoundBeforeAnythingIsChanged() {
    // Each product is finite; the first layer's gradient is not. With one row and with many.
    for (int rows : new int[] {1, 60}) {
      FloatTensor x = inputs(rows, 90);
      x.fill(3e38);
      String atOnce = failure(x, true);
      assertEquals(atOnce, failure(x, false));
      assertTrue(atOnce.contains("weight gradient is not finite"), atOnce);
    }
  }

  /** By a network whose output does not depend on the size of its inputs, but the gradient does. */
  private static String failure(FloatTensor x, boolean atOnce) {
    Network network = network(90, 70);
    Tensor weight = network.parameters().getFirst().value();
    weight.fill(0);
    network.parameters().get(1).value().fill(1);
    network.parameters().get(2).value().fill(0);
    for (int i = 0; i < network.parameters().get(2).value().size(); i++) {
      network.parameters().get(2).value().set(i, i % 2 == 0 ? 1e3 : -1e3);
    }
    String before = Fingerprint.of(network.parameters());
    Dataset<int[]> data = Dataset.of(x, labels(x.shape().dimension(0)));
    Trainer<int[]> trainer =
        Trainer.of(network, LOSS, Sgd.of(0.01)).withBatchSize(x.shape().dimension(0)).withSteps(2);
    if (atOnce) {
      trainer = trainer.withStepGradients(new AtOnce(network));
    }
    Trainer<int[]> made = trainer;
    String message =
        assertThrows(
                NonFiniteException.class,
                () -> made.fit(data, Sampler.shuffled(data.size(), new NumPyRandom(1))))
            .getMessage();
    assertEquals(before, Fingerprint.of(network.parameters()));
    return message;
  }

  /** One forward and backward, whose gradients are computed at once. */
  private record AtOnce(Network network) implements StepGradients<int[]> {
    @Override
    public double compute(long step, Dataset<int[]> data, int[] examples, Gradients into) {
      Batch<int[]> batch = data.newBatch(examples.length, DType.FLOAT32);
      data.read(examples, batch);
      Pass pass = Pass.forTraining();
      pass.addTo(into);
      Tensor outputs = network.forward(batch.inputs(), pass);
      Tensor gradient = pass.outputGradient(outputs);
      double value = LOSS.valueAndGradient(outputs, batch.targets(), gradient);
      assertEquals(null, network.backward(gradient, pass));
      return value;
    }
  }
}
