package lamella.layers;

import java.util.List;
import java.util.function.UnaryOperator;
import lamella.core.Layer;
import lamella.core.Layers;
import lamella.core.Loop;
import lamella.core.Parameter;
import lamella.core.Pass;
import lamella.core.Shape;
import lamella.core.ShapeException;
import lamella.core.Tensor;
import lamella.core.io.FileFormatException;
import lamella.core.io.LayerFormat;
import lamella.core.io.OnnxGraph;
import lamella.core.io.OnnxNode;
import org.jspecify.annotations.Nullable;

/**
 * A block with a skip connection: y = x + f(x), f one layer after the other; dL/dx = dL/dy + f's
 * gradient for dL/dy.
 *
 * {@snippet file="SnippetsTest.java" region="residual"}
 *
 * <p><b>Shapes:</b> those that f gives back as it takes them.
 *
 * <p><b>Parameters:</b> those of the layers inside.
 *
 * <p>Source: K. He et al., "Deep residual learning for image recognition" (2015).
 */
public final class Residual implements Layer {
  private static final Loop SUM = new Addition();

  private final List<Layer> layers;
  private final List<Parameter> parameters;

  /**
   * A block of these layers.
   *
   * @param body in the order in which the input goes through them; the last gives the shape that
   *     the first takes
   * @throws IllegalArgumentException if there is none, or one is null
   */
  public Residual(Layer... body) {
    this(List.of(requirePresent(body)));
  }

  private Residual(List<Layer> layers) {
    this.layers = layers;
    this.parameters = Inside.parameters(layers);
  }

  private static Layer[] requirePresent(Layer[] body) {
    if (body.length == 0) {
      throw new IllegalArgumentException("Residual: needs at least one layer");
    }
    for (int i = 0; i < body.length; i++) {
      if (body[i] == null) {
        throw new IllegalArgumentException("Residual: layer " + i + " is null");
      }
    }
    return body;
  }

  /** The layers of f, in order. */
  @Override
  public List<Layer> layers() {
    return layers;
  }

  @Override
  public List<Parameter> parameters() {
    return parameters;
  }

  @Override
  public Residual copy(UnaryOperator<Layer> copies) {
    return new Residual(layers.stream().map(copies).toList());
  }

  @Override
  public Shape outputShape(Shape input) {
    Shape output = input;
    for (int i = 0; i < layers.size(); i++) {
      output = Layers.outputShape(i, layers.get(i), output);
    }
    if (!output.equals(input)) {
      throw new ShapeException(this + ": what is added to the input", input, output);
    }
    return output;
  }

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
    Tensor output = pass.output(this, input);
    Tensor inner = input;
    for (int i = 0; i < layers.size(); i++) {
      inner = pass.forward(this, i, layers.get(i), inner);
    }
    SUM.over(output, input, inner);
    return output;
  }

  @Override
  public @Nullable Tensor backward(Tensor outputGradient, Pass pass) {
    pass.recall(this, outputGradient);
    boolean needed = pass.needsInputGradient();
    int first = needed ? 0 : firstTrained(pass);
    Tensor inner = outputGradient;
    for (int i = layers.size() - 1; i >= first; i--) {
      Tensor previous = pass.backward(this, i, layers.get(i), inner, needed || i > first);
      if (previous == null) {
        return null;
      }
      inner = previous;
    }
    if (!needed) {
      return null;
    }
    Tensor inputGradient = pass.inputGradient(this);
    SUM.over(inputGradient, outputGradient, inner);
    return inputGradient;
  }

  /** No gradient is needed before this layer, unless the input's is. */
  private int firstTrained(Pass pass) {
    int first = 0;
    while (first < layers.size() && !pass.needsGradient(layers.get(first))) {
      first++;
    }
    return first;
  }

  /** How files keep this layer. */
  static LayerFormat<Residual> format() {
    return LayerFormat.of(
            "lamella.Residual",
            Residual.class,
            saved -> new Residual(saved.layers().toArray(new Layer[0])))
        .withOnnx(Residual::toOnnx)
        .fromOnnx("Add", Residual::fromOnnx);
  }

  private String toOnnx(OnnxGraph graph, String input) {
    String inner = input;
    for (int i = 0; i < layers.size(); i++) {
      inner = graph.layer(i, layers.get(i), inner);
    }
    return graph.node("Add", input, inner);
  }

  private static @Nullable Residual fromOnnx(OnnxNode node) throws FileFormatException {
    List<Layer> body = node.branch();
    return body == null || body.isEmpty() ? null : new Residual(body);
  }

  /** For example {@code Residual(LayerNorm(64) -> Linear(64 -> 64))}. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("Residual(").append(layers.getFirst());
    for (Layer layer : layers.subList(1, layers.size())) {
      text.append(" -> ").append(layer);
    }
    return text.append(')').toString();
  }
}
