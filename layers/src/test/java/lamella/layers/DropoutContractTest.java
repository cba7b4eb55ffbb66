package lamella.layers;

import java.util.random.RandomGenerator;
import lamella.contract.LayerContract;
import lamella.core.Layer;

class DropoutContractTest extends LayerContract {
  @Override
  protected Layer layer(RandomGenerator random) {
    return new Dropout(0.3);
  }

  @Override
  protected boolean differsInInference() {
    return true;
  }
}
