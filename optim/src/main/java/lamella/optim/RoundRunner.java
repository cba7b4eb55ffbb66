package lamella.optim;

import lamella.core.Dataset;

/**
 * Who computes the rounds of a training in shards: by default the threads of this machine; another
 * one may send the round and the shards' work to other machines.
 *
 * {@snippet file="SnippetsTest.java" region="round-runner"}
 *
 * <p>However it divides the shards, it gives the sum of a {@link NodeTree} over the nodes that
 * {@link ShardWorker#compute} gives for each of them, and so the same bits. One object serves one
 * training at a time.
 *
 * @param <T> the targets of a batch
 */
public interface RoundRunner<T> {

  /**
   * Computes a round. If the thread is interrupted meanwhile, it stays interrupted, and the round
   * is computed all the same.
   *
   * @param round good until this returns
   * @param data the examples as they were given to {@link Trainer#fit}, not those of the epoch
   * @return the root of the tree over all shards
   */
  Node run(Round round, Dataset<T> data);

  /** The training is over, whatever the reason. Does nothing by default. */
  default void ended() {}
}
