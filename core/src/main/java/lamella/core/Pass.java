package lamella.core;

import java.util.List;
import lamella.core.kernel.PackedProduct;
import lamella.core.kernel.PackedWeights;
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
 * <p>What backward needs is not copied: between forward and backward, the input, the output and the
 * parameters must stay as they are. Backward refuses to compute with what was changed: a write by
 * {@link Tensor#set}, {@link Tensor#fill} or {@link Tensor#copyFrom} is always seen; one to the
 * live array is seen by the elements that the pass looks at, all of an input of up to 64 (16 of an
 * output or a parameter) and as many, spread, of a larger one, so that a write to a few of a large
 * array may go unseen ({@link Tensor#markChanged} tells of it).
 *
 * <p>Outputs and input gradients are overwritten when their layer runs again. They may be given to
 * a network on the same pass nonetheless: what it would overwrite, it copies first.
 *
 * <p>A pass holds no layer and no parameter, except those that have a gradient since it was last
 * asked for them. One pass may serve any number of networks, one after the other or in turn.
 *
 * <p>Each layer has a frame of its own on the pass. A container gives each of its uses of a layer a
 * position ({@link #forward(Layer, int, Layer, Tensor)}), so that one layer may appear twice in a
 * network.
 */
public final class Pass {
  private final boolean training;
  private final boolean rootNeedsInputGradient;
  private final Frame root = new Frame();
  private Gradients gradients = new Gradients();

  /** Whether weights' gradients may be left to whoever uses them first. */
  private boolean defersProducts;

  /** The gradients that losses fill, by the output that they are of. */
  private final WeakIdentityMap<Tensor, Tensor> outputGradients = new WeakIdentityMap<>();

  /** What layers may write to as the gradients of parameters that nobody trains. */
  private final WeakIdentityMap<Parameter, Tensor> discarded = new WeakIdentityMap<>();

  private @Nullable Thread owner;
  private Frame current = root;
  private boolean needsInputGradient;

  /** What the last layer to begin a forward in training fills. */
  private @Nullable Tensor lastOutput;

  private final Updates updates = new Updates();

  /** A predictor's copies of weights; null where there are none. */
  private final @Nullable PackedParameters packedParameters;

  /** The work of a product with one of them; null before the first. */
  private @Nullable PackedProduct packedProduct;

  /** Whether there is a seed, and what random numbers are made of. */
  private final boolean seeded;

  private final long seed;
  private long step;
  private long firstRow;

  /** How many steps have begun. */
  private long begun;

  private Pass(boolean training, boolean rootNeedsInputGradient, boolean seeded, long seed) {
    this(training, rootNeedsInputGradient, seeded, seed, null);
  }

  private Pass(
      boolean training,
      boolean rootNeedsInputGradient,
      boolean seeded,
      long seed,
      @Nullable PackedParameters packedParameters) {
    this.packedParameters = packedParameters;
    this.training = training;
    this.rootNeedsInputGradient = rootNeedsInputGradient;
    this.needsInputGradient = rootNeedsInputGradient;
    this.seeded = seeded;
    this.seed = seed;
  }

  /**
   * {@return a pass for training: parameter gradients, but no gradient of the network's own input,
   * which nobody needs and which would be a third of a two-layer network's arithmetic} For layers
   * that draw no random numbers.
   */
  public static Pass forTraining() {
    return new Pass(true, false, false, 0);
  }

  /**
   * {@return a pass for training with random numbers, of which {@link #beginStep} gives each step
   * its own}
   *
   * @param seed any number; 0 is an ordinary one
   */
  public static Pass forTraining(long seed) {
    return new Pass(true, false, true, seed);
  }

  /**
   * {@return a pass that computes the gradient of the input as well: for checks, and for layers
   * chained by hand} Without random numbers.
   */
  public static Pass forGradients() {
    return new Pass(true, true, false, 0);
  }

  /**
   * {@return a pass that computes the gradient of the input as well, with random numbers}
   *
   * @param seed any number; 0 is an ordinary one
   */
  public static Pass forGradients(long seed) {
    return new Pass(true, true, true, seed);
  }

  /** {@return a pass for forward only; nothing is random there} */
  public static Pass forInference() {
    return new Pass(false, false, false, 0);
  }

  /**
   * A pass for forward only, of a predictor that keeps copies of weights; null where it has none.
   */
  static Pass forInference(@Nullable PackedParameters packedParameters) {
    return new Pass(false, false, false, 0, packedParameters);
  }

  /** {@return whether a backward may follow} */
  public boolean isTraining() {
    return training;
  }

  /** {@return the gradients that backward adds to: its own, or those given to {@link #addTo}} */
  public Gradients gradients() {
    checkOwner();
    return gradients;
  }

  /**
   * Lets backward add to these gradients from now on, in place of those it added to before. They
   * stay as they are.
   *
   * @param other for example {@link Gradients#of(Layer) Gradients.of(network)}
   * @throws IllegalStateException if a layer is running on this pass
   */
  @SuppressWarnings("ReferenceEquality") // a frame is itself
  public void addTo(Gradients other) {
    checkOwner();
    if (current != root) {
      throw new IllegalStateException("Pass: a layer is running; give other gradients afterwards");
    }
    gradients = other;
  }

  /**
   * Lets backward leave the gradients of weights that are products ({@link #addProduct}) to whoever
   * uses them first. An optimiser that is made of {@link Loop}s then computes such a gradient piece
   * by piece and changes the weights by each piece while it is in a cache: the same bits, and a
   * step with a batch of one in half of the time. Whoever asks for the gradient gets it computed.
   *
   * <p>In return the input of a forward must stay as it is until the gradients have been used, and
   * not only until backward has ended; a trainer sees to that.
   */
  public void deferProducts() {
    checkOwner();
    defersProducts = true;
  }

  /** Lets another thread take this pass over; the next to use it becomes its owner. */
  public void release() {
    checkOwner();
    owner = null;
  }

  // What whoever trains uses.

  /**
   * Begins a step of training: from now on {@link #random} gives the numbers of this step, and
   * {@linkplain #update updates} of another step that were not committed are forgotten. A pass
   * begins with step 0.
   *
   * @param number of the step, from 0; the same number again gives the same random numbers
   * @throws IllegalArgumentException if it is negative
   */
  public void beginStep(long number) {
    beginStep(number, 0);
  }

  /**
   * Begins a step, or goes on with it, for a part of its batch. Parts that are given their place in
   * the batch draw the random numbers that the whole batch would draw.
   *
   * @param number of the step, from 0
   * @param firstRow the place in the step's batch of the first row of what is computed next, from 0
   * @throws IllegalArgumentException if one is negative
   */
  public void beginStep(long number, long firstRow) {
    checkOwner();
    if (number < 0 || firstRow < 0) {
      throw new IllegalArgumentException(
          "Pass: step and first row must not be negative, got " + number + " and " + firstRow);
    }
    if (number != step) {
      updates.forget();
    }
    step = number;
    this.firstRow = firstRow;
    begun++;
  }

  /**
   * Makes the new values of statistics, which forward has computed since the last commit or the
   * beginning of the step, those of the parameters: {@link #update}. Call it after the optimiser's
   * step; nobody may compute with the parameters meanwhile. Frozen ones stay as they are.
   */
  public void commit() {
    checkOwner();
    updates.commit();
  }

  // What a layer's forward uses.

  /**
   * {@return the tensor that {@code layer} is to fill with its output for this input, which the
   * pass remembers for backward; never the input itself} Checks the input's shape, whenever it
   * changes, by {@link Layer#outputShape}.
   *
   * @param layer the one that runs
   * @param input what it was given
   */
  @SuppressWarnings("ReferenceEquality") // a tensor is itself, whatever it holds
  public Tensor output(Layer layer, Tensor input) {
    checkOwner();
    Frame frame = frame(layer);
    Memory memory = frame.memory(layer, input);
    frame.current = memory;
    frame.ready = training;
    Tensor output = memory.outputFor(input);
    if (training) {
      memory.keep(input, input == lastOutput);
      lastOutput = output;
      if (frame != current) { // nobody tells when forward has ended
        memory.noteParameters();
      }
    } else {
      memory.forgetInput();
    }
    return output;
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

  /**
   * y = x W, or y = x W + b, for parameters: {@link Products#multiply}, or on a pass of a {@link
   * Predictor} the same bits from its own copy of W, which lies in memory as the product reads it.
   *
   * <p><b>Shapes:</b> x {@code [n, inputs]}, W {@code [inputs, outputs]}, b {@code [outputs]}, y
   * {@code [n, outputs]}.
   *
   * @param x the inputs; not changed
   * @param weight W
   * @param bias b, or null for none
   * @param y filled, for example the layer's output
   * @throws ShapeException if they do not fit
   * @throws IllegalArgumentException if the types differ, or the result is an operand
   */
  public void multiply(Tensor x, Parameter weight, @Nullable Parameter bias, Tensor y) {
    PackedParameters parameters = packedParameters;
    if (parameters != null) {
      checkOwner();
      PackedWeights packed = current.packed(parameters, x, weight, bias);
      if (packed != null) {
        PackedProduct product = packedProduct;
        if (product == null) {
          product = new PackedProduct(packed);
          packedProduct = product;
        }
        Products.multiply(x, weight.value(), packed, product, y);
        return;
      }
    }
    Products.multiply(x, weight.value(), bias == null ? null : bias.value(), y);
  }

  /**
   * {@return random numbers for this use of the layer in this step: a function of the seed, the
   * step, the place in the network, and the row and index that is asked for} Forward of the same
   * step again draws the same numbers, and backward may draw those of forward again.
   *
   * <p>The place is the chain of positions that leads to the layer ({@link #forward(Layer, int,
   * Layer, Tensor)}). A layer that runs without a position, as one that the pass is used with
   * directly, counts by its order among those that have asked since the step began.
   *
   * @param layer the one that runs
   * @throws IllegalStateException if the pass is for inference, where nothing is random, or has no
   *     seed
   */
  public KeyedRandom random(Layer layer) {
    return random(layer, 0);
  }

  /**
   * {@return random numbers for this use of the layer in this step, others for each slot}
   *
   * @param layer the one that runs
   * @param slot 0, 1, 2, ... as the layer likes
   * @throws IllegalStateException as of the other method
   */
  public KeyedRandom random(Layer layer, int slot) {
    checkOwner();
    if (!seeded) {
      throw new IllegalStateException(
          layer
              + (training
                  ? ": needs random numbers, and this pass has no seed; use Pass.forTraining(seed)"
                  : ": asks for random numbers on a pass for inference; draw them only where"
                      + " pass.isTraining()"));
    }
    Frame frame = frame(layer);
    KeyedRandom random = frame.random(slot);
    long place = KeyedRandom.mix(KeyedRandom.mix(seed) + step) + frame.place(begun);
    random.set(KeyedRandom.mix(KeyedRandom.mix(place) + slot), firstRow);
    return random;
  }

  /**
   * {@return the tensor to fill with the new value of a statistic, as of a running mean} It holds
   * the value as it is, or, if the layer ran before in this step, what was filled in then. The
   * parameter itself changes with {@link #commit}; without one, as in a check of gradients, nothing
   * does. Of a frozen statistic, or one that the layer the pass was used with does not name among
   * its parameters, the update is dropped.
   *
   * @param statistic one of the layer's
   * @throws IllegalStateException if the pass is for inference
   * @throws IllegalArgumentException if gradients train it
   */
  public Tensor update(Parameter statistic) {
    checkOwner();
    if (!training) {
      throw new IllegalStateException(
          statistic
              + ": updated on a pass for inference; update statistics only where"
              + " pass.isTraining()");
    }
    if (statistic.role().isTrainable()) {
      throw new IllegalArgumentException(
          statistic
              + ": is trained by gradients, as its role "
              + statistic.role()
              + " says; forward updates statistics only");
    }
    if (current.owns(statistic)) {
      return updates.open(statistic);
    }
    Tensor dropped = discarded(statistic);
    dropped.copyFrom(statistic.value());
    return dropped;
  }

  /**
   * {@return a tensor {@code [n, numbers]} of the layer's own, n the rows of its input; the same
   * one for the same slot until the input's shape changes} Without a new {@link Shape} in every
   * call.
   *
   * @param layer the one that runs
   * @param slot 0, 1, 2, ... as the layer likes; the slots of {@link #buffer}
   * @param numbers for each row, at least 1
   */
  public Tensor rowBuffer(Layer layer, int slot, int numbers) {
    return rowBuffer(layer, slot, 1, numbers);
  }

  /**
   * {@return a tensor {@code [n * times, numbers]} of the layer's own, so many rows for each of the
   * n rows of its input} Otherwise as {@link #rowBuffer(Layer, int, int)}.
   *
   * @param layer the one that runs
   * @param slot 0, 1, 2, ... as the layer likes; the slots of {@link #buffer}
   * @param times how many rows for each row, at least 1
   * @param numbers for each of them, at least 1
   */
  public Tensor rowBuffer(Layer layer, int slot, int times, int numbers) {
    return memory(layer).rowBuffer(slot, times, numbers);
  }

  // What a layer's backward uses.

  /**
   * Begins a backward: the input of the forward that this gradient belongs to.
   *
   * @param layer the one that runs
   * @param outputGradient what its backward was given
   * @return the input of the forward that this gradient belongs to
   * @throws IllegalStateException if there was no forward on this pass since the last backward, or
   *     if the input or one of the layer's parameters was changed since
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
              + (memory == null
                  ? ""
                  : " (each forward serves one backward; give two inputs as one batch, or each a"
                      + " pass of its own)"));
    }
    Shape expected = memory.output().shape();
    if (!expected.equals(outputGradient.shape())) {
      throw new ShapeException(layer + " output gradient", expected, outputGradient.shape());
    }
    requireType(layer, "output gradient", memory.output().dtype(), outputGradient.dtype());
    Tensor input = memory.unchangedInput(layer);
    frame.outputGradient = outputGradient;
    frame.written = gradients.written();
    frame.ready = false;
    return input;
  }

  /**
   * {@return the output of the forward that is being differentiated}
   *
   * @param layer the one that runs
   * @throws IllegalStateException if it was changed since
   */
  public Tensor recallOutput(Layer layer) {
    return memory(layer).unchangedOutput(layer);
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
    return memory.inputGradient(frame(layer).outputGradient);
  }

  /**
   * {@return whether this parameter is trained: it is no statistic and not frozen, and the layer
   * that the pass was used with names it in {@link Layer#parameters}} Where it is not, a layer may
   * leave out the parameter's gradient; what it writes is discarded.
   *
   * @param parameter one of the layer's
   */
  public boolean needsGradient(Parameter parameter) {
    checkOwner();
    return parameter.isTrained() && current.owns(parameter);
  }

  /**
   * {@return whether any parameter of this layer is trained} A container that chains layers needs
   * the input gradient of one if its own is needed, or if a layer before it is trained.
   *
   * @param layer inside the container
   */
  public boolean needsGradient(Layer layer) {
    List<Parameter> parameters = layer.parameters();
    for (int i = 0; i < parameters.size(); i++) {
      if (needsGradient(parameters.get(i))) {
        return true;
      }
    }
    return false;
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
    return needsGradient(parameter) && gradients.has(parameter);
  }

  /**
   * {@return the gradient's tensor, for a layer that can overwrite as well as add: ask {@link
   * #hasGradient} first, and if it says false, overwrite all of it} Saves {@link #gradient}'s
   * clearing.
   *
   * @param parameter one of the layer's
   */
  public Tensor gradientBuffer(Parameter parameter) {
    return needsGradient(parameter) ? gradients.open(parameter) : discarded(parameter);
  }

  /**
   * Adds xᵀ dy to the gradient of a weight W {@code [inputs, outputs]} with y = x W: {@link
   * Products#multiplyTransposedLeft}, at once or, on a pass that {@linkplain #deferProducts defers}
   * it, when it is used.
   *
   * <p><b>Shapes:</b> x {@code [n, inputs]}, dy {@code [n, outputs]}.
   *
   * @param weight one of the layer's
   * @param x the input that forward was given
   * @param dy the outputs' gradient
   * @throws ShapeException if they do not fit
   * @throws IllegalArgumentException if the types differ
   */
  public void addProduct(Parameter weight, Tensor x, Tensor dy) {
    if (!needsGradient(weight)) {
      return;
    }
    Products.requireTransposedLeft(x, dy, weight.value());
    if (!defersProducts || !gradients.defer(weight, x, dy)) {
      boolean add = gradients.has(weight);
      Products.multiplyTransposedLeft(x, dy, gradients.open(weight), add);
    }
  }

  private Tensor discarded(Parameter parameter) {
    Tensor tensor = discarded.get(parameter);
    if (tensor == null || tensor.dtype() != parameter.value().dtype()) {
      tensor = Tensor.zeros(parameter.value().dtype(), parameter.shape());
      discarded.put(parameter, tensor);
    }
    return tensor;
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
      Tensor output = layer.forward(input, this);
      outputFilled(current);
      return output;
    } catch (ShapeException e) {
      throw e.inside(position);
    } finally {
      current = outer;
    }
  }

  /**
   * Runs one of a container's layers backward; not at all if there is no use for what it would
   * give, because none of its parameters is trained and its input gradient is not needed.
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
    boolean complete = false;
    Frame frame = frame(container);
    Frame child = frame.child(position, layer);
    if (!needsInputGradient && !child.isTrained()) {
      return null;
    }
    current = child;
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
      complete = true;
      return result;
    } catch (ShapeException e) {
      throw e.inside(position);
    } finally {
      current = outer;
      this.needsInputGradient = outerNeeds;
      if (!complete && gradients.written() != frame.written) {
        gradients.markIncomplete();
      }
    }
  }

  /**
   * {@return the input for a container's layers: itself, or, where it is one of the tensors that
   * they write to, a copy}
   */
  Tensor separateInput(Layer container, Tensor input) {
    checkOwner();
    return frame(container).separateInput(input);
  }

  /** {@return the same of what the container's backward is given, which begins with this} */
  Tensor separateOutputGradient(Layer container, Tensor outputGradient) {
    checkOwner();
    Frame frame = frame(container);
    frame.written = gradients.written();
    return frame.separateOutputGradient(outputGradient);
  }

  /** Says that a layer has filled its output. */
  void outputFilled(Layer layer) {
    outputFilled(frame(layer));
  }

  private void outputFilled(Frame frame) {
    Memory memory = frame.current;
    if (training && memory != null) {
      memory.outputFilled();
    }
  }

  /**
   * {@return a tensor like {@code output}, for a loss to fill with the gradient of it: the same one
   * whenever it is asked for with this very tensor, another one for every other}
   *
   * @param output what a network gave
   */
  public Tensor outputGradient(Tensor output) {
    checkOwner();
    Tensor gradient = outputGradients.get(output);
    if (gradient == null) {
      gradient = Tensor.zeros(output.dtype(), output.shape());
      outputGradients.put(output, gradient);
    }
    return gradient;
  }

  /** Is shown the outputs of layers. */
  @FunctionalInterface
  public interface OutputVisitor {
    /**
     * Is called for each layer at each of its places.
     *
     * @param path where it stands, see {@link Layers}; empty for the layer that the pass ran
     * @param layer the one at this place
     * @param output what it gave last
     */
    void visit(String path, Layer layer, Tensor output);
  }

  /**
   * Shows what a layer and those inside it gave in the last forward on this pass, those inside
   * before the one around them, in the order of their positions. A container whose output is that
   * of a layer inside it, as a network's is, has none of its own.
   *
   * @param layer that the pass ran, for example a network
   * @param visitor is shown the outputs, which are still the pass's
   */
  public void outputs(Layer layer, OutputVisitor visitor) {
    visit(layer, (path, inner, memory) -> visitor.visit(path, inner, memory.output()));
  }

  /** Does the same with what is remembered of them. */
  void visit(Layer layer, Frame.Visitor visitor) {
    checkOwner();
    frame(layer).visit("", visitor);
  }

  // Inside.

  private void checkOwner() {
    Thread thread = Thread.currentThread();
    if (owner != thread) {
      if (owner != null) {
        throw new IllegalStateException(
            "Pass: belongs to thread "
                + name(owner)
                + ", used from "
                + name(thread)
                + "; give each thread a pass of its own");
      }
      owner = thread;
    }
    if (current == root) {
      needsInputGradient = rootNeedsInputGradient;
    }
  }

  /** Virtual threads have no name unless they are given one. */
  private static String name(Thread thread) {
    String number = "#" + thread.threadId() + (thread.isVirtual() ? " (virtual)" : "");
    return thread.getName().isEmpty()
        ? number
        : thread.getName() + (thread.isVirtual() ? " " + number : "");
  }

  private Frame frame(Layer layer) {
    return current.isOf(layer) ? current : current.byLayer(layer);
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

  static void requireType(Object who, String what, DType expected, DType actual) {
    if (expected != actual) {
      throw new IllegalArgumentException(
          who + ": expects " + what + " of type " + expected + ", got " + actual);
    }
  }
}
