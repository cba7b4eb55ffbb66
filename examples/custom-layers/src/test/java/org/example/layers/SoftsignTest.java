package org.example.layers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.random.RandomGenerator;
import lamella.contract.LayerContract;
import lamella.core.Layer;
import lamella.core.Network;
import lamella.core.Shape;
import lamella.core.onnx.OnnxExport;
import org.junit.jupiter.api.Test;

class SoftsignTest extends LayerContract {
  @Override
  protected Layer layer(RandomGenerator random) {
    return new Softsign();
  }

  private static byte[] export(Layer layer) {
    return OnnxExport.of(Network.of(Shape.of(5), layer)).toBytes();
  }

  @Test
  void itsOperatorIsInTheFile() {
    assertTrue(new String(export(new Softsign()), StandardCharsets.US_ASCII).contains("layer0_Softsign"));
  }

  @Test
  void aLayerWithoutOnnxFormIsNamed() {
    assertEquals(
        "layer 0 Softplus: has no ONNX form; implement lamella.core.onnx.OnnxLayer to give it one",
        assertThrows(IllegalArgumentException.class, () -> export(new Softplus())).getMessage());
  }
}
