package org.example.layers;

import java.util.List;
import lamella.core.io.LayerFormat;
import lamella.core.io.LayerFormats;

/** Lets files hold these layers. */
public final class Formats implements LayerFormats {
  @Override
  public List<LayerFormat<?>> formats() {
    return List.of(Arctan.format(), GaussianNoise.format(), Scale.format(), Snake.format(), Softsign.format());
  }
}
