package lamella.contract.mutants;

import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import lamella.contract.LayerChecks;
import lamella.contract.mutants.CorrectLayersTest.Correct;
import lamella.contract.mutants.MutantLayersTest.Mutant;
import lamella.contract.mutants.UseMutants.Square;
import lamella.core.Layer;
import lamella.core.Network;
import lamella.core.Parameter;
import lamella.core.Parameter.Role;
import lamella.core.Pass;
import lamella.core.Shape;
import lamella.core.ShapeException;
import lamella.core.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Containers of layers whose arithmetic is right, and which say something wrong of what is inside.
 */
final class ContainerMutants {
  private ContainerMutants() {}

  /** One dense layer after another, without a network. */
  private static class Pair implements Layer {
    final Dense first;
    final Dense second;

    Pair(RandomGenerator random) {
      this(new Dense(4, 3, random), new Dense(3, 2, random));
    }

    Pair(Dense first, Dense second) {
      this.first = first;
      this.second = second;
    }

    @Override
    public List<Layer> layers() {
      return List.of(first, second);
    }

    @Override
    public List<Parameter> parameters() {
      return List.of(first.weight, first.bias, second.weight, second.bias);
    }

    @Override
    public Shape outputShape(Shape input) {
      return second.outputShape(first.outputShape(input));
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
      Tensor y = pass.output(this, x);
      y.copyFrom(pass.forward(this, 1, second, pass.forward(this, 0, first, x)));
      return y;
    }

    @Override
    public @Nullable Tensor backward(Tensor dy, Pass pass) {
      pass.recall(this, dy);
      Tensor between = pass.backward(this, 1, second, dy, true);
      if (between == null) {
        throw new AssertionError("a gradient was asked for");
      }
      Tensor inner = pass.backward(this, 0, first, between, pass.needsInputGradient());
      if (inner == null) {
        return null;
      }
      Tensor dx = pass.inputGradient(this);
      dx.copyFrom(inner);
      return dx;
    }

    @Override
    public String toString() {
      return "Pair(" + first + ", " + second + ")";
    }
  }

  /** y = x + f(x), written as short as the guide has it. */
  private record Residual(Layer f) implements Layer {
    @Override
    public List<Layer> layers() {
      return List.of(f);
    }

    @Override
    public List<Parameter> parameters() {
      return f.parameters();
    }

    @Override
    public Shape outputShape(Shape input) {
      Shape output = f.outputShape(input);
      if (!output.equals(input)) {
        throw new ShapeException(this, input, output);
      }
      return output;
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
      Tensor y = pass.output(this, x);
      Tensor fx = pass.forward(this, 0, f, x);
      for (int i = 0; i < y.size(); i++) {
        y.set(i, x.get(i) + fx.get(i));
      }
      return y;
    }

    @Override
    public @Nullable Tensor backward(Tensor dy, Pass pass) {
      pass.recall(this, dy);
      Tensor dfx = pass.backward(this, 0, f, dy, pass.needsInputGradient());
      if (dfx == null) {
        return null;
      }
      Tensor dx = pass.inputGradient(this);
      for (int i = 0; i < dx.size(); i++) {
        dx.set(i, dy.get(i) + dfx.get(i));
      }
      return dx;
    }

    @Override
    public String toString() {
      return "Residual(" + f + ")";
    }
  }

  private static Layer residual(RandomGenerator random) {
    return new Residual(Network.of(Shape.of(4), new Dense(4, 4, random), Activation.swish()));
  }

  /** Hands everything on to the layer inside it, without a position on the pass. */
  private record Delegate(Layer f) implements Layer {
    @Override
    public List<Layer> layers() {
      return List.of(f);
    }

    @Override
    public List<Parameter> parameters() {
      return f.parameters();
    }

    @Override
    public Shape outputShape(Shape input) {
      return f.outputShape(input);
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
      return f.forward(x, pass);
    }

