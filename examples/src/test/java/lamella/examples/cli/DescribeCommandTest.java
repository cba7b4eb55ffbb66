package lamella.examples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import lamella.core.FloatTensor;
import lamella.core.Network;
import lamella.core.Outputs;
import lamella.core.Shape;
import lamella.core.Tensor;
import lamella.core.io.ModelFile;
import lamella.core.io.NpyArray;
import lamella.core.io.Npz;
import lamella.core.io.SafeTensors;
import lamella.core.random.NumPyRandom;
import lamella.layers.InputNorm;
import lamella.layers.Linear;
import lamella.layers.ReLU;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code lamella describe}. */
class DescribeCommandTest {
  @TempDir Path directory;

  private record Outcome(int status, String out, String err) {}

  private static Outcome lamella(Object... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    String[] words = Arrays.stream(args).map(Object::toString).toArray(String[]::new);
    int status = Lamella.run(new PrintWriter(out, true), new PrintWriter(err, true), words);
    return new Outcome(status, out.toString().strip(), err.toString().strip());
  }

  private static String describe(Path file, String... more) {
    Object[] args = new Object[2 + more.length];
    args[0] = "describe";
    args[1] = file;
    System.arraycopy(more, 0, args, 2, more.length);
    Outcome outcome = lamella(args);
    assertEquals("", outcome.err);
    assertEquals(0, outcome.status);
    return outcome.out.replace("\r\n", "\n");
  }

  private static Network network() {
    NumPyRandom random = new NumPyRandom(3);
    return Network.of(
            Shape.of(3),
            InputNorm.centring(FloatTensor.of(Shape.of(3), 1, 2, 3)),
            new Linear(3, 4, random),
            new ReLU(),
            new Linear(4, 2, random))
        .withOutputs(Outputs.CLASSES);
  }

  private Path model() throws IOException {
    Path file = directory.resolve("model.safetensors");
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put("classes", "cat,dog");
    metadata.put("made by", "me\nand you");
    new ModelFile(network(), Map.of(), metadata).write(file);
    return file;
  }

  @Test
  void aModelOfOurs() throws IOException {
    Path file = model();
    String expected =
        """
        %s: Lamella model, %,d bytes

        type: float32

        inputs:
          input  [n, 3]  prepared by the network itself, InputNorm(mean)

        outputs:
          output  [n, 2]  logits of 2 classes; their softmax is the probabilities

        Network [3] -> [2]
           layer            output  parameters  multiply-adds
        0  InputNorm(mean)  [3]              3              0
        1  Linear(3 -> 4)   [4]             16             12
        2  ReLU             [4]              0              0
        3  Linear(4 -> 2)   [2]             10              8
           total                            29             20
           trained                          26
           not trained                       3

        parameters take 116 bytes in float32

        metadata:
          classes  cat,dog
          made by  me and you\
        """
            .formatted(file, Files.size(file));
    assertEquals(expected, describe(file));
    assertEquals(expected, describe(Path.of("--model=" + file)));
  }

  @Test
  void asJson() throws IOException {
    Path file = model();
    assertEquals(
        """
        {"file": "%s", "kind": "Lamella model", "bytes": %d, "type": "float32", \
        "inputs": [{"name": "input", "shape": "[n, 3]", "meaning": "prepared by the network itself, InputNorm(mean)"}], \
        "outputs": [{"name": "output", "shape": "[n, 2]", "meaning": "logits of 2 classes; their softmax is the probabilities"}], \
        "layers": [{"path": "0", "layer": "InputNorm(mean)"}, {"path": "1", "layer": "Linear(3 -> 4)"}, \
        {"path": "2", "layer": "ReLU"}, {"path": "3", "layer": "Linear(4 -> 2)"}], \
        "parameters": [{"name": "0.mean", "shape": "[3]"}, {"name": "1.weight", "shape": "[3, 4]"}, \
        {"name": "1.bias", "shape": "[4]"}, {"name": "3.weight", "shape": "[4, 2]"}, {"name": "3.bias", "shape": "[2]"}], \
        "parameter_count": 29, "parameter_bytes": 116, "multiply_adds": 20, \
        "metadata": {"classes": "cat,dog", "made by": "me\\u000aand you"}}\
        """
            .formatted(file.toString().replace("\\", "\\\\"), Files.size(file)),
        describe(file, "--json"));
  }

