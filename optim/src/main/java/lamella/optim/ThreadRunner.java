package lamella.optim;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import lamella.core.Compute;
import lamella.core.Dataset;
import org.jspecify.annotations.Nullable;

/**
 * Rounds on this machine's threads, with the trainer's own network.
 *
 * <p>In a round of one step the parameters are only read, and each thread takes the next shard that
 * nobody has taken. Local steps change the parameters and the optimiser, of which there is one: the
 * shards come one after another, each product divided over the threads, and then everything is put
 * back to where the round began.
 */
final class ThreadRunner<T> implements RoundRunner<T> {
  private final TrainerSettings<T> settings;
  private final int threads;
  private final List<ShardWorker<T>> workers = new ArrayList<>();
  private final SpareArrays spare = new SpareArrays();
  private @Nullable ExecutorService helpers;

  /** That of the last round, which nobody needs any more when the next one comes. */
  private @Nullable Node root;

  /** On as many threads as a product uses. */
  ThreadRunner(TrainerSettings<T> settings) {
    this(settings, Compute.threads());
  }

  ThreadRunner(TrainerSettings<T> settings, int threads) {
    this.settings = settings;
    this.threads = threads;
  }

  @Override
  public Node run(Round round, Dataset<T> data) {
    if (root != null) {
      spare.give(root);
      root = null;
    }
    root = round.steps() == 1 ? oneStep(round, data) : localSteps(round, data);
    return root;
  }

  private ShardWorker<T> worker(int number) {
    while (workers.size() <= number) {
      workers.add(new ShardWorker<>(settings));
    }
    return workers.get(number);
  }

  private Node localSteps(Round round, Dataset<T> data) {
    ShardWorker<T> worker = worker(0);
    NodeTree tree = new NodeTree(round.shards(), spare);
    try {
      for (int shard = 0; shard < round.shards(); shard++) {
        tree.add(worker.compute(round, shard, data, spare));
      }
    } finally {
      worker.beginLocalSteps(round);
    }
    return tree.root();
  }

  private Node oneStep(Round round, Dataset<T> data) {
    int members = Math.min(threads, round.shards());
    Work<T> work = new Work<>(round, data, spare);
    List<Future<?>> others = new ArrayList<>();
    for (int member = 1; member < members; member++) {
      ShardWorker<T> worker = worker(member);
      others.add(helpers().submit(() -> work.computeAll(worker)));
    }
    work.computeAll(worker(0));
    others.forEach(ThreadRunner::await);
    work.rethrow();
    return work.tree.root();
  }

  private ExecutorService helpers() {
    ExecutorService running = helpers;
    if (running == null) {
      running =
          Executors.newFixedThreadPool(
              threads - 1, Thread.ofPlatform().daemon().name("lamella-shards-", 1).factory());
      helpers = running;
    }
    return running;
  }

  /** An interrupted thread stays interrupted, and waits all the same. */
  private static void await(Future<?> future) {
    boolean interrupted = false;
    while (true) {
      try {
        future.get();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      } catch (ExecutionException e) {
        throw new AssertionError("what a shard throws is kept", e);
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void ended() {
    workers.clear();
    if (helpers != null) {
      helpers.shutdown();
      helpers = null;
    }
  }

  /** The shards of one round. */
  private static final class Work<T> {
    private final Round round;
    private final Dataset<T> data;
    private final SpareArrays spare;
    private final NodeTree tree;
    private final AtomicInteger next = new AtomicInteger();

    /** Of the first shard that has failed. */
    private int failedShard = Integer.MAX_VALUE;

    private @Nullable Throwable failure;

    private Work(Round round, Dataset<T> data, SpareArrays spare) {
      this.round = round;
      this.data = data;
      this.spare = spare;
      this.tree = new NodeTree(round.shards(), spare);
    }

    void computeAll(ShardWorker<T> worker) {
      while (true) {
        int shard = next.getAndIncrement();
        if (shard >= round.shards()) {
          return;
        }
        try {
          tree.add(worker.compute(round, shard, data, spare));
        } catch (Throwable e) {
          fail(shard, e);
        }
      }
    }

    /** All shards before this one have been taken already; none is after it. */
    private synchronized void fail(int shard, Throwable e) {
      if (shard < failedShard) {
        failedShard = shard;
        failure = e;
      }
      next.set(round.shards());
    }

    private synchronized void rethrow() {
      switch (failure) {
        case null -> {}
        case RuntimeException e -> throw e;
        case Error e -> throw e;
        default -> throw new AssertionError("a shard throws no checked exception", failure);
      }
    }
  }

  /** For example {@code 2 threads}. */
  @Override
  public String toString() {
    return threads == 1 ? "1 thread" : threads + " threads";
  }
}
