package lamella.layers;

import java.util.random.RandomGenerator;
import lamella.contract.LayerContract;
import lamella.core.Layer;
import lamella.core.Shape;

class EmbeddingContractTest extends LayerContract {
  private static final int COUNT = 5;

  @Override
  protected Layer layer(RandomGenerator random) {
    return new Embedding(COUNT, 3, random);
  }

  @Override
  protected Shape inputShape() {
    return Shape.of(2);
  }

  @Override
  protected double domain(double value) {
    return Math.floorMod((long) Math.rint(value), (long) COUNT);
  }

  @Override
  protected boolean isDifferentiableByInput() {
    return false;
  }
}
