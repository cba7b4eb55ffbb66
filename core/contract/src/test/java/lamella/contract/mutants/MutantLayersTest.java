package lamella.contract.mutants;

import static lamella.contract.mutants.Activation.ALPHA;
import static lamella.contract.mutants.Activation.LAMBDA;
import static lamella.contract.mutants.Activation.relu;
import static lamella.contract.mutants.Activation.selu;
import static lamella.contract.mutants.Activation.sigmoid;
import static lamella.contract.mutants.Activation.swish;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import lamella.contract.LayerChecks;
import lamella.core.DType;
import lamella.core.FloatTensor;
import lamella.core.Layer;
import lamella.core.Parameter;
import lamella.core.Parameter.Role;
import lamella.core.Pass;
import lamella.core.Shape;
import lamella.core.ShapeException;
import lamella.core.Tensor;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Wrong layers: the contract rejects every one of them, and says what is wrong. */
class MutantLayersTest {
  /** Cases tried; each of the contract's properties runs 30. */
  private static final int CASES = 25;

  /**
   * A layer with one fault, and what the message must say of it.
   *
   * @param told what the contract is told of the layer
   */
  record Mutant(
      String fault, String message, UnaryOperator<LayerChecks> told, LayerChecks.Maker maker) {
    Mutant(String fault, String message, LayerChecks.Maker maker) {
      this(fault, message, checks -> checks, maker);
    }

    @Override
    public String toString() {
      return fault;
    }
  }

  @ParameterizedTest
  @MethodSource("mutants")
  void isRejectedByAMessageThatNamesTheFault(Mutant mutant) {
    String message = rejection(mutant);
    if (message == null) {
      fail("not rejected");
    } else {
      assertTrue(Pattern.compile(mutant.message, Pattern.DOTALL).matcher(message).find(), message);
    }
  }

  private static @Nullable String rejection(Mutant mutant) {
    try {
      LayerChecks checks = mutant.told.apply(LayerChecks.of(mutant.maker));
      for (int seed = 0; seed < CASES; seed++) {
        checks.all(new SplittableRandom(seed));
      }
      return null;
    } catch (AssertionError e) {
      return e.getMessage();
    }
  }

  static Stream<Mutant> mutants() {
    return Stream.of(
            activations(),
            arrays(),
            layers(),
            dense(),
            parameters(),
            UseMutants.layers(),
            ContainerMutants.layers(),
            UnusualMutants.layers(),
            TrainingMutants.layers())
        .flatMap(List::stream);
  }

  private static Mutant slope(
      String fault, String message, DoubleUnaryOperator f, DoubleBinaryOperator slope) {
    return new Mutant(fault, message, random -> new Activation("Mutant", f, slope));
  }

