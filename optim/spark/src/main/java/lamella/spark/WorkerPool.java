package lamella.spark;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.ObjectStreamClass;
import java.io.Serializable;
import java.util.concurrent.ConcurrentLinkedQueue;
import lamella.optim.ShardWorker;
import org.jspecify.annotations.Nullable;

/**
 * A training's recipe, and in each executor's JVM the workers made by it: one for each task that
 * computes at once, made when it is first needed, and used again in the next round.
 *
 * <p>It is broadcast, once a training. Its workers live as long as the JVM's copy of it: until the
 * broadcast is destroyed. The recipe is kept as bytes of Java's serialisation, for a cluster may
 * send broadcast values by another serialiser, which knows nothing of lambdas.
 *
 * @param <T> the targets of a batch
 */
final class WorkerPool<T> implements Serializable {
  private static final long serialVersionUID = 1;

  private final byte[] recipe;
  private transient @Nullable ConcurrentLinkedQueue<ShardWorker<T>> idle;

  private WorkerPool(byte[] recipe) {
    this.recipe = recipe;
  }

  /**
   * A pool of the workers that this recipe makes.
   *
   * @throws IllegalArgumentException if it cannot be serialised; names what cannot
   */
  static <T> WorkerPool<T> of(TrainerRecipe<T> recipe) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(recipe);
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "SparkRunner: the recipe cannot be sent to executors, as it holds on to something that"
              + " is not Serializable: "
              + e.getMessage()
              + "; make network, loss and optimiser within trainer()",
          e);
    }
    return new WorkerPool<>(bytes.toByteArray());
  }

  /** The bytes that go to each executor, once. */
  int size() {
    return recipe.length;
  }

  /** A worker that nobody uses. */
  ShardWorker<T> take() throws IOException, ClassNotFoundException {
    ShardWorker<T> worker = idle().poll();
    return worker != null ? worker : recipe().trainer().worker();
  }

  /** Gives back a worker for the next. */
  void giveBack(ShardWorker<T> worker) {
    idle().add(worker);
  }

  private synchronized ConcurrentLinkedQueue<ShardWorker<T>> idle() {
    ConcurrentLinkedQueue<ShardWorker<T>> there = idle;
    if (there == null) {
      there = new ConcurrentLinkedQueue<>();
      idle = there;
    }
    return there;
  }

  @SuppressWarnings("unchecked") // what was written
  private TrainerRecipe<T> recipe() throws IOException, ClassNotFoundException {
    try (ObjectInputStream in = new Input(new ByteArrayInputStream(recipe))) {
      return (TrainerRecipe<T>) in.readObject();
    }
  }

  /** Finds classes where Spark puts those of the user's jars. */
  private static final class Input extends ObjectInputStream {
    private Input(InputStream in) throws IOException {
      super(in);
    }

    @Override
    protected Class<?> resolveClass(ObjectStreamClass description)
        throws IOException, ClassNotFoundException {
      try {
        return Class.forName(
            description.getName(), false, Thread.currentThread().getContextClassLoader());
      } catch (ClassNotFoundException e) {
        // A primitive type, or a class of this jar's own loader.
        return super.resolveClass(description);
      }
    }
  }
}
