package lamella.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import lamella.core.DType;
import lamella.core.DoubleTensor;
import lamella.core.Network;
import lamella.core.Parameter;
import lamella.core.Parameter.Role;
import lamella.core.Pass;
import lamella.core.SavedState;
import lamella.core.Shape;
import lamella.core.Tensor;
import lamella.core.random.NumPyRandom;
import lamella.layers.Linear;
import lamella.layers.ReLU;
import lamella.losses.SoftmaxCrossEntropy;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class RuleOptimizerTest {
  private final Pass pass = Pass.forTraining();

  private static Parameter parameter(String name, DType dtype, Role role, double... values) {
    return new Parameter(name, role, DoubleTensor.of(Shape.of(values.length), values).to(dtype));
  }

  private void gradient(Parameter parameter, double... values) {
    pass.gradient(parameter).copyFrom(DoubleTensor.of(parameter.shape(), values));
  }

  private void step(Optimizer optimizer, Parameter parameter, double... gradient) {
    gradient(parameter, gradient);
    optimizer.step(pass.gradients());
  }

  /** Keeps two tensors; moves by the rate times the sum of them, and counts the updates. */
  private static final class TwoSlots extends RuleOptimizer<TwoSlots> {
    private TwoSlots(Settings settings) {
      super(settings);
    }

    static TwoSlots of(double rate, double decay) {
      return new TwoSlots(Settings.of(Schedule.constant(rate)).withDecay(decay));
    }

    @Override
    protected TwoSlots with(Settings changed) {
      return new TwoSlots(changed);
    }

    @Override
    protected void update(Parameter parameter, Tensor gradient, Slots kept, Step now) {
      Tensor mean = kept.of("mean");
      Tensor square = kept.of("square");
      Tensor value = parameter.value();
      for (int i = 0; i < value.size(); i++) {
        double g = gradient.get(i);
        mean.set(i, 0.9 * mean.get(i) + g);
        square.set(i, 0.5 * square.get(i) + g * g);
        double move = (mean.get(i) + square.get(i)) / (now.updates() + 1);
        value.set(i, value.get(i) * now.shrink() - now.rate() * move);
      }
    }
  }

  /** The rate stands outside of the velocity, so that a step follows the schedule at once. */
  @Test
  void momentumKeepsTheRateOutsideOfTheVelocity() {
    Parameter weight = parameter("weight", DType.FLOAT64, Role.WEIGHT, 0);
    Sgd sgd = Sgd.of(Schedule.steps(new long[] {1}, new double[] {0.1, 0.01})).withMomentum(0.9);
    step(sgd, weight, 1);
    assertEquals(-0.1, weight.value().get(0), 1e-15);
    step(sgd, weight, 1);
    assertEquals(-0.119, weight.value().get(0), 1e-15);
  }

  // What is kept.

  @Test
  void slotsAreMadeOnFirstUseInTheParametersTypeAndShape() {
    Parameter weight =
        new Parameter("weight", Role.WEIGHT, Tensor.zeros(DType.FLOAT32, Shape.of(2, 3)));
    Slots slots = new Slots(weight);
    Tensor velocity = slots.of("velocity");
    assertEquals("float32[2, 3]", velocity.toString());
    assertArrayEquals(new double[6], velocity.toDoubleArray());
    velocity.fill(0.5);
    assertSame(velocity, slots.of("velocity"));
    assertNotSame(velocity, slots.of("mean"));
    weight.convertTo(DType.FLOAT64);
    assertEquals("float64[2, 3]", slots.of("velocity").toString());
    assertEquals(0.5, slots.of("velocity").get(5));
    assertEquals(
        "Slots: a name must be one word, got 'two words'",
        assertThrows(IllegalArgumentException.class, () -> slots.of("two words")).getMessage());
  }

  @Test
  void whatIsKeptIsSavedByNameAndPlace() {
    Parameter first = parameter("first", DType.FLOAT32, Role.WEIGHT, 1, 2);
    Parameter second = parameter("second", DType.FLOAT64, Role.BIAS, 3);
    TwoSlots optimizer = TwoSlots.of(0.1, 0);
    gradient(first, 1, 2);
    step(optimizer, second, 4);
    step(optimizer, second, 4);
    SavedState state = SavedState.of(List.of(first, second));
    optimizer.save(state);
    assertEquals(
        List.of("mean.0", "square.0", "mean.1", "square.1", "updates"),
        List.copyOf(state.tensors().keySet()));
    assertArrayEquals(new double[] {1, 2}, state.numbers("updates"));
    assertEquals("2", state.text("steps"));
    assertEquals("mean.0 square.0 mean.1 square.1", state.text("slots"));
    Parameter other = new Parameter("first", Role.WEIGHT, first.value().copy());
    Parameter another = new Parameter("second", Role.BIAS, second.value().copy());
    TwoSlots elsewhere = TwoSlots.of(0.1, 0);
    elsewhere.load(SavedState.of(List.of(other, another), state.tensors(), state.texts()));
    for (int i = 0; i < 3; i++) {
      gradient(first, 0.5, -1);
      step(optimizer, second, i);
      gradient(other, 0.5, -1);
      step(elsewhere, another, i);
    }
    assertArrayEquals(first.value().toDoubleArray(), other.value().toDoubleArray());
    assertArrayEquals(second.value().toDoubleArray(), another.value().toDoubleArray());
  }

  /** Updates are those of the parameter, not the steps of all. */
  @Test
  void aParameterThatJoinsLateBeginsAnew() {
    Parameter early = parameter("early", DType.FLOAT64, Role.WEIGHT, 1);
    Parameter late = parameter("late", DType.FLOAT64, Role.WEIGHT, 1);
    TwoSlots optimizer = TwoSlots.of(0.1, 0);
    for (int i = 0; i < 10; i++) {
      step(optimizer, early, 0.3);
    }
    gradient(early, 0.3);
    step(optimizer, late, 0.5);
    assertEquals(1 - 0.1 * (0.5 + 0.25), late.value().get(0), 1e-15);
  }

  // Groups.

  private static Network network() {
    SplittableRandom random = new SplittableRandom(3);
    return Network.of(
        Shape.of(3),
        Network.of(Shape.of(3), new Linear(3, 4, random), new ReLU()),
        new Linear(4, 2, random));
  }

  /** Gradients of 1 for all parameters. */
  private void stepOf(Optimizer optimizer, List<Parameter> parameters) {
    for (Parameter parameter : parameters) {
      pass.gradient(parameter).fill(1);
    }
    optimizer.step(pass.gradients());
  }

  /** By how much a step with gradients of 1 has changed each parameter's first element. */
  private double[] moved(Optimizer optimizer, List<Parameter> parameters) {
    double[] before = parameters.stream().mapToDouble(p -> p.value().get(0)).toArray();
    stepOf(optimizer, parameters);
    for (int i = 0; i < before.length; i++) {
      before[i] -= parameters.get(i).value().get(0);
    }
    return before;
  }

  @Test
  void groupsGoByPathsInTheNetwork() {
    Network network = network();
    Sgd sgd =
        Sgd.of(0.5)
            .withGroup(Group.under("0").withRateFactor(0.5))
            .withGroup(Group.under("1.bias").withRateFactor(0))
            .withGroup(Group.of("biases", (name, p) -> name.endsWith("bias")).withRateFactor(4));
    sgd.begin(network);
    assertArrayEquals(new double[] {0.25, 1, 0.5, 0}, moved(sgd, network.parameters()), 1e-6);
    assertEquals(0.5, sgd.learningRate());
  }

  @Test
  void aTrainerTellsTheOptimiserItsNetwork() {
    Network network = Toy.network(DType.FLOAT32, 1);
    double[] first = network.parameters().get(0).value().toDoubleArray();
    double[] last = network.parameters().get(2).value().toDoubleArray();
    Sgd sgd = Sgd.of(0.1).withGroup(Group.under("0").frozen());
    Trainer.of(network, new SoftmaxCrossEntropy(), sgd)
        .withSteps(2)
        .fit(Toy.points(40, 1), new NumPyRandom(1));
    assertArrayEquals(first, network.parameters().get(0).value().toDoubleArray());
    assertFalse(Arrays.equals(last, network.parameters().get(2).value().toDoubleArray()));
    Sgd wrong = Sgd.of(0.1).withGroup(Group.under("7").frozen());
    assertEquals(
        "Sgd: group under 7: frozen has no parameter; there are 0.weight, 0.bias, 2.weight, 2.bias",
        assertThrows(
                IllegalArgumentException.class,
                () ->
                    Trainer.of(network, new SoftmaxCrossEntropy(), wrong)
                        .fit(Toy.points(40, 1), new NumPyRandom(1)))
            .getMessage());
  }

  @Test
  void groupsByRoleAndByLayerNeedNoNetwork() {
    Network network = network();
    Linear head = (Linear) network.layers().get(1);
    Sgd sgd =
        Sgd.of(0.5)
            .withGroup(Group.of(head).withRateFactor(4))
            .withGroup(Group.of(Role.BIAS).withRateFactor(0.5));
    assertArrayEquals(new double[] {0.5, 0.25, 2, 1}, moved(sgd, network.parameters()), 1e-6);
  }

  @Test
  void aPrefixOfANameIsNoPlace() {
    Network network = network();
    Sgd sgd = Sgd.of(0.5).withGroup(Group.under("0.0.wei").withRateFactor(2));
    assertEquals(
        "Sgd: group under 0.0.wei: rate x 2.0, decay x 1.0 has no parameter; there are"
            + " 0.0.weight, 0.0.bias, 1.weight, 1.bias",
        assertThrows(IllegalArgumentException.class, () -> sgd.begin(network)).getMessage());
  }

  @Test
  void aGroupWithoutParametersIsRefusedAndPathsAreExplained() {
    Network network = network();
    Sgd sgd = Sgd.of(0.5).withGroup(Group.under("1").frozen());
    double before = network.parameters().get(0).value().get(0);
    assertEquals(
        "Sgd: group under 1: frozen has no parameter; there are weight, bias, weight, bias; their"
            + " paths in the network are known after begin(network)",
        assertThrows(IllegalArgumentException.class, () -> stepOf(sgd, network.parameters()))
            .getMessage());
    assertEquals(before, network.parameters().get(0).value().get(0));
    assertEquals(0, sgd.steps());
    sgd.begin(network);
    sgd.step(pass.gradients());
    assertEquals(1, sgd.steps());
  }

  @Test
  void frozenParametersAndWhatIsKeptForThemStay() {
    Network network = network();
    List<Parameter> parameters = network.parameters();
    Sgd sgd = Sgd.of(0.5).withMomentum(0.9).withL2(0.1).withGroup(Group.under("0").frozen());
    sgd.begin(network);
    double[] before = parameters.get(0).value().toDoubleArray();
    parameters.get(1).value().fill(1e-40); // would be set to 0
    stepOf(sgd, parameters);
    stepOf(sgd, parameters);
    assertArrayEquals(before, parameters.get(0).value().toDoubleArray());
    assertNotEquals(0, parameters.get(1).value().get(0));
    SavedState state = SavedState.of(parameters);
    sgd.save(state);
    assertEquals(
        List.of("velocity.2", "velocity.3", "updates"), List.copyOf(state.tensors().keySet()));
    assertArrayEquals(new double[] {0, 0, 2, 2}, state.numbers("updates"));
    assertEquals("under 0: 0 1", state.text("groups"));
    double squares = 0;
    for (double w : parameters.get(2).value().toDoubleArray()) {
      squares += w * w;
    }
    assertEquals(0.05 * squares, sgd.penalty(parameters), 1e-6 * squares);
  }

  @Test
  void decayHasAFactorToo() {
    Parameter first = parameter("first", DType.FLOAT64, Role.WEIGHT, 1);
    Parameter second = parameter("second", DType.FLOAT64, Role.TABLE, 1);
    Parameter bias = parameter("bias", DType.FLOAT64, Role.BIAS, 1);
    Sgd sgd = Sgd.of(0.5).withL2(0.5).withGroup(Group.of(Role.TABLE, Role.BIAS).withDecayFactor(3));
    List<Parameter> parameters = List.of(first, second, bias);
    assertEquals(0.25 * 1 + 0.75 * 1, sgd.penalty(parameters));
    parameters.forEach(p -> gradient(p, 0));
    sgd.step(pass.gradients());
    assertEquals(0.75, first.value().get(0));
    assertEquals(0.25, second.value().get(0));
    assertEquals(1, bias.value().get(0)); // its role is not decayed
    TwoSlots optimizer = TwoSlots.of(0.5, 0.5).withGroup(Group.of(Role.TABLE).withDecayFactor(0));
    parameters.forEach(p -> p.value().fill(1));
    parameters.forEach(p -> gradient(p, 0));
    optimizer.step(pass.gradients());
    assertEquals(0.75, first.value().get(0));
    assertEquals(1, second.value().get(0));
    assertEquals(0, optimizer.penalty(parameters));
  }

  @Test
  void statisticsAreLeftAlone() {
    Parameter weight = parameter("weight", DType.FLOAT64, Role.WEIGHT, 1);
    Parameter mean = parameter("mean", DType.FLOAT64, Role.STATISTIC, 1);
    Sgd sgd = Sgd.of(0.5).withMomentum(0.5);
    gradient(mean, 1);
    step(sgd, weight, 1);
    assertEquals(0.5, weight.value().get(0));
    assertEquals(1, mean.value().get(0));
    assertTrue(sgd.isFor(List.of(weight, mean)));
  }

  @Test
  void aStateOfOtherGroupsIsRefused() {
    Network network = network();
    List<Parameter> parameters = network.parameters();
    Sgd sgd = Sgd.of(0.5).withGroup(Group.of(Role.BIAS).withRateFactor(2));
    stepOf(sgd, parameters);
    SavedState state = SavedState.of(parameters);
    sgd.save(state);
    Sgd.of(0.5).withGroup(Group.of(Role.BIAS).withRateFactor(2)).load(state);
    assertEquals(
        "the parameters of the groups are 'BIAS: 1 3' there and 'WEIGHT: 0 2' here",
        assertThrows(
                IllegalArgumentException.class,
                () -> Sgd.of(0.5).withGroup(Group.of(Role.WEIGHT).withRateFactor(2)).load(state))
            .getMessage());
    assertEquals(
        "the parameters of the groups are 'BIAS: 1 3' there and '' here",
        assertThrows(IllegalArgumentException.class, () -> Sgd.of(0.5).load(state)).getMessage());
  }

  @Test
  void withGroupMakesANewOneAndLeavesTheOld() {
    Sgd plain = Sgd.of(0.5).withMomentum(0.9);
    Sgd grouped = plain.withGroup(Group.of(Role.BIAS).withRateFactor(2).withDecayFactor(0));
    assertEquals("Sgd(l2 0.0, momentum 0.9)", plain.toString());
    assertEquals(
        "Sgd(l2 1.0, momentum 0.9, group BIAS: rate x 2.0, decay x 0.0)",
        grouped.withL2(1).toString());
  }

  @Test
  void factorsAreFiniteAndNotNegative() {
    Group group = Group.of(Role.BIAS);
    for (double factor : new double[] {-1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertEquals(
          "Group BIAS: rate factor must be finite and >= 0, got " + factor,
          assertThrows(IllegalArgumentException.class, () -> group.withRateFactor(factor))
              .getMessage());
      assertEquals(
          "Group BIAS: decay factor must be finite and >= 0, got " + factor,
          assertThrows(IllegalArgumentException.class, () -> group.withDecayFactor(factor))
              .getMessage());
    }
  }

  /** A group whose factors are 1 changes no bit; one of all parameters is another rate. */
  @Property(tries = 30)
  void aGroupOfAllIsAnotherRate(
      @ForAll DType dtype, @ForAll @IntRange(min = 1, max = 40) int length, @ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    double[] values = random.doubles(length, -2, 2).toArray();
    Group all = Group.of("all", (name, p) -> true);
    List<Sgd> optimizers =
        List.of(
            Sgd.of(0.25).withL2(0.5).withMomentum(0.5),
            Sgd.of(0.25).withL2(0.5).withMomentum(0.5).withGroup(all),
            Sgd.of(0.125)
                .withL2(0.25)
                .withMomentum(0.5)
                .withGroup(all.withRateFactor(2).withDecayFactor(2)));
    List<Parameter> weights =
        optimizers.stream().map(o -> parameter("weight", dtype, Role.WEIGHT, values)).toList();
    for (int i = 0; i < 3; i++) {
      double[] gradient = random.doubles(length, -2, 2).toArray();
      for (int k = 0; k < optimizers.size(); k++) {
        step(optimizers.get(k), weights.get(k), gradient);
        assertArrayEquals(
            weights.get(0).value().toDoubleArray(), weights.get(k).value().toDoubleArray());
      }
    }
  }
}