  @Test
  void filesOfWeights() throws IOException {
    Path file = directory.resolve("weights.safetensors");
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("fc1.weight", FloatTensor.zeros(Shape.of(4, 3)));
    tensors.put("fc1.bias", FloatTensor.zeros(Shape.of(4)));
    SafeTensors.of(tensors, Map.of("format", "pt")).write(file);
    assertEquals(
        """
        %s: safetensors file of weights, %d bytes

        tensors:
          fc1.weight  float32[4, 3]
          fc1.bias    float32[4]

        16 numbers in 2 tensors

        metadata:
          format  pt

        network: none: a file of weights does not say which layers they belong to\
        """
            .formatted(file, Files.size(file)),
        describe(file));
    Path npz = directory.resolve("weights.npz");
    Map<String, NpyArray> arrays = new LinkedHashMap<>();
    arrays.put("coefs_0", NpyArray.of(FloatTensor.zeros(Shape.of(3, 4))));
    arrays.put("classes", NpyArray.of(Shape.of(2), 0L, 1L));
    Npz.of(arrays).write(npz);
    assertEquals(
        """
        %s: NumPy file of arrays, %d bytes

        arrays:
          coefs_0  float32[3, 4]
          classes  int64[2]

        14 elements in 2 arrays
        network: none: a file of arrays does not say which layers they belong to\
        """
            .formatted(npz, Files.size(npz)),
        describe(npz));
  }

  @Test
  void aCheckpoint() {
    Path out = directory.resolve("out");
    Path checkpoints = directory.resolve("checkpoints");
    Outcome trained =
        lamella(
            "train",
            "--quiet",
            "--out",
            out,
            "--iterations",
            2,
            "--hidden",
            4,
            "--checkpoints",
            checkpoints,
            "--every",
            2);
    assertEquals(0, trained.status, trained.err);
    String text = describe(checkpoints.resolve("checkpoint-000000002.safetensors"));
    assertTrue(text.contains(": Lamella checkpoint, "), text);
    assertTrue(text.contains("\nsteps: 2\n"), text);
    assertTrue(
        text.contains("\nnetwork: Network[3072](Linear(3072 -> 4) -> ReLU -> Linear(4 -> 10))\n"),
        text);
    assertTrue(text.contains("\n  parameter.0 "), text);
  }

  @Test
  void whateverIsWrongIsSaidInOneLine() throws IOException {
    byte[] whole = Files.readAllBytes(model());
    SplittableRandom random = new SplittableRandom(7);
    Path file = directory.resolve("damaged");
    for (int i = 0; i < 300; i++) {
      byte[] bytes = Arrays.copyOf(whole, i % 2 == 0 ? random.nextInt(whole.length) : whole.length);
      for (int k = 0; k < i % 3 && bytes.length > 0; k++) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      Files.write(file, bytes);
      Outcome outcome = lamella("describe", file);
      if (outcome.status != 0) {
        assertEquals(1, outcome.status);
        assertEquals(1, outcome.err.lines().count(), outcome.err);
        assertTrue(outcome.err.startsWith("lamella describe: " + file + ": "), outcome.err);
        assertFalse(outcome.err.contains("Exception"), outcome.err);
        assertEquals("", outcome.out);
      }
    }
    Path folder = Files.createDirectory(directory.resolve("folder"));
    assertEquals(
        "lamella describe: " + directory.resolve("none") + ": no such file or directory",
        lamella("describe", directory.resolve("none")).err);
    assertEquals(
        "lamella describe: " + folder + ": is a directory, expected a safetensors file",
        lamella("describe", folder).err);
    Outcome twice = lamella("describe", file, "--model", file);
    assertEquals(2, twice.status);
    assertEquals(
        "lamella describe: the model is named twice: "
            + file
            + " and --model "
            + file
            + "; see 'lamella describe --help'",
        twice.err);
  }
}
