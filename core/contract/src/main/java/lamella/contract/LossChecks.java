package lamella.contract;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import lamella.check.GradientCheck;
import lamella.core.DType;
import lamella.core.Loss;
import lamella.core.Shape;
import lamella.core.ShapeException;
import lamella.core.Tensor;
import lamella.core.Weighted;
import org.jspecify.annotations.Nullable;

/**
 * What {@link Loss} promises, one method per promise, in plain Java; {@link LossContract} is the
 * same for jqwik.
 *
 * <p>Every method throws an AssertionError that names the loss and what is wrong. Immutable.
 *
 * @param <T> the targets of a batch: {@code int[]} or {@link Tensor}, or either {@link Weighted}
 */
public final class LossChecks<T> {

  /**
   * Makes targets for a batch.
   *
   * @param <T> the targets of a batch
   */
  @FunctionalInterface
  public interface Targets<T> {
    /**
     * {@return valid targets for n examples}
     *
     * @param n the number of examples
     * @param random draws the targets
     */
    T make(int n, RandomGenerator random);
  }

  /**
   * The loss of one row as its author states it, in float64.
   *
   * @param <T> the targets of a batch
   */
  @FunctionalInterface
  public interface Rule<T> {
    /**
     * {@return the loss of the row, not weighted; NaN where the author says nothing}
     *
     * @param output the outputs of the row
     * @param target the targets of the batch
     * @param row from 0
     */
    double of(double[] output, T target, int row);
  }

  /**
   * A case whose result is known from elsewhere: a book, another library, a computation of one's
   * own.
   *
   * @param <T> the targets of a batch
   * @param output of a batch, in float64
   * @param target of the batch
   * @param value the mean loss
   * @param gradient its derivative by each output, row by row
   */
  public record Known<T>(Tensor output, T target, double value, List<Double> gradient) {

    /**
     * {@return a known case}
     *
     * @param <T> the targets of a batch
     * @param output of a batch, in float64
     * @param target of the batch
     * @param value the mean loss
     * @param gradient its derivative by each output, row by row
     */
    public static <T> Known<T> of(Tensor output, T target, double value, double... gradient) {
      return new Known<>(output, target, value, Arrays.stream(gradient).boxed().toList());
    }
  }

  /**
   * Targets that a loss has to refuse.
   *
   * @param <T> the targets of a batch
   * @param output of a batch
   * @param target of the batch, of which one is wrong
   * @param row whose it is
   */
  public record Refused<T>(Tensor output, T target, int row) {}

  private final Loss<T> loss;
  private final Shape example;
  private final Targets<T> targets;
  private final Rule<T> rule;
  private final List<Known<T>> known;
  private final List<Refused<T>> refused;

  /**
   * Checks for a loss.
   *
   * @param loss the loss
   * @param example the shape of the output for one example: for logits, the number of classes
   * @param targets makes the targets of a batch
   */
  public LossChecks(Loss<T> loss, Shape example, Targets<T> targets) {
    this(loss, example, targets, (output, target, row) -> Double.NaN, List.of(), List.of());
  }

  private LossChecks(
      Loss<T> loss,
      Shape example,
      Targets<T> targets,
      Rule<T> rule,
      List<Known<T>> known,
      List<Refused<T>> refused) {
    this.loss = loss;
    this.example = example;
    this.targets = targets;
    this.rule = rule;
    this.known = known;
    this.refused = refused;
  }

  /**
   * {@return checks like these that also compare with what the author says}
   *
   * @param stated the loss of one row
   */
  public LossChecks<T> withRule(Rule<T> stated) {
    return new LossChecks<>(loss, example, targets, stated, known, refused);
  }

  /**
   * {@return checks like these that also compare with results known from elsewhere}
   *
   * @param cases any number
   */
  public LossChecks<T> withKnown(List<Known<T>> cases) {
    return new LossChecks<>(loss, example, targets, rule, List.copyOf(cases), refused);
  }

