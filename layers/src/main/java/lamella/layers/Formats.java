package lamella.layers;

import java.util.List;
import lamella.core.io.LayerFormat;
import lamella.core.io.LayerFormats;

/** Lets files hold the layers of this package. */
public final class Formats implements LayerFormats {

  /** Called by {@link java.util.ServiceLoader}. */
  public Formats() {}

  @Override
  public List<LayerFormat<?>> formats() {
    return List.of(
        BatchNorm.format(),
        Dropout.format(),
        ELU.format(),
        Embedding.format(),
        Ensemble.format(),
        GELU.format(),
        HardSwish.format(),
        InputNorm.format(),
        LayerNorm.format(),
        LeakyReLU.format(),
        Linear.format(),
        Mish.format(),
        ReLU.format(),
        Residual.format(),
        SELU.format(),
        Scale.format(),
        Sigmoid.format(),
        Softmax.format(),
        Softplus.format(),
        Swish.format(),
        Tanh.format());
  }
}
