package lamella.layers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import lamella.contract.Allocation;
import lamella.contract.DatasetContract;
import lamella.core.Batch;
import lamella.core.DType;
import lamella.core.Dataset;
import lamella.core.FloatTensor;
import lamella.core.Network;
import lamella.core.PreparedDataset;
import lamella.core.Shape;
import lamella.core.ShapeException;
import lamella.core.Tensor;
import org.junit.jupiter.api.Test;

/** Outputs that are kept for two epochs which take turns. */
class PreparedDatasetContractTest extends DatasetContract<int[]> {
  private static final int ROWS = 23;

  private static final Whitening WHITENING =
      Whitening.of(numbers(Shape.of(4, 3), 1), FloatTensor.of(Shape.of(3), 1, 2, 3));

  private static FloatTensor numbers(Shape shape, long seed) {
    FloatTensor x = FloatTensor.zeros(shape);
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < x.size(); i++) {
      x.set(i, random.nextDouble(-3, 3));
    }
    return x;
  }

  /** Rows that come in so many versions, one an epoch; 0: another in every epoch. */
  private static final class Turns implements Dataset<int[]> {
    private final int period;
    private final long epoch;
    private final Dataset<int[]> rows;

    /** How many rows were read. */
    private final AtomicInteger read;

    Turns(int period, long epoch, AtomicInteger read) {
      this.period = period;
      this.epoch = period == 0 ? epoch : epoch % period;
      this.read = read;
      int[] labels = IntStream.range(0, ROWS).toArray();
      this.rows = Dataset.of(numbers(Shape.of(ROWS, 4), this.epoch), labels);
    }

    @Override
    public int size() {
      return ROWS;
    }

    @Override
    public Shape exampleShape() {
      return rows.exampleShape();
    }

    @Override
    public Batch<int[]> newBatch(int n, DType dtype) {
      return rows.newBatch(n, dtype);
    }

    @Override
    public void read(int[] indices, Batch<int[]> batch) {
      read.addAndGet(indices.length);
      rows.read(indices, batch);
    }

    @Override
    public void readTargets(int[] indices, Batch<int[]> batch) {
      for (int i = 0; i < indices.length; i++) {
        batch.targets()[i] = indices[i];
      }
    }

    @Override
    public Dataset<int[]> forEpoch(long other) {
      return period == 1 ? this : new Turns(period, other, read);
    }

    @Override
    public int period() {
      return period;
    }

    @Override
    public String fingerprint() {
      return rows.fingerprint();
    }
  }

  private final AtomicInteger read = new AtomicInteger();

  private PreparedDataset<int[]> prepared(int period) {
    return PreparedDataset.of(new Turns(period, 0, read), new ContrastNorm(0.5), WHITENING);
  }

  @Override
  protected Dataset<int[]> dataset() {
    return prepared(2).keeping();
  }

  @Override
  protected List<Dataset<int[]>> others() {
    Whitening other = WHITENING.copy(layer -> layer);
    other.bias().value().set(1, 5);
    Dataset<int[]> rows = new Turns(2, 0, read);
    return List.of(
        rows,
        PreparedDataset.of(rows, new ContrastNorm(0.6), WHITENING),
        PreparedDataset.of(rows, new ContrastNorm(0.5), other),
        PreparedDataset.of(new Turns(2, 1, read), new ContrastNorm(0.5), WHITENING));
  }

  private static double[] inputs(Dataset<int[]> data, DType dtype, int... indices) {
    Batch<int[]> batch = data.newBatch(indices.length, dtype);
    data.read(indices, batch);
    assertArrayEquals(indices, batch.targets());
    return batch.inputs().toDoubleArray();
  }

  @Test
  void examplesAreWhatTheHeadGivesBitForBitKeptOrNot() {
    int[] indices = {22, 0, 7, 0};
    for (int period = 0; period <= 3; period++) {
      PreparedDataset<int[]> computed = prepared(period);
      PreparedDataset<int[]> kept = prepared(period).keeping();
      for (long epoch = 0; epoch < 5; epoch++) {
        FloatTensor x = numbers(Shape.of(ROWS, 4), period == 0 ? epoch : epoch % period);
        Tensor y = Network.of(Shape.of(4), new ContrastNorm(0.5), WHITENING).forward(x);
        double[] expected = new double[12];
        for (int i = 0; i < 12; i++) {
          expected[i] = y.get(indices[i / 3], i % 3);
        }
        assertArrayEquals(expected, inputs(computed.forEpoch(epoch), DType.FLOAT32, indices));
        assertArrayEquals(expected, inputs(kept.forEpoch(epoch), DType.FLOAT32, indices));
        // The head's numbers are float32's whatever the batch is.
        assertArrayEquals(expected, inputs(kept.forEpoch(epoch), DType.FLOAT64, indices));
      }
    }
  }

  @Test
  void outputsAreComputedOnceForEachEpochOfAPeriod() {
    Dataset<int[]> kept = prepared(2).keeping();
    for (long epoch = 0; epoch < 6; epoch++) {
      inputs(kept.forEpoch(epoch), DType.FLOAT32, 3, 4);
      assertEquals(epoch == 0 ? ROWS : 2 * ROWS, read.get());
    }
    PreparedDataset<int[]> never = prepared(0);
    assertSame(never, never.keeping());
    assertEquals(0, never.keptBytes(DType.FLOAT32));
    assertEquals(2L * ROWS * 3 * 4, prepared(2).keptBytes(DType.FLOAT64));
    assertEquals(2, prepared(2).period());
  }

  /** A data set that was not asked for an epoch may be of any. */
  @Test
  void whatIsKeptIsNotTakenForAnotherEpochs() {
    PreparedDataset<int[]> kept =
        PreparedDataset.of(new Turns(2, 1, read), new ContrastNorm(0.5), WHITENING).keeping();
    double[] first = inputs(kept.forEpoch(0), DType.FLOAT32, 5);
    double[] second = inputs(kept.forEpoch(1), DType.FLOAT32, 5);
    assertNotEquals(first[0], second[0]);
    assertArrayEquals(second, inputs(kept, DType.FLOAT32, 5));
  }

  /** What prepares by functions without numbers computes in the batch's type. */
  @Test
  void aHeadWithoutNumbersComputesInEitherType() {
    PreparedDataset<int[]> kept =
        PreparedDataset.of(new Turns(1, 0, read), new ContrastNorm(0.5)).keeping();
    Tensor x = numbers(Shape.of(ROWS, 4), 0).to(DType.FLOAT64);
    double[] y = new ContrastNorm(0.5).forward(x).toDoubleArray();
    assertArrayEquals(Arrays.copyOfRange(y, 8, 12), inputs(kept, DType.FLOAT64, 2));
    inputs(kept, DType.FLOAT32, 2);
    assertArrayEquals(Arrays.copyOfRange(y, 8, 12), inputs(kept, DType.FLOAT64, 2));
  }

  @Test
  void readingAllocatesNothing() {
    for (Dataset<int[]> data : List.of(prepared(1).keeping(), prepared(1))) {
      Batch<int[]> batch = data.newBatch(5, DType.FLOAT32);
      int[] indices = {1, 2, 3, 4, 5};
      assertEquals(0, Allocation.perStep(() -> data.read(indices, batch)));
    }
  }

  @Test
  void aHeadThatDoesNotFitIsRefused() {
    assertThrows(
        ShapeException.class,
        () -> PreparedDataset.of(new Turns(1, 0, read), WHITENING, WHITENING));
    assertThrows(IllegalArgumentException.class, () -> PreparedDataset.of(new Turns(1, 0, read)));
  }
}
