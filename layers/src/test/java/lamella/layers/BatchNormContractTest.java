package lamella.layers;

import java.util.random.RandomGenerator;
import lamella.contract.LayerContract;
import lamella.core.Layer;

class BatchNormContractTest extends LayerContract {
  @Override
  protected Layer layer(RandomGenerator random) {
    return new BatchNorm(5);
  }

  @Override
  protected boolean mixesRows() {
    return true;
  }

  @Override
  protected boolean differsInInference() {
    return true;
  }
}
