package lamella.contract.builtin;

import lamella.contract.SamplerContract;
import lamella.core.Sampler;
import lamella.core.random.NumPyRandom;

class WithReplacementSamplerContractTest extends SamplerContract {
  @Override
  protected Sampler sampler() {
    return Sampler.withReplacement(examples(), new NumPyRandom(3));
  }

  @Override
  protected int examples() {
    return 13;
  }
}
