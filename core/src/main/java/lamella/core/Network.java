package lamella.core;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Layers one after the other: y = f_k(... f_1(f_0(x))). Itself a layer, so networks nest.
 *
 * {@snippet file="SnippetsTest.java" region="network"}
 *
 * <p>The chain of shapes is checked once, when the network is made. Any number of threads may
 * compute with one network at once, each with a {@link Pass} of its own; nobody may change its
 * parameters meanwhile.
 */
public final class Network implements Layer {
  private final Shape inputShape;
  private final Shape batchShape;
  private final Shape outputShape;
  private final List<Layer> layers;
  private final List<Parameter> parameters;

  /** Of each parameter, the position of the first layer that has it. */
  private final int[] positions;

  private Outputs outputs = Outputs.UNSPECIFIED;

  private Network(Shape inputShape, List<Layer> layers) {
    if (layers.isEmpty()) {
      throw new IllegalArgumentException("Network: needs at least one layer");
    }
    this.inputShape = inputShape;
    this.batchShape = inputShape.openBatch();
    this.layers = List.copyOf(layers);
    this.outputShape = chain(batchShape).example();
    IdentityHashMap<Parameter, Parameter> seen = new IdentityHashMap<>();
    List<Parameter> all = new ArrayList<>();
    List<Integer> firstLayers = new ArrayList<>();
    for (int i = 0; i < layers.size(); i++) {
      for (Parameter parameter : layers.get(i).parameters()) {
        if (seen.put(parameter, parameter) == null) {
          all.add(parameter);
          firstLayers.add(i);
        }
      }
    }
    this.parameters = List.copyOf(all);
    this.positions = new int[all.size()];
    for (int i = 0; i < positions.length; i++) {
      positions[i] = firstLayers.get(i);
    }
    Layers.requireIndependentParameters(this);
  }

  private static List<Layer> present(List<? extends Layer> layers) {
    for (int i = 0; i < layers.size(); i++) {
      if (layers.get(i) == null) {
        throw new IllegalArgumentException("Network: layer " + i + " is null");
      }
    }
    return List.copyOf(layers);
  }

  /**
   * {@return a network of these layers}
   *
   * @param inputShape the shape of one example, for example {@code Shape.of(3072)}
   * @param layers in the order in which the input goes through them
   * @throws ShapeException if a layer cannot take what the layer before gives; names its position
   * @throws IllegalArgumentException if there is no layer or one is null, or two parameters lie
   *     over one array; names them
   */
  public static Network of(Shape inputShape, Layer... layers) {
    return new Network(inputShape, present(Arrays.asList(layers)));
  }

  /**
   * {@return a network of these layers}
   *
   * @param inputShape the shape of one example
   * @param layers in order
   * @throws ShapeException as for {@link #of(Shape, Layer...)}
   * @throws IllegalArgumentException likewise
   */
  public static Network of(Shape inputShape, List<? extends Layer> layers) {
    return new Network(inputShape, present(layers));
  }

  /**
   * {@return a network of these layers followed by those of this one, which it shares: training
   * either trains both}
   *
   * @param head what prepares the inputs; takes inputs of the shape that this network does
   * @throws ShapeException as for {@link #of(Shape, Layer...)}
   */
  public Network withHead(Preprocessing... head) {
    return withHead(inputShape, head);
  }

  /**
   * {@return the same for a head that takes inputs of another shape than this network does}
   *
   * @param inputs the shape of one example before the head
   * @param head what prepares the inputs
   * @throws ShapeException as for {@link #of(Shape, Layer...)}
   */
  public Network withHead(Shape inputs, Preprocessing... head) {
    List<Layer> all = new ArrayList<>(Arrays.asList(head));
    all.addAll(layers);
    Network other = new Network(inputs, present(all));
    other.outputs = outputs;
    return other;
  }

  /**
   * {@return a network of the same layers without those at the beginning that prepare the inputs
   * ({@link Preprocessing}), for inputs that are prepared already; this network if it has none}
   *
   * @throws IllegalArgumentException if no layer is left
   */
  public Network withoutHead() {
    List<Layer> head = head();
    if (head.isEmpty()) {
      return this;
    }
    Shape shape = batchShape;
    for (Layer preparation : head) {
      shape = preparation.outputShape(shape);
    }
    Network body = new Network(shape.example(), layers.subList(head.size(), layers.size()));
    body.outputs = outputs;
    return body;
  }

