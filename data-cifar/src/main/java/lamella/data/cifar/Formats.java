package lamella.data.cifar;

import java.util.List;
import lamella.core.io.LayerFormat;
import lamella.core.io.LayerFormats;

/** Lets files hold the layers of this package. */
public final class Formats implements LayerFormats {

  /** Called by {@link java.util.ServiceLoader}. */
  public Formats() {}

  @Override
  public List<LayerFormat<?>> formats() {
    return List.of(ImageView.format());
  }
}
