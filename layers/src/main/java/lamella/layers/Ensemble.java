package lamella.layers;

import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import lamella.core.Layer;
import lamella.core.Loop;
import lamella.core.Network;
import lamella.core.Outputs;
import lamella.core.Parameter;
import lamella.core.Pass;
import lamella.core.RowLoop;
import lamella.core.Shape;
import lamella.core.ShapeException;
import lamella.core.Tensor;
import lamella.core.formula.Expression;
import lamella.core.formula.Formula;
import lamella.core.io.LayerFormat;
import lamella.core.io.OnnxGraph;
import org.jspecify.annotations.Nullable;

/**
 * Several networks as one, whose prediction is the mean of theirs. Made by {@link #of}.
 *
 * {@snippet file="SnippetsTest.java" region="ensemble"}
 *
 * <p>What is averaged goes by what the members' outputs mean, and the mean means the same, so that
 * losses, metrics, predictors and files take it as they take a member:
 *
 * <ul>
 *   <li>classes: the mean of the members' probabilities; the outputs are its logarithm, y_j =
 *       log(1/M sum_m softmax(z_m)_j);
 *   <li>yes or no: the mean of the probabilities p of yes; the outputs are log(p / (1 - p));
 *   <li>numbers, and outputs that are probabilities already: their mean.
 * </ul>
 *
 * <p>Backward gives each member its part, so that members may also be trained together.
 *
 * <p><b>Shapes:</b> those of the members.
 *
 * <p><b>Parameters:</b> those of the members.
 *
 * <p>Source: L. Hansen, P. Salamon, "Neural network ensembles" (1990); B. Lakshminarayanan et al.,
 * "Simple and scalable predictive uncertainty estimation using deep ensembles" (2017).
 */
public final class Ensemble implements Layer {
  private static final Loop SUM = new Addition();
  private static final RowLoop FIRST_LOGS = new Logs(true);
  private static final RowLoop MORE_LOGS = new Logs(false);

  private final List<Layer> members;
  private final Shape inputShape;
  private final Outputs meaning;
  private final List<Parameter> parameters;

  private Ensemble(List<? extends Layer> layers) {
    if (layers.isEmpty()) {
      throw new IllegalArgumentException("Ensemble: needs at least one network");
    }
    Network first = network(layers, 0);
    for (int i = 1; i < layers.size(); i++) {
      Network member = network(layers, i);
      requireSame(i, "inputs", first.inputShape(), member.inputShape());
      requireSame(i, "outputs", first.outputShape(), member.outputShape());
      requireSame(i, "outputs that are", first.outputs(), member.outputs());
      requireSame(i, "numbers of type", first.dtype(), member.dtype());
    }
    this.members = List.copyOf(layers);
    this.inputShape = first.inputShape();
    this.meaning = meaning(first);
    this.parameters = Inside.parameters(members);
  }

  private static Network network(List<? extends Layer> layers, int index) {
    if (layers.get(index) instanceof Network network) {
      return network;
    }
    throw new IllegalArgumentException(
        "Ensemble: member " + index + ": a network expected, got " + layers.get(index));
  }

  private static void requireSame(int member, String what, Object expected, Object actual) {
    if (!expected.equals(actual)) {
      throw new IllegalArgumentException(
          "Ensemble: member "
              + member
              + " has "
              + what
              + " "
              + actual
              + ", member 0 has "
              + expected
              + "; members agree in inputs and outputs, and in what these mean");
    }
  }

  private static Outputs meaning(Network member) {
    Outputs said = member.outputs();
    if (said != Outputs.UNSPECIFIED) {
      return said;
    }
    if (said.classes(member.outputShape()) == 0) {
      throw new IllegalArgumentException(
          "Ensemble: nobody said what the members' outputs "
              + member.outputShape()
              + " mean, and so what their mean is; say it by Network.withOutputs");
    }
    return Outputs.CLASSES;
  }

  /**
   * {@return a network whose prediction is the mean of the predictions of these, whose parameters
   * it shares}
   *
   * @param members of the same inputs, outputs, meaning and type; of several outputs of which
   *     nobody said anything, classes
   * @throws IllegalArgumentException if there is none, they do not agree, or nobody said what a
   *     single output means; names the member
   */
  public static Network of(Network... members) {
    Ensemble ensemble = new Ensemble(List.of(members));
    return Network.of(ensemble.inputShape, ensemble);
  }

  /** The members. */
  @Override
  public List<Layer> layers() {
    return members;
  }

  @Override
  public List<Parameter> parameters() {
    return parameters;
  }

  @Override
  public Outputs outputMeaning() {
    return meaning;
  }

  @Override
  public Ensemble copy(UnaryOperator<Layer> copies) {
    return new Ensemble(members.stream().map(copies).toList());
  }

  @Override
  public Shape outputShape(Shape input) {
    if (!inputShape.openBatch().accepts(input)) {
      throw new ShapeException(this, inputShape.openBatch(), input);
    }
    return members.getFirst().outputShape(input);
  }

