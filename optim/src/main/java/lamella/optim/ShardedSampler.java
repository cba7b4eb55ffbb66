package lamella.optim;

import java.util.random.RandomGenerator;
import lamella.core.Sampler;
import lamella.core.SavedState;

/**
 * Takes as many examples of each shard, those of the first shard first, and gives each shard's
 * examples epoch after epoch in a new random order (Fisher and Yates). The shards' orders are drawn
 * from one generator whenever one is used up, in the order of the shards.
 */
final class ShardedSampler implements Sampler {
  private final RandomGenerator random;

  /** The order of all examples: those of shard 0, then those of shard 1, and so on. */
  private final int[] order;

  /** Where each shard begins in it; and where the last one ends. */
  private final int[] begin;

  /** How many of its order each shard has given. */
  private final int[] used;

  ShardedSampler(int size, int shards, RandomGenerator random) {
    this.random = random;
    order = new int[size];
    begin = new int[shards + 1];
    used = new int[shards];
    int at = 0;
    for (int shard = 0; shard < shards; shard++) {
      for (int i = shard; i < size; i += shards) {
        order[at++] = i;
      }
      begin[shard + 1] = at;
      used[shard] = at - begin[shard];
    }
  }

  @Override
  public void next(int[] indices) {
    int rows = indices.length / used.length;
    int at = 0;
    for (int shard = 0; shard < used.length; shard++) {
      int size = begin[shard + 1] - begin[shard];
      for (int i = 0; i < rows; i++) {
        if (used[shard] == size) {
          shuffle(begin[shard], begin[shard + 1]);
          used[shard] = 0;
        }
        indices[at++] = order[begin[shard] + used[shard]++];
      }
    }
  }

  private void shuffle(int from, int to) {
    for (int last = to - 1; last > from; last--) {
      int other = from + random.nextInt(last - from + 1);
      int index = order[last];
      order[last] = order[other];
      order[other] = index;
    }
  }

  @Override
  public int examples() {
    return order.length;
  }

  @Override
  public void save(SavedState state) {
    state.put("order", order);
    state.put("used", used);
    Sampler.saveable(random).save(state.inside("random"));
  }

  @Override
  public void load(SavedState state) {
    int[] savedOrder = state.integers("order");
    int[] savedUsed = state.integers("used");
    requirePossible(savedOrder, savedUsed);
    System.arraycopy(savedOrder, 0, order, 0, order.length);
    System.arraycopy(savedUsed, 0, used, 0, used.length);
    Sampler.saveable(random).load(state.inside("random"));
  }

  /** Each shard's order has its own examples, each once. */
  private void requirePossible(int[] savedOrder, int[] savedUsed) {
    boolean possible = savedOrder.length == order.length && savedUsed.length == used.length;
    boolean[] seen = new boolean[order.length];
    for (int shard = 0; possible && shard < used.length; shard++) {
      possible = savedUsed[shard] >= 0 && savedUsed[shard] <= begin[shard + 1] - begin[shard];
      for (int i = begin[shard]; possible && i < begin[shard + 1]; i++) {
        int index = savedOrder[i];
        possible =
            index >= 0 && index < order.length && index % used.length == shard && !seen[index];
        if (possible) {
          seen[index] = true;
        }
      }
    }
    if (!possible) {
      throw new IllegalArgumentException(
          this + ": its saved order is none of so many examples in so many shards");
    }
  }

  /** For example {@code Sampler(1000 shuffled in 16 shards)}. */
  @Override
  public String toString() {
    return "Sampler(" + order.length + " shuffled in " + used.length + " shards)";
  }
}
