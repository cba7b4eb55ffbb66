package lamella.spark;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import lamella.core.Dataset;
import lamella.optim.Node;
import lamella.optim.NodeTree;
import lamella.optim.Round;
import lamella.optim.RoundRunner;
import org.apache.spark.ContextCleaner;
import org.apache.spark.HashPartitioner;
import org.apache.spark.ShuffleDependency;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaFutureAction;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.jspecify.annotations.Nullable;
import scala.Option;

/**
 * Computes the rounds of a training on the executors of Apache Spark, each by one job: the round
 * goes out, a task computes the shards that its executor keeps, and what it gives back is added up
 * in the fixed order of the tree.
 *
 * <p>The result has the bits of a training on one machine with as many shards, whatever the number
 * of executors, of their cores and of tasks, whatever order results come in, and however often a
 * task is tried: a task is a pure function of the round and its shards' rows.
 *
 * <p>Small results are collected by the driver, {@code nodes x bytes of the parameters} of them,
 * where a task of neighbouring shards has few nodes. Where these are more than {@link
 * #withCollectedBytes} allows, they are cut in slices, each of which is added up by a task of its
 * own, so that the driver receives the sum alone.
 *
 * <p>What a round costs beside its work is Spark's: some milliseconds for the job, more for each
 * task; {@code spark.broadcast.compress=false} and {@code spark.shuffle.compress=false} save the
 * time to compress what does not become smaller.
 *
 * <p>One runner serves one training at a time.
 *
 * @param <T> the targets of a batch
 */
public final class SparkRunner<T> implements RoundRunner<T> {
  private static final String WHO = "SparkRunner";

  /** In all, of a round's results. */
  private static final long COLLECTED_BYTES = 64L << 20;

  /**
   * A round of fewer bytes goes out with the task itself, which Spark broadcasts as well: that
   * saves one broadcast.
   */
  private static final int SMALL_ROUND = 1 << 16;

  private final TrainerRecipe<T> recipe;
  private final long collectedBytes;
  private final @Nullable Consumer<? super RoundReport> reports;
  private @Nullable Broadcast<WorkerPool<T>> pool;

  /** That the pool was sent by. */
  private @Nullable SparkContext poolOf;

  private SparkRunner(
      TrainerRecipe<T> recipe,
      long collectedBytes,
      @Nullable Consumer<? super RoundReport> reports) {
    this.recipe = recipe;
    this.collectedBytes = collectedBytes;
    this.reports = reports;
  }

  /**
   * {@return a runner whose executors compute with the trainers of this recipe}
   *
   * @param recipe makes trainers like the one that is run
   * @param <T> the targets of a batch
   */
  public static <T> SparkRunner<T> of(TrainerRecipe<T> recipe) {
    return new SparkRunner<>(recipe, COLLECTED_BYTES, null);
  }

  /**
   * Lets the driver collect so many bytes of a round's results; larger ones are added up in slices
   * on the executors. By default 64 MiB.
   *
   * @param bytes 0 to collect nothing but the sum
   * @return a runner like this one
   * @throws IllegalArgumentException if negative
   */
  public SparkRunner<T> withCollectedBytes(long bytes) {
    if (bytes < 0) {
      throw new IllegalArgumentException(
          WHO + ": the bytes to be collected must not be negative, got " + bytes);
    }
    return new SparkRunner<>(recipe, bytes, reports);
  }

  /**
   * Tells what each round took.
   *
   * @param told after each round, in the thread that trains
   * @return a runner like this one
   */
  public SparkRunner<T> withReports(Consumer<? super RoundReport> told) {
    return new SparkRunner<>(recipe, collectedBytes, told);
  }

  /**
   * Computes a round by a job of Spark.
   *
   * @throws IllegalArgumentException if the data are not those of a {@link ShardedFrame} with as
   *     many shards; if the recipe makes another trainer than the one that is run, or cannot be
   *     sent; if a target is not valid: names the step and the example
   * @throws InputChangedException if a shard was lost, and has other rows now
   * @throws IllegalStateException if the cluster fails
   */
  @Override
  public Node run(Round round, Dataset<T> data) {
    ShardedFrame<T> frame = requireFrame(round, data);
    JavaSparkContext context = JavaSparkContext.fromSparkContext(frame.blocks().context());
    String description = context.getLocalProperty("spark.job.description");
    context
        .sc()
        .setJobDescription("Lamella: epoch " + (round.epoch() + 1) + ", step " + round.firstStep());
    try {
      // The round that is under way when a thread is interrupted is still computed.
      return OnExecutors.uninterrupted(() -> run(round, frame, context));
    } finally {
      context.sc().setJobDescription(description);
    }
  }