    @Override
    public @Nullable Tensor backward(Tensor dy, Pass pass) {
      return f.backward(dy, pass);
    }
  }

  /** y = [f(x), g(x)], side by side: two branches of one input. */
  private static final class Parallel implements Layer {
    private final Dense f;
    private final Dense g;
    private final List<Layer> layers;
    private final List<Parameter> parameters;

    Parallel(Dense f, Dense g) {
      this.f = f;
      this.g = g;
      layers = List.of(f, g);
      parameters = List.of(f.weight, f.bias, g.weight, g.bias);
    }

    @Override
    public List<Layer> layers() {
      return layers;
    }

    @Override
    public List<Parameter> parameters() {
      return parameters;
    }

    @Override
    public Shape outputShape(Shape input) {
      f.outputShape(input);
      g.outputShape(input);
      return input.withLast(f.outputs + g.outputs);
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
      Tensor y = pass.output(this, x);
      copyColumns(pass.forward(this, 0, f, x), 0, y);
      copyColumns(pass.forward(this, 1, g, x), f.outputs, y);
      return y;
    }

    private static void copyColumns(Tensor part, int first, Tensor whole) {
      int width = part.shape().last();
      for (int i = 0; i < part.size(); i++) {
        whole.set(i / width * whole.shape().last() + first + i % width, part.get(i));
      }
    }

    @Override
    public @Nullable Tensor backward(Tensor dy, Pass pass) {
      pass.recall(this, dy);
      Tensor left = columns(dy, 0, pass.rowBuffer(this, 0, f.outputs));
      Tensor right = columns(dy, f.outputs, pass.rowBuffer(this, 1, g.outputs));
      Tensor first = pass.backward(this, 0, f, left, pass.needsInputGradient());
      Tensor second = pass.backward(this, 1, g, right, pass.needsInputGradient());
      if (first == null || second == null) {
        return null;
      }
      Tensor dx = pass.inputGradient(this);
      for (int i = 0; i < dx.size(); i++) {
        dx.set(i, first.get(i) + second.get(i));
      }
      return dx;
    }

    private static Tensor columns(Tensor whole, int first, Tensor part) {
      int width = part.shape().last();
      for (int i = 0; i < part.size(); i++) {
        part.set(i, whole.get(i / width * whole.shape().last() + first + i % width));
      }
      return part;
    }

    @Override
    public String toString() {
      return "Parallel(" + f + ", " + g + ")";
    }
  }

  /** Correct containers. */
  static List<Correct> correct() {
    return List.of(
        new Correct("Pair", LayerChecks.of(Pair::new)),
        new Correct(
            "Pair in a network",
            LayerChecks.of(random ->
                Network.of(Shape.of(4), Activation.relu(), new Pair(random), new Square()))),
        new Correct("Residual", LayerChecks.of(ContainerMutants::residual)),
        new Correct(
            "Residual of a single layer",
            LayerChecks.of(random -> new Residual(new Dense(4, 4, random)))),
        new Correct(
            "Residuals in a network",
            LayerChecks.of(random ->
                Network.of(Shape.of(4), residual(random), Activation.relu(), residual(random)))),
        new Correct(
            "delegates",
            LayerChecks.of(random -> new Delegate(new Dense(5, 3, random)), Shape.of(5))),
        new Correct(
            "delegates to a container",
            LayerChecks.of(random -> new Delegate(residual(random)), Shape.of(4))),
        new Correct(
            "Parallel",
            LayerChecks.of(
                random -> new Parallel(new Dense(5, 3, random), new Dense(5, 2, random)),
                Shape.of(5))),
        new Correct(
            "one layer in both branches",
            LayerChecks.of(random -> {
              Dense shared = new Dense(4, 4, random);
              return Network.of(Shape.of(4), new Residual(shared), new Residual(shared));
            })));
  }

