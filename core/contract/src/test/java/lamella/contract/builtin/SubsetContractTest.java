package lamella.contract.builtin;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import lamella.contract.DatasetContract;
import lamella.core.Batch;
import lamella.core.DType;
import lamella.core.Dataset;
import lamella.core.FloatTensor;
import lamella.core.Shape;
import lamella.core.Tensor;
import lamella.core.random.NumPyRandom;
import org.junit.jupiter.api.Test;

class SubsetContractTest extends DatasetContract<int[]> {
  private static Tensor inputs() {
    SplittableRandom random = new SplittableRandom(1);
    Tensor tensor = FloatTensor.zeros(Shape.of(20, 3));
    for (int i = 0; i < tensor.size(); i++) {
      tensor.set(i, random.nextDouble(-1, 1));
    }
    return tensor;
  }

  private static Dataset<int[]> whole() {
    Tensor inputs = inputs();
    return Dataset.of(inputs, IntStream.range(100, 120).toArray());
  }

  @Override
  protected Dataset<int[]> dataset() {
    return whole().split(13, new NumPyRandom(1)).getFirst();
  }

  private static int[] labels(Dataset<int[]> data) {
    Batch<int[]> batch = data.newBatch(data.size(), DType.FLOAT32);
    data.read(IntStream.range(0, data.size()).toArray(), batch);
    return batch.targets().clone();
  }

  @Test
  void rowsAreThoseAskedForInOrder() {
    Dataset<int[]> rows = whole().rows(5, 9);
    assertArrayEquals(new int[] {105, 106, 107, 108}, labels(rows));
    assertArrayEquals(new int[] {106, 107}, labels(rows.rows(1, 3)));
    assertEquals("4 rows of Dataset(float32[20, 3], labels)", rows.toString());
    Batch<int[]> batch = rows.newBatch(1, DType.FLOAT32);
    rows.read(new int[] {2}, batch);
    Tensor inputs = inputs();
    assertArrayEquals(inputs.rows(7, 8).toDoubleArray(), batch.inputs().toDoubleArray());
    // A batch of the whole dataset will do as well.
    Batch<int[]> other = whole().newBatch(1, DType.FLOAT32);
    rows.read(new int[] {0}, other);
    assertEquals(105, other.targets()[0]);
  }

  @Test
  void aSplitHasEveryExampleOnceAndTheSameSeedTheSameOnes() {
    List<Dataset<int[]>> parts = whole().split(13, new NumPyRandom(7));
    int[] first = labels(parts.get(0));
    int[] second = labels(parts.get(1));
    assertEquals(13, first.length);
    int[] all = IntStream.concat(Arrays.stream(first), Arrays.stream(second)).sorted().toArray();
    assertArrayEquals(IntStream.range(100, 120).toArray(), all);
    assertArrayEquals(first, labels(whole().split(13, new NumPyRandom(7)).get(0)));
    assertNotEquals(
        Arrays.toString(first),
        Arrays.toString(labels(whole().split(13, new NumPyRandom(8)).get(0))));
  }

  @Test
  void theFingerprintTellsTheRows() {
    assertEquals(whole().rows(0, 5).fingerprint(), whole().rows(0, 5).fingerprint());
    assertNotEquals(whole().rows(0, 5).fingerprint(), whole().rows(1, 6).fingerprint());
    assertNotEquals(whole().rows(0, 20).fingerprint(), whole().fingerprint());
  }

  @Test
  void whatIsNotThereIsRefused() {
    Dataset<int[]> whole = whole();
    for (int[] range : new int[][] {{-1, 3}, {3, 3}, {4, 3}, {0, 21}}) {
      assertEquals(
          "Dataset: no rows [" + range[0] + ", " + range[1] + ") in a dataset of 20",
          assertThrows(IllegalArgumentException.class, () -> whole.rows(range[0], range[1]))
              .getMessage());
    }
    for (int first : new int[] {-1, 0, 20, 21}) {
      assertEquals(
          "Dataset: expects from 1 to 19 of 20 examples, got " + first,
          assertThrows(IllegalArgumentException.class, () -> whole.split(first, new NumPyRandom(1)))
              .getMessage());
    }
    assertEquals(
        "4 rows of Dataset(float32[20, 3], labels): index 4 at position 1 is outside [0, 4)",
        assertThrows(
                IndexOutOfBoundsException.class,
                () -> {
                  Dataset<int[]> rows = whole.rows(5, 9);
                  rows.read(new int[] {0, 4}, rows.newBatch(2, DType.FLOAT32));
                })
            .getMessage());
    assertEquals(
        "Dataset: labels are null",
        assertThrows(
                IllegalArgumentException.class,
                () -> Dataset.of(FloatTensor.zeros(Shape.of(2, 2)), (int[]) null))
            .getMessage());
  }

  @Test
  void inAnotherEpochItIsThatEpochs() {
    Dataset<int[]> changing =
        new Dataset<>() {
          @Override
          public int size() {
            return 20;
          }

          @Override
          public Shape exampleShape() {
            return Shape.of(3);
          }

          @Override
          public Batch<int[]> newBatch(int n, DType dtype) {
            return whole().newBatch(n, dtype);
          }

          @Override
          public void read(int[] indices, Batch<int[]> batch) {
            whole().read(indices, batch);
          }

          @Override
          public Dataset<int[]> forEpoch(long epoch) {
            return Dataset.of(
                FloatTensor.zeros(Shape.of(20, 3)),
                IntStream.range(0, 20).map(i -> (int) epoch).toArray());
          }
        };
    assertEquals(0, changing.period());
    assertEquals(0, changing.rows(4, 6).period());
    assertEquals(0, changing.withWeights(new double[20]).period());
    assertEquals(1, whole().rows(4, 6).period());
    assertEquals(1, whole().withWeights(new double[20]).period());
    assertArrayEquals(new int[] {3, 3}, labels(changing.rows(4, 6).forEpoch(3)));
    assertArrayEquals(new int[] {104, 105}, labels(changing.rows(4, 6)));
  }
}
