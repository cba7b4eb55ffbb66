package lamella.layers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import lamella.core.FloatTensor;
import lamella.core.Network;
import lamella.core.Predictor;
import lamella.core.Shape;
import lamella.core.Tensor;
import org.junit.jupiter.api.Test;

/** Many threads at one predictor: each gets the bits that a thread alone gets. */
class PredictorThreadsTest {
  private static final int EXAMPLES = 97;
  private static final int WIDTH = 300;
  private static final int CLASSES = 7;

  /** Large enough for the threads of a product to be asked for, in batches. */
  private final Network network = network();

  private final Predictor predictor = Predictor.of(network);
  private final Tensor inputs = inputs();
  private final float[][] examples = new float[EXAMPLES][];
  private final float[][] outputs = new float[EXAMPLES][];
  private final float[] allOutputs = ((FloatTensor) network.forward(inputs)).array().clone();

  private static Network network() {
    SplittableRandom random = new SplittableRandom(1);
    return Network.of(
        Shape.of(WIDTH),
        new Linear(WIDTH, 64, random),
        new Swish(),
        new Linear(64, CLASSES, random));
  }

  private static Tensor inputs() {
    SplittableRandom random = new SplittableRandom(2);
    Tensor tensor = FloatTensor.zeros(Shape.of(EXAMPLES, WIDTH));
    for (int i = 0; i < tensor.size(); i++) {
      tensor.set(i, random.nextDouble(-1, 1));
    }
    return tensor;
  }

  PredictorThreadsTest() {
    float[] all = ((FloatTensor) inputs).array();
    for (int i = 0; i < EXAMPLES; i++) {
      examples[i] = Arrays.copyOfRange(all, i * WIDTH, (i + 1) * WIDTH);
      Tensor one = network.forward(FloatTensor.wrap(Shape.of(1, WIDTH), examples[i]));
      outputs[i] = ((FloatTensor) one).array().clone();
    }
  }

  /** One example, and now and then all at once. */
  private void predict(SplittableRandom random) {
    int i = random.nextInt(EXAMPLES);
    if (random.nextInt(20) == 0) {
      float[] all = ((FloatTensor) predictor.outputs(inputs)).array();
      assertTrue(Arrays.equals(allOutputs, all), "outputs of a batch differ");
    }
    assertTrue(Arrays.equals(outputs[i], predictor.outputs(examples[i])), "outputs of " + i);
  }

  @SuppressWarnings("ThreadPriorityCheck") // virtual threads take turns only where they give way
  private void run(int threads, ThreadFactory factory) throws InterruptedException {
    AtomicReference<Throwable> failure = new AtomicReference<>();
    AtomicLong predictions = new AtomicLong();
    long end = System.nanoTime() + 1_000_000_000L;
    List<Thread> started = new ArrayList<>();
    for (int t = 0; t < threads; t++) {
      SplittableRandom random = new SplittableRandom(t);
      Thread thread =
          factory.newThread(() -> {
            try {
              do {
                predict(random);
                predictions.incrementAndGet();
                Thread.yield();
              } while (failure.get() == null && System.nanoTime() < end);
            } catch (Throwable e) {
              failure.compareAndSet(null, e);
            }
          });
      thread.start();
      started.add(thread);
    }
    for (Thread thread : started) {
      thread.join();
    }
    assertNull(failure.get(), () -> failure.get().toString());
    assertTrue(predictions.get() >= threads, predictions + " predictions");
  }

  @Test
  void sixtyFourThreadsGetTheBitsOfOne() throws InterruptedException {
    run(64, Thread.ofPlatform().factory());
  }

  @Test
  void aThousandVirtualThreadsGetTheBitsOfOne() throws InterruptedException {
    run(1000, Thread.ofVirtual().factory());
  }

  @Test
  void theComparisonSeesOneBit() {
    float[] changed = outputs[0].clone();
    changed[1] = Math.nextUp(changed[1]);
    assertEquals(false, Arrays.equals(changed, predictor.outputs(examples[0])));
  }
}
