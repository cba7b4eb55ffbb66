package lamella.contract.builtin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.List;
import lamella.contract.DatasetContract;
import lamella.core.Batch;
import lamella.core.DType;
import lamella.core.Dataset;
import lamella.core.FloatTensor;
import lamella.core.Shape;
import org.junit.jupiter.api.Test;

class LabelledRowsContractTest extends DatasetContract<int[]> {
  @Override
  protected Dataset<int[]> dataset() {
    return Dataset.of(FloatTensor.of(Shape.of(4, 1, 2), 1, 2, 3, 4, 5, 6, 7, 8), labels());
  }

  @Override
  protected List<Dataset<int[]>> others() {
    return List.of(
        Dataset.of(FloatTensor.of(Shape.of(4, 1, 2), 1, 2, 3, 4, 5, 6, 7, 8.5f), labels()),
        Dataset.of(
            FloatTensor.of(Shape.of(4, 1, 2), 1, 2, 3, 4, 5, 6, 7, 8), new int[] {7, 8, 9, 11}),
        Dataset.of(FloatTensor.of(Shape.of(4, 1, 2), 3, 4, 1, 2, 5, 6, 7, 8), labels()),
        Dataset.of(FloatTensor.of(Shape.of(4, 2), 1, 2, 3, 4, 5, 6, 7, 8), labels()));
  }

  private static int[] labels() {
    return new int[] {7, 8, 9, 10};
  }

  @Test
  void readsTheRowsItWasGiven() {
    Batch<int[]> batch = dataset().newBatch(2, DType.FLOAT64);
    dataset().read(new int[] {3, 0}, batch);
    assertEquals("[7.0, 8.0, 1.0, 2.0]", Arrays.toString(batch.inputs().toDoubleArray()));
    assertEquals(10, batch.targets()[0]);
    assertEquals(7, batch.targets()[1]);
    assertEquals("Dataset(float32[4, 1, 2], labels)", dataset().toString());
  }

  @Test
  void asManyLabelsAsInputsAreNeeded() {
    assertEquals(
        "Dataset: 3 inputs need as many labels, got 4",
        assertThrows(
                IllegalArgumentException.class,
                () -> Dataset.of(FloatTensor.zeros(Shape.of(3, 2)), labels()))
            .getMessage());
  }
}