  /**
   * {@return checks like these that also see wrong targets refused}
   *
   * @param cases any number
   */
  public LossChecks<T> withRefused(List<Refused<T>> cases) {
    return new LossChecks<>(loss, example, targets, rule, known, List.copyOf(cases));
  }

  /**
   * Every promise on one random case.
   *
   * @param random draws the case
   */
  public void all(RandomGenerator random) {
    Example chosen = Example.random(example, random);
    knownResultsAreMet();
    wrongTargetsAreRefused();
    numbers(chosen);
    threadsGiveTheSameBits(chosen);
    steadyStepAllocatesNothing(chosen);
  }

  /**
   * Every promise that can be tested in a fraction of a millisecond, on one case.
   *
   * @param chosen a case
   */
  public void numbers(Example chosen) {
    wrongShapesAndTargetsAreRefused(chosen);
    outputAndTargetStayUntouched(chosen);
    gradientIsOverwritten(chosen);
    lossIsFinite(chosen);
    sameOutputGivesTheSameBits(chosen);
    gradientIsCorrect(chosen);
    lossIsTheMeanOverTheBatch(chosen);
    rowsFollowTheirRule(chosen);
    partsAddUpToTheMean(chosen);
    examplesCountByTheirWeights(chosen);
    float32IsCloseToFloat64(chosen);
    nanGivesNan(chosen);
    aGradientInItsOwnOutputIsRefusedOrRight(chosen);
  }

  // The promises.

  /** Values and gradients are those known from elsewhere: to 12 digits, in float32 to 5. */
  public void knownResultsAreMet() {
    for (Known<T> one : known) {
      for (DType dtype : DType.values()) {
        double digits = dtype == DType.FLOAT32 ? 1e-5 : 1e-12;
        double[] result = result(one.output.to(dtype), one.target);
        if (!isNear(result[0], one.value, dtype == DType.FLOAT32 ? 1 : 0, digits)) {
          throw error(
              "the value"
                  + where(one, dtype)
                  + " is "
                  + result[0]
                  + ", known is "
                  + one.value
                  + conventions(one, result[0]));
        }
        double largest = one.gradient.stream().mapToDouble(Math::abs).max().orElse(0);
        for (int i = 0; i < one.gradient.size(); i++) {
          if (!isNear(result[i + 1], one.gradient.get(i), largest, digits)) {
            throw error(
                "element "
                    + i
                    + " of the gradient"
                    + where(one, dtype)
                    + " is "
                    + result[i + 1]
                    + ", known is "
                    + one.gradient.get(i));
          }
        }
      }
    }
  }

  private static boolean isNear(double value, double known, double size, double digits) {
    return value == known || Math.abs(value - known) <= digits * Math.max(Math.abs(known), size);
  }

  private static String where(Known<?> one, DType dtype) {
    return " for outputs "
        + Arrays.toString(one.output.toDoubleArray())
        + " and targets "
        + Arrays.toString(numbers(one.target))
        + " ("
        + dtype
        + ")";
  }

  /** By which of the usual conventions a value may differ from what is known. */
  private String conventions(Known<T> one, double value) {
    int rows = one.output.shape().dimension(0);
    int outputs = one.output.size() / rows;
    double factor = value / one.value;
    double weight = loss.weight(one.output, one.target);
    StringBuilder text = new StringBuilder();
    if (isNear(factor, 0.5, 0, 1e-6)) {
      text.append(": half of it, as with a factor of 1/2");
    }
    if (rows > 1 && isNear(factor, rows, 0, 1e-6)) {
      text.append(": a sum over rows");
    }
    if (outputs > 1 && isNear(factor, outputs, 0, 1e-6)) {
      text.append(": a sum over outputs");
    }
    if (rows > 1 && outputs > 1 && isNear(factor, rows * outputs, 0, 1e-6)) {
      text.append(": a sum over rows and outputs");
    }
    if (one.target instanceof Tensor target && isNear(exchanged(one, target), one.value, 0, 1e-6)) {
      text.append(": that of outputs and targets exchanged");
    }
    if (!isNear(weight, rows, 0, 1e-6) && isNear(factor, weight / rows, 0, 1e-6)) {
      text.append(": divided by the number of rows instead of their weights");
    }
    return text.toString();
  }

