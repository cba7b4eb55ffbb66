package lamella.layers;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import lamella.contract.LayerChecks;
import lamella.core.FloatTensor;
import lamella.core.Layer;
import lamella.core.Parameter;
import lamella.core.Parameter.Role;
import lamella.core.Pass;
import lamella.core.Shape;
import lamella.core.ShapeException;
import lamella.core.Tensor;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Faults that normalisations and softmaxes have had elsewhere: each is rejected, by the contract of
 * layers or by known results, with a message that names it. Right ones, and ours, are not.
 */
class NormalisationMutantsTest {
  /** Cases of the contract that are tried; each of its properties runs 30. */
  private static final int CASES = 25;

  /** A normalisation in plain loops, of groups: the rows of a batch, or its columns. */
  private static class Norm implements Layer {
    static final double EPSILON = 1e-5;

    final boolean byColumns;
    final Parameter gain;
    final Parameter bias;
    final Parameter mean;
    final Parameter variance;

    Norm(boolean byColumns, int features) {
      this.byColumns = byColumns;
      gain = parameter("gain", Role.GAIN, features, 1);
      bias = parameter("bias", Role.BIAS, features, 0);
      mean = parameter("mean", Role.STATISTIC, features, 0);
      variance = parameter("variance", Role.STATISTIC, features, 1);
    }

    private static Parameter parameter(String name, Role role, int features, double value) {
      Tensor tensor = FloatTensor.zeros(Shape.of(features));
      tensor.fill(value);
      return new Parameter(name, role, tensor);
    }

    @Override
    public List<Parameter> parameters() {
      return byColumns ? List.of(gain, bias, mean, variance) : List.of(gain, bias);
    }

    @Override
    public Shape outputShape(Shape input) {
      Shape expected = gain.shape().openBatch();
      if (!expected.accepts(input)) {
        throw new ShapeException(this, expected, input);
      }
      return input;
    }

    // What mutants do otherwise.

    double variance(double[] group) {
      return sumOfSquares(group, mean(group)) / group.length;
    }

    double inverse(double ofVariance) {
      return 1 / Math.sqrt(ofVariance + EPSILON);
    }

    boolean usesBatch(Pass pass) {
      return pass.isTraining();
    }

    Tensor running(Parameter statistic, Pass pass) {
      return pass.update(statistic);
    }

    double moved(double running, double ofBatch) {
      return 0.9 * running + 0.1 * ofBatch;
    }

    double unbiased(double ofBatch, int rows) {
      return ofBatch * rows / (rows - 1);
    }

    boolean moves(int rows) {
      return rows > 1;
    }

    /** Of g = dy gain, the mean of g, x̂, and the mean of g x̂. */
    double slope(double g, double meanOfG, double normalised, double meanOfProduct) {
      return g - meanOfG - normalised * meanOfProduct;
    }

    double gainSlope(double dy, double normalised) {
      return dy * normalised;
    }

    // What all have in common.

    static double mean(double[] group) {
      double sum = 0;
      for (double x : group) {
        sum += x;
      }
      return sum / group.length;
    }

    static double sumOfSquares(double[] group, double centre) {
      double sum = 0;
      for (double x : group) {
        sum += (x - centre) * (x - centre);
      }
      return sum;
    }

    private int groups(Tensor x) {
      return byColumns ? x.shape().last() : x.shape().dimension(0);
    }

    private int index(Tensor x, int group, int member) {
      return byColumns ? member * x.shape().last() + group : group * x.shape().last() + member;
    }

    private double[] group(Tensor x, int group) {
      double[] members = new double[x.size() / groups(x)];
      for (int i = 0; i < members.length; i++) {
        members[i] = x.get(index(x, group, i));
      }
      return members;
    }

