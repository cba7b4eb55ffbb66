package lamella.examples;

import java.util.StringJoiner;
import lamella.core.DType;

/**
 * All that a training run depends on besides its data: equal experiments on equal data give equal
 * parameters, bit for bit.
 *
 * @param activation the hidden layer's function
 * @param hidden units of the hidden layer
 * @param iterations number of steps
 * @param batchSize images a step, drawn with replacement
 * @param learningRate of step 0
 * @param decay what the learning rate is multiplied with after every step whose number is a
 *     multiple of the steps in an epoch, step 0 included
 * @param l2 strength λ of the penalty ½ λ ‖W‖²
 * @param initStd standard deviation of the initial weights
 * @param seed of NumPy's legacy generator, 0 to 2^32 - 1
 * @param dtype float32, or float64 to compare with NumPy
 * @param inputs what is made of the pixels
 */
public record Experiment(
    Activation activation,
    int hidden,
    int iterations,
    int batchSize,
    double learningRate,
    double decay,
    double l2,
    double initStd,
    long seed,
    DType dtype,
    Inputs inputs) {

  /** An experiment with the report's inputs. */
  public Experiment(
      Activation activation,
      int hidden,
      int iterations,
      int batchSize,
      double learningRate,
      double decay,
      double l2,
      double initStd,
      long seed,
      DType dtype) {
    this(
        activation,
        hidden,
        iterations,
        batchSize,
        learningRate,
        decay,
        l2,
        initStd,
        seed,
        dtype,
        Inputs.CENTRED);
  }

  /** The report's choice of everything. */
  public static Experiment report(Activation activation, DType dtype) {
    return new Experiment(activation, 64, 1000, 200, 1e-3, 0.95, 1.0, 1e-4, 1, dtype);
  }

  /** The same with another activation. */
  public Experiment with(Activation other) {
    return new Experiment(
        other,
        hidden,
        iterations,
        batchSize,
        learningRate,
        decay,
        l2,
        initStd,
        seed,
        dtype,
        inputs);
  }

  /** Steps in an epoch over this many images: 245 for the report's 49000. */
  public int iterationsPerEpoch(int images) {
    return Math.max(1, images / batchSize);
  }

  /**
   * The options in which this experiment differs from the report's, in the command line's words and
   * each with the report's value; empty if there are none. The activation is one of the report's
   * anyway; float32 or float64, and how far it runs, make no other experiment.
   */
  public String differencesFromReport() {
    return differences(report(activation, dtype), "report");
  }

  /**
   * The options in which this experiment differs from another, each with the other's value; empty
   * if there are none. How far it runs makes no difference.
   *
   * @param name what to call the other
   */
  public String differences(Experiment other, String name) {
    StringJoiner text = new StringJoiner(", ");
    difference(text, name, "--activation", activation.toString(), other.activation.toString());
    difference(text, name, "--hidden", shortest(hidden), shortest(other.hidden));
    difference(text, name, "--batch-size", shortest(batchSize), shortest(other.batchSize));
    difference(text, name, "--learning-rate", shortest(learningRate), shortest(other.learningRate));
    difference(text, name, "--decay", shortest(decay), shortest(other.decay));
    difference(text, name, "--l2", shortest(l2), shortest(other.l2));
    difference(text, name, "--init-std", shortest(initStd), shortest(other.initStd));
    difference(text, name, "--seed", shortest((double) seed), shortest((double) other.seed));
    difference(text, name, "--dtype", dtype.toString(), other.dtype.toString());
    difference(text, name, "--inputs", inputs.toString(), other.inputs.toString());
    return text.toString();
  }

  private static void difference(
      StringJoiner text, String name, String option, String ours, String theirs) {
    if (!ours.equals(theirs)) {
      text.add(option + " " + ours + " (" + name + ": " + theirs + ")");
    }
  }

  private static String shortest(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? Long.toString((long) value)
        : Double.toString(value);
  }

  /** The options of the command line that repeat this run. */
  @Override
  public String toString() {
    return options("--iterations " + iterations + " ");
  }

  /** The same without how far it runs: what two runs have in common of which one is the longer. */
  public String withoutIterations() {
    return options("");
  }

  private String options(String iterationsOption) {
    return "--activation "
        + activation
        + " --hidden "
        + hidden
        + " "
        + iterationsOption
        + "--batch-size "
        + batchSize
        + " --learning-rate "
        + learningRate
        + " --decay "
        + decay
        + " --l2 "
        + l2
        + " --init-std "
        + initStd
        + " --seed "
        + seed
        + " --dtype "
        + dtype
        + (inputs == Inputs.CENTRED ? "" : " --inputs " + inputs);
  }
}
