package lamella.contract.mutants;

import static lamella.contract.mutants.Activation.sigmoid;

import java.util.List;
import java.util.SplittableRandom;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Stream;
import lamella.contract.Example;
import lamella.contract.LayerChecks;
import lamella.core.FloatTensor;
import lamella.core.Layer;
import lamella.core.Network;
import lamella.core.Parameter;
import lamella.core.Parameter.Role;
import lamella.core.Pass;
import lamella.core.Shape;
import lamella.core.ShapeException;
import lamella.core.Tensor;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Correct layers, hard ones among them: the contract rejects none.
 *
 * <p>{@code -Dlamella.contract.seeds=5000} tries more cases of each than an ordinary build.
 */
class CorrectLayersTest {
  private static final int SEEDS = Integer.getInteger("lamella.contract.seeds", 24);
  private static final int FULL = 2;

  /** A correct layer and what the contract needs to be told of it. */
  record Correct(String name, LayerChecks checks) {
    @Override
    public String toString() {
      return name;
    }
  }

  @ParameterizedTest
  @MethodSource("layers")
  void isNeverRejected(Correct correct) {
    for (int seed = 0; seed < SEEDS; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      Example example = correct.checks.example(random);
      try {
        correct.checks.numbers(example);
      } catch (AssertionError e) {
        throw new AssertionError("seed " + seed + ", " + example + ": " + e.getMessage(), e);
      }
    }
    for (int seed = 0; seed < FULL; seed++) {
      correct.checks.all(new SplittableRandom(seed));
    }
  }

  static Stream<Correct> layers() {
    return Stream.of(
            activations(),
            flatAndSteep(),
            shaped(),
            dense(),
            networks(),
            UseMutants.correct(),
            ContainerMutants.correct(),
            UnusualMutants.correct(),
            TrainingMutants.correct())
        .flatMap(List::stream);
  }

  private static Correct activation(
      String name, DoubleUnaryOperator f, DoubleBinaryOperator slope) {
    return new Correct(name, LayerChecks.of(random -> new Activation(name, f, slope)));
  }

  private static Correct activation(Activation activation) {
    return new Correct(activation.name, LayerChecks.of(random -> activation));
  }

  private static List<Correct> activations() {
    return List.of(
        activation(Activation.relu()),
        activation(Activation.swish()),
        activation(Activation.selu()),
        activation(Activation.tanh()),
        activation("Identity", x -> x, (x, y) -> 1),
        activation("Sigmoid", Activation::sigmoid, (x, y) -> y * (1 - y)),
        activation("Softplus, naive", x -> Math.log(1 + Math.exp(x)), (x, y) -> sigmoid(x)),
        activation(
            "Softplus",
            x -> Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
            (x, y) -> sigmoid(x)),
        activation("Exponential", Math::exp, (x, y) -> y),
        activation("Square", x -> x * x, (x, y) -> 2 * x),
        activation("Cube", x -> x * x * x, (x, y) -> 3 * x * x),
        activation("Absolute", x -> Double.isNaN(x) ? x : Math.abs(x), (x, y) -> Math.signum(x)),
        activation(
            "Softsign", x -> x / (1 + Math.abs(x)), (x, y) -> 1 / Math.pow(1 + Math.abs(x), 2)),
        activation("Atan", Math::atan, (x, y) -> 1 / (1 + x * x)),
        activation("Gaussian", x -> Math.exp(-x * x), (x, y) -> -2 * x * y),
        activation("Mish", CorrectLayersTest::mish, (x, y) -> mishSlope(x)),
        activation("GELU", CorrectLayersTest::gelu, (x, y) -> geluSlope(x)),
        activation(
            "HardTanh",
            x -> Double.isNaN(x) ? x : Math.max(-1, Math.min(1, x)),
            (x, y) -> x > -1 && x < 1 ? 1 : 0),
        activation(
            "HardSwish",
            x -> Double.isNaN(x) ? x : x * Math.max(0, Math.min(6, x + 3)) / 6,
            (x, y) -> x < -3 ? 0 : x > 3 ? 1 : (2 * x + 3) / 6),
        activation(
            "ReLU6",
            x -> Double.isNaN(x) ? x : Math.max(0, Math.min(6, x)),
            (x, y) -> x > 0 && x < 6 ? 1 : 0),
        activation("ELU", x -> x > 0 ? x : Math.expm1(x), (x, y) -> x > 0 ? 1 : Math.exp(x)),
        new Correct(
            "Logarithm",
            LayerChecks.of(random -> new Activation("Log", Math::log, (x, y) -> 1 / x))
                .withDomain(x -> x == 0 ? 1 : Math.abs(x))),
        new Correct(
            "Root",
            LayerChecks.of(random -> new Activation("Root", Math::sqrt, (x, y) -> 0.5 / y))
                .withDomain(x -> x == 0 ? 1 : Math.abs(x))),
        new Correct(
            "Reciprocal",
            LayerChecks.of(random -> new Activation("Reciprocal", x -> 1 / x, (x, y) -> -y * y))
                .withDomain(x -> x == 0 ? 1 : x)));
  }

