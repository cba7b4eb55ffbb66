package lamella.layers;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import lamella.check.GradientCheck;
import lamella.check.GradientReport;
import lamella.check.GradientReport.Outcome;
import lamella.core.DType;
import lamella.core.Layer;
import lamella.core.Network;
import lamella.core.Parameter;
import lamella.core.Pass;
import lamella.core.Shape;
import lamella.core.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Runs the gradient check on random networks: it never calls a right one wrong, nor a wrong one
 * right. {@link GradientSweepTest} runs it in a JVM of its own, as so many shapes would change how
 * the compiler treats the kernels, and with it what other tests measure.
 */
final class GradientSweep {
  /** A kink so close, and saturated units so flat, that differences cannot see them. */
  private static final int[] HARD = {9962, 20543};

  private GradientSweep() {}

  /** Arguments: how many networks. Prints a line for each kind of them. */
  public static void main(String[] arguments) {
    int networks = Integer.parseInt(arguments[0]);
    rightNetworksAreNeverCalledWrong(networks);
    rightNetworksOfRowsAreNeverCalledWrong(networks);
    wrongNetworksAreFound(networks);
  }

  private static void rightNetworksAreNeverCalledWrong(int networks) {
    int undecided = 0;
    for (int i = 0; i < networks + HARD.length; i++) {
      int seed = i < networks ? i : HARD[i - networks];
      RandomGenerator random = new SplittableRandom(seed);
      Network network = RandomNetworks.network(random);
      Tensor input = RandomNetworks.input(network, random);
      if (!isFinite(network.forward(input.to(dtype(network))))) {
        continue;
      }
      GradientReport report =
          seed % 4 == 0
              ? new GradientCheck().run(network)
              : new GradientCheck().run(network, input, new SplittableRandom(seed));
      require(report.outcome() != Outcome.WRONG, "called wrong: seed " + seed + ": " + report);
      if (report.outcome() == Outcome.NOT_DECIDED) {
        undecided++;
        require(report.toString().contains("not decided"), report.toString());
        require(report.toString().contains(": try other inputs"), report.toString());
      }
    }
    // Networks that are dead as a whole.
    require(undecided <= 0.05 * networks, undecided + " of " + networks + " not decided");
    System.out.println(networks + " right networks: 0 called wrong, " + undecided + " not decided");
  }

  private static void rightNetworksOfRowsAreNeverCalledWrong(int networks) {
    int undecided = 0;
    for (int seed = 0; seed < networks; seed++) {
      RandomGenerator random = new SplittableRandom(seed);
      Network network = RandomNetworks.ofRows(random);
      Tensor input = RandomNetworks.input(network, random);
      GradientReport report = new GradientCheck().run(network, input, new SplittableRandom(seed));
      require(report.outcome() != Outcome.WRONG, "called wrong: seed " + seed + ": " + report);
      undecided += report.outcome() == Outcome.NOT_DECIDED ? 1 : 0;
    }
    System.out.println(
        networks + " right networks of rows: 0 called wrong, " + undecided + " not decided");
  }

  private static void require(boolean condition, String message) {
    if (!condition) {
      throw new AssertionError(message);
    }
  }

  private static DType dtype(Network network) {
    List<Parameter> parameters = network.parameters();
    return parameters.isEmpty() ? DType.FLOAT64 : parameters.get(0).value().dtype();
  }

  private static boolean isFinite(Tensor tensor) {
    for (int i = 0; i < tensor.size(); i++) {
      if (!(Math.abs(tensor.get(i)) < 1e30)) {
        return false;
      }
    }
    return true;
  }

  private static final List<Fault> FAULTS = List.of(Fault.values());

  private enum Fault {
    INPUT_GRADIENT_A_TEN_THOUSANDTH_TOO_LARGE,
    ONE_ROW_OF_THE_INPUT_GRADIENT,
    ONE_ELEMENT_OF_THE_INPUT_GRADIENT,
    WHERE_THE_INPUT_IS_NEGATIVE,
    FIRST_ROW_MISSING,
    ONE_ELEMENT_OF_THE_WEIGHT_GRADIENT
  }

  /** A layer's own backward with a subtle fault that can be turned off. */
  private static final class Wrong implements Layer {
    private final Layer layer;
    private final Fault fault;
    private final int place;
    private boolean isOn = true;

    Wrong(Layer layer, Fault fault, int place) {
      this.layer = layer;
      this.fault = fault;
      this.place = place;
    }

    @Override
    public List<Parameter> parameters() {
      return layer.parameters();
    }

    @Override
    public List<Layer> layers() {
      return List.of(layer);
    }

    @Override
    public Shape outputShape(Shape input) {
      return layer.outputShape(input);
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
      Tensor y = pass.output(this, x);
      Tensor inner = pass.forward(this, 0, layer, x);
      for (int i = 0; i < y.size(); i++) {
        y.set(i, inner.get(i));
      }
      return y;
    }

