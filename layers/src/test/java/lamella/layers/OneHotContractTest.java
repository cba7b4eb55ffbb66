package lamella.layers;

import java.util.random.RandomGenerator;
import lamella.contract.LayerContract;
import lamella.core.Layer;

class OneHotContractTest extends LayerContract {
  @Override
  protected Layer layer(RandomGenerator random) {
    return new OneHot(3, 2, 4);
  }

  /** Categories, 0 for an unknown one, and numbers that are none. */
  @Override
  protected double domain(double value) {
    return Math.floorMod((long) Math.rint(2 * value), 12L) / 2.0;
  }

  @Override
  protected boolean isDifferentiableByInput() {
    return false;
  }

  @Override
  protected boolean takesMissingValues() {
    return true;
  }
}
