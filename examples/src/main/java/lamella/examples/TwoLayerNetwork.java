package lamella.examples;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import lamella.core.DType;
import lamella.core.Initializer;
import lamella.core.Network;
import lamella.core.Parameter;
import lamella.core.Pass;
import lamella.core.Shape;
import lamella.core.ShapeException;
import lamella.core.Tensor;
import lamella.layers.Linear;

/**
 * The report's multi-layer perceptron.
 *
 * <pre>
 *   y1 = x W1 + b1         x [n, inputs]   W1 [inputs, hidden]   b1 [hidden]
 *   h1 = f(y1)             f an {@link Activation}
 *   y2 = h1 W2 + b2                        W2 [hidden, classes]  b2 [classes]
 *   L  = mean over the rows of -log softmax(y2)[label] + ½ λ (‖W1‖² + ‖W2‖²)
 * </pre>
 *
 * <p>The penalty, which falls on W1 and W2 only, belongs to the optimiser: {@code Sgd.withL2(λ)}.
 */
public final class TwoLayerNetwork {
  private final Activation activation;
  private final Linear first;
  private final Linear second;
  private final Network network;

  private TwoLayerNetwork(Activation activation, Linear first, Linear second) {
    this.activation = activation;
    this.first = first;
    this.second = second;
    this.network =
        Network.of(Shape.of(first.inputs()), first, activation.layer(), second); // y1, h1, y2
  }

  /**
   * A network with weights drawn as {@code initStd * N(0, 1)}, W1 first and then W2, and biases 0.
   *
   * @param random with {@code NumPyRandom} the draws are those of the report's NumPy code
   */
  public static TwoLayerNetwork of(
      int inputs,
      int hidden,
      int classes,
      Activation activation,
      double initStd,
      DType dtype,
      RandomGenerator random) {
    Initializer normal = Initializer.normal(initStd);
    Linear first = new Linear(dtype, inputs, hidden, normal, random);
    Linear second = new Linear(dtype, hidden, classes, normal, random);
    return new TwoLayerNetwork(activation, first, second);
  }

  /**
   * A network with these parameters.
   *
   * @throws ShapeException if they do not fit together
   */
  public static TwoLayerNetwork of(
      Activation activation, Tensor w1, Tensor b1, Tensor w2, Tensor b2) {
    return new TwoLayerNetwork(activation, Linear.of(w1, b1), Linear.of(w2, b2));
  }

  /** y2 for the rows of x; a tensor of the pass. */
  public Tensor logits(Tensor x, Pass pass) {
    return network.forward(x, pass);
  }

  /** The three layers as a network. */
  public Network network() {
    return network;
  }

  /** f. */
  public Activation activation() {
    return activation;
  }

  /** The element type of the parameters. */
  public DType dtype() {
    return first.weight().value().dtype();
  }

  /** W1, b1, W2, b2. */
  public List<Parameter> parameters() {
    return network.parameters();
  }

  /** The parameters by the names they have above: w1, b1, w2, b2, in this order. */
  public Map<String, Parameter> namedParameters() {
    Map<String, Parameter> named = new LinkedHashMap<>();
    named.put("w1", first.weight());
    named.put("b1", first.bias());
    named.put("w2", second.weight());
    named.put("b2", second.bias());
    return Collections.unmodifiableMap(named);
  }

  /** For example {@code Network([3072] -> Linear(3072 -> 64) -> ReLU -> Linear(64 -> 10))}. */
  @Override
  public String toString() {
    return network.toString();
  }
}
