package lamella.core;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Examples as the head of a network gives them to the layers after it: for a training of the
 * network without its head, which need not compute the head's outputs itself.
 *
 * {@snippet file="SnippetsTest.java" region="whitening"}
 *
 * <p>The outputs are computed while a batch is read, or, by {@link #keeping}, once for all examples
 * where these repeat after some epochs. Either gives the same bits, those of the whole network.
 *
 * <p><b>Shapes:</b> inputs are the outputs of the head's last layer; targets are the examples'.
 *
 * <p>Reading is safe from many threads, each into a batch of its own, and allocates nothing from
 * the second batch on if the examples' reading does not.
 *
 * @param <T> the targets of a batch
 */
public final class PreparedDataset<T> implements Dataset<T> {
  /** Examples whose outputs are computed at once where they are kept. */
  private static final int AT_ONCE = 1000;

  private static final int UNKNOWN = -1;

  private final Dataset<T> examples;
  private final Network head;
  private final @Nullable Kept kept;

  /** The epoch of the examples, or UNKNOWN, before anybody has asked for one. */
  private final long epoch;

  private PreparedDataset(Dataset<T> examples, Network head, @Nullable Kept kept, long epoch) {
    this.examples = examples;
    this.head = head;
    this.kept = kept;
    this.epoch = epoch;
  }

  /**
   * {@return what these layers make of these examples}
   *
   * @param <T> the targets of a batch
   * @param examples before the head
   * @param head at least one layer, in order; while they are read, nobody may change its parameters
   * @throws ShapeException if a layer cannot take what it is given; names its position
   * @throws IllegalArgumentException if there is no layer
   */
  public static <T> PreparedDataset<T> of(Dataset<T> examples, Preprocessing... head) {
    return new PreparedDataset<>(
        examples, Network.of(examples.exampleShape(), head), null, UNKNOWN);
  }

  /**
   * {@return the same dataset, which computes all outputs of an epoch when its first batch is read
   * and keeps them for later epochs with the same examples} It holds {@link #keptBytes} of memory
   * then. Where examples never repeat ({@link Dataset#period} 0) it is this dataset itself.
   */
  public PreparedDataset<T> keeping() {
    int period = examples.period();
    return period == 0 ? this : new PreparedDataset<>(examples, head, new Kept(period), epoch);
  }

  /**
   * {@return how many bytes {@link #keeping} holds in the end, if batches are of this type; 0 where
   * examples never repeat}
   *
   * @param dtype of the batches
   */
  public long keptBytes(DType dtype) {
    return (long) examples.period() * size() * exampleShape().size() * type(dtype).bytes();
  }

  /** {@return the examples before the head} */
  public Dataset<T> examples() {
    return examples;
  }

  /** {@return the layers that the examples go through, as a network} */
  public Network head() {
    return head;
  }

  /** The type that the head computes in: its own, or where it has no numbers the batch's. */
  private DType type(DType dtype) {
    return head.parameters().isEmpty() ? dtype : head.dtype();
  }

  /** The outputs for all examples, of each epoch of a period and in either type. */
  private static final class Kept {
    private final int period;
    private final Map<DType, @Nullable Rows[]> outputs = new EnumMap<>(DType.class);

    private Kept(int period) {
      this.period = period;
    }

    /** Those of an epoch; who comes while they are computed waits for them. */
    synchronized Rows of(PreparedDataset<?> dataset, DType dtype) {
      @Nullable Rows[] ofType = outputs.get(dtype);
      if (ofType == null) {
        ofType = new Rows[period];
        outputs.put(dtype, ofType);
      }
      int turn = (int) Math.floorMod(dataset.epoch, (long) period);
      Rows rows = ofType[turn];
      if (rows == null) {
        rows = new Rows(dataset.outputs(dtype));
        ofType[turn] = rows;
      }
      return rows;
    }
  }

  /** The outputs for all examples. */
  private Tensor outputs(DType dtype) {
    Tensor all = Tensor.zeros(dtype, exampleShape().batch(size()));
    int width = exampleShape().size();
    for (int from = 0; from < size(); from += AT_ONCE) {
      int[] indices = IntStream.range(from, Math.min(size(), from + AT_ONCE)).toArray();
      Prepared<T> batch = room(indices.length, dtype);
      compute(indices, batch);
      int start = from * width;
      switch (batch.inputs) {
        case FloatTensor some ->
            System.arraycopy(some.array(), 0, ((FloatTensor) all).array(), start, some.size());
        case DoubleTensor some ->
            System.arraycopy(some.array(), 0, ((DoubleTensor) all).array(), start, some.size());
      }
    }
    return all;
  }

  /** A batch of the examples, what is made of its inputs, and the memory to do it in. */
  private static final class Prepared<T> implements Batch<T> {
    private final Batch<T> examples;
    private final Tensor inputs;
    private final Pass pass = Pass.forInference();

    private Prepared(Batch<T> examples, Tensor inputs) {
      this.examples = examples;
      this.inputs = inputs;
    }

    @Override
    public int size() {
      return examples.size();
    }

    @Override
    public Tensor inputs() {
      return inputs;
    }

    @Override
    public T targets() {
      return examples.targets();
    }

    @Override
    public TargetKind<T> targetKind() {
      return examples.targetKind();
    }
  }

  @Override
  public int size() {
    return examples.size();
  }

  @Override
  public Shape exampleShape() {
    return head.outputShape();
  }

  @Override
  public Batch<T> newBatch(int n, DType dtype) {
    return room(n, dtype);
  }

  private Prepared<T> room(int n, DType dtype) {
    return new Prepared<>(
        examples.newBatch(n, type(dtype)), Tensor.zeros(dtype, exampleShape().batch(n)));
  }

  @Override
  public void read(int[] indices, Batch<T> batch) {
    Prepared<T> prepared = (Prepared<T>) batch;
    if (kept != null && (epoch != UNKNOWN || period() == 1)) {
      examples.readTargets(indices, prepared.examples);
      kept.of(this, type(prepared.inputs.dtype())).read(indices, prepared.inputs);
      prepared.inputs.markChanged();
    } else {
      compute(indices, prepared);
    }
  }

  private void compute(int[] indices, Prepared<T> batch) {
    examples.read(indices, batch.examples);
    batch.inputs.copyFrom(head.forward(batch.examples.inputs(), batch.pass));
    batch.pass.release();
  }

  @Override
  public void readTargets(int[] indices, Batch<T> batch) {
    examples.readTargets(indices, ((Prepared<T>) batch).examples);
  }

  @Override
  public PreparedDataset<T> forEpoch(long other) {
    Dataset<T> ofEpoch = examples.forEpoch(other);
    return ofEpoch.equals(examples) ? this : new PreparedDataset<>(ofEpoch, head, kept, other);
  }

  @Override
  public int period() {
    return examples.period();
  }

  /** That of the examples, the layers of the head, and their numbers' checksum. */
  @Override
  public String fingerprint() {
    Checksum numbers = new Checksum();
    head.parameters().forEach(parameter -> numbers.add(parameter.value()));
    return examples.fingerprint() + ", prepared by " + head + ", " + numbers;
  }

  /** {@return the examples before the head, alone} */
  @Override
  public List<Dataset<?>> datasets() {
    return List.of(examples);
  }

  /**
   * For example {@code Dataset(float32[300, 3], labels) prepared by Network([3] ->
   * ContrastNorm(10.0))}.
   */
  @Override
  public String toString() {
    return examples + " prepared by " + head;
  }
}
