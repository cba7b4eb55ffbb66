package org.example.layers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.random.RandomGenerator;
import lamella.contract.LayerContract;
import lamella.core.Layer;
import lamella.core.Network;
import lamella.core.Shape;
import lamella.core.io.OnnxExport;
import lamella.onnx.OnnxImport;
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
    assertTrue(new String(export(new Softsign()), StandardCharsets.US_ASCII).contains("0.Softsign"));
  }

  @Test
  void itIsFoundAgainByItsOperator() throws IOException {
    Network network = OnnxImport.parse("softsign.onnx", export(new Softsign())).network();
    assertEquals("Network([5] -> Softsign)", network.toString());
  }

  @Test
  void aLayerWithoutOnnxFormIsNamed() {
    assertEquals(
        "layer 0 Arctan: has no ONNX form; write it as an Activation, whose formula is its form, or give its"
            + " LayerFormat one, withOnnx",
        assertThrows(IllegalArgumentException.class, () -> export(new Arctan())).getMessage());
  }
}
