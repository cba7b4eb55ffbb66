package lamella.layers;

import java.util.random.RandomGenerator;
import lamella.contract.LayerContract;
import lamella.core.Layer;
import lamella.core.Network;
import lamella.core.Outputs;
import lamella.core.Shape;

class EnsembleNumbersContractTest extends LayerContract {
  @Override
  protected Layer layer(RandomGenerator random) {
    return Ensemble.of(member(random), member(random), member(random)).layers().getFirst();
  }

  private static Network member(RandomGenerator random) {
    return Network.of(Shape.of(5), new Linear(5, 3, random), new Tanh(), new Linear(3, 2, random))
        .withOutputs(Outputs.NUMBERS);
  }
}
