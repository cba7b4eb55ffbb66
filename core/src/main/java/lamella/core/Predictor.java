package lamella.core;

import java.lang.ref.WeakReference;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Answers of one network for any number of threads at once: outputs, classes and probabilities, for
 * one example or many.
 *
 * {@snippet file="SnippetsTest.java" region="predictor"}
 *
 * <p>What classes and probabilities are depends on what the network's outputs mean, {@link
 * Network#outputs}:
 *
 * <ul>
 *   <li>classes, also several outputs of which nobody said anything: the class is the largest
 *       output's position, the first of equals; the probabilities are the softmax of the outputs;
 *   <li>probabilities: the class is the largest one's position; they are given as they are;
 *   <li>yes or no: the probabilities are those of yes, the sigmoid of each output. With one output
 *       the class is 1 where it is above 0, else 0; with several there is no class;
 *   <li>numbers, also one output of which nobody said anything: there are neither.
 * </ul>
 *
 * <p>Not-a-number has no class: where an output is NaN or infinite, classes and probabilities are
 * refused with an {@link ArithmeticException} that names the row and the likely cause; nothing is
 * filled then. Outputs are returned as they are.
 *
 * <p>Every method may be called from any thread, a virtual one too, and gives the bits that {@link
 * Network#forward} gives. There is no lock: each call borrows a {@link Pass} and gives it back, so
 * that there are as many as calls were ever under way at once. Beyond what a method returns, no
 * call allocates anything once its pass has seen the shape; the methods that fill the caller's
 * array or tensor allocate nothing. At most {@value #KEPT} passes are kept for calls with one
 * example, each with memory for one. A pass for calls with many examples is kept until a garbage
 * collection finds it idle, so that a large batch takes no memory for longer than that.
 *
 * <p>Nobody may change the network's parameters meanwhile.
 *
 * <p>A predictor keeps a copy of the float32 weights that its layers multiply by ({@link
 * Pass#multiply}), in the order in which products read them: large networks answer up to four times
 * as fast with it, one example at a time. It is made once the JVM has compiled the loops that read
 * it, which happens beside the first hundred calls or so; all threads share it; it lies outside of
 * the Java heap and goes with the predictor. {@link #withPackedWeights} does without it, for half
 * the memory and the same bits; so do float64 networks, and JVMs without the Vector API. Weights
 * that were changed between two calls, in a way that {@link Tensor#markChanged} tells of, are
 * copied anew.
 *
 * <p><b>Shapes:</b> one example is an array in row-major order, as many numbers as {@link
 * Network#inputShape} has; many are a tensor {@code [n, ...]}, or an array or a buffer with one
 * after the other. Classes need outputs {@code [classes]}.
 */
public final class Predictor {
  private static final int KEPT = 64;

  /** Numbers of examples whose tensors a pass for batches keeps; a frame keeps as many. */
  private static final int KEPT_SHAPES = 4;

  private final Network network;
  private final DType dtype;
  private final @Nullable PackedParameters packed;
  private final Idle<Workspace> idle = new Idle<>(KEPT);
  private final Idle<WeakReference<BatchPass>> idleForBatches = new Idle<>(KEPT);

  private Predictor(Network network, boolean packs) {
    this.network = network;
    this.dtype = network.dtype();
    this.packed = packs ? new PackedParameters() : null;
  }

  /**
   * {@return a predictor with this network, in the type that its parameters have now}
   *
   * @param network whose parameters are not changed any more while it predicts
   * @throws IllegalStateException if the parameters are of both types
   */
  public static Predictor of(Network network) {
    return new Predictor(network, true);
  }

  /**
   * {@return a predictor with the same network that keeps a copy of its weights, or none}
   *
   * @param packs true as {@link #of} does; false for half the memory
   */
  public Predictor withPackedWeights(boolean packs) {
    return new Predictor(network, packs);
  }

  /**
   * {@return the bytes that the copies of weights take: 0 before they are made, then as many as the
   * weights themselves, and up to a vector's width of columns more for each}
   */
  public long packedBytes() {
    PackedParameters parameters = packed;
    return parameters == null ? 0 : parameters.bytes();
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
   * {@return the class of one example}
   *
   * @param example as many numbers as the network takes
   * @throws IllegalStateException if the network's outputs have no classes; says why
   * @throws ArithmeticException if an output is NaN or infinite
   */
  public int classOf(float[] example) {
    requireClasses();
    Workspace workspace = borrow();
    Tensor outputs = workspace.forward(example);
    requireFinite(outputs, workspace.example, true);
    int best = classOf(outputs, 0);
    giveBack(workspace);
    return best;
  }

  /**
   * {@return the probability of each class for one example, or of yes for each output}
   *
   * @param example as many numbers as the network takes
   * @throws IllegalStateException if the network's outputs have no probabilities; says why
   * @throws ArithmeticException if an output is NaN or infinite
   */
  public float[] probabilities(float[] example) {
    float[] probabilities = new float[network.outputShape().size()];
    probabilities(example, probabilities);
    return probabilities;
  }

  /**
   * Fills an array with the probability of each class for one example, or of yes for each output.
   *
   * @param example as many numbers as the network takes
   * @param probabilities filled
   * @throws IllegalArgumentException if an array has not as many numbers as the network's input or
   *     output
   * @throws IllegalStateException if the network's outputs have no probabilities; says why
   * @throws ArithmeticException if an output is NaN or infinite
   */
  public void probabilities(float[] example, float[] probabilities) {
    requireProbabilities();
    requireLength("probabilities", network.outputShape(), probabilities.length);
    Workspace workspace = borrow();
    Tensor outputs = workspace.forward(example);
    requireFinite(outputs, workspace.example, true);
    makeProbabilities(outputs);
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
    BatchPass batch = borrowForBatch();
    Tensor outputs = network.forward(inputs, batch.pass).copy();
    giveBack(batch);
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
    BatchPass batch = borrowForBatch();
    outputs.copyFrom(network.forward(inputs, batch.pass));
    giveBack(batch);
  }

  /**
   * Fills an array with the outputs for {@code n} examples. The arrays may be longer than needed;
   * where that of the inputs is not, it is not copied.
   *
   * @param n how many examples, at least 1
   * @param inputs of each example as many numbers as the network takes, one example after the
   *     other, from the array's beginning
   * @param outputs filled from its beginning; may be {@code inputs}
   * @throws IllegalArgumentException if n is below 1, or an array is too short
   */
  public void outputs(int n, float[] inputs, float[] outputs) {
    requireRoom("inputs", n, network.inputShape(), inputs.length);
    requireRoom("outputs", n, network.outputShape(), outputs.length);
    BatchPass batch = borrowForBatch();
    copy(batch.forward(n, inputs), outputs);
    giveBack(batch);
  }

  /**
   * Fills a buffer with the outputs for as many examples as another holds, on or outside of the
   * Java heap. Takes the numbers from the inputs' position to their limit, and puts the outputs
   * from their buffer's position on; both positions are then behind what was taken and put. Where
   * it throws they have not moved.
   *
   * @param inputs of each example as many numbers as the network takes, one example after the other
   * @param outputs filled; may share memory with the inputs
   * @throws IllegalArgumentException if the inputs are no whole examples, or none; if the outputs
   *     have no room for those of each, or are read-only
   */
  @SuppressWarnings("ReferenceEquality") // a buffer is itself, whatever it holds
  public void outputs(FloatBuffer inputs, FloatBuffer outputs) {
    int size = network.inputShape().size();
    int numbers = inputs.remaining();
    if (numbers == 0 || numbers % size != 0) {
      throw new IllegalArgumentException(
          "Predictor: expects inputs of one or more examples of "
              + size
              + " numbers "
              + network.inputShape()
              + ", got "
              + numbers
              + " numbers from the buffer's position to its limit");
    }
    int n = numbers / size;
    if (outputs == inputs) {
      throw new IllegalArgumentException(
          "Predictor: expects two buffers, each with a position of its own, got one as inputs and"
              + " outputs; give a duplicate()");
    }
    if (outputs.isReadOnly()) {
      throw new IllegalArgumentException(
          "Predictor: expects a buffer for the outputs that can be written to, got a read-only one");
    }
    requireRoom("outputs", n, network.outputShape(), outputs.remaining());
    BatchPass batch = borrowForBatch();
    Tensor result = batch.forward(n, inputs);
    int at = outputs.position();
    if (result instanceof FloatTensor y) {
      outputs.put(at, y.array());
    } else {
      for (int i = 0; i < result.size(); i++) {
        outputs.put(at + i, (float) result.get(i));
      }
    }
    inputs.position(inputs.limit());
    outputs.position(at + result.size());
    giveBack(batch);
  }

  /**
   * {@return the class of each of many examples, in a new array}
   *
   * @param inputs {@code [n, ...]}
   * @throws IllegalStateException if the network's outputs have no classes; says why
   * @throws ArithmeticException if an output is NaN or infinite; names the row
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
   * @throws IllegalStateException if the network's outputs have no classes; says why
   * @throws ArithmeticException if an output is NaN or infinite; names the row
   */
  public void classes(Tensor inputs, int[] classes) {
    requireClasses();
    BatchPass batch = borrowForBatch();
    Tensor outputs = network.forward(inputs, batch.pass);
    if (classes.length != outputs.shape().dimension(0)) {
      throw new IllegalArgumentException(
          "Predictor: expects an array for "
              + outputs.shape().dimension(0)
              + " classes, got one of length "
              + classes.length);
    }
    requireFinite(outputs, inputs, false);
    for (int row = 0; row < classes.length; row++) {
      classes[row] = classOf(outputs, row);
    }
    giveBack(batch);
  }

  /**
   * {@return for many examples the probability of each class, or of yes for each output: {@code [n,
   * ...]} as the outputs}
   *
   * @param inputs {@code [n, ...]}
   * @throws IllegalStateException if the network's outputs have no probabilities; says why
   * @throws ArithmeticException if an output is NaN or infinite; names the row
   */
  public Tensor probabilities(Tensor inputs) {
    requireProbabilities();
    Tensor probabilities = outputs(inputs);
    requireFinite(probabilities, inputs, false);
    makeProbabilities(probabilities);
    return probabilities;
  }

  /**
   * Fills a tensor, of either type, with the probability of each class for many examples, or of yes
   * for each output.
   *
   * @param inputs {@code [n, ...]}
   * @param probabilities filled
   * @throws ShapeException if a shape does not fit
   * @throws IllegalStateException if the network's outputs have no probabilities; says why
   * @throws ArithmeticException if an output is NaN or infinite; names the row
   */
  public void probabilities(Tensor inputs, Tensor probabilities) {
    requireProbabilities();
    BatchPass batch = borrowForBatch();
    Tensor outputs = network.forward(inputs, batch.pass);
    requireFinite(outputs, inputs, false);
    probabilities.copyFrom(outputs);
    giveBack(batch);
    makeProbabilities(probabilities);
  }

  /**
   * Makes of outputs, in their place, the probability of each class, or of yes for each output: the
   * bits that {@link #probabilities(Tensor)} gives for the same examples. For whoever needs outputs
   * and probabilities of one run of the network.
   *
   * @param outputs {@code [n, ...]}, as {@link #outputs(Tensor)} gives them; changed
   * @throws ShapeException if they have not the shape of the network's outputs
   * @throws IllegalStateException if the network's outputs have no probabilities; says why
   * @throws ArithmeticException if an output is NaN or infinite; names the row, and nothing is
   *     changed
   */
  public void toProbabilities(Tensor outputs) {
    requireProbabilities();
    Shape expected = network.outputShape().batch(outputs.shape().dimension(0));
    if (!outputs.shape().equals(expected)) {
      throw new ShapeException("Predictor", expected, outputs.shape());
    }
    int columns = network.outputShape().size();
    for (int i = 0; i < outputs.size(); i++) {
      if (!Double.isFinite(outputs.get(i))) {
        throw new ArithmeticException(
            "Predictor: row "
                + i / columns
                + ": expects outputs that are finite numbers, got "
                + outputs.get(i));
      }
    }
    makeProbabilities(outputs);
  }

  // What a call works with. Not given back after an exception: it is forgotten.

  /** For one example. */
  private final class Workspace {
    private final Pass pass = Pass.forInference(packed);
    private final Tensor example = Tensor.zeros(dtype, network.inputShape().batch(1));

    /** {@code [1, outputs]}; the pass's. */
    private Tensor forward(float[] values) {
      requireLength("an example", network.inputShape(), values.length);
      // No switch over types before a process's first prediction: the first one takes 3 ms.
      if (example instanceof FloatTensor x) {
        System.arraycopy(values, 0, x.array(), 0, values.length);
      } else {
        for (int i = 0; i < values.length; i++) {
          example.set(i, values[i]);
        }
      }
      return network.forward(example, pass);
    }
  }

  /** For many examples; while it is idle, only {@code self} leads to it, and holds it weakly. */
  private final class BatchPass {
    private final Pass pass = Pass.forInference(packed);
    private final WeakReference<BatchPass> self = new WeakReference<>(this);
    private final List<Examples> known = new ArrayList<>();

    /** {@code [n, outputs]}; the pass's. */
    private Tensor forward(int n, float[] values) {
      return network.forward(examples(n).of(values), pass);
    }

    private Tensor forward(int n, FloatBuffer values) {
      return network.forward(examples(n).of(values), pass);
    }

    private Examples examples(int n) {
      for (int i = 0; i < known.size(); i++) {
        if (known.get(i).inputs.shape().dimension(0) == n) {
          return known.get(i);
        }
      }
      if (known.size() == KEPT_SHAPES) {
        known.remove(0);
      }
      Examples examples = new Examples(dtype, network.inputShape().batch(n));
      known.add(examples);
      return examples;
    }

    private void forget() {
      for (int i = 0; i < known.size(); i++) {
        known.get(i).forget();
      }
    }
  }

  /** The tensor for inputs that come as single numbers. */
  private static final class Examples {
    private static final float[] NONE = {};

    private final Tensor inputs;
    private final int size;

    /** Where inputs are copied to; none before the first that must be. */
    private float[] copies = NONE;

    private Examples(DType dtype, Shape shape) {
      size = shape.size();
      inputs = dtype == DType.FLOAT32 ? FloatTensor.over(shape, NONE) : DoubleTensor.zeros(shape);
    }

    /** Over the caller's own array, if it has the right length. */
    private Tensor of(float[] values) {
      if (inputs instanceof FloatTensor x) {
        if (values.length == size) {
          x.aim(values);
        } else {
          System.arraycopy(values, 0, copies(), 0, size);
          x.aim(copies);
        }
      } else {
        copy(values);
      }
      return inputs;
    }

    /** From the buffer's position on, which stays where it is. */
    private Tensor of(FloatBuffer values) {
      values.get(values.position(), copies(), 0, size);
      if (inputs instanceof FloatTensor x) {
        x.aim(copies);
      } else {
        copy(copies);
      }
      return inputs;
    }

    private void copy(float[] values) {
      for (int i = 0; i < size; i++) {
        inputs.set(i, values[i]);
      }
    }

    private float[] copies() {
      if (copies.length == 0) {
        copies = new float[size];
      }
      return copies;
    }

    /** Keeps nothing of the caller's alive. */
    private void forget() {
      if (inputs instanceof FloatTensor x) {
        x.aim(NONE);
      }
    }
  }

  private Workspace borrow() {
    Workspace workspace = idle.take();
    return workspace != null ? workspace : new Workspace();
  }

  private void giveBack(Workspace workspace) {
    workspace.pass.release();
    idle.put(workspace);
  }

  private BatchPass borrowForBatch() {
    for (WeakReference<BatchPass> reference = idleForBatches.take();
        reference != null;
        reference = idleForBatches.take()) {
      BatchPass batch = reference.get();
      if (batch != null) {
        return batch;
      }
    }
    return new BatchPass();
  }

  private void giveBack(BatchPass batch) {
    batch.forget();
    batch.pass.release();
    idleForBatches.put(batch.self);
  }

  // What outputs mean.

  private boolean isYesNo() {
    return network.outputs() == Outputs.YES_NO;
  }

  private void requireClasses() {
    network.outputs().requireClasses("Predictor", network.outputShape());
  }

  private void requireProbabilities() {
    if (!isYesNo()) {
      requireClasses();
    }
  }

  private int classOf(Tensor outputs, int row) {
    return isYesNo() ? outputs.get(row) > 0 ? 1 : 0 : outputs.argMax(row);
  }

  /** In place, once they are finite; StrictMath for the same bits everywhere. */
  private void makeProbabilities(Tensor outputs) {
    if (isYesNo()) {
      for (int i = 0; i < outputs.size(); i++) {
        outputs.set(i, 1 / (1 + StrictMath.exp(-outputs.get(i))));
      }
    } else if (network.outputs() != Outputs.PROBABILITIES) {
      softmax(outputs);
    }
  }

  /** p[i, j] = exp(z[i, j] - max z[i]) / sum over j. */
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

  /** NaN has no class, and an infinity is most often a sum that overflowed. */
  private void requireFinite(Tensor outputs, Tensor inputs, boolean one) {
    int columns = network.outputShape().size();
    for (int i = 0; i < outputs.size(); i++) {
      if (!Double.isFinite(outputs.get(i))) {
        int row = i / columns;
        throw new ArithmeticException(
            "Predictor: "
                + (one ? "" : "row " + row + ": ")
                + "outputs are not finite numbers; "
                + whyNotFinite(inputs, row));
      }
    }
  }

  private String whyNotFinite(Tensor inputs, int row) {
    int columns = network.inputShape().size();
    for (int i = 0; i < columns; i++) {
      double input = inputs.get(row * columns + i);
      if (!Double.isFinite(input)) {
        return "its input " + i + " is " + input;
      }
    }
    for (Parameter parameter : network.parameters()) {
      for (int i = 0; i < parameter.value().size(); i++) {
        if (!Double.isFinite(parameter.value().get(i))) {
          return "the network has "
              + parameter.value().get(i)
              + " in "
              + network.describe(parameter)
              + ", as after a training that diverged";
        }
      }
    }
    return "its inputs are too large for these weights in " + dtype;
  }

  // Arrays.

  private static void copy(Tensor from, float[] to) {
    switch (from) {
      case FloatTensor y -> System.arraycopy(y.array(), 0, to, 0, y.size());
      case DoubleTensor y -> {
        for (int i = 0; i < y.size(); i++) {
          to[i] = (float) y.array()[i];
        }
      }
    }
  }

  private static void requireRoom(String what, int n, Shape shape, int length) {
    if (n < 1) {
      throw new IllegalArgumentException("Predictor: expects at least 1 example, got n = " + n);
    }
    if (length < (long) n * shape.size()) {
      throw new IllegalArgumentException(
          "Predictor: expects "
              + what
              + " of "
              + n
              + " times "
              + shape.size()
              + " numbers "
              + shape
              + ", got "
              + length);
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
