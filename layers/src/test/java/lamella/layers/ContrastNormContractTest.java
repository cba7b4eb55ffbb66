package lamella.layers;

import java.util.random.RandomGenerator;
import lamella.contract.LayerContract;
import lamella.core.Layer;

class ContrastNormContractTest extends LayerContract {
  @Override
  protected Layer layer(RandomGenerator random) {
    return new ContrastNorm(0.5);
  }
}
