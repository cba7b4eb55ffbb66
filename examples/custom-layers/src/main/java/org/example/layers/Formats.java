package org.example.layers;

import java.util.List;
import lamella.core.io.LayerFormat;
import lamella.core.io.LayerFormats;

/** Lets model files hold these layers. */
public final class Formats implements LayerFormats {
  @Override
  public List<LayerFormat<?>> formats() {
    return List.of(
        LayerFormat.of("org.example.Softplus", Softplus.class, saved -> new Softplus()),
        LayerFormat.of(
            "org.example.Scale", Scale.class, saved -> new Scale(saved.tensor("factors").size())));
  }
}