  /**
   * {@return the layers at the beginning that prepare the inputs ({@link Preprocessing}), in order;
   * empty for most networks}
   */
  public List<Layer> head() {
    int size = 0;
    while (size < layers.size() && layers.get(size) instanceof Preprocessing) {
      size++;
    }
    return layers.subList(0, size);
  }

  /** {@return the layers in order} */
  @Override
  public List<Layer> layers() {
    return layers;
  }

  /** {@return the shape of one input example} */
  public Shape inputShape() {
    return inputShape;
  }

  /** {@return the shape of one example's output} */
  public Shape outputShape() {
    return outputShape;
  }

  /**
   * {@return what the outputs mean: what was said of this network, or else what its last layer
   * says}
   */
  public Outputs outputs() {
    return outputs == Outputs.UNSPECIFIED ? layers.getLast().outputMeaning() : outputs;
  }

  /** The same as {@link #outputs}. */
  @Override
  public Outputs outputMeaning() {
    return outputs();
  }

  /**
   * {@return a network of the same layers, whose outputs mean this}
   *
   * @param meaning of the outputs
   * @throws IllegalArgumentException if there cannot be classes: less than two outputs, or outputs
   *     that are not a row
   */
  public Network withOutputs(Outputs meaning) {
    requirePossible(meaning);
    Network other = new Network(inputShape, layers);
    other.outputs = meaning;
    return other;
  }

  /**
   * Says what the outputs mean where nobody has: as a training does, which knows it from its loss.
   * This network is changed, and so is the network that is its last layer.
   *
   * @param meaning of the outputs
   * @throws IllegalArgumentException if there cannot be classes: less than two outputs, or outputs
   *     that are not a row
   * @throws IllegalStateException if they mean something else
   */
  public void declareOutputs(Outputs meaning) {
    requirePossible(meaning);
    Outputs said = outputs();
    if (said != Outputs.UNSPECIFIED && said != meaning) {
      throw new IllegalStateException(
          this + ": its outputs are " + said + ", and cannot be declared " + meaning);
    }
    outputs = meaning;
    if (layers.getLast() instanceof Network last && last.outputs() == Outputs.UNSPECIFIED) {
      last.declareOutputs(meaning);
    }
  }

  private void requirePossible(Outputs meaning) {
    if (meaning.areOfClasses() && meaning.classes(outputShape) == 0) {
      throw new IllegalArgumentException(
          this
              + ": "
              + meaning
              + " need outputs [classes], two or more, got "
              + outputShape
              + "; for yes or no with one output, use Outputs.YES_NO");
    }
  }

  /** The parameters of all layers in order; those of a layer that appears twice, once. */
  @Override
  public List<Parameter> parameters() {
    return parameters;
  }

  /**
   * {@return the element type of the parameters; float32 if there are none}
   *
   * @throws IllegalStateException if they are of both types: nothing can be computed then
   */
  public DType dtype() {
    DType dtype = parameters.isEmpty() ? DType.FLOAT32 : parameters.getFirst().value().dtype();
    for (int i = 1; i < parameters.size(); i++) {
      if (parameters.get(i).value().dtype() != dtype) {
        throw new IllegalStateException(
            this + ": expects parameters of one type, has float32 and float64");
      }
    }
    return dtype;
  }

  @Override
  public Shape outputShape(Shape input) {
    requireInput(input);
    return chain(input);
  }

  private void requireInput(Shape input) {
    if (!batchShape.accepts(input)) {
      throw new ShapeException(this, batchShape, input);
    }
  }

  private Shape chain(Shape input) {
    Shape shape = input;
    for (int i = 0; i < layers.size(); i++) {
      shape = Layers.outputShape(i, layers.get(i), shape);
    }
    return shape;
  }

  /** The sum over the layers; a layer that appears twice computes twice. */
  @Override
  public long multiplyAdds(Shape example) {
    Shape shape = example.openBatch();
    long sum = 0;
    for (Layer layer : layers) {
      sum += layer.multiplyAdds(shape.example());
      shape = layer.outputShape(shape);
    }
    return sum;
  }

