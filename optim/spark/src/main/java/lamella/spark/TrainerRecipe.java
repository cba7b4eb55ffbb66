package lamella.spark;

import java.io.Serializable;
import lamella.optim.Trainer;

/**
 * Makes the same trainer on the driver and on every executor: network, loss, optimiser and
 * settings.
 *
 * <p>It travels to the executors by Java's serialisation, once a training, and is asked there for
 * as many trainers as tasks compute at once in a JVM. Each call makes a new network, loss and
 * optimiser, with the same settings; which parameters they start from does not matter on an
 * executor, for each round brings them. Listeners, evaluations, checkpoints and a runner belong to
 * the driver's trainer alone:
 *
 * {@snippet :
 * TrainerRecipe<int[]> recipe = () -> Trainer.of(network(), loss(), Sgd.of(0.1)).withShards(16);
 * try (ShardedFrame<int[]> data = examples.shard(frame, 16)) {
 *   recipe.trainer().withRunner(SparkRunner.of(recipe)).fit(data, new NumPyRandom(1));
 * }
 * }
 *
 * @param <T> the targets of a batch
 */
@FunctionalInterface
public interface TrainerRecipe<T> extends Serializable {

  /** {@return a new trainer, the same at each call on each machine} */
  Trainer<T> trainer();
}