  @SuppressWarnings("unchecked") // a target is a tensor here
  private double exchanged(Known<T> one, Tensor target) {
    try {
      return loss.value(target.to(DType.FLOAT64), (T) one.output);
    } catch (IllegalArgumentException e) {
      return Double.NaN; // outputs that are no targets
    }
  }

  /** Wrong targets throw an IllegalArgumentException that names loss and row. */
  public void wrongTargetsAreRefused() {
    for (Refused<T> one : refused) {
      Tensor gradient = Tensor.zeros(one.output.dtype(), one.output.shape());
      String what = "targets " + Arrays.toString(numbers(one.target));
      IllegalArgumentException refusal = refusal(what, one.output, one.target, gradient);
      if (refusal == null) {
        throw error(what + " are accepted; row " + one.row + " must be refused");
      }
      requireNamed(refusal, "row " + one.row);
      if (largest(gradient) != 0) {
        throw error(what + " are refused after the gradient was written");
      }
    }
  }

  /**
   * A gradient that is to be written into the very outputs it is of is right, or refused before
   * anything was written.
   *
   * @param chosen a case
   */
  public void aGradientInItsOwnOutputIsRefusedOrRight(Example chosen) {
    for (DType dtype : DType.values()) {
      Tensor output = finite(chosen).to(dtype).copy();
      T target = target(chosen, output);
      double[] before = output.toDoubleArray();
      Tensor gradient = Tensor.zeros(dtype, output.shape());
      double value = loss.valueAndGradient(output, target, gradient);
      double[] expected = gradient.toDoubleArray();
      double inPlace;
      try {
        inPlace = loss.valueAndGradient(output, target, output);
      } catch (IllegalArgumentException e) {
        String difference = LayerChecks.difference(before, output.toDoubleArray());
        if (difference != null) {
          throw error(
              "refuses a gradient that is its own output, but has changed it: " + difference);
        }
        continue;
      }
      String difference = LayerChecks.difference(expected, output.toDoubleArray());
      if (inPlace != value || difference != null) {
        throw error(
            "a gradient written into its own output is wrong without a word (value "
                + inPlace
                + " instead of "
                + value
                + ", gradient "
                + (difference == null ? "right" : difference)
                + "); must be right or an IllegalArgumentException");
      }
    }
  }

  /**
   * The gradient is the derivative of the value, float64, relative 1e-6.
   *
   * @param chosen a case
   */
  public void gradientIsCorrect(Example chosen) {
    Tensor output = finite(chosen);
    LayerChecks.requireDecided(
        new GradientCheck().run(loss, output, target(chosen, output), chosen.random()));
  }

  /**
   * Finite outputs do not give NaN, and a finite value has a finite gradient, in both types.
   *
   * @param chosen a case
   */
  public void lossIsFinite(Example chosen) {
    for (DType dtype : DType.values()) {
      Tensor output = chosen.input().to(dtype);
      Tensor gradient = Tensor.zeros(dtype, output.shape());
      double value = loss.valueAndGradient(output, target(chosen, output), gradient);
      if (Double.isNaN(value)) {
        throw error("the loss is NaN for finite outputs, " + chosen + " (" + dtype + ")");
      }
      for (int i = 0; i < gradient.size() && Math.abs(value) < 1e30; i++) {
        if (!Double.isFinite(gradient.get(i))) {
          throw error(
              "the gradient is "
                  + gradient.get(i)
                  + " where the loss is "
                  + value
                  + " ("
                  + dtype
                  + ")");
        }
      }
    }
  }

