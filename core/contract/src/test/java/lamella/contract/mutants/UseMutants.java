package lamella.contract.mutants;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.WeakHashMap;
import java.util.function.UnaryOperator;
import lamella.contract.LayerChecks;
import lamella.contract.mutants.MutantLayersTest.Mutant;
import lamella.core.Layer;
import lamella.core.Pass;
import lamella.core.Shape;
import lamella.core.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Layers whose arithmetic is right and whose use is not: state that one call leaves to another,
 * tensors that two have, old values, parameters that a container loses.
 */
final class UseMutants {
  private UseMutants() {}

  /** y = x², right as long as nobody does anything else with it. */
  static class Square implements Layer {
    @Override
    public Shape outputShape(Shape input) {
      return input;
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
      return value(x, pass.output(this, x));
    }

    @Override
    public @Nullable Tensor backward(Tensor dy, Pass pass) {
      Tensor x = pass.recall(this, dy);
      return pass.needsInputGradient() ? gradient(x, dy, pass.inputGradient(this)) : null;
    }

    final Tensor value(Tensor x, Tensor y) {
      for (int i = 0; i < x.size(); i++) {
        y.set(i, x.get(i) * x.get(i));
      }
      return y;
    }

    final Tensor gradient(Tensor x, Tensor dy, Tensor dx) {
      for (int i = 0; i < x.size(); i++) {
        dx.set(i, 2 * x.get(i) * dy.get(i));
      }
      return dx;
    }

    @Override
    public String toString() {
      return "Square";
    }
  }

  /** A copy of a dense layer. */
  static Dense copyOf(Dense dense) {
    Dense copy = new Dense(dense.inputs, dense.outputs, new SplittableRandom(1));
    copy.weight.setValue(dense.weight.value().copy());
    copy.bias.setValue(dense.bias.value().copy());
    return copy;
  }

  /** Correct layers like these. */
  static List<CorrectLayersTest.Correct> correct() {
    return List.of(
        new CorrectLayersTest.Correct("Square", LayerChecks.of(random -> new Square())),
        new CorrectLayersTest.Correct(
            "Dense that can be copied",
            LayerChecks.of(random ->
                new Dense(5, 3, random) {
                  @Override
                  public Layer copy(UnaryOperator<Layer> copies) {
                    return copyOf(this);
                  }
                })));
  }

