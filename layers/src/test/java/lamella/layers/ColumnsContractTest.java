package lamella.layers;

import java.util.random.RandomGenerator;
import lamella.contract.LayerContract;
import lamella.core.Layer;

class ColumnsContractTest extends LayerContract {
  /** A column in two parts, one in none, two in another order, a part without layers. */
  @Override
  protected Layer layer(RandomGenerator random) {
    return Columns.of(
        Columns.part(new int[] {0, 1, 2}, new Linear(3, 2, random), new Swish()),
        Columns.part(new int[] {4, 1}),
        Columns.part(new int[] {5}, new Scale(1), new Linear(1, 4, random)));
  }
}
