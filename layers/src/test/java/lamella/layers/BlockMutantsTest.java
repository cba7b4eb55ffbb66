package lamella.layers;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import lamella.contract.LayerChecks;
import lamella.core.Activation;
import lamella.core.DType;
import lamella.core.DoubleTensor;
import lamella.core.Elementwise;
import lamella.core.Initializer;
import lamella.core.KeyedRandom;
import lamella.core.Layer;
import lamella.core.Network;
import lamella.core.Parameter;
import lamella.core.Pass;
import lamella.core.Shape;
import lamella.core.ShapeException;
import lamella.core.Tensor;
import lamella.core.formula.Expression;
import lamella.core.formula.Formula;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Wrong activations, dropouts, embeddings, residual blocks and ensembles, each with a fault that
 * others had: the contract of layers or {@link BlockChecks} rejects it by a message that names it.
 */
class BlockMutantsTest {
  private static final int CASES = 25;

  /** A fault, what the message must say, and what finds it. */
  record Mutant(String fault, String message, Runnable check) {
    @Override
    public String toString() {
      return fault;
    }
  }

  private static Mutant byContract(
      String fault, String message, UnaryOperator<LayerChecks> told, LayerChecks.Maker maker) {
    return new Mutant(
        fault,
        message,
        () -> {
          LayerChecks checks = told.apply(LayerChecks.of(maker, Shape.of(4)));
          for (int seed = 0; seed < CASES; seed++) {
            checks.all(new SplittableRandom(seed));
          }
        });
  }

  private static Mutant byContract(String fault, String message, LayerChecks.Maker maker) {
    return byContract(fault, message, checks -> checks, maker);
  }

  @ParameterizedTest
  @MethodSource({"activations", "dropouts", "others"})
  void isRejectedByAMessageThatNamesTheFault(Mutant mutant) {
    String message = null;
    try {
      mutant.check.run();
    } catch (AssertionError e) {
      message = e.getMessage();
    }
    assertNotNull(message, "not rejected");
    assertTrue(Pattern.compile(mutant.message, Pattern.DOTALL).matcher(message).find(), message);
  }

  /** The right ones pass the same checks. */
  @Test
  void theBuiltInOnesAreNotRejected() {
    BlockChecks.isDropout(new Dropout(0.25), 0.25);
    BlockChecks.refusesWhatIsNoCategory(Embedding.of(DoubleTensor.zeros(Shape.of(5, 3))), 5);
    BlockChecks.isRightFarOut(new Softplus(), 0, 0);
    BlockChecks.isRightFarOut(new Mish(), 0, 0);
    BlockChecks.isRightFarOut(new GELU(), 0, 0);
    BlockChecks.isRightFarOut(GELU.tanh(), 0, 0);
    BlockChecks.isRightFarOut(new HardSwish(), 0, 0);
    BlockChecks.isRightFarOut(new ELU(), -1, 0);
    Network[] members = members();
    BlockChecks.isMeanOfProbabilities(Ensemble.of(members), examples(), members);
  }

  // Activations.

  private static final class Given extends Activation {
    private final String name;

    Given(String name, Formula formula) {
      super(formula);
      this.name = name;
    }

    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Mutant> activations() {
    Formula gelu = Formula.of(x -> x.times(x.normal()));
    Layer naive = new NaiveSoftplus();
    return Stream.of(
        byContract(
            "GELU with the derivative of its tanh form",
            "half erf, half tanh: gradients are wrong",
            random ->
                new Given("half erf, half tanh", gelu.withSlope((x, y) -> slopeOfTanhForm(x)))),
        new Mutant(
            "softplus as log(1 + exp(x)) overflows",
            "NaiveSoftplus: gives Infinity with slope NaN at 1000",
            () -> BlockChecks.isRightFarOut(naive, 0, 0)),
        byContract(
            "ELU's derivative without alpha",
            "ELU without alpha: gradients are wrong",
            random ->
                new Given(
                    "ELU without alpha",
                    Formula.of(x -> x.ifPositive(x, x.expm1().times(0.5)))
                        .withSlope((x, y) -> x.ifPositive(Expression.of(1), x.exp())))),
        new Mutant(
            "GELU of minus infinity is NaN",
            "plain GELU: gives NaN with slope NaN at -Infinity",
            () -> BlockChecks.isRightFarOut(new Given("plain GELU", gelu), 0, 0)));
  }

  /** As it is written; a formula of this would be computed as softplus. */
  private static final class NaiveSoftplus extends Elementwise {
    @Override
    protected double value(double x) {
      return Math.log(1 + Math.exp(x));
    }

    @Override
    protected double slope(double x, double y) {
      return Math.exp(x) / (1 + Math.exp(x));
    }
  }

  private static Expression slopeOfTanhForm(Expression x) {
    Expression u = x.times(x).times(0.044715).plus(1).times(x).times(Math.sqrt(2 / Math.PI));
    Expression t = u.tanh();
    Expression du = x.times(x).times(3 * 0.044715).plus(1).times(Math.sqrt(2 / Math.PI));
    return t.plus(1)
        .times(0.5)
        .plus(x.times(0.5).times(Expression.of(1).minus(t.times(t))).times(du));
  }