  /**
   * The loss of a batch is the mean of the losses of its rows by their weights, and so is its
   * gradient.
   *
   * @param chosen a case
   */
  public void lossIsTheMeanOverTheBatch(Example chosen) {
    Tensor output = finite(chosen);
    T target = target(chosen, output);
    int n = output.shape().dimension(0);
    Tensor gradient = Tensor.zeros(DType.FLOAT64, output.shape());
    double whole = loss.valueAndGradient(output, target, gradient);
    double total = loss.weight(output, target);
    double weights = 0;
    double sum = 0;
    double size = 0;
    for (int row = 0; row < n; row++) {
      T own = row(target, row);
      if (own == null) {
        return;
      }
      Tensor alone = rowOf(output, row);
      Tensor rowGradient = Tensor.zeros(DType.FLOAT64, alone.shape());
      double value = loss.valueAndGradient(alone, own, rowGradient);
      double weight = loss.weight(alone, own);
      weights += weight;
      sum += weight * value;
      size += weight * Math.abs(value);
      double share = total == 0 ? 0 : weight / total;
      for (int i = 0; i < rowGradient.size(); i++) {
        double inBatch = gradient.get(row * rowGradient.size() + i);
        double expected = rowGradient.get(i) * share;
        if (!(Math.abs(inBatch - expected)
            <= 1e-9 * (Math.abs(expected) + 1e-6 * share * n * largest(rowGradient)))) {
          throw error(
              "the gradient of row "
                  + row
                  + ", element "
                  + i
                  + ", is "
                  + inBatch
                  + " in a batch of "
                  + n
                  + ", but "
                  + (weight == 1 && total == n ? "1/" + n : weight + "/" + total)
                  + " of that of the row alone is "
                  + expected
                  + hint(weight * inBatch / expected, total, n));
        }
      }
    }
    if (!(Math.abs(total - weights) <= 1e-12 * weights)) {
      throw error(
          "the weight of a batch of "
              + n
              + " is "
              + total
              + ", but those of its rows are "
              + weights);
    }
    double mean = total == 0 ? 0 : sum / total;
    double most = total == 0 ? 0 : size / total;
    if (!(Math.abs(whole - mean) <= 1e-10 * most)) {
      throw error(
          "the loss of a batch of "
              + n
              + " is "
              + whole
              + ", but the mean over its rows"
              + (total == n ? "" : " by their weights")
              + " is "
              + mean
              + hint(whole / mean, total, n));
    }
  }

  /**
   * The loss of a row alone is what the author says.
   *
   * @param chosen a case
   */
  public void rowsFollowTheirRule(Example chosen) {
    Tensor output = finite(chosen);
    T target = target(chosen, output);
    for (int row = 0; row < output.shape().dimension(0); row++) {
      T own = row(target, row);
      Tensor alone = rowOf(output, row);
      if (own == null || loss.weight(alone, own) == 0) {
        continue;
      }
      double stated = rule.of(alone.toDoubleArray(), target, row);
      double value = loss.value(alone, own);
      if (!Double.isNaN(stated)
          && !(Math.abs(value - stated) <= 1e-9 * Math.max(1, Math.abs(stated)))) {
        throw error(
            "the loss of row "
                + row
                + " is "
                + value
                + ", by its rule it is "
                + stated
                + (Math.abs(value / stated * alone.size() - 1) < 1e-9
                    ? ": a mean over outputs"
                    : "")
                + (Math.abs(value / stated / alone.size() - 1) < 1e-9
                    ? ": a sum over outputs"
                    : ""));
      }
    }
  }

