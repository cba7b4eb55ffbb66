package lamella.layers;

import java.util.random.RandomGenerator;
import lamella.contract.LayerContract;
import lamella.core.Layer;

class MissingIndicatorContractTest extends LayerContract {
  @Override
  protected Layer layer(RandomGenerator random) {
    return new MissingIndicator();
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