  private static double mish(double x) {
    return x * Math.tanh(x > 30 ? x : Math.log1p(Math.exp(x)));
  }

  private static double mishSlope(double x) {
    double t = Math.tanh(x > 30 ? x : Math.log1p(Math.exp(x)));
    return t + x * (1 - t * t) * sigmoid(x);
  }

  private static double gelu(double x) {
    return 0.5 * x * (1 + Math.tanh(geluInner(x)));
  }

  private static double geluInner(double x) {
    return 0.7978845608028654 * (x + 0.044715 * x * x * x);
  }

  private static double geluSlope(double x) {
    double t = Math.tanh(geluInner(x));
    return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * 0.7978845608028654 * (1 + 0.134145 * x * x);
  }

  private static List<Correct> flatAndSteep() {
    return List.of(
        activation("Zero", x -> 0 * x, (x, y) -> 0),
        activation("1 + 1e-9 sin", x -> 1 + 1e-9 * Math.sin(x), (x, y) -> 1e-9 * Math.cos(x)),
        activation("1e6 + 1e-3 x", x -> 1e6 + 1e-3 * x, (x, y) -> 1e-3),
        activation("1e-12 x", x -> 1e-12 * x, (x, y) -> 1e-12),
        activation(
            "1e-20 tanh",
            x -> 1e-20 * Math.tanh(x),
            (x, y) -> 1e-20 * (1 - Math.pow(Math.tanh(x), 2))),
        activation("1e12 x", x -> 1e12 * x, (x, y) -> 1e12),
        activation("tanh(100 x)", x -> Math.tanh(100 * x), (x, y) -> 100 * (1 - y * y)),
        activation("tanh(1e4 x)", x -> Math.tanh(1e4 * x), (x, y) -> 1e4 * (1 - y * y)),
        activation("sin(100 x)", x -> Math.sin(100 * x), (x, y) -> 100 * Math.cos(100 * x)),
        activation("sin", Math::sin, (x, y) -> Math.cos(x)),
        activation("x^9", x -> Math.pow(x, 9), (x, y) -> 9 * Math.pow(x, 8)),
        activation("1e4 relu", x -> x <= 0 ? 0 : 1e4 * x, (x, y) -> x <= 0 ? 0 : 1e4),
        activation(
            "step of 1e-3 slope", x -> x <= 0 ? 1e-3 * x : 1e3 * x, (x, y) -> x <= 0 ? 1e-3 : 1e3));
  }

  /** A layer of one function of a whole example. */
  private abstract static class OfExamples implements Layer {
    private final String name;

    OfExamples(String name) {
      this.name = name;
    }

    abstract void value(double[] x, double[] y);

    /** dx for dy. */
    abstract void gradient(double[] x, double[] dy, double[] dx);

    abstract Shape example(Shape input);

