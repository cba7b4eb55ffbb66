package lamella.contract.builtin;

import lamella.contract.SamplerContract;
import lamella.core.Sampler;
import lamella.core.random.NumPyRandom;

class ShuffledSamplerContractTest extends SamplerContract {
  @Override
  protected Sampler sampler() {
    return Sampler.shuffled(examples(), new NumPyRandom(3));
  }

  @Override
  protected int examples() {
    return 13;
  }
}
