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
import java.util.stream.Stream;
import lamella.core.DType;
import lamella.core.Fingerprint;
import lamella.core.FloatTensor;
import lamella.core.Layer;
import lamella.core.Network;
import lamella.core.Parameter;
import lamella.core.Pass;
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

  // Vectors as others write them.

  @Test
  void aBiasMayBeARowOrAColumn() throws IOException {
    Map<String, Tensor> tensors = new LinkedHashMap<>(state());
    Network plain = network(1);
    Parameters.load(plain, tensors, WeightLayout.OUT_IN);
    tensors.replace("0.bias", FloatTensor.of(Shape.of(1, 4), floats(tensors.get("0.bias"))));
    tensors.replace("2.bias", FloatTensor.of(Shape.of(2, 1), floats(tensors.get("2.bias"))));
    Network other = network(2);
    Parameters.load(other, tensors, WeightLayout.OUT_IN);
    assertEquals(Fingerprint.of(plain.parameters()), Fingerprint.of(other.parameters()));
    assertEquals(Shape.of(4), other.parameters().get(1).shape());
    for (Shape wrong : List.of(Shape.of(2, 2), Shape.of(1, 3), Shape.of(1, 1, 4), Shape.of())) {
      tensors.replace("0.bias", FloatTensor.zeros(wrong));
      assertEquals(
          "Parameters: \"0.bias\", layer 0 Linear(3 -> 4): bias, expects [4] for"
              + " WeightLayout.OUT_IN, got "
              + wrong,
          error(network(1), tensors, WeightLayout.OUT_IN));
    }
  }

  private static float[] floats(Tensor tensor) {
    return ((FloatTensor) tensor).array();
  }

  // Other names, and parts.

  @Test
  void tensorsOfOtherNamesAreLoaded() throws IOException {
    Map<String, Tensor> prefixed = new LinkedHashMap<>();
    state().forEach((name, tensor) -> prefixed.put("module." + name, tensor));
    Network network = network(1);
    Parameters.load(network, prefixed, WeightLayout.OUT_IN, name -> "module." + name);
    Network plain = network(2);
    Parameters.load(plain, state(), WeightLayout.OUT_IN);
    assertEquals(Fingerprint.of(plain.parameters()), Fingerprint.of(network.parameters()));

    String before = Fingerprint.of(network.parameters());
    Map<String, String> some = Map.of("0.weight", "module.0.weight");
    assertEquals(
        "Parameters: the network has \"0.bias\", \"2.weight\", \"2.bias\" that the tensors do not,"
            + " the tensors \"module.0.bias\", \"module.2.bias\", \"module.2.weight\" that the network"
            + " does not",
        assertThrows(
                IllegalArgumentException.class,
                () -> Parameters.load(network, prefixed, WeightLayout.OUT_IN, some::get))
            .getMessage());
    assertEquals(
        "Parameters: \"0.weight\" and \"2.weight\" are both to have the tensor \"w\"",
        assertThrows(
                IllegalArgumentException.class,
                () ->
                    Parameters.load(
                        Network.of(Shape.of(3), linear(), new ReLU(), linear()),
                        Map.of("w", matrix(), "b", FloatTensor.zeros(Shape.of(3))),
                        WeightLayout.IN_OUT,
                        name -> name.endsWith("weight") ? "w" : name.equals("0.bias") ? "b" : null))
            .getMessage());
    assertEquals(before, Fingerprint.of(network.parameters()));
  }

  private static Linear linear() {
    return new Linear(3, 3, new NumPyRandom(3));
  }

  private static Tensor matrix() {
    return FloatTensor.zeros(Shape.of(3, 3));
  }

  @Test
  void aPartIsLoadedAndTheRestNamed() throws IOException {
    Map<String, Tensor> tensors = new LinkedHashMap<>(state());
    tensors.put("fc.bias", tensors.remove("2.bias"));
    tensors.remove("2.weight");
    Network network = network(1);
    Network before = network(1);
    Parameters.Part part = Parameters.loadPart(network, tensors, WeightLayout.OUT_IN);
    assertEquals(List.of("0.weight", "0.bias"), part.loaded());
    assertEquals(List.of("2.weight", "2.bias"), part.kept());
    assertEquals(List.of("fc.bias"), part.unused());
    assertEquals(
        Fingerprint.of(before.parameters().subList(2, 4)),
        Fingerprint.of(network.parameters().subList(2, 4)));
    assertArrayEquals(
        state().get("0.bias").toDoubleArray(), network.parameters().get(1).value().toDoubleArray());
  }

  @Test
  void aPartThatDoesNotFitChangesNothing() throws IOException {
    Map<String, Tensor> tensors = new LinkedHashMap<>(state());
    tensors.put("2.bias", FloatTensor.zeros(Shape.of(3)));
    Network network = network(1);
    String before = Fingerprint.of(network.parameters());
    assertThrows(
        IllegalArgumentException.class,
        () -> Parameters.loadPart(network, tensors, WeightLayout.OUT_IN));
    assertEquals(
        "Parameters: no parameter has a tensor: the network has \"0.weight\", \"0.bias\","
            + " \"2.weight\", \"2.bias\", the tensors are \"w\"",
        assertThrows(
                IllegalArgumentException.class,
                () -> Parameters.loadPart(network, Map.of("w", matrix()), WeightLayout.IN_OUT))
            .getMessage());
    assertEquals(before, Fingerprint.of(network.parameters()));
    // Another head stays as it is where it is left out.
    Parameters.Part part =
        Parameters.loadPart(
            network, tensors, WeightLayout.OUT_IN, name -> name.equals("2.bias") ? null : name);
    assertEquals(List.of("2.bias"), part.kept());
  }

  @Test
  void layersWithoutBiasesAreToldWithTheWayOut() throws IOException {
    Map<String, Tensor> tensors = new LinkedHashMap<>(state());
    tensors.keySet().removeIf(name -> name.endsWith("bias"));
    assertEquals(
        "Parameters: the network has \"0.bias\", \"2.bias\" that the tensors do not, the tensors"
            + " none that the network does not; without biases: use loadPart, which leaves them as"
            + " they are",
        error(network(1), tensors, WeightLayout.OUT_IN));
    assertEquals(
        List.of("0.bias", "2.bias"),
        Parameters.loadPart(network(1), tensors, WeightLayout.OUT_IN).kept());
  }

  @Test
  void aNetworksOwnTensorsCanChangePlaces() {
    NumPyRandom random = new NumPyRandom(1);
    Linear first = new Linear(3, 3, random);
    Linear second = new Linear(3, 3, random);
    double[] a = first.weight().value().toDoubleArray();
    double[] b = second.weight().value().toDoubleArray();
    Network network = Network.of(Shape.of(3), first, second);
    Parameters.load(
        network,
        Parameters.of(network),
        WeightLayout.IN_OUT,
        name -> (name.startsWith("0") ? "1" : "0") + name.substring(1));
    assertArrayEquals(b, first.weight().value().toDoubleArray());
    assertArrayEquals(a, second.weight().value().toDoubleArray());
  }

  // Layers made of layers.

  /** y = g(f(x)). */
  private record Pair(Linear first, Linear second, boolean isOpen) implements Layer {
    @Override
    public Shape outputShape(Shape input) {
      return second.outputShape(first.outputShape(input));
    }

    @Override
    public List<Parameter> parameters() {
      return Stream.concat(second.parameters().stream(), first.parameters().stream()).toList();
    }

    @Override
    public List<Layer> layers() {
      return isOpen ? List.of(first, second) : List.of();
    }

    @Override
    public Tensor forward(Tensor input, Pass pass) {
      return pass.forward(this, 1, second, pass.forward(this, 0, first, input));
    }

    @Override
    public Tensor backward(Tensor outputGradient, Pass pass) {
      throw new UnsupportedOperationException();
    }

    @Override
    public String toString() {
      return "Pair";
    }
  }

  @Test
  void everyParameterOfAContainerHasItsPath() throws IOException {
    Pair pair = new Pair(linear(), new Linear(3, 3, new NumPyRandom(4)), true);
    Network network = Network.of(Shape.of(3), new ReLU(), pair, pair.first);
    Map<String, Tensor> named = Parameters.of(network);
    assertEquals(
        List.of("1.0.weight", "1.0.bias", "1.1.weight", "1.1.bias"), List.copyOf(named.keySet()));
    assertSame(pair.first.weight().value(), named.get("1.0.weight"));
    assertSame(pair.second.bias().value(), named.get("1.1.bias"));
    assertEquals(network.parameters().size(), named.size());

    Network other = Network.of(Shape.of(3), new ReLU(), new Pair(linear(), linear(), true));
    Parameters.load(other, named, WeightLayout.IN_OUT);
    Tensor x = FloatTensor.of(Shape.of(1, 3), 1, 2, 3);
    assertArrayEquals(
        pair.forward(x).toDoubleArray(), other.layers().get(1).forward(x).toDoubleArray());

    Path file = folder.resolve("pair.npz");
    Npz.ofTensors(named).write(file);
    Network third = Network.of(Shape.of(3), new ReLU(), new Pair(linear(), linear(), true));
    Parameters.load(third, Npz.read(file).tensors(), WeightLayout.IN_OUT);
    assertEquals(
        Fingerprint.of(pair.parameters()), Fingerprint.of(third.layers().get(1).parameters()));
  }

  @Test
  void aContainerThatDoesNotNameItsLayersIsRefused() {
    Network network = Network.of(Shape.of(3), new Pair(linear(), linear(), false));
    String message =
        "layer 0 Pair: two of its parameters are named weight; a container of layers names them in"
            + " layers(), a layer its parameters apart";
    assertEquals(
        message,
        assertThrows(IllegalArgumentException.class, () -> Parameters.of(network)).getMessage());
    assertEquals(
        message,
        assertThrows(
                IllegalArgumentException.class,
                () -> Parameters.load(network, Map.of(), WeightLayout.IN_OUT))
            .getMessage());
  }
}
