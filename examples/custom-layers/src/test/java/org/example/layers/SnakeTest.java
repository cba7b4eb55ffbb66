package org.example.layers;

import java.util.random.RandomGenerator;
import lamella.contract.LayerContract;
import lamella.core.Layer;

class SnakeTest extends LayerContract {
  @Override
  protected Layer layer(RandomGenerator random) {
    return new Snake();
  }
}
