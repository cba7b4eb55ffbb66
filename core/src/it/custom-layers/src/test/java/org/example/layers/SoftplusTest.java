package org.example.layers;

import java.util.random.RandomGenerator;
import lamella.core.Layer;
import lamella.core.contract.LayerContract;

class SoftplusTest extends LayerContract {
  @Override
  protected Layer layer(RandomGenerator random) {
    return new Softplus();
  }
}
