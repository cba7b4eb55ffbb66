package lamella.layers;

import java.util.random.RandomGenerator;
import lamella.contract.LayerContract;
import lamella.core.FloatTensor;
import lamella.core.Layer;
import lamella.core.Shape;

/** The parts of a table's numbers and of its categories. */
class ColumnsOfMissingValuesContractTest extends LayerContract {
  @Override
  protected Layer layer(RandomGenerator random) {
    return Columns.of(
        Columns.part(
            new int[] {0, 1},
            FillMissing.of(FloatTensor.of(Shape.of(2), 1, -2)),
            new Linear(2, 3, random)),
        Columns.part(new int[] {0, 1}, new MissingIndicator(), new Linear(2, 1, random)));
  }

  @Override
  protected boolean takesMissingValues() {
    return true;
  }
}
