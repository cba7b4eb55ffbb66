package lamella.data.cifar;

import java.util.List;
import lamella.core.io.LayerFormat;
import lamella.core.io.LayerFormats;
import org.jspecify.annotations.Nullable;

/** Lets files hold the layers of this package. */
public final class Formats implements LayerFormats {

  /** Called by {@link java.util.ServiceLoader}. */
  public Formats() {}

  @Override
  public List<LayerFormat<?>> formats() {
    return List.of(CosineTransform.format(), ImageView.format());
  }

  /** The class of a layer is loaded only where a file has it. */
  @Override
  public @Nullable LayerFormat<?> format(String type) {
    return switch (type) {
      case "lamella.CosineTransform" -> CosineTransform.format();
      case "lamella.ImageView" -> ImageView.format();
      default -> null;
    };
  }
}
