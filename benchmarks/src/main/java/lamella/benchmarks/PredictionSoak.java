package lamella.benchmarks;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import lamella.core.FloatTensor;
import lamella.core.Network;
import lamella.core.Predictor;
import lamella.core.Shape;
import lamella.layers.Linear;
import lamella.layers.Swish;
import org.jspecify.annotations.Nullable;

/**
 * Many threads at one {@link Predictor} for a long while: {@code PredictionSoak [threads [seconds
 * [virtual]]]}, 64 threads and 60 seconds by default.
 *
 * <p>Every answer is compared, bit for bit, with what one thread computed before; the first that
 * differs ends the run with status 1. Printed are the rate, the heap after a collection at the
 * beginning and at the end, and how often the threads waited for a monitor, or for anything else
 * (platform threads only; the helpers of the team, which have nothing to do, are not among them).
 *
 * <p>One prediction in 50 is a batch of {@value #BATCH}, large enough that one caller at a time
 * gets the team of threads.
 */
final class PredictionSoak {
  private static final int EXAMPLES = 200;
  private static final int BATCH = 100;
  private static final int INPUTS = 3072;
  private static final int CLASSES = 10;

  private final Predictor predictor;
  private final float[][] examples = new float[EXAMPLES][INPUTS];
  private final float[][] expected = new float[EXAMPLES][];
  private final FloatTensor batch = FloatTensor.zeros(Shape.of(BATCH, INPUTS));
  private final float[] expectedOfBatch;
  private final LongAdder predictions = new LongAdder();
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

  private PredictionSoak() {
    SplittableRandom random = new SplittableRandom(1);
    Network network =
        Network.of(
            Shape.of(INPUTS),
            new Linear(INPUTS, 64, random),
            new Swish(),
            new Linear(64, CLASSES, random));
    predictor = Predictor.of(network);
    for (int i = 0; i < EXAMPLES; i++) {
      for (int j = 0; j < INPUTS; j++) {
        examples[i][j] = (float) random.nextDouble(-1, 1);
      }
      FloatTensor input = FloatTensor.wrap(Shape.of(1, INPUTS), examples[i]);
      expected[i] = ((FloatTensor) network.forward(input)).array().clone();
      if (i < BATCH) {
        System.arraycopy(examples[i], 0, batch.array(), i * INPUTS, INPUTS);
      }
    }
    expectedOfBatch = ((FloatTensor) network.forward(batch)).array().clone();
  }

  private void predict(SplittableRandom random, float[] outputs, FloatTensor outputsOfBatch) {
    int i = random.nextInt(EXAMPLES);
    boolean right;
    if (random.nextInt(50) == 0) {
      predictor.outputs(batch, outputsOfBatch);
      right = Arrays.equals(expectedOfBatch, outputsOfBatch.array());
    } else {
      predictor.outputs(examples[i], outputs);
      right = Arrays.equals(expected[i], outputs);
    }
    if (!right) {
      throw new IllegalStateException("outputs differ from those of one thread");
    }
    predictions.increment();
  }

  @SuppressWarnings("ThreadPriorityCheck") // virtual threads take turns only where they give way
  private void work(int seed, long end) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] outputs = new float[CLASSES];
    FloatTensor outputsOfBatch = FloatTensor.zeros(Shape.of(BATCH, CLASSES));
    try {
      while (failure.get() == null && System.nanoTime() < end) {
        predict(random, outputs, outputsOfBatch);
        if (Thread.currentThread().isVirtual()) {
          Thread.yield();
        }
      }
    } catch (RuntimeException | Error e) {
      failure.compareAndSet(null, e);
    }
  }

  private Thread[] start(int threads, ThreadFactory factory, long end) {
    Thread[] started = new Thread[threads];
    for (int t = 0; t < threads; t++) {
      int seed = t;
      started[t] = factory.newThread(() -> work(seed, end));
      started[t].start();
    }
    return started;
  }

  private static void sleepUntil(long nanoTime) throws InterruptedException {
    Thread.sleep(Math.max(0, (nanoTime - System.nanoTime()) / 1_000_000));
  }

  /** In kB; the least of five, since the threads go on. */
  private static long heapAfterCollection() throws InterruptedException {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 5; i++) {
      System.gc();
      long used = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
      least = Math.min(least, used >> 10);
      Thread.sleep(100);
    }
    return least;
  }

  private static String waits(Thread[] threads) {
    ThreadMXBean bean = ManagementFactory.getThreadMXBean();
    long blocked = 0;
    long waited = 0;
    for (Thread thread : threads) {
      ThreadInfo info = bean.getThreadInfo(thread.threadId());
      if (info != null) {
        blocked += info.getBlockedCount();
        waited += info.getWaitedCount();
      }
    }
    return blocked + " for a monitor, " + waited + " for anything else";
  }

  private void run(int threads, int seconds, boolean virtual) throws InterruptedException {
    ThreadFactory factory = virtual ? Thread.ofVirtual().factory() : Thread.ofPlatform().factory();
    long begin = System.nanoTime();
    long end = begin + seconds * 1_000_000_000L;
    Thread[] started = start(threads, factory, end);
    sleepUntil(begin + (end - begin) / 10);
    long heapAtFirst = heapAfterCollection();
    sleepUntil(end - (end - begin) / 10);
    String waits = virtual ? "not counted for virtual threads" : waits(started);
    long heapAtLast = heapAfterCollection();
    for (Thread thread : started) {
      thread.join();
    }
    Throwable thrown = failure.get();
    System.out.printf(
        Locale.ROOT,
        "%d %s threads, %d s: %,d predictions, %,.0f a second, %s%n"
            + "heap after collection: %,d kB at first, %,d kB at last%nwaits: %s%n",
        threads,
        virtual ? "virtual" : "platform",
        seconds,
        predictions.sum(),
        predictions.sum() / (double) seconds,
        thrown == null ? "all the bits of one thread" : thrown.toString(),
        heapAtFirst,
        heapAtLast,
        waits);
    if (thrown != null) {
      System.exit(1);
    }
  }

  public static void main(String[] args) throws InterruptedException {
    int threads = args.length > 0 ? Integer.parseInt(args[0]) : 64;
    int seconds = args.length > 1 ? Integer.parseInt(args[1]) : 60;
    new PredictionSoak().run(threads, seconds, args.length > 2);
  }
}
