package lamella.core;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One thread's memory of one forward and backward computation: to a {@link Layer} what a {@code
 * Matcher} is to a {@code Pattern}.
 *
 * {@snippet file="SnippetsTest.java" region="pass"}
 *
 * <p>It holds the outputs, what backward needs of them, the input gradients and the {@link
 * Gradients} of the parameters, and reuses all of it from call to call: once every shape has been
 * seen, a step allocates nothing. Make one pass per thread and keep it. Use from a second thread
 * throws, unless the first has let go with {@link #release}.
 *
 * <p>Each layer has a frame of its own on the pass. A container gives each of its uses of a layer a
 * position ({@link #forward(Layer, int, Layer, Tensor)}), so that one layer may appear twice in a
 * network.
 */
public final class Pass {
  /** Shapes whose buffers a frame keeps: a full batch, the short last one, and two more. */
  private static final int KEPT_SHAPES = 4;

  private final boolean training;
  private final boolean rootNeedsInputGradient;
  private final Frame root = new Frame(null);
  private final Gradients gradients = new Gradients();
  private @Nullable Thread owner;
  private Frame current = root;
  private boolean needsInputGradient;

  private Pass(boolean training, boolean rootNeedsInputGradient) {
    this.training = training;
    this.rootNeedsInputGradient = rootNeedsInputGradient;
    this.needsInputGradient = rootNeedsInputGradient;
  }

  /**
   * {@return a pass for training: parameter gradients, but no gradient of the network's own input,
   * which nobody needs and which would be a third of a two-layer network's arithmetic}
   */
  public static Pass forTraining() {
    return new Pass(true, false);
  }

  /**
   * {@return a pass that computes the gradient of the input as well: for checks, and for layers
   * chained by hand}
   */
  public static Pass forGradients() {
    return new Pass(true, true);
  }

  /** {@return a pass for forward only} */
  public static Pass forInference() {
    return new Pass(false, false);
  }

  /** {@return whether a backward may follow} */
  public boolean isTraining() {
    return training;
  }

  /** {@return the gradients of the parameters} */
  public Gradients gradients() {
    checkOwner();
    return gradients;
  }

  /** Lets another thread take this pass over; the next to use it becomes its owner. */
  public void release() {
    checkOwner();
    owner = null;
  }

  // What a layer's forward uses.

  /**
   * {@return the tensor that {@code layer} is to fill with its output for this input, which the
   * pass remembers for backward} Checks the input's shape, whenever it changes, by {@link
   * Layer#outputShape}.
   *
   * @param layer the one that runs
   * @param input what it was given
   */
  public Tensor output(Layer layer, Tensor input) {
    checkOwner();
    Frame frame = frame(layer);
    Memory memory = frame.memory(layer, input);
    frame.current = memory;
    // For inference nobody asks for it again, and it may be large.
    memory.input = training ? input : null;
    frame.ready = training;
    return memory.output;
  }

  /**
   * {@return a tensor of the layer's own, to keep something from forward to backward or to work in;
   * the same one for the same slot until the input's shape changes}
   *
   * @param layer the one that runs
   * @param slot 0, 1, 2, ... as the layer likes
   * @param shape of the tensor
   */
  public Tensor buffer(Layer layer, int slot, Shape shape) {
    return memory(layer).buffer(slot, shape);
  }

  // What a layer's backward uses.

  /**
   * Begins a backward: the input of the forward that this gradient belongs to.
   *
   * @param layer the one that runs
   * @param outputGradient what its backward was given
   * @return the input of the forward that this gradient belongs to
   * @throws IllegalStateException if there was no forward on this pass since the last backward
   * @throws ShapeException if the gradient has not the output's shape
   */
  public Tensor recall(Layer layer, Tensor outputGradient) {
    checkOwner();
    if (!training) {
      throw new IllegalStateException(
          layer + ": backward on a pass for inference; use Pass.forTraining()");
    }
    Frame frame = frame(layer);
    Memory memory = frame.current;
    if (memory == null || !frame.ready) {
      throw new IllegalStateException(
          layer
              + ": backward before forward on this pass"
              + (memory == null ? "" : " (each forward serves one backward)"));
    }
    Shape expected = memory.output.shape();
    if (!expected.equals(outputGradient.shape())) {
      throw new ShapeException(layer + " output gradient", expected, outputGradient.shape());
    }
    requireType(layer, "output gradient", memory.output.dtype(), outputGradient.dtype());
    frame.ready = false;
    return memory.input();
  }

  /**
   * {@return the output of the forward that is being differentiated}
   *
   * @param layer the one that runs
   */
  public Tensor recallOutput(Layer layer) {
    return memory(layer).output;
  }

  /**
   * {@return whether backward must compute the gradient of this layer's input and return it; if
   * not, it must return null} False for the first layers of a network in training.
   */
  public boolean needsInputGradient() {
    return needsInputGradient;
  }

  /**
   * {@return the tensor to fill with dL/dx; its contents before are undefined}
   *
   * @param layer the one that runs
   */
  public Tensor inputGradient(Layer layer) {
    Memory memory = memory(layer);
    Tensor result = memory.inputGradient;
    if (result == null) {
      result = Tensor.zeros(memory.output.dtype(), memory.inputShape);
      memory.inputGradient = result;
    }
    return result;
  }

  /**
   * {@return the tensor to <em>add</em> dL/dparameter to}
   *
   * @param parameter one of the layer's
   */
  public Tensor gradient(Parameter parameter) {
    boolean fresh = !hasGradient(parameter);
    Tensor gradient = gradientBuffer(parameter);
    if (fresh) {
      gradient.fill(0);
    }
    return gradient;
  }

  /**
   * {@return whether something was added to this parameter's gradient already}
   *
   * @param parameter one of the layer's
   */
  public boolean hasGradient(Parameter parameter) {
    checkOwner();
    return gradients.has(parameter);
  }

  /**
   * {@return the gradient's tensor, for a layer that can overwrite as well as add: ask {@link
   * #hasGradient} first, and if it says false, overwrite all of it} Saves {@link #gradient}'s
   * clearing.
   *
   * @param parameter one of the layer's
   */
  public Tensor gradientBuffer(Parameter parameter) {
    checkOwner();
    return gradients.open(parameter);
  }

  // What a container of layers uses.

  /**
   * Runs one of a container's layers. An exception about its input's shape is passed on with the
   * position added.
   *
   * @param container the layer that calls
   * @param position which of its layers this is: 0, 1, 2, ...; each use of a layer has its own
   * @param layer the one to run
   * @param input what it is given
   * @return its output
   */
  public Tensor forward(Layer container, int position, Layer layer, Tensor input) {
    checkOwner();
    Frame outer = current;
    current = frame(container).child(position, layer);
    try {
      return layer.forward(input, this);
    } catch (ShapeException e) {
      throw e.inside(position);
    } finally {
      current = outer;
    }
  }

  /**
   * Runs one of a container's layers backward.
   *
   * @param container the layer that calls
   * @param position that of the forward
   * @param layer the one to run
   * @param outputGradient dL/dy of this layer
   * @param needsInputGradient whether the container has a use for the gradient of this layer's
   *     input
   * @return that gradient, null exactly when there is no use for it
   */
  public @Nullable Tensor backward(
      Layer container,
      int position,
      Layer layer,
      Tensor outputGradient,
      boolean needsInputGradient) {
    checkOwner();
    Frame outer = current;
    boolean outerNeeds = this.needsInputGradient;
    current = frame(container).child(position, layer);
    this.needsInputGradient = needsInputGradient;
    try {
      Tensor result = layer.backward(outputGradient, this);
      if ((result == null) == needsInputGradient) {
        throw new IllegalStateException(
            layer
                + (needsInputGradient
                    ? ": backward returned null although the input gradient is needed"
                    : ": backward returned an input gradient that is not needed; it must return null"));
      }
      return result;
    } catch (ShapeException e) {
      throw e.inside(position);
    } finally {
      current = outer;
      this.needsInputGradient = outerNeeds;
    }
  }

  /**
   * {@return a tensor like {@code output}, for a loss to fill with the gradient of it; one per
   * shape, reused}
   *
   * @param output what a network gave
   */
  public Tensor outputGradient(Tensor output) {
    checkOwner();
    return root.lossGradient(output);
  }

  // Inside.

  private void checkOwner() {
    Thread thread = Thread.currentThread();
    if (owner != thread) {
      if (owner != null) {
        throw new IllegalStateException(
            "Pass: belongs to thread "
                + owner.getName()
                + ", used from "
                + thread.getName()
                + "; give each thread a pass of its own");
      }
      owner = thread;
    }
    if (current == root) {
      needsInputGradient = rootNeedsInputGradient;
    }
  }

  @SuppressWarnings("ReferenceEquality") // two equal layers are still two layers
  private Frame frame(Layer layer) {
    return current.layer == layer ? current : current.byLayer(layer);
  }

  private Memory memory(Layer layer) {
    checkOwner();
    Memory memory = frame(layer).current;
    if (memory == null) {
      throw new IllegalStateException(
          layer + ": asks the pass for memory before output(layer, input)");
    }
    return memory;
  }

  private static void requireType(Object who, String what, DType expected, DType actual) {
    if (expected != actual) {
      throw new IllegalArgumentException(
          who + ": expects " + what + " of type " + expected + ", got " + actual);
    }
  }

  /** What one use of one layer remembers, and the frames of the layers inside it. */
  private static final class Frame {
    private final @Nullable Layer layer;
    private final List<@Nullable Frame> children = new ArrayList<>();
    private final IdentityHashMap<Layer, Frame> inner = new IdentityHashMap<>();
    private final List<Memory> memories = new ArrayList<>();
    private final List<Tensor> lossGradients = new ArrayList<>();
    private @Nullable Memory current;
    private boolean ready;

    private Frame(@Nullable Layer layer) {
      this.layer = layer;
    }

    @SuppressWarnings("ReferenceEquality") // two equal layers are still two layers
    private Frame child(int position, Layer childLayer) {
      while (children.size() <= position) {
        children.add(null);
      }
      Frame child = children.get(position);
      if (child == null || child.layer != childLayer) {
        child = new Frame(childLayer);
        children.set(position, child);
      }
      return child;
    }

    private Frame byLayer(Layer innerLayer) {
      Frame frame = inner.get(innerLayer);
      if (frame == null) {
        frame = new Frame(innerLayer);
        inner.put(innerLayer, frame);
      }
      return frame;
    }

    private Memory memory(Layer owner, Tensor input) {
      for (int i = 0; i < memories.size(); i++) {
        Memory memory = memories.get(i);
        if (memory.output.dtype() == input.dtype() && memory.inputShape.equals(input.shape())) {
          return memory;
        }
      }
      Shape outputShape = owner.outputShape(input.shape());
      List<Parameter> parameters = owner.parameters();
      for (int i = 0; i < parameters.size(); i++) {
        DType type = parameters.get(i).value().dtype();
        requireType(owner, "input (as its parameters)", type, input.dtype());
      }
      Memory memory = new Memory(input, Tensor.zeros(input.dtype(), outputShape));
      if (memories.size() == KEPT_SHAPES) {
        memories.remove(0);
      }
      memories.add(memory);
      return memory;
    }

    private Tensor lossGradient(Tensor output) {
      for (int i = 0; i < lossGradients.size(); i++) {
        Tensor gradient = lossGradients.get(i);
        if (gradient.dtype() == output.dtype() && gradient.shape().equals(output.shape())) {
          return gradient;
        }
      }
      Tensor gradient = Tensor.zeros(output.dtype(), output.shape());
      if (lossGradients.size() == KEPT_SHAPES) {
        lossGradients.remove(0);
      }
      lossGradients.add(gradient);
      return gradient;
    }
  }

  /** The tensors of one frame for one shape of input. */
  private static final class Memory {
    private final Shape inputShape;
    private final Tensor output;
    private final List<@Nullable Tensor> buffers = new ArrayList<>();
    private @Nullable Tensor input;
    private @Nullable Tensor inputGradient;

    private Memory(Tensor input, Tensor output) {
      this.inputShape = input.shape();
      this.output = output;
    }

    private Tensor input() {
      Tensor result = input;
      if (result == null) {
        throw new AssertionError("a frame that is ready has an input");
      }
      return result;
    }

    private Tensor buffer(int slot, Shape shape) {
      while (buffers.size() <= slot) {
        buffers.add(null);
      }
      Tensor buffer = buffers.get(slot);
      if (buffer == null || !buffer.shape().equals(shape)) {
        buffer = Tensor.zeros(output.dtype(), shape);
        buffers.set(slot, buffer);
      }
      return buffer;
    }
  }
}
