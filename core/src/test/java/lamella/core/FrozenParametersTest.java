package lamella.core;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import lamella.core.Parameter.Role;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A frozen parameter gets no gradient, and nothing is computed that only it would need. */
class FrozenParametersTest {
  private final List<String> ran = new ArrayList<>();

  /** Writes down when backward runs; a container like those that others write. */
  private final class Traced implements Layer {
    private final String name;
    private final Layer inside;

    Traced(String name, Layer inside) {
      this.name = name;
      this.inside = inside;
    }

    @Override
    public List<Layer> layers() {
      return List.of(inside);
    }

    @Override
    public List<Parameter> parameters() {
      return inside.parameters();
    }

    @Override
    public Shape outputShape(Shape input) {
      return inside.outputShape(input);
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
      return pass.forward(this, 0, inside, x);
    }

    @Override
    public @Nullable Tensor backward(Tensor dy, Pass pass) {
      ran.add(name);
      return pass.backward(this, 0, inside, dy, pass.needsInputGradient());
    }
  }

  private final Dense head = new Dense(4, 3);
  private final Dense body = new Dense(3, 3);
  private final Dense tail = new Dense(3, 2);
  private final Network network =
      Network.of(
          Shape.of(4),
          new Traced("head", head),
          new Square(),
          new Traced("body", body),
          new Square(),
          new Traced("tail", tail));

  private static Tensor numbers(int n, int width, long seed) {
    return Numbers.eighths(DType.FLOAT32, Shape.of(n, width), seed);
  }

  private @Nullable Tensor step(Layer layer, Pass pass) {
    ran.clear();
    pass.gradients().clear();
    layer.forward(numbers(5, 4, 1), pass);
    return layer.backward(numbers(5, 2, 2), pass);
  }

  @Test
  void isTrainedUnlessItIsFrozenOrAStatistic() {
    for (Role role : Role.values()) {
      Parameter parameter = new Parameter("p", role, FloatTensor.zeros(Shape.of(2)));
      assertFalse(parameter.isFrozen());
      assertEquals(role != Role.STATISTIC, parameter.isTrained());
      parameter.freeze();
      assertTrue(parameter.isFrozen());
      assertFalse(parameter.isTrained());
      parameter.unfreeze();
      assertEquals(role.isTrainable(), parameter.isTrained());
    }
  }

  @Test
  void backwardEndsAboveTheFirstLayerThatIsTrained() {
    Pass pass = Pass.forTraining();
    step(network, pass);
    assertEquals(List.of("tail", "body", "head"), ran);
    double[] ofTail = pass.gradients().of(tail.weight).toDoubleArray();

    Layers.freeze(head);
    step(network, pass);
    assertEquals(List.of("tail", "body"), ran);
    assertEquals(
        List.of(tail.weight, tail.bias, body.weight, body.bias), pass.gradients().parameters());

    Layers.freeze(body);
    step(network, pass);
    assertEquals(List.of("tail"), ran);
    assertArrayEquals(ofTail, pass.gradients().of(tail.weight).toDoubleArray());

    Layers.freeze(network);
    assertNull(step(network, pass));
    assertEquals(List.of(), ran);
    assertTrue(pass.gradients().isEmpty());

    Layers.unfreeze(network);
    step(network, pass);
    assertEquals(List.of("tail", "body", "head"), ran);
  }

  @Test
  void oneFrozenInTheMiddleLetsGradientsThrough() {
    Pass all = Pass.forGradients();
    Tensor dx = step(network, all);
    Layers.freeze(body);
    tail.bias.freeze();
    Pass pass = Pass.forGradients();
    assertArrayEquals(dx.toDoubleArray(), step(network, pass).toDoubleArray());
    assertEquals(List.of("tail", "body", "head"), ran);
    assertEquals(List.of(tail.weight, head.weight, head.bias), pass.gradients().parameters());
    for (Parameter parameter : pass.gradients().parameters()) {
      assertArrayEquals(
          all.gradients().of(parameter).toDoubleArray(),
          pass.gradients().of(parameter).toDoubleArray());
    }
    Pass training = Pass.forTraining();
    step(network, training);
    assertEquals(List.of("tail", "body", "head"), ran);
  }

  @Test
  void nestedNetworksAndContainersEndThereToo() {
    Network nested =
        Network.of(
            Shape.of(4),
            new Traced(
                "outer",
                Network.of(
                    Shape.of(4), new Traced("head", head), new Square(), new Traced("body", body))),
            new Traced("tail", tail));
    Layers.freeze(head);
    Pass pass = Pass.forTraining();
    step(nested, pass);
    assertEquals(List.of("tail", "outer", "body"), ran);
    Layers.freeze(body);
    step(nested, pass);
    assertEquals(List.of("tail"), ran);
    // By itself the container is still asked, and asks nobody.
    ran.clear();
    Layer container = nested.layers().getFirst();
    container.forward(numbers(5, 4, 1), pass);
    assertNull(container.backward(numbers(5, 3, 2), pass));
    assertEquals(List.of("outer"), ran);
  }

  @Test
  void aContainerIsToldWhetherALayerIsTrained() {
    Pass pass = Pass.forTraining();
    assertTrue(pass.needsGradient(head));
    head.weight.freeze();
    assertTrue(pass.needsGradient(head));
    head.bias.freeze();
    assertFalse(pass.needsGradient(head));
    assertFalse(pass.needsGradient(new Square()));
  }

  @Test
  void aGradientFromBeforeItWasFrozenIsNone() {
    Pass pass = Pass.forTraining();
    step(network, pass);
    body.weight.freeze();
    assertFalse(pass.gradients().has(body.weight));
    assertEquals(
        List.of(tail.weight, tail.bias, body.bias, head.weight, head.bias),
        pass.gradients().parameters());
  }

  @Test
  void aCopyHasTheSameFrozen() {
    Network plain = Network.of(Shape.of(4), new Copied(head), new Square(), new Copied(body));
    Layers.freeze(head);
    body.bias.freeze();
    List<Boolean> frozen = new ArrayList<>();
    for (Parameter parameter : plain.copy().parameters()) {
      frozen.add(parameter.isFrozen());
    }
    assertEquals(List.of(true, true, false, true), frozen);
  }

  /** A dense layer that can be copied. */
  private record Copied(Dense inside) implements Layer {
    @Override
    public List<Layer> layers() {
      return List.of(inside);
    }

    @Override
    public List<Parameter> parameters() {
      return inside.parameters();
    }

    @Override
    public Layer copy(java.util.function.UnaryOperator<Layer> copies) {
      return new Copied(
          new Dense(inside.weight.shape().dimension(0), inside.weight.shape().last()));
    }

    @Override
    public Shape outputShape(Shape input) {
      return inside.outputShape(input);
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
      return pass.forward(this, 0, inside, x);
    }

    @Override
    public @Nullable Tensor backward(Tensor dy, Pass pass) {
      return pass.backward(this, 0, inside, dy, pass.needsInputGradient());
    }
  }
}
