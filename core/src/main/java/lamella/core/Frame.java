package lamella.core;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import lamella.core.kernel.PackedWeights;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link Pass} remembers of one use of one layer, and the frames of the layers inside it.
 *
 * <p>It holds no layer and no parameter, only tensors of the pass and the input of the last
 * forward: a pass that is kept does not keep the networks that were used on it.
 */
final class Frame {
  /** Shapes whose buffers a frame keeps: a full batch, the short last one, and two more. */
  private static final int KEPT_SHAPES = 4;

  private static final int NONE = -1;
  private static final long NEVER = -1;

  /** The layer used; empty for the root, which is no layer's. */
  private final WeakReference<@Nullable Layer> layer;

  /** The frame of the layer that calls this one; null for the root. */
  private final @Nullable Frame parent;

  /** Which of its layers this one is; {@link #NONE} if that was not said. */
  private final int position;

  /** The frame of the layer that the caller of the pass runs; null for the root. */
  private final @Nullable Frame outermost;

  private final List<@Nullable Frame> children = new ArrayList<>();
  private final WeakIdentityMap<Layer, Frame> inner = new WeakIdentityMap<>();

  /** The frames in {@link #inner}; not at the root, where they come and go with networks. */
  private final List<Frame> innerFrames = new ArrayList<>();

  private final List<Memory> memories = new ArrayList<>();
  private final List<KeyedRandom> randoms = new ArrayList<>();

  /** Which of its parent's frames without a position this one is, and when that was counted. */
  private int number;

  private long numberedAt = NEVER;

  /** How many frames inside have a number, and when they were counted. */
  private int numbered;

  private long countedAt = NEVER;
  private @Nullable WeakIdentityMap<Parameter, Boolean> named;
  private @Nullable List<WeakReference<Parameter>> own;
  private @Nullable Tensor inputCopy;
  private @Nullable Tensor outputGradientCopy;

  /** That of the last forward. */
  @Nullable Memory current;

  /** What was last found for {@link Pass#multiply}, and for how many rows. */
  private PackedParameters.@Nullable Entry packed;

  private int packedRows;

  /** Whether a backward may follow. */
  boolean ready;

  /** That of the backward that runs, or of the last one. */
  @Nullable Tensor outputGradient;

  /** {@link Gradients#written} when that backward began. */
  long written;

  /** The root of a pass. */
  Frame() {
    this.layer = new WeakReference<>(null);
    this.parent = null;
    this.position = NONE;
    this.outermost = null;
  }

  private Frame(Layer layer, Frame parent, int position) {
    this.layer = new WeakReference<>(layer);
    this.parent = parent;
    this.position = position;
    this.outermost = parent.outermost == null ? this : parent.outermost;
  }

  boolean isOf(Layer candidate) {
    return layer.refersTo(candidate);
  }

  /** The frame of one of the uses of a container's layers. */
  Frame child(int position, Layer childLayer) {
    while (children.size() <= position) {
      children.add(null);
    }
    Frame child = children.get(position);
    if (child == null || !child.isOf(childLayer)) {
      child = new Frame(childLayer, this, position);
      children.set(position, child);
    }
    return child;
  }

  /** The frame of a layer that is used without a position. */
  Frame byLayer(Layer innerLayer) {
    Frame frame = inner.get(innerLayer);
    if (frame == null) {
      frame = new Frame(innerLayer, this, NONE);
      inner.put(innerLayer, frame);
      if (outermost != null) {
        innerFrames.add(frame);
      }
    }
    return frame;
  }

  /** The random numbers of a slot. */
  KeyedRandom random(int slot) {
    while (randoms.size() <= slot) {
      randoms.add(new KeyedRandom());
    }
    return randoms.get(slot);
  }

  /**
   * A number for where in the network this is, made of the positions from the outermost layer on. A
   * layer without a position, as the outermost is, counts by its order among those that were asked
   * since the step began.
   *
   * @param time another number whenever a step begins
   */
  long place(long time) {
    if (parent == null) {
      return 0;
    }
    return KeyedRandom.mix(
        parent.place(time) + (position == NONE ? -1 - number(parent, time) : position + 1));
  }

  private int number(Frame around, long time) {
    if (numberedAt != time) {
      numberedAt = time;
      number = around.nextNumber(time);
    }
    return number;
  }

  private int nextNumber(long time) {
    if (countedAt != time) {
      countedAt = time;
      numbered = 0;
    }
    return numbered++;
  }

  /**
   * Whether the outermost layer names this parameter among its own. A layer at the root, which
   * nothing is around, is asked for its own parameters only.
   */
  boolean owns(Parameter parameter) {
    return outermost == null || outermost.names(parameter);
  }

