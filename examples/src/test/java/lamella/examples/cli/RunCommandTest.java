package lamella.examples.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import lamella.core.DType;
import lamella.core.DoubleTensor;
import lamella.core.FloatTensor;
import lamella.core.Initializer;
import lamella.core.Network;
import lamella.core.Pass;
import lamella.core.Shape;
import lamella.core.Tensor;
import lamella.core.io.ModelFile;
import lamella.core.io.NpyArray;
import lamella.core.io.Npz;
import lamella.core.random.NumPyRandom;
import lamella.layers.Embedding;
import lamella.layers.Linear;
import lamella.layers.Swish;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code lamella run}. */
class RunCommandTest {
  @TempDir Path directory;
  private Network network;
  private Path model;
  private Path results;

  private record Outcome(int status, String out, String err) {
    void failedWith(String line) {
      assertEquals(line, err.strip());
      assertEquals("", out);
      assertEquals(1, status);
    }
  }

  private static Outcome lamella(Object... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    String[] words = new String[args.length];
    for (int i = 0; i < words.length; i++) {
      words[i] = args[i].toString();
    }
    int status = Lamella.run(new PrintWriter(out, true), new PrintWriter(err, true), words);
    return new Outcome(status, out.toString(), err.toString());
  }

  @BeforeEach
  void save() throws IOException {
    network = network(DType.FLOAT32);
    model = directory.resolve("model.safetensors");
    ModelFile.of(network).write(model);
    results = directory.resolve("results.npz");
  }

  private static Network network(DType dtype) {
    NumPyRandom random = new NumPyRandom(4);
    return Network.of(
        Shape.of(3),
        new Linear(dtype, 3, 5, Initializer.he(), random),
        new Swish(),
        new Linear(dtype, 5, 2, Initializer.he(), random));
  }

  private Path npz(String... names) throws IOException {
    Map<String, NpyArray> arrays = new LinkedHashMap<>();
    for (String name : names) {
      arrays.put(name, NpyArray.of(Shape.of(2, 3), 1, -2, 3, 40, 50, -60));
    }
    Path file = directory.resolve("inputs.npz");
    Npz.of(arrays).write(file);
    return file;
  }

  private Path npy(NpyArray array) throws IOException {
    Path file = directory.resolve("inputs.npy");
    array.write(file);
    return file;
  }

