package lamella.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class BatchTest {
  private final Tensor inputs = Tensor.zeros(DType.FLOAT32, Shape.of(3, 2));

  private static String refusal(Class<? extends Exception> kind, Runnable call) {
    return assertThrows(kind, call::run).getMessage();
  }

  @Test
  void aBatchIsItsInputsAndTargets() {
    int[] labels = {4, 5, 6};
    Batch<int[]> batch = Batch.of(inputs, labels);
    assertEquals(3, batch.size());
    assertSame(inputs, batch.inputs());
    assertSame(labels, batch.targets());
    assertEquals(3, Batch.of(inputs, Tensor.zeros(DType.FLOAT64, Shape.of(3, 1))).size());
    assertEquals(3, Batch.of(inputs, "targets of another kind").size());
  }

  @Test
  void asManyTargetsAsInputsAreNeeded() {
    assertEquals(
        "Batch: inputs [3, 2] need 3 targets, got 2",
        refusal(IllegalArgumentException.class, () -> Batch.of(inputs, new int[2])));
    assertEquals(
        "Batch: inputs [3, 2] need 3 targets, got 4",
        refusal(
            IllegalArgumentException.class,
            () -> Batch.of(inputs, Tensor.zeros(DType.FLOAT32, Shape.of(4, 1)))));
  }

  @Test
  void weightedTargetsAreWhatTheyAreWithoutWeights() {
    Batch<Weighted<int[]>> labels =
        Batch.of(inputs, new Weighted<>(new int[] {4, 5, 6}, new double[3]));
    assertEquals(3, labels.size());
    assertTrue(labels.targetKind().hasLabels());
    assertSame(labels.targets().targets(), labels.targetKind().labels(labels.targets()));
    Batch<Weighted<Tensor>> numbers = Batch.of(inputs, new Weighted<>(inputs, new double[3]));
    assertSame(inputs, numbers.targetKind().numbers(numbers.targets()));
    assertEquals(
        "Batch: inputs [3, 2] need 3 weights, got 2",
        refusal(
            IllegalArgumentException.class,
            () -> Batch.of(inputs, new Weighted<>(new int[3], new double[2]))));
    assertEquals(
        "Batch: inputs [3, 2] need 3 targets, got 2",
        refusal(
            IllegalArgumentException.class,
            () -> Batch.of(inputs, new Weighted<>(new int[2], new double[3]))));
  }

  @Test
  void aDatasetSaysWhichIndicesItCannotRead() {
    Dataset<int[]> data = Dataset.of(inputs, new int[3]);
    Batch<int[]> batch = data.newBatch(2, DType.FLOAT32);
    data.requireIndices(new int[] {2, 0}, batch);
    assertEquals(
        "Dataset(float32[3, 2], labels): expects as many indices as the batch has examples, got 1"
            + " indices and a batch of 2",
        refusal(IllegalArgumentException.class, () -> data.requireIndices(new int[] {0}, batch)));
    for (int index : new int[] {3, -1}) {
      assertEquals(
          "Dataset(float32[3, 2], labels): index " + index + " at position 1 is outside [0, 3)",
          refusal(
              IndexOutOfBoundsException.class,
              () -> data.requireIndices(new int[] {0, index}, batch)));
    }
  }

  @Test
  void aBatchOfOtherInputsIsNotFilled() {
    Dataset<int[]> data = Dataset.of(inputs, new int[3]);
    Tensor wide = Tensor.zeros(DType.FLOAT32, Shape.of(2, 5));
    assertEquals(
        "Dataset(float32[3, 2]): expects a batch [2, 2], got [2, 5]",
        refusal(
            IllegalArgumentException.class,
            () -> data.read(new int[] {0, 1}, Batch.of(wide, new int[2]))));
    Dataset<Tensor> pairs = Dataset.of(inputs, inputs);
    Batch<Tensor> crooked =
        new Batch<>() {
          @Override
          public int size() {
            return 2;
          }

          @Override
          public Tensor inputs() {
            return Tensor.zeros(DType.FLOAT32, Shape.of(4, 1));
          }

          @Override
          public Tensor targets() {
            return Tensor.zeros(DType.FLOAT32, Shape.of(2, 2));
          }
        };
    assertEquals(
        "Dataset(float32[3, 2]): expects a batch [2, 2], got [4, 1]",
        refusal(IllegalArgumentException.class, () -> pairs.read(new int[] {0, 1}, crooked)));
  }
}