  /**
   * What the parts of a batch contribute, by the weight of the whole, adds up to the mean and its
   * gradient.
   *
   * @param chosen a case
   */
  public void partsAddUpToTheMean(Example chosen) {
    Tensor output = finite(chosen);
    T target = target(chosen, output);
    int n = output.shape().dimension(0);
    Tensor gradient = Tensor.zeros(DType.FLOAT64, output.shape());
    double whole = loss.valueAndGradient(output, target, gradient);
    double all = loss.weight(output, target);
    if (all == 0) {
      return;
    }
    double sum = 0;
    double size = 0;
    for (int row = 0; row < n; row++) {
      T own = row(target, row);
      if (own == null) {
        return;
      }
      Tensor alone = rowOf(output, row);
      Tensor part = Tensor.zeros(DType.FLOAT64, alone.shape());
      double value = loss.valueAndGradient(alone, own, part, all);
      sum += value;
      size += Math.abs(value);
      for (int i = 0; i < part.size(); i++) {
        double expected = gradient.get(row * part.size() + i);
        if (!(Math.abs(part.get(i) - expected)
            <= 1e-9 * (Math.abs(expected) + 1e-6 * largest(gradient)))) {
          throw error(
              "as a part of a batch of weight "
                  + all
                  + " row "
                  + row
                  + " has the gradient "
                  + part.get(i)
                  + " in element "
                  + i
                  + ", in the batch "
                  + expected
                  + (Math.abs(part.get(i) - expected * all) <= 1e-9 * Math.abs(expected * all)
                      ? ": the divisor is not used"
                      : ""));
        }
      }
    }
    if (!(Math.abs(whole - sum) <= 1e-10 * size)) {
      throw error(
          "the parts of a batch of "
              + n
              + " contribute "
              + sum
              + " to its loss, which is "
              + whole
              + (Math.abs(sum - whole * all) <= 1e-9 * Math.abs(whole * all)
                  ? ": the divisor is not used"
                  : ""));
    }
  }

  /**
   * Where targets have weights of examples, a row counts twice as much if its weight is twice as
   * large, and nothing if it is 0.
   *
   * @param chosen a case
   */
  public void examplesCountByTheirWeights(Example chosen) {
    Tensor output = finite(chosen);
    T target = target(chosen, output);
    if (!(target instanceof Weighted<?> weighted)) {
      return;
    }
    double before = loss.weight(output, target);
    for (int i = 0; i < weighted.weights().length; i++) {
      weighted.weights()[i] *= 2;
    }
    double after = loss.weight(output, target);
    if (!(Math.abs(after - 2 * before) <= 1e-12 * before)) {
      throw error(
          "ignores the weights of examples: all twice as large, the batch counts "
              + after
              + " instead of "
              + 2 * before);
    }
    int last = weighted.weights().length - 1;
    weighted.weights()[last] = 0;
    Tensor gradient = Tensor.zeros(DType.FLOAT64, output.shape());
    loss.valueAndGradient(output, target, gradient);
    if (largest(rowOf(gradient, last)) != 0) {
      throw error("gives an example of weight 0 a gradient");
    }
  }

  private static double largest(Tensor tensor) {
    double largest = 0;
    for (int i = 0; i < tensor.size(); i++) {
      largest = Math.max(largest, Math.abs(tensor.get(i)));
    }
    return largest;
  }

  private static String hint(double factor, double total, int n) {
    if (total != n && Math.abs(factor * n / total - 1) < 1e-6) {
      return ": the divisor is the number of rows instead of their weights";
    }
    return Math.abs(factor / total - 1) < 1e-6 ? ": a sum over the batch instead of a mean" : "";
  }