    @Override
    public Shape outputShape(Shape input) {
      if (input.rank() < 2) {
        throw new ShapeException(this, Shape.batchOf(4), input);
      }
      Shape result = example(input.example());
      return input.isOpen() ? result.openBatch() : result.batch(input.dimension(0));
    }

    // Arrays as fields would be shared by threads: these belong to the pass.
    @Override
    public Tensor forward(Tensor x, Pass pass) {
      Tensor y = pass.output(this, x);
      int n = x.shape().dimension(0);
      double[] in = Arrays2.of(x.size() / n);
      double[] out = Arrays2.of2(y.size() / n);
      for (int row = 0; row < n; row++) {
        read(x, row, in);
        value(in, out);
        write(out, y, row);
      }
      return y;
    }

    @Override
    public @Nullable Tensor backward(Tensor dy, Pass pass) {
      Tensor x = pass.recall(this, dy);
      if (!pass.needsInputGradient()) {
        return null;
      }
      Tensor dx = pass.inputGradient(this);
      int n = x.shape().dimension(0);
      double[] in = Arrays2.of(x.size() / n);
      double[] out = Arrays2.of2(dy.size() / n);
      double[] gradient = Arrays2.of3(x.size() / n);
      for (int row = 0; row < n; row++) {
        read(x, row, in);
        read(dy, row, out);
        gradient(in, out, gradient);
        write(gradient, dx, row);
      }
      return dx;
    }

    private static void read(Tensor from, int row, double[] to) {
      for (int i = 0; i < to.length; i++) {
        to[i] = from.get(row * to.length + i);
      }
    }

    private static void write(double[] from, Tensor to, int row) {
      for (int i = 0; i < from.length; i++) {
        to.set(row * from.length + i, from[i]);
      }
    }

    @Override
    public String toString() {
      return name;
    }
  }

  /** Scratch arrays of a thread, one per length, so that a step allocates nothing. */
  private static final class Arrays2 {
    private static final ThreadLocal<double[][]> A =
        ThreadLocal.withInitial(() -> new double[64][]);
    private static final ThreadLocal<double[][]> B =
        ThreadLocal.withInitial(() -> new double[64][]);
    private static final ThreadLocal<double[][]> C =
        ThreadLocal.withInitial(() -> new double[64][]);

    static double[] of(int length) {
      return from(A, length);
    }

    static double[] of2(int length) {
      return from(B, length);
    }

    static double[] of3(int length) {
      return from(C, length);
    }

    private static double[] from(ThreadLocal<double[][]> cache, int length) {
      double[][] known = cache.get();
      if (known[length] == null) {
        known[length] = new double[length];
      }
      return known[length];
    }
  }