  /** Slopes that do not belong to their values. */
  private static List<Mutant> activations() {
    DoubleUnaryOperator relu = x -> x <= 0 ? 0 : x;
    DoubleUnaryOperator swish = x -> x * sigmoid(x);
    DoubleBinaryOperator swishSlope = (x, y) -> sigmoid(x) + y * (1 - sigmoid(x));
    return List.of(
        slope(
            "leaky slope below the kink",
            "input is (negative|<=)",
            relu,
            (x, y) -> x > 0 ? 1 : 0.01),
        slope("slope 0.999 above the kink", "factor 0.999", relu, (x, y) -> x > 0 ? 0.999 : 0),
        slope("slope 7 at exactly 0", "backward says", relu, (x, y) -> x == 0 ? 7 : x > 0 ? 1 : 0),
        slope(
            "SELU's alpha wrong in the 5th digit",
            "factor 1.00002|relative error 2.2e-05",
            x -> LAMBDA * (x > 0 ? x : ALPHA * Math.expm1(x)),
            (x, y) -> LAMBDA * (x > 0 ? 1 : 1.6733 * Math.exp(x))),
        slope(
            "Swish's slope off for |x| > 50",
            "wrong only where the element of input is (large|>=|<=)|factor 1.01",
            swish,
            (x, y) -> swishSlope.applyAsDouble(x, y) * (Math.abs(x) > 50 ? 1.01 : 1)),
        slope(
            "slope off by 1e-5 for x > 1000",
            "factor 1.00001",
            swish,
            (x, y) -> swishSlope.applyAsDouble(x, y) * (x > 1000 ? 1.00001 : 1)),
        slope(
            "slope off for x in [2, 3)",
            "input \\[",
            swish,
            (x, y) -> swishSlope.applyAsDouble(x, y) * (x >= 2 && x < 3 ? 1.1 : 1)),
        slope(
            "slope off for |x| < 0.01",
            "input \\[",
            swish,
            (x, y) -> swishSlope.applyAsDouble(x, y) * (Math.abs(x) < 0.01 ? 1.1 : 1)),
        slope(
            "slope 0 at exactly 0",
            "input \\[",
            swish,
            (x, y) -> x == 0 ? 0 : swishSlope.applyAsDouble(x, y)),
        slope("sign", "sign", swish, (x, y) -> -swishSlope.applyAsDouble(x, y)),
        slope(
            "factor 2",
            "factor 2.000.*added twice",
            swish,
            (x, y) -> 2 * swishSlope.applyAsDouble(x, y)),
        slope("half", "factor 0.5", x -> x * x, (x, y) -> x),
        slope("slope of x where y belongs", "input \\[", Math::tanh, (x, y) -> 1 - x * x),
        slope("no gradient", "zero everywhere", swish, (x, y) -> 0),
        slope(
            "slope overflows for large |x|",
            "NaN",
            x -> 1 / (1 + Math.exp(-x)),
            (x, y) -> Math.exp(-x) / ((1 + Math.exp(-x)) * (1 + Math.exp(-x)))),
        slope(
            "value overflows to NaN",
            "NaN for a finite input",
            x -> (Math.exp(x) - Math.exp(-x)) / (Math.exp(x) + Math.exp(-x)),
            (x, y) -> 1 - y * y),
        slope(
            "tiny: 1e-30 x with slope 1.001e-30",
            "factor 1.001",
            x -> 1e-30 * x,
            (x, y) -> 1.001e-30),
        slope("flat: 1 + 1e-6 x with slope 2e-6", "factor 2", x -> 1 + 1e-6 * x, (x, y) -> 2e-6),
        slope(
            "steep: tanh(1000 x) with slope of tanh(999 x)",
            "input \\[",
            x -> Math.tanh(1000 * x),
            (x, y) -> 999 * (1 - Math.pow(Math.tanh(999 * x), 2))),
        slope(
            "gives no NaN for NaN",
            "NaN in must give NaN out",
            x -> x > 0 ? x : 0,
            (x, y) -> x > 0 ? 1 : 0),
        slope(
            "computed in float32", "float64|backward says", x -> (float) (x * x), (x, y) -> 2 * x));
  }