  @Override
  public Tensor forward(Tensor input, Pass pass) {
    requireInput(input.shape());
    Tensor tensor = pass.separateInput(this, input);
    for (int i = 0; i < layers.size(); i++) {
      tensor = pass.forward(this, i, layers.get(i), tensor);
    }
    return tensor;
  }

  @Override
  public @Nullable Tensor backward(Tensor outputGradient, Pass pass) {
    if (!pass.isTraining()) {
      throw new IllegalStateException(
          this + ": backward on a pass for inference; use Pass.forTraining()");
    }
    boolean inputGradientNeeded = pass.needsInputGradient();
    int first = inputGradientNeeded ? 0 : firstTrained(pass);
    Tensor gradient = pass.separateOutputGradient(this, outputGradient);
    for (int i = layers.size() - 1; i >= first; i--) {
      boolean needed = inputGradientNeeded || i > first;
      Tensor previous = pass.backward(this, i, layers.get(i), gradient, needed);
      if (previous == null) {
        return null;
      }
      gradient = previous;
    }
    return inputGradientNeeded ? gradient : null;
  }

  /**
   * The position of the first layer that is trained: no gradient is needed before it, unless the
   * input's is.
   */
  private int firstTrained(Pass pass) {
    for (int i = 0; i < positions.length; i++) {
      if (pass.needsGradient(parameters.get(i))) {
        return positions[i];
      }
    }
    return layers.size();
  }

  /**
   * {@return what somebody calls who means this parameter: the position and the layer it belongs
   * to, for example {@code layer 0 Linear(3072 -> 64): weight}}
   *
   * @param parameter one of the network's
   */
  public String describe(Parameter parameter) {
    return Layers.describe(this, parameter);
  }

  /**
   * {@return a network of copies of the layers, with parameters of its own of the same values, the
   * same ones frozen} A layer that appears twice is one layer in the copy as well.
   *
   * @throws UnsupportedOperationException if a layer cannot be copied, see {@link
   *     Layer#copy(UnaryOperator)}; names it
   */
  public Network copy() {
    IdentityHashMap<Layer, Layer> copies = new IdentityHashMap<>();
    Network copy =
        copy(
            new UnaryOperator<>() {
              @Override
              public Layer apply(Layer layer) {
                Layer known = copies.get(layer);
                if (known == null) {
                  known = layer.copy(this);
                  copies.put(layer, known);
                }
                return known;
              }
            });
    requireCopied(copy);
    for (int i = 0; i < parameters.size(); i++) {
      if (parameters.get(i).isFrozen()) {
        copy.parameters.get(i).freeze();
      }
    }
    return copy;
  }

  @Override
  public Network copy(UnaryOperator<Layer> copies) {
    Network copy = new Network(inputShape, layers.stream().map(copies).toList());
    copy.outputs = outputs;
    return copy;
  }

  /** As many parameters, and all of them others: or a layer's copy method is wrong. */
  private void requireCopied(Network copy) {
    for (Parameter parameter : parameters) {
      if (copy.parameters.contains(parameter)) { // a parameter equals itself only
        throw new UnsupportedOperationException(
            describe(parameter)
                + " cannot be copied: the copy of its layer has the same parameter");
      }
    }
    if (copy.parameters.size() != parameters.size()) {
      throw new UnsupportedOperationException(
          this
              + ": cannot be copied: "
              + parameters.size()
              + " parameters expected in the copy, "
              + copy.parameters.size()
              + " found (a parameter of two layers? use one layer twice)");
    }
  }

  /**
   * {@return a table of the layers: position, output shape of one example, parameters and
   * multiply-adds per example}
   *
   * <p>The layers of a network in it follow it, indented. The parameters of a layer that appears
   * twice are counted where it appears first; the columns add up to the totals. Where a parameter
   * is frozen or a statistic, two more lines tell how many numbers are trained and how many not.
   */
  public String summary() {
    return Summary.of(this);
  }

  /** For example {@code Network([3072] -> Linear(3072 -> 64) -> ReLU -> Linear(64 -> 10))}. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("Network(").append(inputShape);
    for (Layer layer : layers) {
      text.append(" -> ").append(layer);
    }
    return text.append(')').toString();
  }
}