  private static List<Correct> shaped() {
    return List.of(
        new Correct(
            "Softmax over an example",
            LayerChecks.of(
                random ->
                    new OfExamples("Softmax") {
                      @Override
                      Shape example(Shape input) {
                        return input;
                      }

                      @Override
                      void value(double[] x, double[] y) {
                        softmax(x, y);
                      }

                      @Override
                      void gradient(double[] x, double[] dy, double[] dx) {
                        softmax(x, dx);
                        double mean = 0;
                        for (int i = 0; i < x.length; i++) {
                          mean += dx[i] * dy[i];
                        }
                        for (int i = 0; i < x.length; i++) {
                          dx[i] *= dy[i] - mean;
                        }
                      }
                    },
                Shape.of(4))),
        new Correct(
            "Flatten",
            LayerChecks.of(
                random ->
                    new OfExamples("Flatten") {
                      @Override
                      Shape example(Shape input) {
                        return Shape.of(input.size());
                      }

                      @Override
                      void value(double[] x, double[] y) {
                        System.arraycopy(x, 0, y, 0, x.length);
                      }

                      @Override
                      void gradient(double[] x, double[] dy, double[] dx) {
                        System.arraycopy(dy, 0, dx, 0, dx.length);
                      }
                    },
                Shape.of(3, 2))),
        new Correct(
            "Sum of an example",
            LayerChecks.of(
                random ->
                    new OfExamples("Sum") {
                      @Override
                      Shape example(Shape input) {
                        return Shape.of(1);
                      }

                      @Override
                      void value(double[] x, double[] y) {
                        y[0] = 0;
                        for (double each : x) {
                          y[0] += each;
                        }
                      }

                      @Override
                      void gradient(double[] x, double[] dy, double[] dx) {
                        java.util.Arrays.fill(dx, dy[0]);
                      }
                    },
                Shape.of(5))),
        new Correct(
            "Largest of an example",
            LayerChecks.of(
                random ->
                    new OfExamples("Max") {
                      @Override
                      Shape example(Shape input) {
                        return Shape.of(1);
                      }

                      @Override
                      void value(double[] x, double[] y) {
                        y[0] = x[largest(x)];
                      }

                      @Override
                      void gradient(double[] x, double[] dy, double[] dx) {
                        java.util.Arrays.fill(dx, 0);
                        dx[largest(x)] = dy[0];
                      }
                    },
                Shape.of(5))),
        new Correct(
            "First half times second half",
            LayerChecks.of(random ->
                new OfExamples("Gate") {
                  @Override
                  Shape example(Shape input) {
                    if (input.last() % 2 != 0) {
                      throw new ShapeException(this, Shape.batchOf(6), input.batch(1));
                    }
                    return input.withLast(input.last() / 2);
                  }

                  @Override
                  public Shape outputShape(Shape input) {
                    if (!Shape.batchOf(6).accepts(input)) {
                      throw new ShapeException(this, Shape.batchOf(6), input);
                    }
                    return input.withLast(3);
                  }

                  @Override
                  void value(double[] x, double[] y) {
                    for (int i = 0; i < y.length; i++) {
                      y[i] = x[i] * sigmoid(x[i + y.length]);
                    }
                  }

                  @Override
                  void gradient(double[] x, double[] dy, double[] dx) {
                    for (int i = 0; i < dy.length; i++) {
                      double s = sigmoid(x[i + dy.length]);
                      dx[i] = dy[i] * s;
                      dx[i + dy.length] = dy[i] * x[i] * s * (1 - s);
                    }
                  }
                })),
        new Correct("PReLU", LayerChecks.of(random -> new PReLU())),
        new Correct("Normalise", LayerChecks.of(random -> normalise(), Shape.of(5))));
  }

  /** (x - mean) / sqrt(variance + 0.01) over an example. */
  private static Layer normalise() {
    return new OfExamples("Normalise") {
      @Override
      Shape example(Shape input) {
        return input;
      }

      @Override
      void value(double[] x, double[] y) {
        double mean = mean(x);
        double deviation = deviation(x, mean);
        for (int i = 0; i < x.length; i++) {
          y[i] = (x[i] - mean) / deviation;
        }
      }

      private double mean(double[] x) {
        double sum = 0;
        for (double each : x) {
          sum += each;
        }
        return sum / x.length;
      }

      private double deviation(double[] x, double mean) {
        double sum = 0;
        for (double each : x) {
          sum += (each - mean) * (each - mean);
        }
        return Math.sqrt(sum / x.length + 0.01);
      }

      @Override
      void gradient(double[] x, double[] dy, double[] dx) {
        double mean = mean(x);
        double deviation = deviation(x, mean);
        double first = 0;
        double second = 0;
        for (int i = 0; i < x.length; i++) {
          first += dy[i] / x.length;
          second += dy[i] * (x[i] - mean) / deviation / x.length;
        }
        for (int i = 0; i < x.length; i++) {
          dx[i] = (dy[i] - first - (x[i] - mean) / deviation * second) / deviation;
        }
      }
    };
  }

  private static void softmax(double[] x, double[] y) {
    double largest = x[largest(x)];
    double sum = 0;
    for (int i = 0; i < x.length; i++) {
      y[i] = Math.exp(x[i] - largest);
      sum += y[i];
    }
    for (int i = 0; i < x.length; i++) {
      y[i] /= sum;
    }
  }

