package lamella.core;

import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Answers of one network for any number of threads at once: outputs (a classifier's logits),
 * classes and probabilities, for one example or many.
 *
 * {@snippet file="SnippetsTest.java" region="predictor"}
 *
 * <p>Every method may be called from any thread, a virtual one too, and gives the bits that {@link
 * Network#forward} gives. There is no lock: each call borrows a {@link Pass} and gives it back, so
 * that there are as many as calls were ever under way at once, at most {@value #KEPT} of which are
 * kept; each keeps memory for the shapes of batch it saw last. Beyond what a method returns, no
 * call allocates anything once its pass has seen the shape; the methods that fill the caller's
 * array or tensor allocate nothing.
 *
 * <p>Nobody may change the network's parameters meanwhile.
 *
 * <p><b>Shapes:</b> one example is an array in row-major order, as many numbers as {@link
 * Network#inputShape} has; many are a tensor {@code [n, ...]}. Classes and probabilities need
 * outputs {@code [classes]}.
 */
public final class Predictor {
  private static final int KEPT = 64;

  private final Network network;
  private final DType dtype;
  private final AtomicReferenceArray<@Nullable Workspace> idle = new AtomicReferenceArray<>(KEPT);

  private Predictor(Network network) {
    this.network = network;
    this.dtype = network.dtype();
  }

  /**
   * {@return a predictor with this network, in the type that its parameters have now}
   *
   * @param network whose parameters are not changed any more while it predicts
   * @throws IllegalStateException if the parameters are of both types
   */
  public static Predictor of(Network network) {
    return new Predictor(network);
  }

  /** {@return the network} */
  public Network network() {
    return network;
  }

  // One example.

  /**
   * {@return the outputs for one example}
   *
   * @param example as many numbers as the network takes
   */
  public float[] outputs(float[] example) {
    float[] outputs = new float[network.outputShape().size()];
    outputs(example, outputs);
    return outputs;
  }

  /**
   * Fills an array with the outputs for one example.
   *
   * @param example as many numbers as the network takes
   * @param outputs filled
   * @throws IllegalArgumentException if an array has not as many numbers as the network's input or
   *     output
   */
  public void outputs(float[] example, float[] outputs) {
    requireLength("outputs", network.outputShape(), outputs.length);
    Workspace workspace = borrow();
    copy(workspace.forward(example), outputs);
    giveBack(workspace);
  }

  /**
   * {@return the class of one example: the largest output's position, the first of equals}
   *
   * @param example as many numbers as the network takes
   */
  public int classOf(float[] example) {
    requireClasses();
    Workspace workspace = borrow();
    int best = workspace.forward(example).argMax(0);
    giveBack(workspace);
    return best;
  }

  /**
   * {@return the probability of each class for one example: softmax of the outputs}
   *
   * @param example as many numbers as the network takes
   */
  public float[] probabilities(float[] example) {
    float[] probabilities = new float[network.outputShape().size()];
    probabilities(example, probabilities);
    return probabilities;
  }

  /**
   * Fills an array with the probability of each class for one example.
   *
   * @param example as many numbers as the network takes
   * @param probabilities filled
   * @throws IllegalArgumentException if an array has not as many numbers as the network's input or
   *     output
   */
  public void probabilities(float[] example, float[] probabilities) {
    requireClasses();
    requireLength("probabilities", network.outputShape(), probabilities.length);
    Workspace workspace = borrow();
    Tensor outputs = workspace.forward(example);
    softmax(outputs);
    copy(outputs, probabilities);
    giveBack(workspace);
  }

  // Many examples.

  /**
   * {@return the outputs for many examples}
   *
   * @param inputs {@code [n, ...]}
   * @throws ShapeException if the inputs have not the network's shape
   * @throws IllegalArgumentException if they have not its type
   */
  public Tensor outputs(Tensor inputs) {
    Workspace workspace = borrow();
    Tensor outputs = network.forward(inputs, workspace.pass).copy();
    giveBack(workspace);
    return outputs;
  }

  /**
   * Fills a tensor, of either type, with the outputs for many examples.
   *
   * @param inputs {@code [n, ...]}
   * @param outputs filled
   * @throws ShapeException if a shape does not fit
   */
  public void outputs(Tensor inputs, Tensor outputs) {
    Workspace workspace = borrow();
    outputs.copyFrom(network.forward(inputs, workspace.pass));
    giveBack(workspace);
  }

  /**
   * {@return the class of each of many examples, in a new array}
   *
   * @param inputs {@code [n, ...]}
   */
  public int[] classes(Tensor inputs) {
    int[] classes = new int[network.outputShape(inputs.shape()).dimension(0)];
    classes(inputs, classes);
    return classes;
  }

  /**
   * Fills an array with the class of each of many examples.
   *
   * @param inputs {@code [n, ...]}
   * @param classes filled from its beginning
   * @throws ShapeException if the inputs have not the network's shape
   * @throws IllegalArgumentException if the array has not an element for each
   */
  public void classes(Tensor inputs, int[] classes) {
    requireClasses();
    Workspace workspace = borrow();
    Tensor outputs = network.forward(inputs, workspace.pass);
    if (classes.length != outputs.shape().dimension(0)) {
      throw new IllegalArgumentException(
          "Predictor: expects an array for "
              + outputs.shape().dimension(0)
              + " classes, got one of length "
              + classes.length);
    }
    for (int row = 0; row < classes.length; row++) {
      classes[row] = outputs.argMax(row);
    }
    giveBack(workspace);
  }

  /**
   * {@return the probability of each class for many examples, {@code [n, classes]}}
   *
   * @param inputs {@code [n, ...]}
   */
  public Tensor probabilities(Tensor inputs) {
    requireClasses();
    Tensor probabilities = outputs(inputs);
    softmax(probabilities);
    return probabilities;
  }

  /**
   * Fills a tensor, of either type, with the probability of each class for many examples.
   *
   * @param inputs {@code [n, ...]}
   * @param probabilities filled
   * @throws ShapeException if a shape does not fit
   */
  public void probabilities(Tensor inputs, Tensor probabilities) {
    requireClasses();
    outputs(inputs, probabilities);
    softmax(probabilities);
  }

  // Inside.

  /** What one call works with. */
  private final class Workspace {
    private final Pass pass = Pass.forInference();
    private @Nullable Tensor example;

    /** {@code [1, outputs]}; the pass's. */
    private Tensor forward(float[] values) {
      Tensor input = example;
      if (input == null) {
        input = Tensor.zeros(dtype, network.inputShape().batch(1));
        example = input;
      }
      requireLength("an example", network.inputShape(), values.length);
      switch (input) {
        case FloatTensor x -> System.arraycopy(values, 0, x.array(), 0, values.length);
        case DoubleTensor x -> {
          for (int i = 0; i < values.length; i++) {
            x.array()[i] = values[i];
          }
        }
      }
      return network.forward(input, pass);
    }
  }

  /**
   * A workspace that nobody else uses. Not a thread-local: virtual threads come by the thousand,
   * and few compute at once.
   */
  private Workspace borrow() {
    int start = start();
    for (int i = 0; i < KEPT; i++) {
      int slot = (start + i) % KEPT;
      if (idle.getPlain(slot) != null) {
        Workspace workspace = idle.getAndSet(slot, null);
        if (workspace != null) {
          return workspace;
        }
      }
    }
    return new Workspace();
  }

  /** Not called after an exception: that one is forgotten. */
  private void giveBack(Workspace workspace) {
    workspace.pass.release();
    int start = start();
    for (int i = 0; i < KEPT; i++) {
      if (idle.compareAndSet((start + i) % KEPT, null, workspace)) {
        return;
      }
    }
  }

  /** Each thread starts at a slot of its own, so that threads seldom meet. */
  private static int start() {
    return (int) (Thread.currentThread().threadId() % KEPT);
  }

  /** p[i, j] = exp(z[i, j] - max z[i]) / sum over j, in place; StrictMath for the same bits. */
  private static void softmax(Tensor z) {
    int classes = z.shape().last();
    int rows = z.size() / classes;
    for (int row = 0; row < rows; row++) {
      int from = row * classes;
      double largest = z.get(from + z.argMax(row));
      double sum = 0;
      for (int i = from; i < from + classes; i++) {
        double exp = StrictMath.exp(z.get(i) - largest);
        z.set(i, exp);
        sum += exp;
      }
      for (int i = from; i < from + classes; i++) {
        z.set(i, z.get(i) / sum);
      }
    }
  }

  private static void copy(Tensor from, float[] to) {
    switch (from) {
      case FloatTensor y -> System.arraycopy(y.array(), 0, to, 0, to.length);
      case DoubleTensor y -> {
        for (int i = 0; i < to.length; i++) {
          to[i] = (float) y.array()[i];
        }
      }
    }
  }

  private void requireClasses() {
    if (network.outputShape().rank() != 1) {
      throw new IllegalStateException(
          "Predictor: expects outputs [classes], the network's are " + network.outputShape());
    }
  }

  private static void requireLength(String what, Shape shape, int length) {
    if (length != shape.size()) {
      throw new IllegalArgumentException(
          "Predictor: expects "
              + what
              + " of "
              + shape.size()
              + " numbers "
              + shape
              + ", got "
              + length);
    }
  }

  /** For example {@code Predictor(Network([3072] -> Linear(3072 -> 10)))}. */
  @Override
  public String toString() {
    return "Predictor(" + network + ")";
  }
}
