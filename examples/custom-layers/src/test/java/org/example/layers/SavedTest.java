package org.example.layers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.io.IOException;
import java.nio.file.Path;
import lamella.core.FloatTensor;
import lamella.core.Network;
import lamella.core.Shape;
import lamella.core.io.ModelFile;
import lamella.core.io.OnnxExport;
import lamella.onnx.OnnxImport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A network of these layers comes back from a file. */
class SavedTest {
  @TempDir
  Path folder;

  @Test
  void aNetworkOfTheseLayersIsSavedAndLoaded() throws IOException {
    Scale scale = new Scale(3);
    for (int i = 0; i < 3; i++) {
      scale.parameters().get(0).value().set(i, i + 0.1);
    }
    Network before = Network.of(Shape.of(3), scale, new Arctan(), new Snake(), scale);
    Path path = folder.resolve("model.safetensors");
    ModelFile.of(before).write(path);
    Network after = ModelFile.read(path).network();

    assertEquals(before.toString(), after.toString());
    assertSame(after.layers().get(0), after.layers().get(3));
    FloatTensor x = FloatTensor.of(Shape.of(2, 3), 1, -2, 3, -1, 0, 0.5f);
    assertArrayEquals(before.forward(x).toDoubleArray(), after.forward(x).toDoubleArray());
  }

  @Test
  void aFormulaGoesToOnnxAndComesBack() throws IOException {
    Network before = Network.of(Shape.of(3), new Snake(), new Softsign());
    Network after = OnnxImport.parse("model.onnx", OnnxExport.of(before).toBytes()).network();

    assertEquals(before.toString(), after.toString());
    FloatTensor x = FloatTensor.of(Shape.of(2, 3), 1, -2, 3, -1, 0, 0.5f);
    assertArrayEquals(before.forward(x).toDoubleArray(), after.forward(x).toDoubleArray());
  }
}