  // Dropout.

  /** Right, but for what a subclass changes. */
  private static class Drop implements Layer {
    static final double RATE = 0.25;

    @Override
    public Shape outputShape(Shape input) {
      return input;
    }

    void draw(Tensor mask, Pass pass) {
      pass.random(this).bernoulli(mask, 1 - RATE, 1 / (1 - RATE));
    }

    /** In inference. */
    void predict(Tensor x, Tensor y) {
      y.copyFrom(x);
    }

    boolean drawsAgainInBackward() {
      return false;
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
      Tensor y = pass.output(this, x);
      if (!pass.isTraining()) {
        predict(x, y);
        return y;
      }
      Tensor mask = pass.buffer(this, 0, x.shape());
      draw(mask, pass);
      multiply(x, mask, y);
      return y;
    }

    @Override
    public @Nullable Tensor backward(Tensor dy, Pass pass) {
      Tensor x = pass.recall(this, dy);
      if (!pass.needsInputGradient()) {
        return null;
      }
      Tensor mask = pass.buffer(this, 0, x.shape());
      if (drawsAgainInBackward()) {
        pass.random(this, 1).bernoulli(mask, 1 - RATE, 1 / (1 - RATE));
      }
      Tensor dx = pass.inputGradient(this);
      multiply(dy, mask, dx);
      return dx;
    }

    private static void multiply(Tensor a, Tensor b, Tensor product) {
      for (int i = 0; i < a.size(); i++) {
        product.set(i, a.get(i) * b.get(i));
      }
    }

    @Override
    public String toString() {
      return "Drop";
    }
  }

  private static Mutant dropout(String fault, String message, Layer layer) {
    return new Mutant(fault, message, () -> BlockChecks.isDropout(layer, Drop.RATE));
  }

  static Stream<Mutant> dropouts() {
    return Stream.of(
        dropout(
            "dropout scaled in inference",
            "gives 0.75 for 1 in inference, where dropout does nothing",
            new Drop() {
              @Override
              void predict(Tensor x, Tensor y) {
                for (int i = 0; i < x.size(); i++) {
                  y.set(i, x.get(i) * (1 - RATE));
                }
              }

              @Override
              void draw(Tensor mask, Pass pass) {
                pass.random(this).bernoulli(mask, 1 - RATE, 1);
              }
            }),
        dropout(
            "dropout active in inference",
            "gives (0.0|1.33\\d*) for 1 in inference, where dropout does nothing",
            new Drop() {
              @Override
              void predict(Tensor x, Tensor y) {
                KeyedRandom.of(1, 2, 3).bernoulli(y, 1 - RATE, 1 / (1 - RATE));
              }
            }),
        dropout(
            "dropout not scaled in training",
            "keeps 1 as 1.0 in training; inverted dropout makes it 1 / \\(1 - rate\\)",
            new Drop() {
              @Override
              void draw(Tensor mask, Pass pass) {
                pass.random(this).bernoulli(mask, 1 - RATE, 1);
              }
            }),
        dropout(
            "dropout with a new mask in backward",
            "has another mask in backward than in forward",
            new Drop() {
              @Override
              boolean drawsAgainInBackward() {
                return true;
              }
            }),
        dropout(
            "rate taken for the probability to keep",
            "keeps 1 as 4.0 in training",
            new Drop() {
              @Override
              void draw(Tensor mask, Pass pass) {
                pass.random(this).bernoulli(mask, RATE, 1 / RATE);
              }
            }),
        byContract(
            "mask from a generator that all threads share",
            "random numbers (that are not those of|come from) pass.random",
            LayerChecks::differingInInference,
            random ->
                new Drop() {
                  private long drawn;

                  @Override
                  void draw(Tensor mask, Pass pass) {
                    KeyedRandom.of(drawn++, 0, 0).bernoulli(mask, 1 - RATE, 1 / (1 - RATE));
                  }
                }));
  }

  // Embedding, Residual, Ensemble.

  /** Right, but for what a subclass changes: looks up one row of a table for each column. */
  private static class LookUp implements Layer {
    static final int COUNT = 5;
    static final int WIDTH = 3;
    final Parameter table;

    LookUp(RandomGenerator random) {
      Tensor values = DoubleTensor.zeros(Shape.of(COUNT, WIDTH));
      for (int i = 0; i < values.size(); i++) {
        values.set(i, random.nextGaussian());
      }
      table = new Parameter("table", Parameter.Role.TABLE, values);
    }

    int category(Tensor x, int i) {
      double value = x.get(i);
      if (!(value >= 0 && value < COUNT && value == (int) value)) {
        throw new IllegalArgumentException(
            "LookUp: NaN or no category in row " + i / 2 + ", column " + i % 2);
      }
      return (int) value;
    }

    void put(Tensor gradient, int index, double value) {
      gradient.set(index, gradient.get(index) + value);
    }

    @Override
    public List<Parameter> parameters() {
      return List.of(table);
    }