  @Override
  public long multiplyAdds(Shape example) {
    return members.stream().mapToLong(member -> member.multiplyAdds(example)).sum();
  }

  @Override
  public Tensor forward(Tensor input, Pass pass) {
    Tensor output = pass.output(this, input);
    for (int m = 0; m < members.size(); m++) {
      Tensor z = pass.forward(this, m, members.get(m), input);
      switch (meaning) {
        case CLASSES -> {
          Tensor logs = kept(m, output, pass);
          (m == 0 ? FIRST_LOGS : MORE_LOGS).over(output, z, logs);
          logs.markChanged();
        }
        case YES_NO -> {
          Tensor logits = kept(m, output, pass);
          logits.copyFrom(z);
          addLogsOfYesAndNo(logits, m, output, logsOfNo(output, pass));
        }
        default -> addTo(output, z, m);
      }
    }
    switch (meaning) {
      case CLASSES -> add(output, -StrictMath.log(members.size()));
      case YES_NO -> subtract(output, logsOfNo(output, pass));
      default -> multiply(output, 1.0 / members.size());
    }
    return output;
  }

  /** Of each member, for backward: the logarithms of its probabilities, or its logits of yes. */
  private Tensor kept(int member, Tensor output, Pass pass) {
    return pass.buffer(this, member, output.shape());
  }

  /** The logarithms of the sums of the members' probabilities of no. */
  private Tensor logsOfNo(Tensor output, Pass pass) {
    return pass.buffer(this, members.size(), output.shape());
  }

  private Tensor memberGradient(Tensor outputGradient, Pass pass) {
    return pass.buffer(this, members.size() + 1, outputGradient.shape());
  }

  @Override
  public @Nullable Tensor backward(Tensor outputGradient, Pass pass) {
    pass.recall(this, outputGradient);
    Tensor output = pass.recallOutput(this);
    boolean needed = pass.needsInputGradient();
    Tensor inputGradient = null;
    for (int m = 0; m < members.size(); m++) {
      Tensor dz = memberGradient(outputGradient, pass);
      switch (meaning) {
        case CLASSES -> gradient(kept(m, output, pass), output, outputGradient, dz);
        case YES_NO ->
            gradient(kept(m, output, pass), output, logsOfNo(output, pass), outputGradient, dz);
        default -> {
          dz.copyFrom(outputGradient);
          multiply(dz, 1.0 / members.size());
        }
      }
      Tensor dx = pass.backward(this, m, members.get(m), dz, needed);
      if (dx != null) {
        if (inputGradient == null) {
          inputGradient = pass.inputGradient(this);
          inputGradient.copyFrom(dx);
        } else {
          SUM.over(inputGradient, inputGradient, dx);
        }
      }
    }
    return inputGradient;
  }

  // The arithmetic: in float64, with StrictMath for the same bits everywhere. Of classes it takes
  // half a microsecond for ten of them and a member, which is visible beside a network of one small
  // hidden layer, and so is done on all threads.

  /**
   * Of sums, z and logs, row by row: logs_j = z_j - log sum_k exp(z_k), and the logarithms of the
   * sums of the probabilities so far with these.
   */
  private static final class Logs extends RowLoop {
    private static final int COST = 50;

    private final boolean first;

    /** First: there are no sums so far. */
    private Logs(boolean first) {
      super(COST);
      this.first = first;
    }

    @Override
    protected void run(float[][] arrays, int from, int to, double[] lanes) {
      float[] sums = arrays[0];
      float[] z = arrays[1];
      float[] logs = arrays[2];
      double largest = Double.NEGATIVE_INFINITY;
      for (int i = from; i < to; i++) {
        largest = Math.max(largest, z[i]);
      }
      double sum = 0;
      for (int i = from; i < to; i++) {
        sum += StrictMath.exp(z[i] - largest);
      }
      double logOfSum = largest + StrictMath.log(sum);
      for (int i = from; i < to; i++) {
        logs[i] = (float) (z[i] - logOfSum);
        sums[i] = first ? logs[i] : (float) logOfSum(sums[i], logs[i]);
      }
    }

    @Override
    protected void run(double[][] arrays, int from, int to, double[] lanes) {
      double[] sums = arrays[0];
      double[] z = arrays[1];
      double[] logs = arrays[2];
      double largest = Double.NEGATIVE_INFINITY;
      for (int i = from; i < to; i++) {
        largest = Math.max(largest, z[i]);
      }
      double sum = 0;
      for (int i = from; i < to; i++) {
        sum += StrictMath.exp(z[i] - largest);
      }
      double logOfSum = largest + StrictMath.log(sum);
      for (int i = from; i < to; i++) {
        logs[i] = (z[i] - logOfSum);
        sums[i] = first ? logs[i] : logOfSum(sums[i], logs[i]);
      }
    }
  }