  /** Faults in the loops over arrays. */
  private static List<Mutant> arrays() {
    return List.of(
        new Mutant(
            "SELU's alpha wrong in float32 only",
            "float32 differs from float64: output",
            random ->
                new Activation("SELU", selu().value, selu().slope) {
                  @Override
                  protected void values(float[] x, float[] y) {
                    for (int i = 0; i < x.length; i++) {
                      y[i] = (float) (LAMBDA * (x[i] > 0 ? x[i] : 1.6733 * Math.expm1(x[i])));
                    }
                  }
                }),
        new Mutant(
            "slope wrong in float32 only",
            "float32 differs from float64: gradient of the input",
            random ->
                new Activation("ReLU", relu().value, relu().slope) {
                  @Override
                  protected void gradients(float[] x, float[] y, float[] dy, float[] dx) {
                    for (int i = 0; i < x.length; i++) {
                      dx[i] = x[i] > 0 ? dy[i] : 1e-4f * dy[i];
                    }
                  }
                }),
        new Mutant(
            "no NaN in float32 only",
            "NaN in must give NaN out",
            random ->
                new Activation("ReLU", relu().value, relu().slope) {
                  @Override
                  protected void values(float[] x, float[] y) {
                    for (int i = 0; i < x.length; i++) {
                      y[i] = x[i] > 0 ? x[i] : 0;
                    }
                  }
                }),
        new Mutant(
            "ignores dy",
            "does not depend on the output gradient",
            random ->
                new Activation("Swish", swish().value, swish().slope) {
                  @Override
                  protected void gradients(double[] x, double[] y, double[] dy, double[] dx) {
                    for (int i = 0; i < x.length; i++) {
                      dx[i] = slope(x[i], y[i]);
                    }
                  }
                }),
        new Mutant(
            "dy squared",
            "square of the output gradient",
            random ->
                new Activation("Swish", swish().value, swish().slope) {
                  @Override
                  protected void gradients(double[] x, double[] y, double[] dy, double[] dx) {
                    for (int i = 0; i < x.length; i++) {
                      dx[i] = dy[i] * dy[i] * slope(x[i], y[i]);
                    }
                  }
                }),
        new Mutant(
            "clips large output gradients",
            "not linear",
            random ->
                new Activation("Swish", swish().value, swish().slope) {
                  @Override
                  protected void gradients(double[] x, double[] y, double[] dy, double[] dx) {
                    for (int i = 0; i < x.length; i++) {
                      dx[i] = Math.max(-5, Math.min(5, dy[i])) * slope(x[i], y[i]);
                    }
                  }
                }),
        new Mutant(
            "adds to dx",
            "does not overwrite all of the input gradient",
            random ->
                new Activation("Swish", swish().value, swish().slope) {
                  @Override
                  protected void gradients(double[] x, double[] y, double[] dy, double[] dx) {
                    for (int i = 0; i < x.length; i++) {
                      dx[i] += dy[i] * slope(x[i], y[i]);
                    }
                  }
                }),
        new Mutant(
            "adds to y",
            "does not overwrite all of its output|two forwards",
            random ->
                new Activation("Swish", swish().value, swish().slope) {
                  @Override
                  protected void values(float[] x, float[] y) {
                    for (int i = 0; i < x.length; i++) {
                      y[i] += (float) value(x[i]);
                    }
                  }
                }),
        new Mutant(
            "leaves out the last element",
            "does not overwrite all|backward says|NaN",
            random ->
                new Activation("Swish", swish().value, swish().slope) {
                  @Override
                  protected void values(double[] x, double[] y) {
                    for (int i = 0; i < x.length - 1; i++) {
                      y[i] = value(x[i]);
                    }
                  }
                }),
        new Mutant(
            "leaves out the last gradient",
            "does not overwrite all",
            random ->
                new Activation("Swish", swish().value, swish().slope) {
                  @Override
                  protected void gradients(double[] x, double[] y, double[] dy, double[] dx) {
                    for (int i = 0; i < x.length - 1; i++) {
                      dx[i] = dy[i] * slope(x[i], y[i]);
                    }
                  }
                }),
        new Mutant(
            "works in place on its input, in float32",
            "input was changed between forward and backward|forward changes its input \\(float32\\)",
            random ->
                new Activation("Swish", swish().value, swish().slope) {
                  @Override
                  protected void values(float[] x, float[] y) {
                    for (int i = 0; i < x.length; i++) {
                      x[i] = (float) value(x[i]);
                      y[i] = x[i];
                    }
                  }
                }),
        new Mutant(
            "works in place on dy",
            "backward changes the output gradient it is given",
            random ->
                new Activation("Swish", swish().value, swish().slope) {
                  @Override
                  protected void gradients(double[] x, double[] y, double[] dy, double[] dx) {
                    for (int i = 0; i < x.length; i++) {
                      dy[i] *= slope(x[i], y[i]);
                      dx[i] = dy[i];
                    }
                  }
                }),
        new Mutant(
            "changes the input in backward",
            "backward changes the input",
            random ->
                new Activation("Swish", swish().value, swish().slope) {
                  @Override
                  protected void gradients(double[] x, double[] y, double[] dy, double[] dx) {
                    for (int i = 0; i < x.length; i++) {
                      dx[i] = dy[i] * slope(x[i], y[i]);
                      x[i] = 0;
                    }
                  }
                }),
        new Mutant(
            "drops out",
            "forwards of the same input differ|used pass|second time|noise",
            random -> {
              Random noise = new Random(1);
              return new Activation("Swish", swish().value, swish().slope) {
                @Override
                protected void values(double[] x, double[] y) {
                  for (int i = 0; i < x.length; i++) {
                    y[i] = noise.nextInt(3) == 0 ? 0 : value(x[i]);
                  }
                }
              };
            }),
        new Mutant(
            "noise in the gradient only",
            "other bits|used pass|not overwrite",
            random -> {
              Random noise = new Random(1);
              return new Activation("Swish", swish().value, swish().slope) {
                @Override
                protected void gradients(double[] x, double[] y, double[] dy, double[] dx) {
                  for (int i = 0; i < x.length; i++) {
                    dx[i] = dy[i] * slope(x[i], y[i]) * (1 + 1e-12 * noise.nextInt(9));
                  }
                }
              };
            }),
        new Mutant(
            "allocates per step",
            "allocates \\d+ bytes per steady",
            random ->
                new Activation("Swish", swish().value, swish().slope) {
                  @Override
                  protected void values(float[] x, float[] y) {
                    float[] copy = x.clone();
                    for (int i = 0; i < x.length; i++) {
                      y[i] = (float) value(copy[i]);
                    }
                  }
                }),
        new Mutant(
            "scratch memory that threads share",
            "threads share it",
            random -> {
              float[] scratch = new float[200];
              return new Activation("Swish", swish().value, swish().slope) {
                @Override
                protected void values(float[] x, float[] y) {
                  for (int i = 0; i < x.length; i++) {
                    scratch[i] = (float) value(x[i]);
                  }
                  System.arraycopy(scratch, 0, y, 0, y.length);
                }
              };
            }));
  }

