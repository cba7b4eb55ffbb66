package lamella.optim;

import java.util.List;
import lamella.core.Batch;
import lamella.core.DType;
import lamella.core.Dataset;
import lamella.core.DoubleTensor;
import lamella.core.FloatTensor;
import lamella.core.KeyedRandom;
import lamella.core.Shape;
import lamella.core.Tensor;

/**
 * Examples mixed in pairs: input λ x + (1 - λ) x' and target λ y + (1 - λ) y', where x' is another
 * example, y and y' have 1 at the label and 0 elsewhere, and λ is drawn from Beta(α, α).
 *
 * {@snippet file="SnippetsTest.java" region="mixup"}
 *
 * <p>Each example has a partner and a λ in (0, 1) of its own, in each epoch others; they are a
 * function of seed, epoch and index. The partner is any of the examples, with the same chance. A
 * small α mixes little, 1 draws λ evenly; 0.2 is usual.
 *
 * <p>It is for training: {@code new SoftmaxCrossEntropy().withProbabilities()} takes such targets,
 * and of mixed examples no accuracy is measured. What is measured is measured on examples as they
 * are, by {@link Trainer#withEvaluation(String, Dataset, Metrics)} with metrics for labels.
 *
 * <p><b>Shapes:</b> inputs as those of the examples, targets {@code [n, classes]} of the inputs'
 * type.
 *
 * <p>Source: H. Zhang et al., "mixup: Beyond Empirical Risk Minimization" (2018).
 */
public final class Mixup implements Dataset<Tensor> {
  private final Dataset<int[]> examples;
  private final int classes;
  private final double alpha;
  private final long seed;
  private final KeyedRandom random;

  /** The examples are those of the epoch. */
  private Mixup(Dataset<int[]> examples, int classes, double alpha, long seed, long epoch) {
    this.examples = examples;
    this.classes = classes;
    this.alpha = alpha;
    this.seed = seed;
    this.random = KeyedRandom.of(seed, epoch, 0);
  }

  /**
   * {@return the examples, mixed}
   *
   * @param data with labels in [0, classes); also images that are augmented
   * @param classes at least 2
   * @param alpha α, finite and above 0
   * @param seed of partners and λ; any number
   * @throws IllegalArgumentException if there are fewer classes, or α is not finite and above 0
   */
  public static Mixup of(Dataset<int[]> data, int classes, double alpha, long seed) {
    if (classes < 2) {
      throw new IllegalArgumentException("Mixup: expects at least 2 classes, got " + classes);
    }
    if (!(alpha > 0 && alpha < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("Mixup: alpha must be finite and > 0, got " + alpha);
    }
    return new Mixup(data, classes, alpha, seed, 0);
  }

  /** Examples, their partners, and what is made of them: the inputs in place of the examples'. */
  private static final class MixedBatch implements Batch<Tensor> {
    private final Batch<int[]> examples;
    private final Batch<int[]> partners;
    private final int[] partnerIndices;
    private final Tensor targets;

    private MixedBatch(Dataset<int[]> data, int n, int classes, DType dtype) {
      examples = data.newBatch(n, dtype);
      partners = data.newBatch(n, dtype);
      partnerIndices = new int[n];
      targets = Tensor.zeros(dtype, Shape.of(n, classes));
    }

    @Override
    public int size() {
      return examples.size();
    }

    @Override
    public Tensor inputs() {
      return examples.inputs();
    }

    @Override
    public Tensor targets() {
      return targets;
    }
  }

  @Override
  public int size() {
    return examples.size();
  }

  @Override
  public Shape exampleShape() {
    return examples.exampleShape();
  }

  @Override
  public Batch<Tensor> newBatch(int n, DType dtype) {
    return new MixedBatch(examples, n, classes, dtype);
  }

  /**
   * Reads the examples and their partners, and mixes them.
   *
   * @throws IllegalArgumentException if the number of indices is not the batch's size, or a label
   *     is outside of [0, classes); names the example
   * @throws IndexOutOfBoundsException if an index is outside; names it
   */
  @Override
  public void read(int[] indices, Batch<Tensor> batch) {
    MixedBatch mixed = (MixedBatch) batch;
    examples.read(indices, mixed.examples);
    for (int row = 0; row < indices.length; row++) {
      mixed.partnerIndices[row] = partner(indices[row]);
    }
    examples.read(mixed.partnerIndices, mixed.partners);
    mixed.targets.fill(0);
    for (int row = 0; row < indices.length; row++) {
      double share = share(indices[row]);
      mix(mixed.inputs(), mixed.partners.inputs(), row, share);
      add(mixed, row, mixed.examples.targets()[row], indices[row], share);
      add(mixed, row, mixed.partners.targets()[row], mixed.partnerIndices[row], 1 - share);
    }
    mixed.inputs().markChanged();
  }

  private int partner(int index) {
    return (int) (random.uniform(index, 0) * size());
  }

  /** λ, the part of the example itself. */
  private double share(int index) {
    return SymmetricBeta.of(alpha, random.uniform(index, 1), random.uniform(index, 2));
  }

  private static void mix(Tensor inputs, Tensor others, int row, double share) {
    int width = inputs.size() / inputs.shape().dimension(0);
    int from = row * width;
    switch (inputs) {
      case FloatTensor floats -> {
        float[] x = floats.array();
        float[] other = ((FloatTensor) others).array();
        float own = (float) share;
        float rest = 1 - own;
        for (int i = from; i < from + width; i++) {
          x[i] = own * x[i] + rest * other[i];
        }
      }
      case DoubleTensor doubles -> {
        double[] x = doubles.array();
        double[] other = ((DoubleTensor) others).array();
        double rest = 1 - share;
        for (int i = from; i < from + width; i++) {
          x[i] = share * x[i] + rest * other[i];
        }
      }
    }
  }

  private void add(MixedBatch mixed, int row, int label, int index, double part) {
    if (label < 0 || label >= classes) {
      throw new IllegalArgumentException(
          "Mixup: label " + label + " of example " + index + " is outside [0, " + classes + ")");
    }
    int at = row * classes + label;
    mixed.targets.set(at, mixed.targets.get(at) + part);
  }

  /** The examples as they are in the epoch, with the partners and λ of the epoch. */
  @Override
  public Mixup forEpoch(long epoch) {
    return new Mixup(examples.forEpoch(epoch), classes, alpha, seed, epoch);
  }

  /** 0: each epoch has other partners and other λ. */
  @Override
  public int period() {
    return 0;
  }

  /** That of the examples, and these settings. */
  @Override
  public String fingerprint() {
    return examples.fingerprint() + ", mixed: " + settings();
  }

  /** {@return the examples before they are mixed, alone} */
  @Override
  public List<Dataset<?>> datasets() {
    return List.of(examples);
  }

  private String settings() {
    return classes + " classes, alpha " + alpha + ", seed " + seed;
  }

  /**
   * For example {@code Mixup(10 classes, alpha 0.2, seed 1) of Dataset(float32[300, 2], labels)}.
   */
  @Override
  public String toString() {
    return "Mixup(" + settings() + ") of " + examples;
  }
}
