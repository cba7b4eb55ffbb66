package lamella.optim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import lamella.core.DType;
import lamella.core.Dataset;
import lamella.core.FloatTensor;
import lamella.core.Initializer;
import lamella.core.Network;
import lamella.core.Pass;
import lamella.core.Sampler;
import lamella.core.Shape;
import lamella.core.Tensor;
import lamella.layers.LeakyReLU;
import lamella.layers.Linear;
import lamella.layers.ReLU;
import lamella.layers.SELU;
import lamella.layers.Swish;
import lamella.losses.SoftmaxCrossEntropy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** In a steady state neither a training step nor a prediction allocates a single byte. */
class AllocationTest {
  private static final MethodHandle ALLOCATED_BYTES = allocatedBytes();

  /**
   * {@code com.sun.management.ThreadMXBean.getCurrentThreadAllocatedBytes()}, in a module that this
   * one does not read.
   */
  private static MethodHandle allocatedBytes() {
    try {
      Class<?> type = Class.forName("com.sun.management.ThreadMXBean");
      Object bean =
          Class.forName("java.lang.management.ManagementFactory")
              .getMethod("getThreadMXBean")
              .invoke(null);
      return MethodHandles.publicLookup()
          .findVirtual(type, "getCurrentThreadAllocatedBytes", MethodType.methodType(long.class))
          .bindTo(bean);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("no ThreadMXBean", e);
    }
  }

