package lamella.optim;

import java.util.ArrayList;
import java.util.List;
import lamella.core.Dataset;
import lamella.core.Description;
import lamella.core.Layers;
import lamella.core.Sampler;
import lamella.core.Stateful;

/** What a training in shards needs of its parts, and of each step's examples. */
final class Shards {
  private Shards() {}

  /**
   * Refuses what cannot be divided.
   *
   * @throws IllegalArgumentException if the batch, or the examples, are too few for the shards; if
   *     something else computes the gradients, or a part changes by itself from step to step
   */
  static void require(TrainerSettings<?> settings, Dataset<?> data) {
    if (settings.gradients != null && (settings.shards > 1 || settings.runner != null)) {
      throw new IllegalArgumentException(
          "Trainer: "
              + Description.of(settings.gradients)
              + " computes the gradients, so there can be no shards, and no runner; leave out"
              + " withStepGradients");
    }
    int shards = settings.shards;
    if (shards == 1) {
      return;
    }
    if (settings.batchSize % shards != 0) {
      int below = settings.batchSize / shards * shards;
      throw new IllegalArgumentException(
          "Trainer: a step of "
              + settings.batchSize
              + " examples cannot be divided evenly over "
              + shards
              + " shards; take batches of "
              + (below > 0 ? below + " or " : "")
              + (below + shards));
    }
    if (data.size() < shards) {
      throw new IllegalArgumentException(
          "Trainer: "
              + shards
              + " shards need at least as many examples, and the data have "
              + data.size());
    }
    int rows = settings.batchSize / shards;
    if (settings.microBatches > rows) {
      throw new IllegalArgumentException(
          "Trainer: "
              + settings.microBatches
              + " micro-batches need at least as many examples, and each of "
              + shards
              + " shards has "
              + rows
              + " of a step's");
    }
    List<String> stateful = new ArrayList<>();
    Layers.walk(
        settings.network,
        (path, layer) -> {
          if (layer instanceof Stateful) {
            stateful.add(Layers.who(path, layer));
          }
        });
    if (settings.loss instanceof Stateful) {
      stateful.add(Description.of(settings.loss));
    }
    collect(data, stateful);
    if (!stateful.isEmpty()) {
      throw new IllegalArgumentException(
          "Trainer: "
              + stateful.getFirst()
              + " changes from step to step by itself (it is Stateful), and shards are computed in"
              + " any order; train with one shard, or make it a function of the step, as"
              + " Pass.random, or of the epoch, as Dataset.forEpoch");
    }
  }

  private static void collect(Dataset<?> data, List<String> stateful) {
    if (data instanceof Stateful) {
      stateful.add(Description.of(data));
    }
    data.datasets().forEach(inside -> collect(inside, stateful));
  }

  /**
   * Puts a step's examples into the order of their shards; those of a shard stay in theirs.
   *
   * @throws IllegalArgumentException unless there are as many of each shard
   */
  static void sort(int[] examples, int shards, long step, Sampler sampler) {
    int rows = examples.length / shards;
    if (isSorted(examples, shards, rows)) {
      return;
    }
    int[] drawn = examples.clone();
    int[] count = new int[shards];
    for (int example : drawn) {
      int shard = example % shards;
      if (count[shard] < rows) {
        examples[shard * rows + count[shard]] = example;
      }
      count[shard]++;
    }
    for (int shard = 0; shard < shards; shard++) {
      if (count[shard] != rows) {
        throw new IllegalArgumentException(
            "Trainer: "
                + Description.of(sampler)
                + " chooses "
                + count[shard]
                + " examples of shard "
                + shard
                + " at step "
                + step
                + ", expected "
                + rows
                + " of each of "
                + shards
                + " shards, where example i belongs to shard i mod "
                + shards
                + "; fit(data, random) has such a sampler");
      }
    }
  }

  private static boolean isSorted(int[] examples, int shards, int rows) {
    for (int i = 0; i < examples.length; i++) {
      if (examples[i] % shards != i / rows) {
        return false;
      }
    }
    return true;
  }
}
