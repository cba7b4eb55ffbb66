package org.example.service;

import java.util.List;
import lamella.core.io.LayerFormat;
import lamella.core.io.LayerFormats;

/** Lets model files hold {@link Softsign}. */
public final class Formats implements LayerFormats {
  @Override
  public List<LayerFormat<?>> formats() {
    return List.of(Softsign.format());
  }
}