  private Outcome run(Path inputs) {
    return lamella("run", "--model", model, "--inputs", inputs, "--outputs", results);
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void computesWhatTheNetworkDoesInBatchesOfAnySize(DType dtype) throws IOException {
    network = network(dtype);
    ModelFile.of(network).write(model);
    DoubleTensor rows = DoubleTensor.zeros(Shape.of(2345, 3));
    NumPyRandom random = new NumPyRandom(1);
    for (int i = 0; i < rows.size(); i++) {
      rows.set(i, random.nextGaussian());
    }
    Outcome outcome = run(npy(NpyArray.of(rows)));
    assertEquals("", outcome.err);
    assertEquals(
        "wrote " + results + ": output " + dtype + "[2345, 2]" + System.lineSeparator(),
        outcome.out);
    Tensor expected = network.forward(rows.to(dtype), Pass.forInference());
    assertArrayEquals(
        expected.toDoubleArray(), Npz.read(results).array("output").tensor(dtype).toDoubleArray());
  }

  @Test
  void takesTheInputOfItsNameOrTheOnlyArray() throws IOException {
    for (String[] names : new String[][] {{"input"}, {"x"}, {"other", "input"}}) {
      Files.deleteIfExists(results);
      assertEquals(0, run(npz(names)).status);
      Tensor expected = network.forward(FloatTensor.of(Shape.of(2, 3), 1, -2, 3, 40, 50, -60));
      assertArrayEquals(
          expected.toDoubleArray(),
          Npz.read(results).array("output").tensor(DType.FLOAT32).toDoubleArray());
    }
    Files.delete(results);
    run(npz("x", "y"))
        .failedWith(
            "lamella run: "
                + directory.resolve("inputs.npz")
                + ": array \"input\" is not there, has \"x\", \"y\"");
    assertFalse(Files.exists(results));
  }

  @Test
  void readsAndWritesSingleArrays() throws IOException {
    results = directory.resolve("results.npy");
    Path pixels = npy(NpyArray.ofUnsigned(Shape.of(1, 3), (byte) 0, (byte) 128, (byte) 255));
    assertEquals(0, run(pixels).status);
    assertArrayEquals(
        network.forward(FloatTensor.of(Shape.of(1, 3), 0, 128, 255)).toDoubleArray(),
        NpyArray.read(results).tensor(DType.FLOAT32).toDoubleArray());
  }

  @Test
  void anotherShapeIsNamedWithTheOneExpected() throws IOException {
    Path file = npy(NpyArray.of(Shape.of(3, 2), 1, 2, 3, 4, 5, 6));
    run(file).failedWith("lamella run: " + file + ": input: the model expects [n, 3], got [3, 2]");
    file = npy(NpyArray.of(Shape.of(3), 1, 2, 3));
    run(file).failedWith("lamella run: " + file + ": input: the model expects [n, 3], got [3]");
    assertFalse(Files.exists(results));
  }

  @Test
  void numbersThatTheModelsTypeCannotHoldAreNamed() throws IOException {
    Path file = npy(NpyArray.of(Shape.of(1, 3), 1L, (1L << 24) + 1, 3L));
    run(file)
        .failedWith(
            "lamella run: "
                + file
                + ": array \"input\", int64[1, 3]: element 1 is 16777217, which the model's float32 cannot hold");
    file = npy(NpyArray.of(Shape.of(1, 3), 1L, 2L, Long.MAX_VALUE));
    run(file)
        .failedWith(
            "lamella run: "
                + file
                + ": array \"input\", int64[1, 3]: element 2 is 9223372036854775807, which the model's"
                + " float32 cannot hold");
    file = npy(NpyArray.of(DoubleTensor.of(Shape.of(1, 3), 1e39, 2, 3)));
    run(file)
        .failedWith(
            "lamella run: "
                + file
                + ": array \"input\", float64[1, 3]: element 0 is 1.0E39, which the model's float32 cannot hold");
  }

  @Test
  void anIndexThatIsOutOfRangeInALaterBatchIsNamedWithItsRow() throws IOException {
    ModelFile.of(Network.of(Shape.of(1), new Embedding(4, 2, new NumPyRandom(1)))).write(model);
    int[] indices = new int[1300];
    Path good = npy(NpyArray.of(Shape.of(1300, 1), indices));
    assertEquals(0, run(good).status);
    Files.delete(results);
    indices[1200] = 4;
    Outcome outcome = run(npy(NpyArray.of(Shape.of(1300, 1), indices)));
    assertEquals(1, outcome.status);
    assertEquals(1, outcome.err.lines().count(), outcome.err);
    assertTrue(outcome.err.contains("row 200"), outcome.err);
    assertTrue(outcome.err.strip().endsWith("; counted from row 1000"), outcome.err);
    assertFalse(Files.exists(results));
  }

  @Test
  void rowsWhoseOutputsAreNotFiniteAreCounted() throws IOException {
    Path file = npy(NpyArray.of(FloatTensor.of(Shape.of(2, 3), Float.NaN, 2, 3, 4, 5, 6)));
    Outcome outcome = run(file);
    assertEquals(0, outcome.status);
    assertEquals(
        "lamella run: 1 of 2 rows of output have numbers that are not finite", outcome.err.strip());
  }

  @Test
  void nothingIsReplacedUnasked() throws IOException {
    Path inputs = npz("x");
    assertEquals(0, run(inputs).status);
    byte[] before = Files.readAllBytes(results);
    run(inputs)
        .failedWith(
            "lamella run: " + results + ": is there already; name another file, or --replace it");
    Files.writeString(results, "old");
    assertEquals(
        0,
        lamella("run", "--model", model, "--inputs", inputs, "--outputs", results, "--replace")
            .status);
    assertArrayEquals(before, Files.readAllBytes(results));
    results = inputs;
    run(inputs)
        .failedWith("lamella run: " + inputs + ": is the file of inputs itself; name another file");
  }

  @Test
  void filesOfAnotherKindOrNoneAreNamed() throws IOException {
    Path missing = directory.resolve("missing.npz");
    run(missing).failedWith("lamella run: " + missing + ": no such file or directory");
    Path text = Files.writeString(directory.resolve("text.npy"), "1 2 3");
    Outcome outcome = run(text);
    assertEquals(1, outcome.status);
    assertEquals(1, outcome.err.lines().count(), outcome.err);
    Outcome wrong =
        lamella("run", "--model", model, "--inputs", npz("x"), "--outputs", "results.csv");
    assertEquals(
        "lamella run: results.csv: expected a file whose name ends with .npz, or .npy for a single"
            + " array; see 'lamella run --help'",
        wrong.err.strip());
    assertEquals(2, wrong.status);
  }
}
