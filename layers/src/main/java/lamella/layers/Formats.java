package lamella.layers;

import java.util.List;
import lamella.core.io.LayerFormat;
import lamella.core.io.LayerFormats;

/** Lets model files hold the layers of this package. */
public final class Formats implements LayerFormats {

  /** Called by {@link java.util.ServiceLoader}. */
  public Formats() {}

  @Override
  public List<LayerFormat<?>> formats() {
    return List.of(
        LayerFormat.of(
            "lamella.Linear",
            Linear.class,
            saved -> Linear.of(saved.tensor("weight"), saved.tensor("bias"))),
        LayerFormat.of("lamella.ReLU", ReLU.class, saved -> new ReLU()),
        LayerFormat.of(
                "lamella.LeakyReLU", LeakyReLU.class, saved -> new LeakyReLU(saved.number("slope")))
            .withOption("slope", LeakyReLU::slope),
        LayerFormat.of("lamella.Swish", Swish.class, saved -> new Swish()),
        LayerFormat.of("lamella.SELU", SELU.class, saved -> new SELU()),
        LayerFormat.of(
                "lamella.InputNorm",
                InputNorm.class,
                saved ->
                    saved.text("divides").equals("true")
                        ? InputNorm.standardising(saved.tensor("mean"), saved.tensor("deviation"))
                        : InputNorm.centring(saved.tensor("mean")))
            .withOption("divides", norm -> norm.deviation() != null));
  }
}