  /** An elementwise identity or square that a mutant writes in full. */
  private abstract static class Whole implements Layer {
    @Override
    public Shape outputShape(Shape input) {
      return input;
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
      Tensor y = pass.output(this, x);
      for (int i = 0; i < x.size(); i++) {
        y.set(i, x.get(i) * x.get(i));
      }
      return y;
    }

    @Override
    public @Nullable Tensor backward(Tensor dy, Pass pass) {
      Tensor x = pass.recall(this, dy);
      return pass.needsInputGradient() ? gradient(x, dy, pass.inputGradient(this)) : null;
    }

    static Tensor gradient(Tensor x, Tensor dy, Tensor dx) {
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

  /** Faults in the dealings with the pass. */
  private static List<Mutant> layers() {
    return List.of(
        new Mutant(
            "remembers its last input in a field",
            "earlier forward, or of another pass|another pass runs between",
            random ->
                new Whole() {
                  private @Nullable Tensor last;

                  @Override
                  public Tensor forward(Tensor x, Pass pass) {
                    last = x;
                    return super.forward(x, pass);
                  }

                  @Override
                  public @Nullable Tensor backward(Tensor dy, Pass pass) {
                    pass.recall(this, dy);
                    Tensor x = last;
                    return pass.needsInputGradient() && x != null && x.shape().equals(dy.shape())
                        ? gradient(x, dy, pass.inputGradient(this))
                        : pass.needsInputGradient() ? pass.inputGradient(this) : null;
                  }
                }),
        new Mutant(
            "uses the first input that a pass has seen",
            "earlier forward|pass that was used",
            random ->
                new Whole() {
                  private final Map<Pass, Tensor> first =
                      Collections.synchronizedMap(new IdentityHashMap<>());

                  @Override
                  public Tensor forward(Tensor x, Pass pass) {
                    Tensor y = super.forward(x, pass);
                    Tensor known = first.get(pass);
                    if (known == null || !known.shape().equals(x.shape())) {
                      first.put(pass, x.copy());
                    }
                    return y;
                  }

                  @Override
                  public @Nullable Tensor backward(Tensor dy, Pass pass) {
                    Tensor x = pass.recall(this, dy);
                    return pass.needsInputGradient()
                        ? gradient(first.getOrDefault(pass, x), dy, pass.inputGradient(this))
                        : null;
                  }
                }),
        new Mutant(
            "returns its input",
            "forward returns its input",
            random ->
                new Whole() {
                  @Override
                  public Tensor forward(Tensor x, Pass pass) {
                    pass.output(this, x);
                    return x;
                  }

                  @Override
                  public @Nullable Tensor backward(Tensor dy, Pass pass) {
                    pass.recall(this, dy);
                    Tensor dx = pass.inputGradient(this);
                    dx.copyFrom(dy);
                    return pass.needsInputGradient() ? dx : null;
                  }
                }),
        new Mutant(
            "returns dy as dx",
            "returns the output gradient",
            random ->
                new Whole() {
                  @Override
                  public Tensor forward(Tensor x, Pass pass) {
                    Tensor y = pass.output(this, x);
                    y.copyFrom(x);
                    return y;
                  }

                  @Override
                  public @Nullable Tensor backward(Tensor dy, Pass pass) {
                    pass.recall(this, dy);
                    return pass.needsInputGradient() ? dy : null;
                  }
                }),
        new Mutant(
            "returns dx although nobody needs it",
            "although pass.needsInputGradient\\(\\) is false",
            random ->
                new Whole() {
                  @Override
                  public Tensor backward(Tensor dy, Pass pass) {
                    return gradient(pass.recall(this, dy), dy, pass.inputGradient(this));
                  }
                }),
        new Mutant(
            "returns no dx",
            "backward returned null",
            random ->
                new Whole() {
                  @Override
                  public @Nullable Tensor backward(Tensor dy, Pass pass) {
                    pass.recall(this, dy);
                    return null;
                  }
                }),
        new Mutant(
            "promises another shape",
            "outputShape",
            random ->
                new Whole() {
                  @Override
                  public Tensor forward(Tensor x, Pass pass) {
                    Tensor y = super.forward(x, pass);
                    return y.size() == 1 ? y : Tensor.zeros(y.dtype(), Shape.of(y.size(), 1, 1, 1));
                  }
                }),
        new Mutant(
            "lets backward go before forward",
            "earlier forward|backward before forward|ShapeException",
            random ->
                new Whole() {
                  private @Nullable Tensor last;

                  @Override
                  public Tensor forward(Tensor x, Pass pass) {
                    last = x.copy();
                    return super.forward(x, pass);
                  }

                  @Override
                  public @Nullable Tensor backward(Tensor dy, Pass pass) {
                    Tensor x = last == null ? dy : last;
                    return pass.needsInputGradient() ? gradient(x, dy, dy.copy()) : null;
                  }
                }),
        new Mutant(
            "another function for inference",
            "for inference",
            random ->
                new Whole() {
                  @Override
                  public Tensor forward(Tensor x, Pass pass) {
                    Tensor y = super.forward(x, pass);
                    if (!pass.isTraining()) {
                      y.set(0, y.get(0) * 0.5);
                    }
                    return y;
                  }
                }),
        new Mutant(
            "subtracts the mean over the batch",
            "of row 0 in a batch of",
            random ->
                new Whole() {
                  @Override
                  public Tensor forward(Tensor x, Pass pass) {
                    Tensor y = pass.output(this, x);
                    minusMean(x, y);
                    return y;
                  }

                  @Override
                  public @Nullable Tensor backward(Tensor dy, Pass pass) {
                    pass.recall(this, dy);
                    return pass.needsInputGradient()
                        ? minusMean(dy, pass.inputGradient(this))
                        : null;
                  }

                  private Tensor minusMean(Tensor a, Tensor b) {
                    int n = a.shape().dimension(0);
                    int width = a.size() / n;
                    for (int j = 0; j < width; j++) {
                      double sum = 0;
                      for (int i = 0; i < n; i++) {
                        sum += a.get(i * width + j);
                      }
                      for (int i = 0; i < n; i++) {
                        b.set(i * width + j, a.get(i * width + j) - sum / n);
                      }
                    }
                    return b;
                  }
                }),
        new Mutant(
            "gradient wrong in the last row of a batch",
            "wrong only|differs from that of the row alone",
            random ->
                new Whole() {
                  @Override
                  public @Nullable Tensor backward(Tensor dy, Pass pass) {
                    Tensor dx = super.backward(dy, pass);
                    int n = dy.shape().dimension(0);
                    if (dx != null && n > 1) {
                      for (int i = dx.size() - dx.size() / n; i < dx.size(); i++) {
                        dx.set(i, 1.5 * dx.get(i));
                      }
                    }
                    return dx;
                  }
                }));
  }

  private static Mutant dense(String fault, String message, LayerChecks.Maker maker) {
    return new Mutant(fault, message, maker);
  }

  /** Faults in a layer with parameters. */
  private static List<Mutant> dense() {
    return List.of(
        dense(
            "weight gradient transposed, square",
            "gradient of weight is transposed",
            random ->
                new Dense(4, 4, random) {
                  @Override
                  void weightGradient(Tensor x, Tensor dy, Pass pass) {
                    addWeightGradient(dy, x, 0, rows(x), 1, pass.gradient(weight));
                  }
                }),
        dense(
            "weight gradient written transposed",
            "gradient of weight is transposed",
            random ->
                new Dense(5, 3, random) {
                  @Override
                  void weightGradient(Tensor x, Tensor dy, Pass pass) {
                    Tensor dw = pass.gradient(weight);
                    for (int row = 0; row < rows(x); row++) {
                      for (int i = 0; i < 5; i++) {
                        for (int j = 0; j < 3; j++) {
                          int k = j * 5 + i;
                          dw.set(k, dw.get(k) + x.get(row * 5 + i) * dy.get(row * 3 + j));
                        }
                      }
                    }
                  }
                }),
        dense(
            "dx by W instead of its transpose, square",
            "input \\[",
            random ->
                new Dense(4, 4, random) {
                  @Override
                  Tensor inputGradient(Tensor dy, Tensor dx) {
                    for (int row = 0; row < rows(dy); row++) {
                      for (int i = 0; i < 4; i++) {
                        double sum = 0;
                        for (int j = 0; j < 4; j++) {
                          sum += dy.get(row * 4 + j) * weight.value().get(j * 4 + i);
                        }
                        dx.set(row * 4 + i, sum);
                      }
                    }
                    return dx;
                  }
                }),
        dense(
            "bias gradient averaged",
            "bias is off by the factor .* a mean over the batch where a sum belongs",
            random ->
                new Dense(5, 3, random) {
                  @Override
                  void biasGradient(Tensor dy, Pass pass) {
                    addBiasGradient(dy, 0, rows(dy), 1.0 / rows(dy), pass.gradient(bias));
                  }
                }),
        dense(
            "bias gradient missing",
            "no gradient for (the parameter )?bias",
            random ->
                new Dense(5, 3, random) {
                  @Override
                  void biasGradient(Tensor dy, Pass pass) {}
                }),
        dense(
            "bias gradient zero",
            "zero everywhere.*bias",
            random ->
                new Dense(5, 3, random) {
                  @Override
                  void biasGradient(Tensor dy, Pass pass) {
                    pass.gradient(bias);
                  }
                }),
        dense(
            "bias gradient of the last row only",
            "bias is that of row \\d alone",
            random ->
                new Dense(5, 3, random) {
                  @Override
                  void biasGradient(Tensor dy, Pass pass) {
                    addBiasGradient(dy, rows(dy) - 1, rows(dy), 1, pass.gradient(bias));
                  }
                }),
        dense(
            "bias gradient counted twice",
            "bias is off by the factor 2.*added twice",
            random ->
                new Dense(5, 3, random) {
                  @Override
                  void biasGradient(Tensor dy, Pass pass) {
                    super.biasGradient(dy, pass);
                    super.biasGradient(dy, pass);
                  }
                }),
        dense(
            "weight gradient overwritten",
            "weight is overwritten instead of added",
            random ->
                new Dense(5, 3, random) {
                  @Override
                  void weightGradient(Tensor x, Tensor dy, Pass pass) {
                    pass.gradient(weight).fill(0);
                    super.weightGradient(x, dy, pass);
                  }
                }),
        dense(
            "bias gradient overwritten",
            "bias is overwritten instead of added",
            random ->
                new Dense(5, 3, random) {
                  @Override
                  void biasGradient(Tensor dy, Pass pass) {
                    pass.gradient(bias).fill(0);
                    super.biasGradient(dy, pass);
                  }
                }),
        dense(
            "weight gradient times n",
            "weight is off by the factor .*multiplied by the number of rows",
            random ->
                new Dense(5, 3, random) {
                  @Override
                  void weightGradient(Tensor x, Tensor dy, Pass pass) {
                    addWeightGradient(x, dy, 0, rows(x), rows(x), pass.gradient(weight));
                  }
                }),
        dense(
            "weight gradient with a penalty of its own",
            "weight \\[|output gradient of 0",
            random ->
                new Dense(5, 3, random) {
                  @Override
                  void weightGradient(Tensor x, Tensor dy, Pass pass) {
                    super.weightGradient(x, dy, pass);
                    Tensor dw = pass.gradient(weight);
                    for (int i = 0; i < dw.size(); i++) {
                      dw.set(i, dw.get(i) + 1e-3 * weight.value().get(i));
                    }
                  }
                }),
        dense(
            "last column of the weight gradient missing",
            "wrong only in column 2 of 3|zero everywhere",
            random ->
                new Dense(5, 3, random) {
                  @Override
                  void weightGradient(Tensor x, Tensor dy, Pass pass) {
                    super.weightGradient(x, dy, pass);
                    Tensor dw = pass.gradient(weight);
                    for (int i = 0; i < 5; i++) {
                      dw.set(i * 3 + 2, 0);
                    }
                  }
                }),
        dense(
            "wrong for a batch of one only",
            "weight",
            random ->
                new Dense(5, 3, random) {
                  @Override
                  void weightGradient(Tensor x, Tensor dy, Pass pass) {
                    addWeightGradient(
                        x, dy, 0, rows(x), rows(x) == 1 ? 0.5 : 1, pass.gradient(weight));
                  }
                }),
        dense(
            "weight gradient right only if the input gradient is needed",
            "changes when the input gradient is not needed",
            random ->
                new Dense(5, 3, random) {
                  @Override
                  void weightGradient(Tensor x, Tensor dy, Pass pass) {
                    double factor = pass.needsInputGradient() ? 1 : 0.5;
                    addWeightGradient(x, dy, 0, rows(x), factor, pass.gradient(weight));
                  }
                }),
        dense(
            "no parameter gradients without the input gradient",
            "when the input gradient is not needed",
            random ->
                new Dense(5, 3, random) {
                  @Override
                  public @Nullable Tensor backward(Tensor dy, Pass pass) {
                    if (!pass.needsInputGradient()) {
                      pass.recall(this, dy);
                      return null;
                    }
                    return super.backward(dy, pass);
                  }
                }),
        dense(
            "adds to what the step before has left",
            "pass that was used|is not the sum of both|earlier|weight \\[",
            random ->
                new Dense(5, 3, random) {
                  @Override
                  void weightGradient(Tensor x, Tensor dy, Pass pass) {
                    addWeightGradient(x, dy, 0, rows(x), 1, pass.gradientBuffer(weight));
                  }
                }),
        dense(
            "changes its weight in forward",
            "changes the parameter weight|two forwards",
            random ->
                new Dense(5, 3, random) {
                  @Override
                  public Tensor forward(Tensor x, Pass pass) {
                    weight.value().set(0, weight.value().get(0) * 0.999);
                    return super.forward(x, pass);
                  }
                }),
        dense(
            "leaves the bias out in float32",
            "float32 differs from float64: output",
            random ->
                new Dense(5, 3, random) {
                  @Override
                  public Tensor forward(Tensor x, Pass pass) {
                    Tensor y = super.forward(x, pass);
                    for (int i = 0; i < y.size() && y.dtype() == DType.FLOAT32; i++) {
                      y.set(i, y.get(i) - bias.value().get(i % 3));
                    }
                    return y;
                  }
                }),
        dense(
            "checks no shape",
            "which outputShape accepts",
            random ->
                new Dense(5, 3, random) {
                  @Override
                  public Shape outputShape(Shape input) {
                    return input.withLast(3);
                  }
                }),
        dense(
            "refuses a shape with another exception",
            "must be a ShapeException",
            random ->
                new Dense(5, 3, random) {
                  @Override
                  public Shape outputShape(Shape input) {
                    if (input.rank() != 2) {
                      throw new ShapeException(this, Shape.batchOf(5), input);
                    }
                    if (input.last() == 6 || input.last() == 10) {
                      throw new IllegalArgumentException("bad shape");
                    }
                    return super.outputShape(input);
                  }
                }),
        dense(
            "refuses a shape without naming itself",
            "must name the layer",
            random ->
                new Dense(5, 3, random) {
                  @Override
                  public Shape outputShape(Shape input) {
                    if (!Shape.batchOf(5).accepts(input)) {
                      throw new ShapeException("wrong input", Shape.batchOf(5), input);
                    }
                    return super.outputShape(input);
                  }
                }),
        dense(
            "gives the input itself to the next call (shares y between layers)",
            "other bits|another pass|threads|two forwards|overwrite|row alone",
            random -> {
              List<Tensor> shared = new ArrayList<>();
              return new Dense(5, 3, random) {
                @Override
                public Tensor forward(Tensor x, Pass pass) {
                  Tensor y = super.forward(x, pass);
                  for (Tensor other : shared) {
                    if (other.shape().equals(y.shape()) && other.dtype() == y.dtype()) {
                      y.set(0, y.get(0) + 1e-3 * other.get(0));
                      return y;
                    }
                  }
                  shared.add(y.copy());
                  return y;
                }
              };
            }));
  }

  /** Faults in what a layer says of its parameters. */
  private static List<Mutant> parameters() {
    return List.of(
        new Mutant(
            "bias missing in parameters()",
            "missing in (parameters\\(\\)|that list)|bias.*missing",
            random ->
                new Dense(5, 3, random) {
                  @Override
                  public List<Parameter> parameters() {
                    return List.of(weight);
                  }
                }),
        new Mutant(
            "new parameters at each call",
            "other parameters at the second call",
            random ->
                new Dense(5, 3, random) {
                  @Override
                  public List<Parameter> parameters() {
                    return List.of(weight, new Parameter("bias", Role.BIAS, bias.value()));
                  }
                }),
        new Mutant(
            "keeps a copy of a parameter's value",
            "does not depend on scale: does the layer keep a copy",
            random -> {
              Parameter scale =
                  new Parameter("scale", Role.WEIGHT, FloatTensor.of(Shape.of(1), 2f));
              return new Whole() {
                @Override
                public List<Parameter> parameters() {
                  return List.of(scale);
                }

                @Override
                public Tensor forward(Tensor x, Pass pass) {
                  Tensor y = pass.output(this, x);
                  for (int i = 0; i < x.size(); i++) {
                    y.set(i, 2 * x.get(i));
                  }
                  return y;
                }

                @Override
                public @Nullable Tensor backward(Tensor dy, Pass pass) {
                  Tensor x = pass.recall(this, dy);
                  Tensor gradient = pass.gradient(scale);
                  for (int i = 0; i < x.size(); i++) {
                    gradient.set(0, gradient.get(0) + x.get(i) * dy.get(i));
                  }
                  if (!pass.needsInputGradient()) {
                    return null;
                  }
                  Tensor dx = pass.inputGradient(this);
                  for (int i = 0; i < x.size(); i++) {
                    dx.set(i, 2 * dy.get(i));
                  }
                  return dx;
                }
              };
            }));
  }
}