  /** Wrong ones. */
  static List<Mutant> layers() {
    return List.of(
        new Mutant(
            "container that loses the parameters of its second layer",
            "parameters\\(\\) lacks weight of the layer 1 inside it, Dense\\(3 -> 2\\)",
            random ->
                new Pair(random) {
                  @Override
                  public List<Parameter> parameters() {
                    return first.parameters();
                  }
                }),
        new Mutant(
            "container that names a parameter twice",
            "names bias twice",
            random ->
                new Pair(random) {
                  @Override
                  public List<Parameter> parameters() {
                    return List.of(
                        first.weight, first.bias, first.bias, second.weight, second.bias);
                  }
                }),
        new Mutant(
            "container that makes the layers inside it anew",
            "layers\\(\\) gives other layers at the second call",
            random ->
                new Pair(random) {
                  @Override
                  public List<Layer> layers() {
                    return List.of(first, UseMutants.copyOf(second));
                  }
                }),
        new Mutant(
            "container that names a layer it does not run",
            "layers\\(\\) names Dense\\(2 -> 2\\) as layer 2, but forward does not run it there",
            random -> {
              Dense unused = new Dense(2, 2, random);
              return new Pair(random) {
                @Override
                public List<Layer> layers() {
                  return List.of(first, second, unused);
                }

                @Override
                public List<Parameter> parameters() {
                  return Stream.of(first, second, unused)
                      .flatMap(layer -> layer.parameters().stream())
                      .toList();
                }

                @Override
                public @Nullable Tensor backward(Tensor dy, Pass pass) {
                  pass.gradient(unused.weight);
                  pass.gradient(unused.bias);
                  return super.backward(dy, pass);
                }
              };
            }),
        new Mutant(
            "container that does not name a layer it runs",
            "Residual.*forward runs a layer at position 0, Dense.*layers\\(\\) does not name",
            random -> {
              Residual whole = new Residual(new Dense(4, 4, random));
              return new Layer() {
                @Override
                public List<Parameter> parameters() {
                  return whole.parameters();
                }

                @Override
                public Shape outputShape(Shape input) {
                  return whole.outputShape(input);
                }

                @Override
                public Tensor forward(Tensor x, Pass pass) {
                  Tensor y = pass.output(this, x);
                  y.copyFrom(pass.forward(this, 0, whole.f, x));
                  return y;
                }

                @Override
                public @Nullable Tensor backward(Tensor dy, Pass pass) {
                  pass.recall(this, dy);
                  Tensor inner = pass.backward(this, 0, whole.f, dy, pass.needsInputGradient());
                  if (inner == null) {
                    return null;
                  }
                  Tensor dx = pass.inputGradient(this);
                  dx.copyFrom(inner);
                  return dx;
                }

                @Override
                public String toString() {
                  return "Residual without a name for what is inside";
                }
              };
            }),
        new Mutant(
            "container that names its layers in another order than it runs them",
            "forward runs Dense\\(4 -> 3\\) at position 0, where layers\\(\\) names Dense\\(3 -> 2\\)",
            random ->
                new Pair(random) {
                  @Override
                  public List<Layer> layers() {
                    return List.of(second, first);
                  }
                }),
        new Mutant(
            "container that names no layers, and two parameters by one name",
            "two of its parameters are named weight; a container of layers names them in layers",
            random ->
                new Pair(random) {
                  @Override
                  public List<Layer> layers() {
                    return List.of();
                  }
                }),
        new Mutant(
            "two parameters of one name",
            "two of its parameters are named weight",
            random ->
                new Dense(5, 3, random) {
                  private final Parameter second = new Parameter("weight", Role.BIAS, bias.value());

                  @Override
                  public List<Parameter> parameters() {
                    return List.of(weight, second);
                  }

                  @Override
                  void biasGradient(Tensor dy, Pass pass) {
                    addBiasGradient(dy, 0, rows(dy), 1, pass.gradient(second));
                  }
                }));
  }
}
