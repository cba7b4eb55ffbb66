package lamella.examples.cli;

import java.util.ArrayList;
import java.util.Arrays;
import lamella.core.DType;
import lamella.data.cifar.ImageSet;
import lamella.examples.Activation;
import lamella.examples.Experiment;
import lamella.examples.Inputs;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/**
 * What {@code train} and {@code report} have in common: how to train. The defaults are the
 * report's.
 */
final class TrainingOptions {
  /** W1 is one Java array. */
  private static final int MOST_HIDDEN = (Integer.MAX_VALUE - 8) / ImageSet.IMAGE_BYTES;

  @Spec(Spec.Target.MIXEE)
  private @Nullable CommandSpec spec;

  @Option(
      names = "--hidden",
      converter = NumberConverters.Whole.class,
      paramLabel = "N",
      defaultValue = "64",
      description = "Units of the hidden layer. Default: ${DEFAULT-VALUE}.")
  private long hidden;

  @Option(
      names = "--iterations",
      converter = NumberConverters.Whole.class,
      paramLabel = "N",
      defaultValue = "1000",
      description = "How often a batch is drawn and learned from. Default: ${DEFAULT-VALUE}.")
  private long iterations;

  @Option(
      names = "--batch-size",
      converter = NumberConverters.Whole.class,
      paramLabel = "N",
      defaultValue = "200",
      description = "Images in an iteration, drawn with replacement. Default: ${DEFAULT-VALUE}.")
  private long batchSize;

  @Option(
      names = "--learning-rate",
      converter = NumberConverters.Decimal.class,
      paramLabel = "RATE",
      defaultValue = "1e-3",
      description = "Learning rate of the first iteration. Default: ${DEFAULT-VALUE}.")
  private double learningRate;

  @Option(
      names = "--decay",
      converter = NumberConverters.Decimal.class,
      paramLabel = "FACTOR",
      defaultValue = "0.95",
      description =
          "What the learning rate is multiplied with once an epoch, in (0, 1]. Default: ${DEFAULT-VALUE}.")
  private double decay;

  @Option(
      names = "--l2",
      converter = NumberConverters.Decimal.class,
      paramLabel = "STRENGTH",
      defaultValue = "1.0",
      description = "Strength s of the penalty s/2 (|W1|^2 + |W2|^2). Default: ${DEFAULT-VALUE}.")
  private double l2;

  @Option(
      names = "--init-std",
      converter = NumberConverters.Decimal.class,
      paramLabel = "STD",
      defaultValue = "1e-4",
      description = "Standard deviation of the initial weights. Default: ${DEFAULT-VALUE}.")
  private double initStd;

  @Option(
      names = "--seed",
      converter = NumberConverters.Whole.class,
      paramLabel = "SEED",
      defaultValue = "1",
      description =
          "Seed of the initial weights and the batches, 0 to 4294967295; the numbers are those of NumPy's"
              + " RandomState(SEED). Default: ${DEFAULT-VALUE}.")
  private long seed;

  @Option(
      names = "--dtype",
      paramLabel = "TYPE",
      defaultValue = "float32",
      converter = DTypeConverter.class,
      completionCandidates = Types.class,
      description = "float32, or float64 to compare with NumPy. Default: ${DEFAULT-VALUE}.")
  private DType dtype = DType.FLOAT32;

  @Option(
      names = "--inputs",
      paramLabel = "KIND",
      defaultValue = "centred",
      converter = InputsConverter.class,
      completionCandidates = InputKinds.class,
      description =
          "centred: pixels less the mean image; standardised: less each colour's mean, divided by its standard"
              + " deviation (the weights may then begin larger, 1e-2 for example). Default: ${DEFAULT-VALUE}.")
  private Inputs inputs = Inputs.CENTRED;

  @Option(
      names = "--threads",
      converter = NumberConverters.Whole.class,
      paramLabel = "N",
      description =
          "Threads to compute with; changes no bit of any result. Default: all processors.")
  private @Nullable Long threads;

  TrainingOptions() {}

  /**
   * The experiment these options describe; from here on {@code --threads} holds.
   *
   * @param images the most a batch may have
   * @throws ParameterException if an option's value is out of its range
   */
  Experiment experiment(Activation activation, int images) {
    requireRange("--hidden", hidden, 1, MOST_HIDDEN);
    requireRange("--iterations", iterations, 1, Integer.MAX_VALUE);
    requireRange("--batch-size", batchSize, 1, images);
    requireNotNegative("--learning-rate", learningRate);
    if (!(decay > 0 && decay <= 1)) {
      throw wrong("--decay", "lie in (0, 1]", decay);
    }
    requireNotNegative("--l2", l2);
    requireNotNegative("--init-std", initStd);
    requireRange("--seed", seed, 0, 0xFFFF_FFFFL);
    if (threads != null) {
      requireRange("--threads", threads, 1, 1024);
      System.setProperty("lamella.threads", threads.toString());
    }
    return new Experiment(
        activation,
        (int) hidden,
        (int) iterations,
        (int) batchSize,
        learningRate,
        decay,
        l2,
        initStd,
        seed,
        dtype,
        inputs);
  }

  private void requireRange(String option, long value, long from, long to) {
    if (value < from || value > to) {
      throw wrong(option, "lie in [" + from + ", " + to + "]", value);
    }
  }

  private void requireNotNegative(String option, double value) {
    if (!(value >= 0 && value < Double.POSITIVE_INFINITY)) {
      throw wrong(option, "be finite and >= 0", value);
    }
  }

  private ParameterException wrong(String option, String must, Object value) {
    if (spec == null) {
      throw new IllegalStateException("picocli has not filled the options in");
    }
    OptionSpec typed = spec.commandLine().getParseResult().matchedOption(option);
    return new ParameterException(
        spec.commandLine(),
        option
            + " must "
            + must
            + ", got "
            + (typed == null ? value : typed.originalStringValues().getLast()));
  }

  /** {@code --dtype}. */
  static final class DTypeConverter implements ITypeConverter<DType> {
    DTypeConverter() {}

    @Override
    public DType convert(String value) {
      for (DType dtype : DType.values()) {
        if (dtype.toString().equalsIgnoreCase(value)) {
          return dtype;
        }
      }
      throw new TypeConversionException("expected float32 or float64, got " + value);
    }
  }

  /** {@code --inputs}. */
  static final class InputsConverter implements ITypeConverter<Inputs> {
    InputsConverter() {}

    @Override
    public Inputs convert(String value) {
      for (Inputs inputs : Inputs.values()) {
        if (inputs.toString().equalsIgnoreCase(value)) {
          return inputs;
        }
      }
      throw new TypeConversionException("expected centred or standardised, got " + value);
    }
  }

  /** {@code --activation}. */
  static final class ActivationConverter implements ITypeConverter<Activation> {
    ActivationConverter() {}

    @Override
    public Activation convert(String value) {
      try {
        return Activation.named(value);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }

  /** What completes {@code --activation}. */
  static final class Activations extends ArrayList<String> {
    private static final long serialVersionUID = 1;

    Activations() {
      super(Arrays.stream(Activation.values()).map(Activation::toString).toList());
    }
  }

  /** What completes {@code --dtype}. */
  static final class Types extends ArrayList<String> {
    private static final long serialVersionUID = 1;

    Types() {
      super(Arrays.stream(DType.values()).map(DType::toString).toList());
    }
  }

  /** What completes {@code --inputs}. */
  static final class InputKinds extends ArrayList<String> {
    private static final long serialVersionUID = 1;

    InputKinds() {
      super(Arrays.stream(Inputs.values()).map(Inputs::toString).toList());
    }
  }
}
