package lamella.layers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import lamella.core.DType;
import lamella.core.Fingerprint;
import lamella.core.FloatTensor;
import lamella.core.Network;
import lamella.core.Shape;
import lamella.core.Tensor;
import lamella.core.io.Npz;
import lamella.core.io.Parameters;
import lamella.core.io.SafeTensors;
import lamella.core.io.WeightLayout;
import lamella.core.random.NumPyRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Parameters by name, there and back. */
class ParametersTest {
  @TempDir Path folder;

  private static Network network(int seed) {
    NumPyRandom random = new NumPyRandom(seed);
    return Network.of(Shape.of(3), new Linear(3, 4, random), new ReLU(), new Linear(4, 2, random));
  }

  /** What PyTorch calls a state_dict. */
  private static Map<String, Tensor> state() throws IOException {
    try (InputStream in = ParametersTest.class.getResourceAsStream("state_dict.safetensors")) {
      return SafeTensors.parse("state_dict", in.readAllBytes()).tensors();
    }
  }

  @Test
  void aStateDictOfPyTorchComputesTheSame() throws IOException {
    Network network = network(1);
    Parameters.load(network, state(), WeightLayout.OUT_IN);
    // By NumPy: see state_dict.py.
    assertArrayEquals(
        new double[] {-2.375, 9.25, 0.875, 0.25},
        network.forward(FloatTensor.of(Shape.of(2, 3), 1, 2, 3, -1, 0, 0.5f)).toDoubleArray());
  }

  @Test
  void thereAndBackThroughNumPysFile() throws IOException {
    Network trained = network(1);
    Path file = folder.resolve("network.npz");
    Npz.ofTensors(Parameters.of(trained)).write(file);
    Network other = network(2);
    Parameters.load(other, Npz.read(file).tensors(), WeightLayout.IN_OUT);
    assertEquals(Fingerprint.of(trained.parameters()), Fingerprint.of(other.parameters()));
  }

  @Test
  void namesAreThoseOfPositions() {
    NumPyRandom random = new NumPyRandom(1);
    Linear shared = new Linear(3, 3, random);
    Network inner = Network.of(Shape.of(3), new ReLU(), shared);
    Network network =
        Network.of(Shape.of(3), shared, new ReLU(), inner, inner, new Linear(3, 2, random));
    Map<String, Tensor> named = Parameters.of(network);
    assertEquals(List.of("0.weight", "0.bias", "4.weight", "4.bias"), List.copyOf(named.keySet()));
    assertSame(shared.weight().value(), named.get("0.weight"));

    Network nested = Network.of(Shape.of(3), new ReLU(), inner);
    assertEquals(List.of("1.1.weight", "1.1.bias"), List.copyOf(Parameters.of(nested).keySet()));
  }

  @Test
  void valuesAreRoundedToTheNetworksType() {
    Network network = network(1);
    Map<String, Tensor> doubles = new LinkedHashMap<>();
    Parameters.of(network).forEach((name, tensor) -> doubles.put(name, tensor.to(DType.FLOAT64)));
    doubles.get("0.bias").fill(0.1);
    Parameters.load(network, doubles, WeightLayout.IN_OUT);
    assertEquals(DType.FLOAT32, network.parameters().get(1).value().dtype());
    assertEquals((double) 0.1f, network.parameters().get(1).value().get(0));
  }

  private static String error(Network network, Map<String, Tensor> tensors, WeightLayout layout) {
    String before = Fingerprint.of(network.parameters());
    String message =
        assertThrows(
                IllegalArgumentException.class, () -> Parameters.load(network, tensors, layout))
            .getMessage();
    assertEquals(before, Fingerprint.of(network.parameters()));
    return message;
  }

  @Test
  void aTransposedWeightIsToldWithTheWayOut() throws IOException {
    assertEquals(
        "Parameters: \"0.weight\", layer 0 Linear(3 -> 4): weight, expects [3, 4] for"
            + " WeightLayout.IN_OUT, got [4, 3]; are they WeightLayout.OUT_IN?",
        error(network(1), state(), WeightLayout.IN_OUT));
    assertEquals(
        "Parameters: \"0.weight\", layer 0 Linear(3 -> 4): weight, expects [4, 3] for"
            + " WeightLayout.OUT_IN, got [3, 4]; are they WeightLayout.IN_OUT?",
        error(network(1), Parameters.of(network(2)), WeightLayout.OUT_IN));
  }

  @Test
  void otherShapesAreRefusedBeforeAnythingIsChanged() throws IOException {
    Map<String, Tensor> tensors = new LinkedHashMap<>(state());
    tensors.put("2.bias", FloatTensor.zeros(Shape.of(3)));
    assertEquals(
        "Parameters: \"2.bias\", layer 2 Linear(4 -> 2): bias, expects [2] for"
            + " WeightLayout.OUT_IN, got [3]",
        error(network(1), tensors, WeightLayout.OUT_IN));
  }

  @Test
  void missingAndSurplusTensorsAreNamed() throws IOException {
    Map<String, Tensor> tensors = new LinkedHashMap<>(state());
    tensors.put("fc2.bias", tensors.remove("2.bias"));
    assertEquals(
        "Parameters: the network has \"2.bias\" that the tensors do not, the tensors"
            + " \"fc2.bias\" that the network does not",
        error(network(1), tensors, WeightLayout.OUT_IN));
    tensors.put("2.bias", tensors.remove("fc2.bias"));
    tensors.put("4.bias", FloatTensor.zeros(Shape.of(3)));
    assertEquals(
        "Parameters: the network has none that the tensors do not, the tensors \"4.bias\" that"
            + " the network does not",
        error(network(1), tensors, WeightLayout.OUT_IN));
  }
}
