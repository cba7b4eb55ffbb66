package lamella.spark;

import org.apache.spark.Partitioner;

/**
 * Divides shards among tasks, each of which takes some that follow each other: so the sums of as
 * many of them as possible are made within a task.
 */
final class ShardRanges extends Partitioner {
  private static final long serialVersionUID = 1;

  private final int shards;
  private final int tasks;

  ShardRanges(int shards, int tasks) {
    this.shards = shards;
    this.tasks = tasks;
  }

  @Override
  public int numPartitions() {
    return tasks;
  }

  /** The first shard of a task. */
  int first(int task) {
    return (int) ((long) task * shards / tasks);
  }

  /** The task of a shard. */
  int task(int shard) {
    return (int) (((shard + 1L) * tasks - 1) / shards);
  }

  /** Where a row belongs: its shard in the upper half, its place in the shard in the lower. */
  static long key(int shard, int place) {
    return ((long) shard << Integer.SIZE) | place;
  }

  @Override
  public int getPartition(Object key) {
    return task((int) ((Long) key >>> Integer.SIZE));
  }

  /** For example {@code 16 shards in 2 tasks}. */
  @Override
  public String toString() {
    return shards + " shards in " + tasks + (tasks == 1 ? " task" : " tasks");
  }
}
