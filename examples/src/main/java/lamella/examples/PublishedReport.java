package lamella.examples;

import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * What the report prints.
 *
 * <p>Its column is <em>penalty - cross-entropy</em>: its code negates the data's loss twice before
 * it adds the penalty. So -2.301592 stands where the loss is 2.302574 + 0.000982.
 */
public final class PublishedReport {
  /** Iterations between two printed lines. */
  public static final int INTERVAL = 100;

  /** Iterations of the report's runs, after which its accuracies are measured. */
  public static final int ITERATIONS = 1000;

  private static final double[] RELU = {
    -2.301592, -1.983305, -1.673172, -1.604143, -1.563334,
    -1.552667, -1.450022, -1.402927, -1.480540, -1.486115
  };
  private static final double[] LEAKY_RELU = {
    -2.301592, -1.982256, -1.672344, -1.607255, -1.566833,
    -1.554502, -1.455952, -1.407829, -1.481213, -1.498164
  };
  private static final double[] SWISH = {
    -2.301593, -1.989716, -1.678100, -1.612049, -1.569485,
    -1.554496, -1.451981, -1.392697, -1.473967, -1.483992
  };
  private static final double[] SELU = {
    -2.301582, -1.926735, -1.627285, -1.599393, -1.557519,
    -1.536197, -1.432508, -1.389460, -1.469959, -1.489294
  };

  private PublishedReport() {}

  /** Our number for the report's column. */
  public static double column(Training.Step step) {
    return step.penalty() - step.dataLoss();
  }

  /** The report's number at an iteration, if it prints one there. */
  public static OptionalDouble column(Activation activation, int iteration) {
    double[] lines =
        switch (activation) {
          case RELU -> RELU;
          case LEAKY_RELU -> LEAKY_RELU;
          case SWISH -> SWISH;
          case SELU -> SELU;
        };
    int line = iteration / INTERVAL;
    return iteration % INTERVAL == 0 && line < lines.length
        ? OptionalDouble.of(lines[line])
        : OptionalDouble.empty();
  }

  /**
   * The validation accuracy as the report prints it; null for ReLU, where it prints none. It prints
   * no test accuracy.
   */
  public static @Nullable String validationAccuracy(Activation activation) {
    return switch (activation) {
      case RELU -> null;
      case LEAKY_RELU -> "0.467";
      case SWISH -> "0.46";
      case SELU -> "0.457";
    };
  }
}