  /**
   * float32 gives what float64 gives, as far as rounding allows.
   *
   * @param chosen a case
   */
  public void float32IsCloseToFloat64(Example chosen) {
    Tensor output = finite(chosen);
    T target = target(chosen, output);
    double[] wide = result(output, target);
    double[] narrow = result(output.to(DType.FLOAT32), target);
    double[] most = new double[wide.length];
    RandomGenerator random = chosen.random();
    for (int tries = 0; tries < 4; tries++) {
      Tensor shaken = output.copy();
      for (int i = 0; i < shaken.size(); i++) {
        shaken.set(i, shaken.get(i) * (1 + (random.nextBoolean() ? 0x1p-23 : -0x1p-23)));
      }
      double[] other = result(shaken, target);
      for (int i = 0; i < most.length; i++) {
        most[i] = Math.max(most[i], Math.abs(other[i] - wide[i]));
      }
    }
    double size = 1.0 / output.shape().dimension(0);
    for (int i = 1; i < wide.length; i++) {
      size = Math.max(size, Math.abs(wide[i]));
    }
    for (int i = 0; i < wide.length; i++) {
      double allowed = 2e-6 * Math.max(Math.abs(wide[i]), size) + 8 * most[i];
      if (!(Math.abs(narrow[i] - wide[i]) <= allowed)) {
        throw error(
            "float32 differs from float64: "
                + (i == 0 ? "value" : "gradient element " + (i - 1))
                + ": "
                + narrow[i]
                + " in float32, "
                + wide[i]
                + " in float64");
      }
    }
  }

  /**
   * Neither the output nor the targets are changed.
   *
   * @param chosen a case
   */
  public void outputAndTargetStayUntouched(Example chosen) {
    for (DType dtype : DType.values()) {
      Tensor output = chosen.input().to(dtype);
      T target = target(chosen, output);
      double[] before = output.toDoubleArray();
      double[] targetBefore = numbers(target);
      loss.valueAndGradient(output, target, Tensor.zeros(dtype, output.shape()));
      loss.value(output, target);
      if (!Arrays.equals(before, output.toDoubleArray())) {
        throw error("changes the output it is given (" + dtype + ")");
      }
      if (!Arrays.equals(targetBefore, numbers(target))) {
        throw error("changes the targets it is given (" + dtype + ")");
      }
    }
  }

  /**
   * The gradient's tensor is filled whatever it held, all of it.
   *
   * @param chosen a case
   */
  public void gradientIsOverwritten(Example chosen) {
    for (DType dtype : DType.values()) {
      Tensor output = chosen.input().to(dtype);
      T target = target(chosen, output);
      Tensor clean = Tensor.zeros(dtype, output.shape());
      Tensor used = Tensor.zeros(dtype, output.shape());
      used.fill(7);
      loss.valueAndGradient(output, target, clean);
      loss.valueAndGradient(output, target, used);
      String difference = LayerChecks.difference(clean.toDoubleArray(), used.toDoubleArray());
      if (difference != null) {
        throw error(
            "does not overwrite all of the gradient (or adds to it, or keeps state): with another content before, "
                + difference
                + " ("
                + dtype
                + ")");
      }
    }
  }

  /**
   * value and valueAndGradient agree to the bit; nothing is kept from one call to the next.
   *
   * @param chosen a case
   */
  public void sameOutputGivesTheSameBits(Example chosen) {
    for (DType dtype : DType.values()) {
      Tensor output = chosen.input().to(dtype);
      T target = target(chosen, output);
      double[] first = result(output, target);
      Tensor other = rowOf(output, 0);
      loss.value(other, targets.make(1, new SplittableRandom(5)));
      double[] second = result(output, target);
      String difference = LayerChecks.difference(first, second);
      if (difference != null) {
        throw error("two calls with the same output differ: " + difference + " (" + dtype + ")");
      }
      // As many rows, other targets: the next batch of a training.
      int rows = output.shape().dimension(0);
      for (int seed = 0; seed < 3; seed++) {
        result(output, targets.make(rows, new SplittableRandom(seed)));
        difference = LayerChecks.difference(first, result(output, target));
        if (difference != null) {
          throw error(
              "gives other results after a call with other targets (is something of a call kept in a"
                  + " field?): "
                  + difference
                  + " ("
                  + dtype
                  + ")");
        }
      }
      double value = loss.value(output, target);
      if (Double.doubleToLongBits(value) != Double.doubleToLongBits(first[0])) {
        throw error(
            "value says " + value + ", valueAndGradient says " + first[0] + " (" + dtype + ")");
      }
    }
  }