  private static int largest(double[] x) {
    int best = 0;
    for (int i = 1; i < x.length; i++) {
      best = x[i] > x[best] || Double.isNaN(x[i]) ? i : best;
    }
    return best;
  }

  /** y = x for x > 0, else a x, with one a that is learned. */
  private static final class PReLU implements Layer {
    private final Parameter slope =
        new Parameter("slope", Role.WEIGHT, FloatTensor.of(Shape.of(1), 0.25f));

    @Override
    public List<Parameter> parameters() {
      return List.of(slope);
    }

    @Override
    public Shape outputShape(Shape input) {
      return input;
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
      Tensor y = pass.output(this, x);
      for (int i = 0; i < x.size(); i++) {
        y.set(i, x.get(i) > 0 ? x.get(i) : slope.value().get(0) * x.get(i));
      }
      return y;
    }

    @Override
    public @Nullable Tensor backward(Tensor dy, Pass pass) {
      Tensor x = pass.recall(this, dy);
      Tensor da = pass.gradient(slope);
      double sum = 0;
      for (int i = 0; i < x.size(); i++) {
        sum += x.get(i) > 0 ? 0 : x.get(i) * dy.get(i);
      }
      da.set(0, da.get(0) + sum);
      if (!pass.needsInputGradient()) {
        return null;
      }
      Tensor dx = pass.inputGradient(this);
      for (int i = 0; i < x.size(); i++) {
        dx.set(i, x.get(i) > 0 ? dy.get(i) : slope.value().get(0) * dy.get(i));
      }
      return dx;
    }

    @Override
    public String toString() {
      return "PReLU";
    }
  }

  private static Correct dense(int inputs, int outputs, double scale) {
    return new Correct(
        "Dense " + inputs + " -> " + outputs + ", weights of " + scale,
        LayerChecks.of(random -> scaled(new Dense(inputs, outputs, random), scale)));
  }

  private static Dense scaled(Dense dense, double scale) {
    Tensor w = dense.weight.value();
    for (int i = 0; i < w.size(); i++) {
      w.set(i, w.get(i) * scale);
    }
    return dense;
  }

  private static List<Correct> dense() {
    return List.of(
        dense(5, 3, 1),
        dense(1, 3, 1),
        dense(3, 1, 1),
        dense(1, 1, 1),
        dense(4, 4, 1),
        dense(30, 2, 1),
        dense(5, 3, 1e-12),
        dense(5, 3, 1e-4),
        dense(5, 3, 1e8));
  }

  private static Correct network(String name, LayerChecks.Maker maker) {
    return new Correct(name, LayerChecks.of(maker));
  }

  private static List<Correct> networks() {
    return List.of(
        network(
            "Two layers, ReLU",
            random ->
                Network.of(
                    Shape.of(5),
                    new Dense(5, 7, random),
                    Activation.relu(),
                    new Dense(7, 3, random))),
        network(
            "Six layers",
            random ->
                Network.of(
                    Shape.of(4),
                    new Dense(4, 6, random),
                    Activation.relu(),
                    new Dense(6, 5, random),
                    Activation.selu(),
                    new Dense(5, 6, random),
                    Activation.relu(),
                    new Dense(6, 2, random),
                    Activation.tanh())),
        network(
            "The same layer twice",
            random -> {
              Dense twice = new Dense(4, 4, random);
              return Network.of(
                  Shape.of(4), twice, Activation.tanh(), twice, new Dense(4, 2, random));
            }),
        network(
            "Nested",
            random -> {
              Activation shared = Activation.swish();
              Network inner = Network.of(Shape.of(4), new Dense(4, 3, random), shared);
              return Network.of(
                  Shape.of(5),
                  new Dense(5, 4, random),
                  shared,
                  inner,
                  Network.of(Shape.of(3), Activation.relu(), new Dense(3, 4, random)),
                  inner);
            }),
        network(
            "No parameters",
            random -> Network.of(Shape.of(3), Activation.tanh(), Activation.swish())));
  }
}