  private static void addLogsOfYesAndNo(Tensor z, int member, Tensor ofYes, Tensor ofNo) {
    for (int i = 0; i < z.size(); i++) {
      double yes = -softplus(-z.get(i));
      double no = -softplus(z.get(i));
      ofYes.set(i, member == 0 ? yes : logOfSum(ofYes.get(i), yes));
      ofNo.set(i, member == 0 ? no : logOfSum(ofNo.get(i), no));
    }
  }

  /** log(e^a + e^b). */
  private static double logOfSum(double a, double b) {
    double larger = Math.max(a, b);
    return larger == Double.NEGATIVE_INFINITY
        ? larger
        : larger + StrictMath.log1p(StrictMath.exp(Math.min(a, b) - larger));
  }

  /** log(1 + e^a). */
  private static double softplus(double a) {
    return Math.max(a, 0) + StrictMath.log1p(StrictMath.exp(-Math.abs(a)));
  }

  private static void addTo(Tensor sum, Tensor z, int member) {
    if (member == 0) {
      sum.copyFrom(z);
    } else {
      SUM.over(sum, sum, z);
    }
  }

  private static void add(Tensor y, double summand) {
    for (int i = 0; i < y.size(); i++) {
      y.set(i, y.get(i) + summand);
    }
  }

  private static void subtract(Tensor y, Tensor subtrahend) {
    for (int i = 0; i < y.size(); i++) {
      y.set(i, y.get(i) - subtrahend.get(i));
    }
  }

  private static void multiply(Tensor y, double factor) {
    for (int i = 0; i < y.size(); i++) {
      y.set(i, y.get(i) * factor);
    }
  }

  /**
   * With p = e^logs and a member's share r = p / sum_m p_m: dz_i = dy_i r_i - p_i sum_j dy_j r_j.
   */
  private void gradient(Tensor logs, Tensor y, Tensor dy, Tensor dz) {
    int classes = y.shape().last();
    double logOfCount = StrictMath.log(members.size());
    for (int from = 0; from < y.size(); from += classes) {
      double sum = 0;
      for (int i = from; i < from + classes; i++) {
        double share = dy.get(i) * StrictMath.exp(logs.get(i) - y.get(i) - logOfCount);
        dz.set(i, share);
        sum += share;
      }
      for (int i = from; i < from + classes; i++) {
        dz.set(i, dz.get(i) - StrictMath.exp(logs.get(i)) * sum);
      }
    }
  }

  /** With P = sum of p and Q = sum of 1 - p over the members: dz = dy M p (1 - p) / (P Q). */
  private void gradient(Tensor z, Tensor y, Tensor logsOfNo, Tensor dy, Tensor dz) {
    double logOfCount = StrictMath.log(members.size());
    for (int i = 0; i < z.size(); i++) {
      double logOfProduct = -softplus(-z.get(i)) - softplus(z.get(i));
      double logOfSums = y.get(i) + 2 * logsOfNo.get(i);
      dz.set(i, dy.get(i) * StrictMath.exp(logOfProduct - logOfSums + logOfCount));
    }
  }

  // Files.

  /** How files keep this layer. */
  static LayerFormat<Ensemble> format() {
    return LayerFormat.of("lamella.Ensemble", Ensemble.class, saved -> new Ensemble(saved.layers()))
        .withOnnx(Ensemble::toOnnx);
  }

  private String toOnnx(OnnxGraph graph, String x) {
    String[] outputs = new String[members.size()];
    for (int m = 0; m < outputs.length; m++) {
      outputs[m] = graph.layer(m, members.get(m), x);
    }
    return switch (meaning) {
      case CLASSES -> {
        for (int m = 0; m < outputs.length; m++) {
          outputs[m] = graph.node("Softmax", Map.of("axis", -1), outputs[m]);
        }
        // The least normal number: the logarithm of 0 is no output that a predictor takes.
        String least = graph.constant("least", Float.MIN_NORMAL);
        yield graph.node("Log", graph.node("Max", mean(graph, outputs), least));
      }
      case YES_NO -> {
        Formula sigmoid = Formula.of(Expression::sigmoid);
        String[] no = new String[outputs.length];
        for (int m = 0; m < outputs.length; m++) {
          no[m] = graph.formula(sigmoid, graph.node("Neg", outputs[m]));
          outputs[m] = graph.formula(sigmoid, outputs[m]);
        }
        String yes = graph.node("Log", mean(graph, outputs));
        yield graph.node("Sub", yes, graph.node("Log", mean(graph, no)));
      }
      default -> mean(graph, outputs);
    };
  }

  private String mean(OnnxGraph graph, String[] values) {
    String sum = graph.node("Sum", values);
    return graph.node("Mul", sum, graph.constant("share", 1.0 / members.size()));
  }

  /**
   * For example {@code Ensemble(Network([4] -> Linear(4 -> 3)), Network([4] -> Linear(4 -> 3)))}.
   */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("Ensemble(").append(members.getFirst());
    for (Layer member : members.subList(1, members.size())) {
      text.append(", ").append(member);
    }
    return text.append(')').toString();
  }
}
