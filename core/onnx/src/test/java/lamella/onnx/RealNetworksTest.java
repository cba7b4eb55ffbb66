package lamella.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import lamella.core.DoubleTensor;
import lamella.core.Network;
import lamella.core.Tensor;
import lamella.core.io.FileFormatException;
import lamella.core.io.OnnxExport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Models that other programs have made, as networks, give what they give there. */
class RealNetworksTest {
  private static final double TOLERANCE = 1e-5;

  @TestFactory
  List<DynamicTest> networksGiveTheExpectedOutputs() throws IOException {
    return OtherModels.tests(RealNetworksTest::check);
  }

  private static void check(Path file, Path expected) throws IOException {
    OnnxImport read;
    try {
      read = OnnxImport.read(file);
    } catch (FileFormatException e) {
      // Several inputs or outputs, or one number for all examples: OnnxModel runs these.
      String message = String.valueOf(e.getMessage());
      assertTrue(
          message.contains("one output of floats expected")
              || message.contains("one input that it is computed from expected")
              || message.contains("floats of each example expected"),
          message);
      return;
    }
    Map<String, OnnxArray> arrays = NpzArrays.read(expected);
    OnnxArray in = arrays.get("in_" + read.input().name());
    OnnxArray out = arrays.get("out_" + read.output().name());
    double[] y = numbers(out);
    Network network = read.network();
    SpelledTest.requireNear(file.toString(), y, outputs(network, in, read.end()), TOLERANCE);
    if (read.isTrainable()) {
      Network again = OnnxImport.parse("again.onnx", OnnxExport.of(network).toBytes()).network();
      assertEquals(network.toString(), again.toString());
      SpelledTest.requireNear(file.toString(), y, outputs(again, in, read.end()), TOLERANCE);
    }
  }

  private static double[] numbers(OnnxArray array) {
    return array.tensor().toDoubleArray();
  }

  private static double[] outputs(Network network, OnnxArray in, OnnxImport.End end) {
    int size = network.inputShape().size();
    Tensor x =
        DoubleTensor.of(network.inputShape().batch(in.size() / size), numbers(in))
            .to(network.dtype());
    double[] y = network.forward(x).toDoubleArray();
    return SpelledTest.ended(y, network.outputShape().size(), end);
  }
}