    @Override
    public @Nullable Tensor backward(Tensor dy, Pass pass) {
      Tensor x = pass.recall(this, dy);
      boolean ofWeight =
          isOn && fault == Fault.ONE_ELEMENT_OF_THE_WEIGHT_GRADIENT && !parameters().isEmpty();
      Tensor dw = ofWeight ? pass.gradient(parameters().get(0)) : null;
      int element = dw == null ? 0 : place % dw.size();
      double before = dw == null ? 0 : dw.get(element);
      Tensor inner = pass.backward(this, 0, layer, dy, pass.needsInputGradient());
      if (dw != null) {
        dw.set(element, before + (dw.get(element) - before) * 1.0001);
      }
      if (inner == null) {
        return null;
      }
      Tensor dx = pass.inputGradient(this);
      for (int i = 0; i < dx.size(); i++) {
        dx.set(i, inner.get(i) * (isOn ? factor(i, x) : 1));
      }
      return dx;
    }

    private double factor(int i, Tensor x) {
      int rows = x.shape().dimension(0);
      int row = i / (x.size() / rows);
      return switch (fault) {
        case INPUT_GRADIENT_A_TEN_THOUSANDTH_TOO_LARGE -> 1.0001;
        case ONE_ROW_OF_THE_INPUT_GRADIENT -> row == place % rows ? 1.01 : 1;
        case ONE_ELEMENT_OF_THE_INPUT_GRADIENT -> i == place % x.size() ? 1.001 : 1;
        case WHERE_THE_INPUT_IS_NEGATIVE -> x.get(i) < 0 ? 1.01 : 1;
        case FIRST_ROW_MISSING -> row == 0 ? 0 : 1;
        case ONE_ELEMENT_OF_THE_WEIGHT_GRADIENT -> 1;
      };
    }
  }

  private static void wrongNetworksAreFound(int networks) {
    int found = 0;
    List<String> missed = new ArrayList<>();
    for (int seed = 0; seed < networks; seed++) {
      RandomGenerator random = new SplittableRandom(seed);
      Network right = RandomNetworks.network(random);
      Tensor input = RandomNetworks.input(right, random);
      List<Layer> layers = new ArrayList<>(right.layers());
      Layer chosen = layers.get(random.nextInt(layers.size()));
      Fault fault = FAULTS.get(random.nextInt(FAULTS.size()));
      Wrong wrong = new Wrong(chosen, fault, random.nextInt(1000));
      layers.replaceAll(layer -> layer.equals(chosen) ? wrong : layer);
      Network network = Network.of(right.inputShape(), layers.toArray(new Layer[0]));
      if (!isFinite(network.forward(input.to(dtype(network)))) || !matters(network, wrong, input)) {
        continue;
      }
      GradientReport report = new GradientCheck().run(network, input, new SplittableRandom(seed));
      if (report.outcome() == Outcome.WRONG) {
        found++;
      } else {
        missed.add("seed " + seed + ", " + fault + ": " + report);
      }
    }
    require(found > networks / 3, "few faults that matter: " + found);
    // What is lost in noise, as 1e-4 of a gradient of 1e-6 beside numbers of 1e3, cannot be found.
    require(missed.size() <= 0.005 * found, missed.size() + " of " + found + ": " + missed);
    System.out.println(found + " wrong networks found, " + missed.size() + " missed");
  }

  /** Whether the fault changes an element that is not small among its like by 1e-5 or more. */
  private static boolean matters(Network network, Wrong wrong, Tensor input) {
    for (Parameter parameter : network.parameters()) {
      parameter.convertTo(DType.FLOAT64);
    }
    List<double[]> with = gradients(network, input);
    wrong.isOn = false;
    List<double[]> without = gradients(network, input);
    wrong.isOn = true;
    for (int k = 0; k < with.size(); k++) {
      double largest = 0;
      for (double each : without.get(k)) {
        largest = Math.max(largest, Math.abs(each));
      }
      for (int i = 0; i < with.get(k).length; i++) {
        double size = Math.abs(without.get(k)[i]);
        double error = Math.abs(with.get(k)[i] - without.get(k)[i]);
        if (largest > 1e-4 && size > 1e-3 * largest && error > 1e-5 * size) {
          return true;
        }
      }
    }
    return false;
  }

  private static List<double[]> gradients(Network network, Tensor input) {
    Pass pass = Pass.forGradients();
    Tensor dy = network.forward(input, pass).copy();
    for (int i = 0; i < dy.size(); i++) {
      dy.set(i, (i % 2 == 0 ? 1 : -1) * (0.5 + i % 7 / 6.0));
    }
    List<double[]> gradients = new ArrayList<>();
    Tensor dx = network.backward(dy, pass);
    gradients.add(dx == null ? new double[0] : dx.toDoubleArray());
    for (Parameter parameter : network.parameters()) {
      gradients.add(pass.gradients().of(parameter).toDoubleArray());
    }
    return gradients;
  }
}