    private boolean usesRunning(Pass pass) {
      return byColumns && !usesBatch(pass);
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
      Tensor y = pass.output(this, x);
      Tensor normalised = pass.buffer(this, 0, x.shape());
      Tensor inverses = pass.buffer(this, 1, x.shape());
      for (int k = 0; k < groups(x); k++) {
        double[] group = group(x, k);
        boolean running = usesRunning(pass);
        double centre = running ? mean.value().get(k) : mean(group);
        double spread = running ? variance.value().get(k) : variance(group);
        double inverse = inverse(spread);
        if (byColumns && pass.isTraining() && moves(group.length)) {
          Tensor means = running(mean, pass);
          means.set(k, moved(means.get(k), mean(group)));
          Tensor variances = running(variance, pass);
          double ofBatch = sumOfSquares(group, mean(group)) / group.length;
          variances.set(k, moved(variances.get(k), unbiased(ofBatch, group.length)));
        }
        for (int i = 0; i < group.length; i++) {
          int at = index(x, k, i);
          int feature = at % gain.shape().last();
          normalised.set(at, (group[i] - centre) * inverse);
          inverses.set(at, inverse);
          y.set(at, normalised.get(at) * gain.value().get(feature) + bias.value().get(feature));
        }
      }
      return y;
    }

    @Override
    public @Nullable Tensor backward(Tensor dy, Pass pass) {
      Tensor x = pass.recall(this, dy);
      Tensor normalised = pass.buffer(this, 0, x.shape());
      Tensor inverses = pass.buffer(this, 1, x.shape());
      Tensor dgain = pass.gradient(gain);
      Tensor dbias = pass.gradient(bias);
      int features = gain.shape().last();
      for (int i = 0; i < x.size(); i++) {
        int j = i % features;
        dgain.set(j, dgain.get(j) + gainSlope(dy.get(i), normalised.get(i)));
        dbias.set(j, dbias.get(j) + dy.get(i));
      }
      if (!pass.needsInputGradient()) {
        return null;
      }
      Tensor dx = pass.inputGradient(this);
      for (int k = 0; k < groups(x); k++) {
        double[] g = group(dy, k);
        double product = 0;
        for (int i = 0; i < g.length; i++) {
          int at = index(x, k, i);
          g[i] *= gain.value().get(at % features);
          product += g[i] * normalised.get(at);
        }
        for (int i = 0; i < g.length; i++) {
          int at = index(x, k, i);
          double slope =
              usesRunning(pass)
                  ? g[i]
                  : slope(g[i], mean(g), normalised.get(at), product / g.length);
          dx.set(at, slope * inverses.get(at));
        }
      }
      return dx;
    }

    @Override
    public Norm copy(UnaryOperator<Layer> copies) {
      Norm copy = new Norm(byColumns, gain.shape().last());
      for (int i = 0; i < parameters().size(); i++) {
        copy.parameters().get(i).setValue(parameters().get(i).value().copy());
      }
      return copy;
    }

    @Override
    public String toString() {
      return byColumns ? "ByColumns" : "ByRows";
    }
  }

  /** A softmax in plain loops. */
  private static class PlainSoftmax implements Layer {
    double subtracted(double max) {
      return max;
    }

    double slope(double y, double dy, double sum) {
      return y * (dy - sum);
    }

    @Override
    public Shape outputShape(Shape input) {
      if (!Shape.batchOf(3).accepts(input)) {
        throw new ShapeException(this, Shape.batchOf(3), input);
      }
      return input;
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
      Tensor y = pass.output(this, x);
      for (int row = 0; row < x.shape().dimension(0); row++) {
        double max = subtracted(x.get(row, x.argMax(row)));
        double sum = 0;
        for (int j = 0; j < 3; j++) {
          sum += Math.exp(x.get(row, j) - max);
        }
        for (int j = 0; j < 3; j++) {
          y.set(row, j, Math.exp(x.get(row, j) - max) / sum);
        }
      }
      return y;
    }