  /** Whether any parameter of this frame's layer is trained. */
  boolean isTrained() {
    List<WeakReference<Parameter>> parameters = own;
    if (parameters == null) {
      parameters = new ArrayList<>();
      Layer running = layer.get();
      if (running != null) {
        for (Parameter parameter : running.parameters()) {
          parameters.add(new WeakReference<>(parameter));
        }
      }
      own = parameters;
    }
    for (int i = 0; i < parameters.size(); i++) {
      Parameter parameter = parameters.get(i).get();
      if (parameter != null && parameter.isTrained() && owns(parameter)) {
        return true;
      }
    }
    return false;
  }

  private boolean names(Parameter parameter) {
    WeakIdentityMap<Parameter, Boolean> named = this.named;
    if (named == null) {
      named = new WeakIdentityMap<>();
      Layer running = layer.get();
      if (running != null) {
        for (Parameter own : running.parameters()) {
          named.put(own, true);
        }
      }
      this.named = named;
    }
    return named.get(parameter) != null;
  }

  /** The copy of a weight, if there is one that serves as many rows. */
  @Nullable PackedWeights packed(
      PackedParameters parameters, Tensor x, Parameter weight, @Nullable Parameter bias) {
    int rows = x.shape().rank() == 0 ? 1 : x.shape().dimension(0);
    PackedParameters.Entry entry = packed;
    if (entry == null || packedRows != rows || !entry.serves(weight, bias)) {
      entry = parameters.use(rows, weight, bias);
      packed = entry;
      packedRows = rows;
    }
    return entry == null ? null : entry.packed;
  }

  /** The tensors for this input; new ones for a new shape, which the layer is asked about. */
  Memory memory(Layer owner, Tensor input) {
    for (int i = 0; i < memories.size(); i++) {
      Memory memory = memories.get(i);
      if (memory.output().dtype() == input.dtype() && memory.inputShape().equals(input.shape())) {
        return memory;
      }
    }
    Shape outputShape = owner.outputShape(input.shape());
    List<Parameter> parameters = owner.parameters();
    for (int i = 0; i < parameters.size(); i++) {
      DType type = parameters.get(i).value().dtype();
      Pass.requireType(owner, "input (as its parameters)", type, input.dtype());
    }
    Memory memory = new Memory(owner, input, Tensor.zeros(input.dtype(), outputShape));
    if (memories.size() == KEPT_SHAPES) {
      memories.remove(0);
    }
    memories.add(memory);
    return memory;
  }

  /** The input itself, or a copy if this layer's own computation would write to it. */
  Tensor separateInput(Tensor input) {
    if (!writesTo(Elements.memory(input))) {
      return input;
    }
    Tensor copy = copy(inputCopy, input);
    inputCopy = copy;
    return copy;
  }

  /** The gradient itself, or a copy if this layer's own computation would write to it. */
  Tensor separateOutputGradient(Tensor gradient) {
    if (!writesTo(Elements.memory(gradient))) {
      return gradient;
    }
    Tensor copy = copy(outputGradientCopy, gradient);
    outputGradientCopy = copy;
    return copy;
  }

  private static Tensor copy(@Nullable Tensor reused, Tensor original) {
    Tensor copy = reused;
    if (copy == null
        || copy.dtype() != original.dtype()
        || !copy.shape().equals(original.shape())) {
      copy = Tensor.zeros(original.dtype(), original.shape());
    }
    copy.copyFrom(original);
    return copy;
  }

  /** Is shown frames that have run. */
  @FunctionalInterface
  interface Visitor {
    void visit(String path, Layer layer, Memory memory);
  }

  /** Shows the frames inside and then this one, where they ran; {@code path} is this one's. */
  void visit(String path, Visitor visitor) {
    Layer own = layer.get();
    if (own == null) {
      return;
    }
    for (int i = 0; i < children.size(); i++) {
      Frame child = children.get(i);
      if (child != null) {
        child.visit(Layers.inside(path, i), visitor);
      }
    }
    List<Layer> layers = innerFrames.isEmpty() ? List.of() : own.layers();
    for (Frame innerFrame : innerFrames) {
      for (int i = 0; i < layers.size(); i++) {
        if (innerFrame.isOf(layers.get(i))) {
          innerFrame.visit(Layers.inside(path, i), visitor);
        }
      }
    }
    Memory memory = current;
    if (memory != null) {
      visitor.visit(path, own, memory);
    }
  }

  /** Whether the array is that of a tensor of this frame's or of those inside it. */
  private boolean writesTo(Object array) {
    for (int i = 0; i < memories.size(); i++) {
      if (memories.get(i).has(array)) {
        return true;
      }
    }
    for (int i = 0; i < children.size(); i++) {
      Frame child = children.get(i);
      if (child != null && child.writesTo(array)) {
        return true;
      }
    }
    for (int i = 0; i < innerFrames.size(); i++) {
      if (innerFrames.get(i).writesTo(array)) {
        return true;
      }
    }
    return false;
  }
}