  private ShardedFrame<T> requireFrame(Round round, Dataset<T> data) {
    if (!(data instanceof ShardedFrame<T> frame)) {
      throw new IllegalArgumentException(
          WHO
              + ": expects the examples of a ShardedFrame, got "
              + data
              + "; FrameExamples.shard makes one of a frame");
    }
    if (frame.shards() != round.shards()) {
      throw new IllegalArgumentException(
          WHO
              + ": the trainer has "
              + round.shards()
              + (round.shards() == 1 ? " shard" : " shards")
              + ", and "
              + frame
              + " has "
              + frame.shards()
              + "; both must have as many (Trainer.withShards)");
    }
    return frame;
  }

  private Node run(Round round, ShardedFrame<T> frame, JavaSparkContext context) {
    long start = System.nanoTime();
    byte[] bytes = round.toBytes();
    Broadcast<WorkerPool<T>> workers = pool(context);
    Broadcast<byte[]> large = bytes.length < SMALL_ROUND ? null : context.broadcast(bytes);
    List<RoundPart> parts;
    long sent = System.nanoTime();
    try {
      RoundTask<T> task = new RoundTask<>(frame, workers, large == null ? bytes : null, large);
      parts =
          (double) bytes.length * nodes(frame) <= collectedBytes
              ? collect(frame.blocks().mapPartitions(task::whole))
              : collectSlices(frame, task, context);
    } finally {
      OnExecutors.forget(context.sc(), large);
    }
    long computed = System.nanoTime();
    RuntimeException mistake = RoundPart.firstMistake(parts);
    if (mistake != null) {
      throw mistake;
    }
    Node root = root(parts, round.shards());
    if (reports != null) {
      long in = 0;
      for (RoundPart part : parts) {
        in += part.node().length;
      }
      reports.accept(
          new RoundReport(
              round.firstStep(),
              round.steps(),
              round.epoch(),
              frame.tasks(),
              sent - start,
              computed - sent,
              System.nanoTime() - computed,
              bytes.length,
              in));
    }
    return root;
  }

  private Broadcast<WorkerPool<T>> pool(JavaSparkContext context) {
    Broadcast<WorkerPool<T>> there = pool;
    if (there == null) {
      there = context.broadcast(WorkerPool.of(recipe));
      pool = there;
      poolOf = context.sc();
    }
    return there;
  }

  // Results.

  /** The results of all tasks, in the tasks' order. */
  private static List<RoundPart> collect(JavaRDD<RoundPart> parts) {
    JavaFutureAction<List<RoundPart>> job = parts.collectAsync();
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return job.get();
        } catch (InterruptedException e) {
          // The training ends with this round, and must have its result.
          interrupted = true;
        }
      }
    } catch (ExecutionException e) {
      throw TaskErrors.shown(WHO, e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** The sums of all slices, each made by a task of its own. */
  private List<RoundPart> collectSlices(
      ShardedFrame<T> frame, RoundTask<T> task, JavaSparkContext context) {
    int slices = frame.tasks();
    JavaPairRDD<Integer, RoundPart> sliced =
        frame
            .blocks()
            .mapPartitionsToPair(blocks -> task.sliced(blocks, slices))
            .partitionBy(new HashPartitioner(slices));
    try {
      return collect(sliced.mapPartitions(RoundTask::addUp));
    } finally {
      // The files of a shuffle stay until the driver's memory is collected, which may take hours.
      Option<ContextCleaner> cleaner = context.sc().cleaner();
      if (cleaner.isDefined()
          && sliced.rdd().dependencies().apply(0) instanceof ShuffleDependency<?, ?, ?> shuffle) {
        cleaner.get().doCleanupShuffle(shuffle.shuffleId(), false);
      }
    }
  }

  private static Node root(List<RoundPart> parts, int shards) {
    List<Node> roots = new ArrayList<>();
    NodeTree tree = new NodeTree(shards);
    for (RoundPart part : parts) {
      Node node = Node.fromBytes(part.node());
      if (node.slices() > 1) {
        roots.add(node);
      } else {
        tree.add(node);
      }
    }
    return roots.isEmpty() ? tree.root() : Node.join(roots);
  }

  /** How many nodes all tasks give back together. */
  private static int nodes(ShardedFrame<?> frame) {
    int shards = frame.shards();
    int nodes = 0;
    for (int task = 0; task < frame.tasks(); task++) {
      int end = frame.places().first(task + 1);
      int shard = frame.places().first(task);
      while (shard < end) {
        // As large a power of two as the place allows and all of whose shards are the task's.
        long width = 1;
        while (shard % (2 * width) == 0 && Math.min(shard + 2 * width, shards) <= end) {
          if (shard + width >= shards) {
            break;
          }
          width *= 2;
        }
        shard = (int) Math.min(end, shard + width);
        nodes++;
      }
    }
    return nodes;
  }

  /** Lets the executors forget the workers. */
  @Override
  public void ended() {
    if (poolOf != null) {
      OnExecutors.forget(poolOf, pool);
      pool = null;
      poolOf = null;
    }
  }

  /** For example {@code SparkRunner(collects up to 67108864 bytes)}. */
  @Override
  public String toString() {
    return WHO + "(collects up to " + collectedBytes + " bytes)";
  }
}
