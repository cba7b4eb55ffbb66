package org.example.layers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.CodeSource;
import lamella.contract.LayerContract;
import lamella.core.Layer;
import org.junit.jupiter.api.Test;

/** These tests mean what they say only if they run on the jars, as modules. */
class PackagedTest {
  @Test
  void theLayersAreAModuleOnTopOfLamellasModule() {
    assertEquals("org.example.layers", Scale.class.getModule().getName());
    assertEquals("lamella.core", Layer.class.getModule().getName());
  }

  @Test
  void lamellaComesFromItsPackagedJars() {
    for (Class<?> type : new Class<?>[] {Layer.class, LayerContract.class}) {
      CodeSource source = type.getProtectionDomain().getCodeSource();
      assertTrue(source.getLocation().getPath().endsWith(".jar"), type + " from " + source.getLocation());
    }
  }
}
