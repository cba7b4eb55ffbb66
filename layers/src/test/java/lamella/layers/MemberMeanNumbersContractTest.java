package lamella.layers;

import java.util.random.RandomGenerator;
import lamella.contract.LayerContract;
import lamella.core.Layer;
import lamella.core.Outputs;
import lamella.core.Shape;

class MemberMeanNumbersContractTest extends LayerContract {
  @Override
  protected Layer layer(RandomGenerator random) {
    return new MemberMean(3, Outputs.NUMBERS);
  }

  @Override
  protected Shape inputShape() {
    return Shape.of(12);
  }
}
