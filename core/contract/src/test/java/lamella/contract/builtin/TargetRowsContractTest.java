package lamella.contract.builtin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.List;
import lamella.contract.DatasetContract;
import lamella.core.Batch;
import lamella.core.DType;
import lamella.core.Dataset;
import lamella.core.DoubleTensor;
import lamella.core.FloatTensor;
import lamella.core.Shape;
import lamella.core.Tensor;
import org.junit.jupiter.api.Test;

class TargetRowsContractTest extends DatasetContract<Tensor> {
  @Override
  protected Dataset<Tensor> dataset() {
    return Dataset.of(
        DoubleTensor.of(Shape.of(3, 2), 1, 2, 3, 4, 5, 6),
        DoubleTensor.of(Shape.of(3, 1), 0.1, 0.2, 0.3));
  }

  @Override
  protected List<Dataset<Tensor>> others() {
    Tensor targets = DoubleTensor.of(Shape.of(3, 1), 0.1, 0.2, 0.3);
    return List.of(
        Dataset.of(DoubleTensor.of(Shape.of(3, 2), 1, 2, 3, 4, 5, 7), targets),
        Dataset.of(
            DoubleTensor.of(Shape.of(3, 2), 1, 2, 3, 4, 5, 6),
            DoubleTensor.of(Shape.of(3, 1), 0.1, 0.2, -0.3)));
  }

  @Test
  void readsTheRowsItWasGiven() {
    Batch<Tensor> batch = dataset().newBatch(2, DType.FLOAT64);
    dataset().read(new int[] {2, 1}, batch);
    assertEquals("[5.0, 6.0, 3.0, 4.0]", Arrays.toString(batch.inputs().toDoubleArray()));
    assertEquals("[0.3, 0.2]", Arrays.toString(batch.targets().toDoubleArray()));
    assertEquals("Dataset(float64[3, 2], targets float64[3, 1])", dataset().toString());
  }

  @Test
  void asManyTargetsAsInputsAreNeeded() {
    assertEquals(
        "Dataset: 3 inputs need as many targets, got 4",
        assertThrows(
                IllegalArgumentException.class,
                () -> Dataset.of(FloatTensor.zeros(Shape.of(3, 2)), FloatTensor.zeros(Shape.of(4))))
            .getMessage());
  }
}
