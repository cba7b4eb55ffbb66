package lamella.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.nio.file.Path;
import java.util.List;
import lamella.core.Fingerprint;
import lamella.core.FloatTensor;
import lamella.core.Initializer;
import lamella.core.Layer;
import lamella.core.Layers;
import lamella.core.Network;
import lamella.core.Parameter;
import lamella.core.Parameter.Role;
import lamella.core.Pass;
import lamella.core.Sampler;
import lamella.core.Shape;
import lamella.core.Tensor;
import lamella.core.random.NumPyRandom;
import lamella.layers.Dropout;
import lamella.layers.Linear;
import lamella.losses.SoftmaxCrossEntropy;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Trainings of layers that draw random numbers and keep statistics by the pass. */
class KeyedTrainingTest {
  private static final int UNITS = 6;
  private static final int SIZE = 60;

  /** y = x - a running mean of the batches before this one. */
  private static final class Centred implements Layer {
    private final Parameter mean =
        new Parameter("running_mean", Role.STATISTIC, FloatTensor.zeros(Shape.of(UNITS)));

    @Override
    public List<Parameter> parameters() {
      return List.of(mean);
    }

    @Override
    public Shape outputShape(Shape input) {
      return input;
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
      Tensor y = pass.output(this, x);
      for (int i = 0; i < x.size(); i++) {
        y.set(i, x.get(i) - mean.value().get(i % UNITS));
      }
      if (pass.isTraining()) {
        Tensor next = pass.update(mean);
        for (int i = 0; i < x.size(); i++) {
          double before = next.get(i % UNITS);
          next.set(i % UNITS, before + 0.05 * (x.get(i) - before));
        }
      }
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

  @TempDir Path directory;

  private final Centred centred = new Centred();
  private final Network network = network(centred);

  private static Network network(Layer centred) {
    NumPyRandom random = new NumPyRandom(2);
    return Network.of(
        Shape.of(2),
        new Linear(2, UNITS, Initializer.he(), random),
        centred,
        new Dropout(0.5),
        new Linear(UNITS, Toy.CLASSES, Initializer.he(), random));
  }

  private static Trainer<int[]> trainer(Network network) {
    return Trainer.of(network, new SoftmaxCrossEntropy(), Sgd.of(0.1).withMomentum(0.5))
        .withBatchSize(8)
        .withSteps(30);
  }

  private static History fit(Trainer<int[]> trainer) {
    return trainer.fit(Toy.points(SIZE, 1), Sampler.shuffled(SIZE, new NumPyRandom(4)));
  }

  private static String fingerprint(Network network) {
    return Fingerprint.of(network.parameters());
  }

  @Test
  void theSeedDecidesWhatIsDrawn() {
    Network same = network(new Centred());
    Network other = network(new Centred());
    History history = fit(trainer(network));
    assertEquals(history, fit(trainer(same).withSeed(0)));
    assertEquals(fingerprint(network), fingerprint(same));
    assertNotEquals(history, fit(trainer(other).withSeed(1)));
    assertNotEquals(fingerprint(network), fingerprint(other));
  }

  @Test
  void aResumedTrainingDrawsAndCountsWhatOneNeverStoppedDoes() {
    History whole = fit(trainer(network).withSeed(5));
    Checkpoints checkpoints = Checkpoints.in(directory).every(10);
    fit(
        trainer(network(new Centred()))
            .withSeed(5)
            .withCheckpoints(checkpoints)
            .withListeners(
                new TrainingListener() {
                  @Override
                  public void afterStep(Fit fit) {
                    if (fit.step() == 13) {
                      fit.stop("stopped");
                    }
                  }
                }));
    Network resumed = network(new Centred());
    assertEquals(whole, fit(trainer(resumed).withSeed(5).withCheckpoints(checkpoints.resuming())));
    assertEquals(fingerprint(network), fingerprint(resumed));
  }

  @Test
  void statisticsFollowTheirBatchesAndNoOptimiserTouchesThem() {
    Trainer<int[]> trainer =
        Trainer.of(network, new SoftmaxCrossEntropy(), Sgd.of(1e-30).withL2(1e6).withMomentum(0.9))
            .withBatchSize(8)
            .withSteps(30);
    Pass pass = Pass.forTraining(0);
    Network alone = network(new Centred());
    NumPyRandom random = new NumPyRandom(4);
    Sampler sampler = Sampler.shuffled(SIZE, random);
    var data = Toy.points(SIZE, 1);
    var batch = data.newBatch(8, lamella.core.DType.FLOAT32);
    int[] indices = new int[8];
    for (int step = 0; step < 30; step++) {
      sampler.next(indices);
      data.read(indices, batch);
      pass.beginStep(step);
      alone.forward(batch.inputs(), pass);
      pass.commit();
    }
    fit(trainer);
    // The rate is so small that no weight moves; the means are those of the same batches.
    assertArrayEquals(
        alone.parameters().get(2).value().toDoubleArray(), centred.mean.value().toDoubleArray());
    assertNotEquals(0, centred.mean.value().get(0));
  }

  @Test
  void whatIsFrozenStaysBitForBit() {
    Layers.freeze(network.layers().getFirst());
    Layers.freeze(centred);
    String before = Fingerprint.of(network.parameters().subList(0, 3));
    String trained = Fingerprint.of(network.parameters().subList(3, 5));
    fit(trainer(network));
    assertEquals(before, Fingerprint.of(network.parameters().subList(0, 3)));
    assertNotEquals(trained, Fingerprint.of(network.parameters().subList(3, 5)));
  }
}