    @Override
    public Layer copy(UnaryOperator<Layer> copies) {
      LookUp copy = new LookUp(new SplittableRandom(1));
      copy.table.setValue(table.value().copy());
      return copy;
    }

    @Override
    public Shape outputShape(Shape input) {
      if (input.rank() != 2) {
        throw new ShapeException(this, Shape.of(1).openBatch(), input);
      }
      return input.withLast(WIDTH * input.last());
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
      Tensor y = pass.output(this, x);
      for (int i = 0; i < y.size(); i++) {
        y.set(i, table.value().get(category(x, i / WIDTH) * WIDTH + i % WIDTH));
      }
      return y;
    }

    @Override
    public @Nullable Tensor backward(Tensor dy, Pass pass) {
      Tensor x = pass.recall(this, dy);
      Tensor sums = pass.gradient(table);
      for (int i = 0; i < dy.size(); i++) {
        put(sums, category(x, i / WIDTH) * WIDTH + i % WIDTH, dy.get(i));
      }
      if (!pass.needsInputGradient()) {
        return null;
      }
      Tensor dx = pass.inputGradient(this);
      dx.fill(0);
      return dx;
    }

    @Override
    public String toString() {
      return "LookUp";
    }
  }

  /** Right, but for what a subclass changes: y = x + f(x). */
  private static class Skip implements Layer {
    final Linear f;

    Skip(RandomGenerator random) {
      this.f = new Linear(4, 4, random);
    }

    void add(Tensor x, Tensor fx, Tensor y) {
      for (int i = 0; i < y.size(); i++) {
        y.set(i, x.get(i) + fx.get(i));
      }
    }

    double gradient(double dy, double dfx) {
      return dy + dfx;
    }

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
      Tensor y = pass.output(this, x);
      add(x, pass.forward(this, 0, f, x), y);
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
        dx.set(i, gradient(dy.get(i), dfx.get(i)));
      }
      return dx;
    }

    @Override
    public String toString() {
      return "Skip";
    }
  }

  private static Network[] members() {
    SplittableRandom random = new SplittableRandom(5);
    Network[] members = new Network[3];
    for (int m = 0; m < members.length; m++) {
      members[m] =
          Network.of(Shape.of(4), new Linear(DType.FLOAT64, 4, 3, Initializer.normal(1), random));
    }
    return members;
  }

  private static Tensor examples() {
    SplittableRandom random = new SplittableRandom(6);
    Tensor x = DoubleTensor.zeros(Shape.of(6, 4));
    for (int i = 0; i < x.size(); i++) {
      x.set(i, random.nextGaussian());
    }
    return x;
  }

  /** The mean of linear layers' logits is a linear layer of the mean weights. */
  private static Network meanOfLogits(Network... members) {
    Tensor weight = DoubleTensor.zeros(Shape.of(4, 3));
    for (Network member : members) {
      Tensor one = member.parameters().getFirst().value();
      for (int i = 0; i < weight.size(); i++) {
        weight.set(i, weight.get(i) + one.get(i) / members.length);
      }
    }
    return Network.of(Shape.of(4), Linear.of(weight, DoubleTensor.zeros(Shape.of(3))));
  }

  static Stream<Mutant> others() {
    SplittableRandom random = new SplittableRandom(1);
    UnaryOperator<LayerChecks> categories =
        checks ->
            checks
                .notDifferentiableByInput()
                .withDomain(x -> Math.floorMod((long) Math.rint(x), (long) LookUp.COUNT));
    return Stream.of(
        new Mutant(
            "embedding that takes the nearest category without a word",
            "LookUp: takes -1.0 for some category of 5 without a word",
            () ->
                BlockChecks.refusesWhatIsNoCategory(
                    new LookUp(random) {
                      @Override
                      int category(Tensor x, int i) {
                        return (int) Math.max(0, Math.min(COUNT - 1, x.get(i)));
                      }
                    },
                    LookUp.COUNT)),
        byContract(
            "embedding whose gradient keeps the last of equal categories",
            "LookUp: gradients are wrong.*table",
            categories,
            r ->
                new LookUp(r) {
                  @Override
                  void put(Tensor gradient, int index, double value) {
                    gradient.set(index, value);
                  }
                }),
        byContract(
            "residual block whose backward forgets the skip",
            "Skip: gradients are wrong",
            r ->
                new Skip(r) {
                  @Override
                  double gradient(double dy, double dfx) {
                    return dfx;
                  }
                }),
        byContract(
            "residual block that adds into its input",
            "Skip.*(changes its input|its input was changed)",
            r ->
                new Skip(r) {
                  @Override
                  void add(Tensor x, Tensor fx, Tensor y) {
                    for (int i = 0; i < y.size(); i++) {
                      x.set(i, x.get(i) + fx.get(i));
                    }
                    y.copyFrom(x);
                  }
                }),
        new Mutant(
            "ensemble that averages logits",
            "probability .*, the mean of the members' probabilities is",
            () -> {
              Network[] members = members();
              BlockChecks.isMeanOfProbabilities(meanOfLogits(members), examples(), members);
            }));
  }
}