  /**
   * Threads that share the loss get the bits that one alone gets.
   *
   * @param chosen a case
   */
  public void threadsGiveTheSameBits(Example chosen) {
    Tensor[] outputs = new Tensor[Threads.COUNT];
    double[][] expected = new double[Threads.COUNT][];
    for (int i = 0; i < outputs.length; i++) {
      outputs[i] = Tensor.zeros(DType.FLOAT32, example.batch(16));
      for (int j = 0; j < outputs[i].size(); j++) {
        outputs[i].set(j, chosen.input().get((i + j) % chosen.input().size()));
      }
      expected[i] = result(outputs[i], targets.make(16, new SplittableRandom(i)));
    }
    Throwable thrown =
        Threads.run(i -> {
          T target = targets.make(16, new SplittableRandom(i));
          return () -> {
            String difference = LayerChecks.difference(expected[i], result(outputs[i], target));
            if (difference != null) {
              throw error(
                  "gives other bits when " + Threads.COUNT + " threads share it: " + difference);
            }
          };
        });
    if (thrown instanceof AssertionError e) {
      throw e;
    }
    if (thrown != null) {
      throw error("throws when " + Threads.COUNT + " threads share it: " + thrown);
    }
  }

  /**
   * A steady step allocates nothing.
   *
   * @param chosen a case
   */
  public void steadyStepAllocatesNothing(Example chosen) {
    Tensor output = chosen.input().to(DType.FLOAT32);
    T target = target(chosen, output);
    Tensor gradient = Tensor.zeros(DType.FLOAT32, output.shape());
    long bytes = Allocation.perStep(() -> loss.valueAndGradient(output, target, gradient));
    if (bytes > 0) {
      throw error("allocates " + bytes + " bytes per steady step; must be 0");
    }
  }

  /**
   * A NaN in the output gives a NaN loss.
   *
   * @param chosen a case
   */
  public void nanGivesNan(Example chosen) {
    for (DType dtype : DType.values()) {
      Tensor output = chosen.input().to(dtype);
      T target = target(chosen, output);
      int index = chosen.random().nextInt(output.size());
      output.set(index, Double.NaN);
      double value = loss.value(output, target);
      if (!Double.isNaN(value)) {
        throw error(
            "output element " + index + " is NaN, but the loss is " + value + " (" + dtype + ")");
      }
    }
  }

