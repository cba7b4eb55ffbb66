package lamella.core;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What a container does not name among its parameters gets no gradient. */
class FrozenTest {

  /** Keeps a layer's parameters from being trained. */
  private record Frozen(Layer inside) implements Layer {
    @Override
    public List<Layer> layers() {
      return List.of(inside);
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
    public Tensor backward(Tensor dy, Pass pass) {
      return pass.backward(this, 0, inside, dy, pass.needsInputGradient());
    }
  }

  /** Trains only the bias. */
  private record OnlyBias(Dense inside) implements Layer {
    @Override
    public List<Layer> layers() {
      return List.of(inside);
    }

    @Override
    public List<Parameter> parameters() {
      return List.of(inside.bias);
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
    public Tensor backward(Tensor dy, Pass pass) {
      return pass.backward(this, 0, inside, dy, pass.needsInputGradient());
    }
  }

  private final Dense head = new Dense(4, 3);
  private final Dense body = new Dense(3, 3);
  private final Dense tail = new Dense(3, 2);

  private static Tensor numbers(int n, int width, long seed) {
    return Numbers.eighths(DType.FLOAT32, Shape.of(n, width), seed);
  }

  /** The gradients of a network, and those of one in which everything is trained. */
  private void requireGradients(List<Parameter> expected, Layer... layers) {
    Network network = Network.of(Shape.of(4), layers);
    assertEquals(expected, network.parameters());
    Network whole = Network.of(Shape.of(4), head, new Square(), body, new Square(), tail);
    Pass pass = Pass.forGradients();
    Pass reference = Pass.forGradients();
    for (int step = 0; step < 3; step++) {
      Tensor x = numbers(5, 4, step);
      Tensor dy = numbers(5, 2, 10 + step);
      assertArrayEquals(
          whole.forward(x, reference).toDoubleArray(), network.forward(x, pass).toDoubleArray());
      assertArrayEquals(
          whole.backward(dy, reference).toDoubleArray(),
          network.backward(dy, pass).toDoubleArray());
      assertEquals(expected.size(), pass.gradients().parameters().size());
      assertTrue(pass.gradients().parameters().containsAll(expected));
      for (Parameter parameter : whole.parameters()) {
        assertEquals(expected.contains(parameter), pass.gradients().has(parameter));
        if (expected.contains(parameter)) {
          assertArrayEquals(
              reference.gradients().of(parameter).toDoubleArray(),
              pass.gradients().of(parameter).toDoubleArray());
        }
      }
    }
  }

  @Test
  void inTheMiddleItIsNotTrained() {
    requireGradients(
        List.of(head.weight, head.bias, tail.weight, tail.bias),
        head,
        new Square(),
        new Frozen(body),
        new Square(),
        tail);
  }

  @Test
  void asFirstLayerItIsNotTrained() {
    requireGradients(
        List.of(body.weight, body.bias, tail.weight, tail.bias),
        new Frozen(head),
        new Square(),
        body,
        new Square(),
        tail);
  }

  @Test
  void norAreLayersDeepInsideIt() {
    requireGradients(
        List.of(tail.weight, tail.bias),
        new Frozen(Network.of(Shape.of(4), head, Network.of(Shape.of(3), new Square(), body))),
        new Square(),
        tail);
  }

  @Test
  void norPartsOfALayer() {
    requireGradients(
        List.of(head.weight, head.bias, body.bias, tail.weight, tail.bias),
        head,
        new Square(),
        new OnlyBias(body),
        new Square(),
        tail);
  }

  @Test
  void aFrozenLayerByItselfIsNotTrainedEither() {
    Frozen frozen = new Frozen(head);
    Pass pass = Pass.forGradients();
    frozen.forward(numbers(5, 4, 1), pass);
    frozen.backward(numbers(5, 3, 2), pass);
    assertTrue(pass.gradients().isEmpty());
    assertFalse(pass.gradients().has(head.weight));
    // The layer that it froze is free on the same pass.
    head.forward(numbers(5, 4, 1), pass);
    head.backward(numbers(5, 3, 2), pass);
    assertEquals(List.of(head.weight, head.bias), pass.gradients().parameters());
  }

  @Test
  void aNetworkWithoutItsFirstLayersIsWhatTheyGave() {
    // The outermost layer decides: the tail's own network trains nothing of the others.
    Network features = Network.of(Shape.of(4), head, new Square(), body);
    Network rest = Network.of(Shape.of(3), new Square(), tail);
    Pass pass = Pass.forTraining();
    rest.forward(features.forward(numbers(5, 4, 1), pass), pass);
    rest.backward(numbers(5, 2, 1), pass);
    assertEquals(List.of(tail.weight, tail.bias), pass.gradients().parameters());
  }
}
