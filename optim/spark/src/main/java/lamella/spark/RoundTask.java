package lamella.spark;

import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import lamella.optim.Node;
import lamella.optim.NodeTree;
import lamella.optim.Round;
import lamella.optim.ShardWorker;
import org.apache.spark.TaskContext;
import org.apache.spark.TaskKilledException;
import org.apache.spark.broadcast.Broadcast;
import org.jspecify.annotations.Nullable;
import scala.Tuple2;

/**
 * The work of a round's tasks: computes the shards of a partition, adds up what it can, and gives
 * the largest aligned nodes of the tree.
 *
 * <p>It is a pure function of the round and the shards' rows. So it may be tried again, or be
 * computed twice at once, wherever and as often as Spark likes.
 */
final class RoundTask<T> implements Serializable {
  private static final long serialVersionUID = 1;

  private final RowLayout layout;
  private final int size;
  private final byte[][] fingerprints;
  private final Broadcast<WorkerPool<T>> pool;

  /** The round's bytes, or null where they are broadcast. */
  private final byte @Nullable [] small;

  private final @Nullable Broadcast<byte[]> large;

  RoundTask(
      ShardedFrame<T> frame,
      Broadcast<WorkerPool<T>> pool,
      byte @Nullable [] small,
      @Nullable Broadcast<byte[]> large) {
    this.layout = frame.layout();
    this.size = frame.size();
    this.fingerprints = frame.fingerprints();
    this.pool = pool;
    this.small = small;
    this.large = large;
  }

  /** The nodes of a partition's shards, to be collected. */
  Iterator<RoundPart> whole(Iterator<ShardBlock> blocks)
      throws IOException, ClassNotFoundException {
    List<RoundPart> parts = new ArrayList<>();
    RoundPart mistake = compute(blocks, node -> parts.add(RoundPart.of(node)));
    return mistake == null ? parts.iterator() : List.of(mistake).iterator();
  }

  /** The same in slices, each by its number. A mistake goes with the first slice. */
  Iterator<Tuple2<Integer, RoundPart>> sliced(Iterator<ShardBlock> blocks, int slices)
      throws IOException, ClassNotFoundException {
    List<Tuple2<Integer, RoundPart>> parts = new ArrayList<>();
    RoundPart mistake =
        compute(
            blocks,
            node -> {
              for (Node slice : node.split(slices)) {
                parts.add(new Tuple2<>(slice.slice(), RoundPart.of(slice)));
              }
            });
    return mistake == null ? parts.iterator() : List.of(new Tuple2<>(0, mistake)).iterator();
  }

  /** Takes the results. */
  private interface Nodes {
    void add(Node node);
  }

  /** A mistake, or null if there was none and the results have been given. */
  private @Nullable RoundPart compute(Iterator<ShardBlock> blocks, Nodes results)
      throws IOException, ClassNotFoundException {
    TaskThreads.limit();
    int shards = fingerprints.length;
    Round round = Round.fromBytes(small != null ? small : bytes());
    NodeTree tree = new NodeTree(shards);
    TaskContext context = TaskContext.get();
    WorkerPool<T> workers = pool.value();
    ShardWorker<T> worker = workers.take();
    while (blocks.hasNext()) {
      if (context != null && context.isInterrupted()) {
        // Another attempt was faster, or nobody waits any longer.
        throw new TaskKilledException("the round's result is no longer needed");
      }
      ShardBlock block = blocks.next();
      try {
        block.require(shards, fingerprints[block.shard()]);
        byte[] @Nullable [] here = new byte[shards][];
        here[block.shard()] = block.bytes();
        LocalRows<T> rows = new LocalRows<>(layout, size, here, "");
        tree.add(worker.compute(round, block.shard(), rows));
      } catch (RuntimeException e) {
        if (RoundPart.tells(e)) {
          return RoundPart.of(block.shard(), e);
        }
        throw e;
      }
    }
    workers.giveBack(worker);
    for (Node node : tree.nodes()) {
      results.add(node);
    }
    return null;
  }

  private byte[] bytes() {
    if (large == null) {
      throw new AssertionError("a round is here or broadcast");
    }
    return large.value();
  }

  /** Adds up the nodes of one slice, in whatever order they have come. */
  static Iterator<RoundPart> addUp(Iterator<Tuple2<Integer, RoundPart>> parts) {
    List<RoundPart> mistakes = new ArrayList<>();
    List<NodeTree> trees = new ArrayList<>();
    List<Integer> slices = new ArrayList<>();
    while (parts.hasNext()) {
      Tuple2<Integer, RoundPart> part = parts.next();
      if (part._2().isMistake()) {
        mistakes.add(part._2());
        continue;
      }
      Node node = Node.fromBytes(part._2().node());
      int at = slices.indexOf(part._1());
      if (at < 0) {
        at = slices.size();
        slices.add(part._1());
        trees.add(new NodeTree(node.shards()));
      }
      trees.get(at).add(node);
    }
    List<RoundPart> sums = new ArrayList<>(mistakes);
    for (NodeTree tree : trees) {
      // All of the root, unless a task has made a mistake.
      tree.nodes().forEach(node -> sums.add(RoundPart.of(node)));
    }
    return sums.iterator();
  }
}