    @Override
    public @Nullable Tensor backward(Tensor dy, Pass pass) {
      pass.recall(this, dy);
      if (!pass.needsInputGradient()) {
        return null;
      }
      Tensor y = pass.recallOutput(this);
      Tensor dx = pass.inputGradient(this);
      for (int row = 0; row < y.shape().dimension(0); row++) {
        double sum = 0;
        for (int j = 0; j < 3; j++) {
          sum += dy.get(row, j) * y.get(row, j);
        }
        for (int j = 0; j < 3; j++) {
          dx.set(row, j, slope(y.get(row, j), dy.get(row, j), sum));
        }
      }
      return dx;
    }

    @Override
    public String toString() {
      return "PlainSoftmax";
    }
  }

  /** A layer with one fault, and what the message must say of it. */
  record Mutant(String fault, String message, Runnable check) {
    @Override
    public String toString() {
      return fault;
    }
  }

  private static void contract(LayerChecks checks) {
    for (int seed = 0; seed < CASES; seed++) {
      checks.numbers(checks.example(new SplittableRandom(seed)));
    }
  }

  private static LayerChecks byRows(IntFunction<Layer> layers) {
    return LayerChecks.of(random -> layers.apply(4));
  }

  private static LayerChecks byColumns(IntFunction<Layer> layers) {
    return byRows(layers).mixingRows().differingInInference();
  }

  private static Mutant rows(String fault, String message, IntFunction<Layer> layers) {
    return new Mutant(fault, message, () -> contract(byRows(layers)));
  }

  private static Mutant columns(String fault, String message, IntFunction<Layer> layers) {
    return new Mutant(fault, message, () -> contract(byColumns(layers)));
  }

  private static Mutant knownRows(String fault, String message, IntFunction<Layer> layers) {
    return new Mutant(fault, message, () -> NormalisationChecks.layerNorm(layers));
  }

  private static Mutant knownColumns(String fault, String message, IntFunction<Layer> layers) {
    return new Mutant(fault, message, () -> NormalisationChecks.batchNorm(layers));
  }

