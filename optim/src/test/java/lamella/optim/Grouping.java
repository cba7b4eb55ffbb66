package lamella.optim;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import lamella.core.Dataset;

/**
 * Computes rounds as a cluster does: tasks of any shards, each with a trainer of its own that was
 * made like the training's; rounds and nodes travel as bytes, and nodes come in any order.
 */
final class Grouping<T> implements RoundRunner<T> {
  private final List<ShardWorker<T>> workers = new ArrayList<>();
  private final Random random;
  int rounds;
  int localRounds;
  boolean ended;

  Grouping(Supplier<Trainer<T>> trainer, int tasks, long seed) {
    for (int task = 0; task < tasks; task++) {
      workers.add(trainer.get().worker());
    }
    this.random = new Random(seed);
  }

  @Override
  public Node run(Round round, Dataset<T> data) {
    rounds++;
    localRounds += round.steps() > 1 ? 1 : 0;
    List<Integer> shards = new ArrayList<>();
    for (int shard = 0; shard < round.shards(); shard++) {
      shards.add(shard);
    }
    Collections.shuffle(shards, random);
    byte[] sent = round.toBytes();
    List<byte[]> returned = new ArrayList<>();
    for (int task = 0; task < workers.size(); task++) {
      NodeTree tree = new NodeTree(round.shards());
      Round received = Round.fromBytes(sent);
      while (!shards.isEmpty() && (task == workers.size() - 1 || random.nextInt(4) > 0)) {
        tree.add(workers.get(task).compute(received, shards.removeLast(), data));
      }
      tree.nodes().forEach(node -> returned.add(node.toBytes()));
    }
    Collections.shuffle(returned, random);
    NodeTree all = new NodeTree(round.shards());
    returned.forEach(bytes -> all.add(Node.fromBytes(bytes)));
    return all.root();
  }

  @Override
  public void ended() {
    ended = true;
  }

  @Override
  public String toString() {
    return "Grouping";
  }
}