  private static long allocated() {
    try {
      return (long) ALLOCATED_BYTES.invokeExact();
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  /**
   * What 1,000 steps allocate once the JVM has settled: the best of up to a hundred rounds. Call
   * sites are linked at first, the JVM recompiles when it likes, and until C2 has compiled a vector
   * kernel, which takes some 10,000 calls, its vectors are objects.
   */
  private static long bytesPer1000(Runnable step) {
    long best = Long.MAX_VALUE;
    for (int round = 0; round < 100 && best > 0; round++) {
      long before = allocated();
      for (int i = 0; i < 1000; i++) {
        step.run();
      }
      best = Math.min(best, allocated() - before);
    }
    return best;
  }

  private static Network network(DType dtype) {
    SplittableRandom random = new SplittableRandom(1);
    Initializer he = Initializer.he();
    return Network.of(
        Shape.of(13),
        new Linear(dtype, 13, 8, he, random),
        new ReLU(),
        Network.of(Shape.of(8), new Linear(dtype, 8, 8, he, random), new LeakyReLU()),
        new Linear(dtype, 8, 8, he, random),
        new Swish(),
        new Linear(dtype, 8, 5, he, random),
        new SELU());
  }

  private static Tensor inputs(DType dtype, int n) {
    Tensor x = Tensor.zeros(dtype, Shape.of(n, 13));
    SplittableRandom random = new SplittableRandom(2);
    for (int i = 0; i < x.size(); i++) {
      x.set(i, random.nextDouble(-1, 1));
    }
    return x;
  }

  @Test
  void whatMeasuresSeesAnAllocation() {
    long bytes = bytesPer1000(() -> FloatTensor.zeros(Shape.of(100)).fill(1));
    assertTrue(bytes >= 400_000, bytes + " bytes for 1000 arrays of 100 floats");
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void aTrainingStepAllocatesNothing(DType dtype) {
    Network network = network(dtype);
    SoftmaxCrossEntropy loss = new SoftmaxCrossEntropy();
    Sgd plain = Sgd.of(Schedule.exponentialDecay(1e-3, 0.95, 100)).withL2(0.1);
    Sgd momentum = Sgd.of(Schedule.cosine(1e-3, 1e-5, 5000)).withMomentum(0.9).withL2(0.1);
    Sampler shuffled = Sampler.shuffled(50, new SplittableRandom(3));
    Pass pass = Pass.forTraining();
    // A full batch, and the short one at the end of an epoch.
    Tensor[] batches = {inputs(dtype, 6), inputs(dtype, 5)};
    int[][] labels = {new int[6], new int[5]};
    double[] printed = new double[1];
    Runnable step =
        () -> {
          for (int batch = 0; batch < 2; batch++) {
            Sgd sgd = batch == 0 ? plain : momentum;
            shuffled.next(labels[batch]);
            for (int i = 0; i < labels[batch].length; i++) {
              labels[batch][i] %= 5;
            }
            Tensor logits = network.forward(batches[batch], pass);
            Tensor gradient = pass.outputGradient(logits);
            printed[0] += loss.valueAndGradient(logits, labels[batch], gradient);
            printed[0] += sgd.penalty(network.parameters());
            network.backward(gradient, pass);
            sgd.step(pass.gradients());
          }
        };
    assertEquals(0, bytesPer1000(step));
    assertTrue(Double.isFinite(printed[0]));
  }

  /** Counts what each 1,000 steps allocate, and keeps the least. */
  private static final class Counter implements TrainingListener {
    private long best = Long.MAX_VALUE;
    private long before;

    /** What the rule for early stopping waits for: it comes no more. */
    @Override
    public List<String> measures() {
      return List.of("loss");
    }

    @Override
    public void afterStep(Fit fit) {
      if (fit.step() % 1000 == 0) {
        long now = allocated();
        best = fit.step() == 0 ? best : Math.min(best, now - before);
        before = allocated();
        if (best == 0) {
          fit.stop("nothing is allocated");
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void theTrainersStepAllocatesNothing(DType dtype) {
    requireNoAllocation(dtype, 1);
  }

  /** Mixed examples, an optimiser that keeps means, and an average of the weights. */
  @ParameterizedTest
  @EnumSource(DType.class)
  void aStepWithEverythingAllocatesNothing(DType dtype) {
    for (Optimizer optimizer :
        List.of(
            AdamW.of(Schedule.warmUp(10).then(Schedule.cosine(1e-3, 0, 90_000))).withL2(1e-3),
            Lion.of(Schedule.oneCycle(1e-3, 100_000)).withL2(1e-3),
            Sgd.of(Schedule.cosineLog(1e-3, 100_000)).withMomentum(0.9).withNesterov())) {
      Counter counter = new Counter();
      Dataset<int[]> data =
          Dataset.of(inputs(dtype, 6000), new SplittableRandom(1).ints(6000, 0, 5).toArray());
      Trainer.of(network(dtype), new SoftmaxCrossEntropy().withProbabilities(), optimizer)
          .withBatchSize(2)
          .withSteps(100_000)
          .withAverage(WeightAverage.of(0.99))
          .withListeners(GradientClipping.byNorm(0.1), counter)
          .fit(Mixup.of(data, 5, 0.2, 1), new SplittableRandom(4));
      assertEquals(0, counter.best, optimizer.toString());
    }
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void aStepInMicroBatchesAllocatesNothing(DType dtype) {
    requireNoAllocation(dtype, 4);
  }

  private static void requireNoAllocation(DType dtype, int microBatches) {
    Counter counter = new Counter();
    Trainer.of(network(dtype), new SoftmaxCrossEntropy(), Sgd.of(1e-3).withMomentum(0.9))
        .withBatchSize(6)
        .withAccumulation(microBatches)
        .withSteps(100_000)
        .withListeners(
            GradientClipping.byNorm(0.1),
            GradientClipping.byValue(0.05),
            EarlyStopping.lowest("loss", 1),
            new TimeLimit(Duration.ofDays(1)),
            ProgressLines.every(Duration.ofDays(1), line -> {}),
            counter)
        .fit(
            Dataset.of(inputs(dtype, 50), new SplittableRandom(1).ints(50, 0, 5).toArray()),
            new SplittableRandom(4));
    assertEquals(0, counter.best);
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void aPredictionAllocatesNothing(DType dtype) {
    Network network = network(dtype);
    Pass pass = Pass.forInference();
    Tensor one = inputs(dtype, 1);
    Tensor many = inputs(dtype, 7);
    int[] classes = new int[1];
    assertEquals(
        0,
        bytesPer1000(() -> {
          classes[0] += network.forward(one, pass).argMax(0);
          classes[0] += network.forward(many, pass).argMax(6);
        }));
  }
}