  static List<Mutant> layers() {
    return List.of(
        new Mutant(
            "keeps its mask in a field",
            "another pass runs between|earlier forward, or of another pass",
            random ->
                new Square() {
                  private boolean[] mask = new boolean[0];

                  @Override
                  public Tensor forward(Tensor x, Pass pass) {
                    Tensor y = pass.output(this, x);
                    mask = mask.length == x.size() ? mask : new boolean[x.size()];
                    for (int i = 0; i < x.size(); i++) {
                      mask[i] = !(x.get(i) <= 0);
                      y.set(i, mask[i] ? x.get(i) : 0);
                    }
                    return y;
                  }

                  @Override
                  public @Nullable Tensor backward(Tensor dy, Pass pass) {
                    pass.recall(this, dy);
                    if (!pass.needsInputGradient()) {
                      return null;
                    }
                    Tensor dx = pass.inputGradient(this);
                    for (int i = 0; i < dx.size(); i++) {
                      dx.set(i, i < mask.length && mask[i] ? dy.get(i) : 0);
                    }
                    return dx;
                  }
                }),
        new Mutant(
            "has one output for all passes",
            "output of a pass changes when another pass runs",
            random ->
                new Square() {
                  private final Map<String, Tensor> outputs = new HashMap<>();

                  @Override
                  public Tensor forward(Tensor x, Pass pass) {
                    pass.output(this, x);
                    return value(
                        x,
                        outputs.computeIfAbsent(
                            x.shape() + " " + x.dtype(),
                            key -> Tensor.zeros(x.dtype(), x.shape())));
                  }
                }),
        new Mutant(
            "has one input gradient for all passes",
            "other gradients if two passes take turns",
            random ->
                new Square() {
                  private final Map<String, Tensor> gradients = new HashMap<>();

                  @Override
                  public @Nullable Tensor backward(Tensor dy, Pass pass) {
                    Tensor x = pass.recall(this, dy);
                    return pass.needsInputGradient()
                        ? gradient(
                            x,
                            dy,
                            gradients.computeIfAbsent(
                                x.shape() + " " + x.dtype(),
                                key -> Tensor.zeros(x.dtype(), x.shape())))
                        : null;
                  }
                }),
        new Mutant(
            "returns its input for inference",
            "forward returns its input.* for inference too",
            random ->
                new Square() {
                  @Override
                  public Tensor forward(Tensor x, Pass pass) {
                    Tensor y = pass.output(this, x);
                    y.copyFrom(x);
                    return pass.isTraining() ? y : x;
                  }

                  @Override
                  public @Nullable Tensor backward(Tensor dy, Pass pass) {
                    pass.recall(this, dy);
                    if (!pass.needsInputGradient()) {
                      return null;
                    }
                    Tensor dx = pass.inputGradient(this);
                    dx.copyFrom(dy);
                    return dx;
                  }
                }),
        new Mutant(
            "gives a buffer of one shape for another",
            "outputShape promises|elements instead of|ShapeException|used for another input",
            random ->
                new Square() {
                  private final Map<Pass, Tensor> buffers =
                      Collections.synchronizedMap(new WeakHashMap<>());

                  @Override
                  public Tensor forward(Tensor x, Pass pass) {
                    pass.output(this, x);
                    Tensor known = buffers.get(pass);
                    if (known == null || known.size() < x.size() || known.dtype() != x.dtype()) {
                      known = Tensor.zeros(x.dtype(), x.shape());
                      buffers.put(pass, known);
                    }
                    return value(x, known);
                  }
                }),
        new Mutant(
            "lines inputs up, and is right only if each forward has its backward",
            "after a forward without a backward",
            random ->
                new Square() {
                  private final Map<Pass, Deque<Tensor>> waiting =
                      Collections.synchronizedMap(new WeakHashMap<>());

                  @Override
                  public Tensor forward(Tensor x, Pass pass) {
                    if (pass.isTraining()) {
                      waiting.computeIfAbsent(pass, key -> new ArrayDeque<>()).add(x.copy());
                    }
                    return super.forward(x, pass);
                  }

                  @Override
                  public @Nullable Tensor backward(Tensor dy, Pass pass) {
                    Tensor now = pass.recall(this, dy);
                    Tensor x = waiting.getOrDefault(pass, new ArrayDeque<>()).poll();
                    if (!pass.needsInputGradient()) {
                      return null;
                    }
                    boolean fits = x != null && x.shape().equals(now.shape());
                    return gradient(x != null && fits ? x : now, dy, pass.inputGradient(this));
                  }
                }),
        new Mutant(
            "forgets what it keeps when it predicts",
            "predicts between forward and backward|another pass runs between|earlier forward",
            random ->
                new Square() {
                  private boolean isTrained;

                  @Override
                  public Tensor forward(Tensor x, Pass pass) {
                    isTrained = pass.isTraining();
                    return super.forward(x, pass);
                  }

                  @Override
                  public @Nullable Tensor backward(Tensor dy, Pass pass) {
                    Tensor dx = super.backward(dy, pass);
                    if (dx != null && !isTrained) {
                      dx.fill(0);
                    }
                    return dx;
                  }
                }),
        new Mutant(
            "keeps the input's tensor and not its values",
            "input that was changed between forward and backward",
            random ->
                new Square() {
                  private final Map<Pass, Tensor> inputs =
                      Collections.synchronizedMap(new WeakHashMap<>());
                  private final Map<Pass, Tensor> gradients =
                      Collections.synchronizedMap(new WeakHashMap<>());

                  @Override
                  public Tensor forward(Tensor x, Pass pass) {
                    if (pass.isTraining()) {
                      inputs.put(pass, x);
                    }
                    return super.forward(x, pass);
                  }

                  @Override
                  public @Nullable Tensor backward(Tensor dy, Pass pass) {
                    Tensor x = inputs.remove(pass);
                    if (x == null || !pass.isTraining() || !x.shape().equals(dy.shape())) {
                      pass.recall(this, dy);
                      throw new IllegalStateException("no input");
                    }
                    if (!pass.needsInputGradient()) {
                      return null;
                    }
                    Tensor dx = gradients.get(pass);
                    if (dx == null || !dx.shape().equals(x.shape()) || dx.dtype() != x.dtype()) {
                      dx = Tensor.zeros(x.dtype(), x.shape());
                      gradients.put(pass, dx);
                    }
                    return gradient(x, dy, dx);
                  }
                }),
        new Mutant(
            "transposes its weights once",
            "after parameters were changed|input \\[",
            random ->
                new Dense(5, 3, random) {
                  private double[] kept = new double[0];

                  @Override
                  Tensor inputGradient(Tensor dy, Tensor dx) {
                    if (kept.length == 0) {
                      kept = weight.value().toDoubleArray();
                    }
                    for (int row = 0; row < rows(dy); row++) {
                      for (int i = 0; i < 5; i++) {
                        double sum = 0;
                        for (int j = 0; j < 3; j++) {
                          sum += dy.get(row * 3 + j) * kept[i * 3 + j];
                        }
                        dx.set(row * 5 + i, sum);
                      }
                    }
                    return dx;
                  }
                }),
        new Mutant(
            "transposes its weights whenever it sees another tensor",
            "old values after parameters were changed in place",
            random ->
                new Dense(5, 3, random) {
                  private @Nullable Tensor seen;
                  private double[] kept = new double[0];

                  @Override
                  @SuppressWarnings("ReferenceEquality")
                  Tensor inputGradient(Tensor dy, Tensor dx) {
                    if (seen != weight.value()) {
                      seen = weight.value();
                      kept = seen.toDoubleArray();
                    }
                    for (int row = 0; row < rows(dy); row++) {
                      for (int i = 0; i < 5; i++) {
                        double sum = 0;
                        for (int j = 0; j < 3; j++) {
                          sum += dy.get(row * 3 + j) * kept[i * 3 + j];
                        }
                        dx.set(row * 5 + i, sum);
                      }
                    }
                    return dx;
                  }
                }),
        new Mutant(
            "copy that shares a parameter",
            "changes when the parameters of its copy do",
            random ->
                new Dense(5, 3, random) {
                  @Override
                  public Layer copy(UnaryOperator<Layer> copies) {
                    Dense copy = copyOf(this);
                    copy.bias.setValue(bias.value());
                    return copy;
                  }
                }),
        new Mutant(
            "copy as it was when it was new",
            "copy computes otherwise",
            random ->
                new Dense(5, 3, random) {
                  private final double[] first = weight.value().toDoubleArray();

                  @Override
                  public Layer copy(UnaryOperator<Layer> copies) {
                    Dense copy = copyOf(this);
                    for (int i = 0; i < first.length; i++) {
                      copy.weight.value().set(i, first[i]);
                    }
                    return copy;
                  }
                }),
        new Mutant(
            "writes its gradient into the output gradient it is given, in float64",
            "changes the output gradient it is given|returns the output gradient",
            random ->
                new Square() {
                  @Override
                  public @Nullable Tensor backward(Tensor dy, Pass pass) {
                    Tensor x = pass.recall(this, dy);
                    if (!pass.needsInputGradient()) {
                      return null;
                    }
                    Tensor dx = pass.inputGradient(this);
                    gradient(x, dy, dx);
                    if (dy instanceof lamella.core.DoubleTensor) {
                      dy.copyFrom(dx);
                    }
                    return dx;
                  }
                }),
        new Mutant(
            "measures its inputs while it predicts",
            "gradient of input is off by the factor|trains otherwise after it has predicted",
            random ->
                new Square() {
                  private final double[] largest = {1};

                  @Override
                  public Tensor forward(Tensor x, Pass pass) {
                    Tensor y = super.forward(x, pass);
                    if (!pass.isTraining()) {
                      largest[0] =
                          Math.max(largest[0], Arrays.stream(x.toDoubleArray()).max().orElse(1));
                    }
                    return y;
                  }

                  @Override
                  public @Nullable Tensor backward(Tensor dy, Pass pass) {
                    Tensor dx = super.backward(dy, pass);
                    for (int i = 0; dx != null && i < dx.size(); i++) {
                      dx.set(i, dx.get(i) / largest[0]);
                    }
                    return dx;
                  }
                }));
  }
}
