package lamella.layers;

import java.util.random.RandomGenerator;
import lamella.contract.LayerContract;
import lamella.core.DType;
import lamella.core.Layer;

class PeriodicEmbeddingContractTest extends LayerContract {
  @Override
  protected Layer layer(RandomGenerator random) {
    return new PeriodicEmbedding(DType.FLOAT32, 3, 5, 3, 0.1, random);
  }

  /** Inputs on one scale: far out a wave's argument has no digits left in float32. */
  @Override
  protected double domain(double value) {
    return 3 * Math.sin(value);
  }
}