  /**
   * A gradient of another shape than the output's throws a ShapeException that names the loss; a
   * wrong number of targets, or a label that is none, throws an IllegalArgumentException that names
   * loss and row.
   *
   * @param chosen a case
   */
  public void wrongShapesAndTargetsAreRefused(Example chosen) {
    Tensor output = chosen.input();
    T target = target(chosen, output);
    int n = output.shape().dimension(0);
    Shape wrong = output.shape().withLast(output.shape().last() + 1);
    IllegalArgumentException refusal =
        refusal("a gradient of shape " + wrong, output, target, Tensor.zeros(DType.FLOAT64, wrong));
    if (!(refusal instanceof ShapeException)) {
      throw error(
          "a gradient of shape "
              + wrong
              + " for an output of shape "
              + output.shape()
              + (refusal == null ? " is accepted" : " throws " + refusal)
              + "; must be a ShapeException");
    }
    requireNamed(refusal, wrong.toString());
    Tensor gradient = Tensor.zeros(DType.FLOAT64, output.shape());
    T tooMany = targets.make(n + 1, chosen.random());
    refusal = refusal((n + 1) + " targets", output, tooMany, gradient);
    if (refusal == null) {
      throw error((n + 1) + " targets for " + n + " rows are accepted");
    }
    requireNamed(refusal, "");
    if (labelsOf(target) instanceof int[] labels) {
      for (int label : new int[] {example.last(), -1, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
        int row = n - 1;
        int right = labels[row];
        labels[row] = label;
        refusal = refusal("label " + label, output, target, gradient);
        if (refusal != null) {
          requireNamed(refusal, "row " + row);
          requireNamed(refusal, Integer.toString(label));
        }
        labels[row] = right;
      }
    }
  }

  private static Object labelsOf(Object target) {
    return target instanceof Weighted<?> weighted ? weighted.targets() : target;
  }

  private @Nullable IllegalArgumentException refusal(
      String what, Tensor output, T target, Tensor gradient) {
    try {
      loss.valueAndGradient(output, target, gradient);
      return null;
    } catch (IllegalArgumentException e) {
      return e;
    } catch (RuntimeException e) {
      throw error(
          what + " throws " + e + "; must be an IllegalArgumentException that names the loss");
    }
  }

  private void requireNamed(RuntimeException e, String part) {
    String text = String.valueOf(e.getMessage());
    if (!text.contains(loss.toString()) || !text.contains(part)) {
      throw error(
          "an error must name "
              + loss
              + (part.isEmpty() ? "" : " and " + part)
              + ", but says: "
              + text);
    }
  }

  // Cases.

  /** The case's output, made smaller until the loss is no overflow. */
  private Tensor finite(Example chosen) {
    Tensor output = chosen.input().copy();
    for (int tries = 0; tries < 12; tries++) {
      T target = target(chosen, output);
      double[] wide = result(output, target);
      double[] narrow = result(output.to(DType.FLOAT32), target);
      boolean finite = true;
      for (int i = 0; i < wide.length; i++) {
        finite &= Math.abs(wide[i]) < 1e30 && Double.isFinite(narrow[i]);
      }
      if (finite) {
        return output;
      }
      for (int i = 0; i < output.size(); i++) {
        output.set(i, (float) (0.1 * output.get(i)));
      }
    }
    throw error("the loss is not finite for " + chosen + " and smaller outputs");
  }

  private T target(Example chosen, Tensor output) {
    return targets.make(output.shape().dimension(0), chosen.random());
  }

  /** The value, then the gradient's elements. */
  private double[] result(Tensor output, T target) {
    Tensor gradient = Tensor.zeros(output.dtype(), output.shape());
    double[] result = new double[output.size() + 1];
    result[0] = loss.valueAndGradient(output, target, gradient);
    for (int i = 0; i < output.size(); i++) {
      result[i + 1] = gradient.get(i);
    }
    return result;
  }

  private static double[] numbers(Object target) {
    return switch (target) {
      case int[] labels -> Arrays.stream(labels).asDoubleStream().toArray();
      case Tensor tensor -> tensor.toDoubleArray();
      case Weighted<?> weighted -> {
        double[] inside = numbers(weighted.targets());
        double[] weights = weighted.weights();
        double[] both = Arrays.copyOf(inside, inside.length + weights.length);
        System.arraycopy(weights, 0, both, inside.length, weights.length);
        yield both;
      }
      default -> new double[0];
    };
  }

  private static Tensor rowOf(Tensor batch, int row) {
    Tensor result = Tensor.zeros(batch.dtype(), batch.shape().example().batch(1));
    for (int i = 0; i < result.size(); i++) {
      result.set(i, batch.get(row * result.size() + i));
    }
    return result;
  }

  /** The target of one row; null if targets are of a type of which rows are unknown. */
  @SuppressWarnings("unchecked") // of the same class as the target
  private @Nullable T row(T target, int row) {
    return (T) rowOf((Object) target, row);
  }

  private static @Nullable Object rowOf(Object target, int row) {
    return switch (target) {
      case int[] labels -> new int[] {labels[row]};
      case Tensor tensor -> rowOf(tensor, row);
      case Weighted<?> weighted -> {
        Object inside = rowOf(weighted.targets(), row);
        yield inside == null
            ? null
            : new Weighted<>(inside, new double[] {weighted.weights()[row]});
      }
      default -> null;
    };
  }

  private AssertionError error(String text) {
    return new AssertionError(loss + ": " + text);
  }
}
