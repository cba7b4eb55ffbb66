package lamella.layers;

import java.util.random.RandomGenerator;
import lamella.contract.LayerContract;
import lamella.core.Layer;

class GaussianNoiseContractTest extends LayerContract {
  @Override
  protected Layer layer(RandomGenerator random) {
    return new GaussianNoise(0.5);
  }

  @Override
  protected boolean differsInInference() {
    return true;
  }
}