  static List<Mutant> mutants() {
    return List.of(
        knownRows(
            "the variance in one pass, E[x²] - E[x]²",
            "mean 1e4.*cancels where the mean is large",
            n ->
                new Norm(false, n) {
                  @Override
                  double variance(double[] group) {
                    float squares = 0;
                    float sum = 0;
                    for (double x : group) {
                      squares += (float) x * (float) x;
                      sum += (float) x;
                    }
                    float mean = sum / group.length;
                    return squares / group.length - mean * mean;
                  }
                }),
        knownRows(
            "epsilon outside of the root",
            "epsilon stands outside of the root",
            n ->
                new Norm(false, n) {
                  @Override
                  double inverse(double ofVariance) {
                    return 1 / (Math.sqrt(ofVariance) + EPSILON);
                  }
                }),
        knownRows(
            "the unbiased variance of the row",
            "the variance is the unbiased one",
            n ->
                new Norm(false, n) {
                  @Override
                  double variance(double[] group) {
                    return super.variance(group) * group.length / (group.length - 1);
                  }
                }),
        rows(
            "the mean not subtracted in the gradient",
            "gradients are wrong\\s+input \\[",
            n ->
                new Norm(false, n) {
                  @Override
                  double slope(double g, double meanOfG, double x, double meanOfProduct) {
                    return g - x * meanOfProduct;
                  }
                }),
        rows(
            "the deviation taken for a constant in the gradient",
            "gradients are wrong\\s+input \\[",
            n ->
                new Norm(false, n) {
                  @Override
                  double slope(double g, double meanOfG, double x, double meanOfProduct) {
                    return g - meanOfG;
                  }
                }),
        rows(
            "the gain's gradient without the normalised input",
            "gradients are wrong\\s+gain \\[",
            n ->
                new Norm(false, n) {
                  @Override
                  double gainSlope(double dy, double normalised) {
                    return dy;
                  }
                }),
        knownColumns(
            "the running variance is the biased one",
            "the running variance is the biased one",
            n ->
                new Norm(true, n) {
                  @Override
                  double unbiased(double ofBatch, int rows) {
                    return ofBatch;
                  }
                }),
        knownColumns(
            "the batch normalised by the unbiased variance",
            "the batch is normalised by the unbiased variance",
            n ->
                new Norm(true, n) {
                  @Override
                  double variance(double[] group) {
                    return super.variance(group) * group.length / (group.length - 1);
                  }
                }),
        knownColumns(
            "the momentum is the weight of the old value",
            "the momentum is the weight of the old value",
            n ->
                new Norm(true, n) {
                  @Override
                  double moved(double running, double ofBatch) {
                    return 0.1 * running + 0.9 * ofBatch;
                  }
                }),
        knownColumns(
            "running statistics used in training",
            "training uses the running statistics",
            n ->
                new Norm(true, n) {
                  @Override
                  boolean usesBatch(Pass pass) {
                    return false;
                  }
                }),
        columns(
            "statistics of the batch used in inference",
            "in inference a layer must not use the statistics of the batch",
            n ->
                new Norm(true, n) {
                  @Override
                  boolean usesBatch(Pass pass) {
                    return true;
                  }
                }),
        columns(
            "running statistics written by forward itself",
            "was changed between forward and backward; write a statistic's new value to the tensor"
                + " of Pass.update",
            n ->
                new Norm(true, n) {
                  @Override
                  Tensor running(Parameter statistic, Pass pass) {
                    return statistic.value();
                  }
                }),
        columns(
            "a batch of one row divided by its rows less one",
            "updates variance to NaN for a batch of 1",
            n ->
                new Norm(true, n) {
                  @Override
                  boolean moves(int rows) {
                    return true;
                  }
                }),
        columns(
            "the batch's statistics taken for constants in the gradient",
            "gradients are wrong\\s+input \\[",
            n ->
                new Norm(true, n) {
                  @Override
                  double slope(double g, double meanOfG, double x, double meanOfProduct) {
                    return g;
                  }
                }),
        new Mutant(
            "a softmax without subtracting the maximum",
            "the exponential overflows",
            () ->
                NormalisationChecks.softmax(
                    new PlainSoftmax() {
                      @Override
                      double subtracted(double max) {
                        return 0;
                      }
                    })),
        new Mutant(
            "a softmax's gradient without the sum",
            "gradients are wrong\\s+input \\[",
            () ->
                contract(
                    LayerChecks.of(random ->
                        new PlainSoftmax() {
                          @Override
                          double slope(double y, double dy, double sum) {
                            return y * dy;
                          }
                        }))),
        new Mutant(
            "a softmax's gradient of a sigmoid",
            "gradients are wrong\\s+input \\[",
            () ->
                contract(
                    LayerChecks.of(random ->
                        new PlainSoftmax() {
                          @Override
                          double slope(double y, double dy, double sum) {
                            return y * (1 - y) * dy;
                          }
                        }))));
  }

  @ParameterizedTest
  @MethodSource("mutants")
  void isRejectedByAMessageThatNamesTheFault(Mutant mutant) {
    String message = null;
    try {
      mutant.check.run();
    } catch (AssertionError e) {
      message = e.getMessage();
    }
    if (message == null) {
      fail("not rejected");
    } else {
      assertTrue(Pattern.compile(mutant.message, Pattern.DOTALL).matcher(message).find(), message);
    }
  }

  @Test
  void rightOnesAreNotRejected() {
    NormalisationChecks.layerNorm(n -> new Norm(false, n));
    NormalisationChecks.batchNorm(n -> new Norm(true, n));
    NormalisationChecks.softmax(new PlainSoftmax());
    contract(byRows(n -> new Norm(false, n)));
    contract(byColumns(n -> new Norm(true, n)));
    contract(LayerChecks.of(random -> new PlainSoftmax()));
  }

  @Test
  void oursAreNotRejected() {
    NormalisationChecks.layerNorm(LayerNorm::new);
    NormalisationChecks.batchNorm(BatchNorm::new);
    NormalisationChecks.softmax(new Softmax());
  }
}
