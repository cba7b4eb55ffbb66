package lamella.core.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import lamella.core.DoubleTensor;
import lamella.core.FloatTensor;
import lamella.core.Shape;
import lamella.core.random.NumPyRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that go to the machine's own NumPy and come back, where there is one. */
class NumPyBothWaysTest {
  @TempDir Path folder;

  /** Loads every file, and saves each array again in another order and byte order. */
  private static final String SCRIPT =
      """
      import numpy as np
      for name in "stored", "packed":
          arrays = dict(np.load(name + ".npz"))
          np.savez("again_" + name + ".npz", **{
              key: a.astype(a.dtype.newbyteorder(">"), order="F") for key, a in arrays.items()})
          for key, a in arrays.items():
              alone = np.load(key + ".npy")
              assert a.dtype == alone.dtype and a.shape == alone.shape and a.flags.c_contiguous
              assert a.tobytes() == alone.tobytes()
          assert arrays["pixels"].tolist() == [[0, 127], [128, 255]]
          assert arrays["labels"].dtype == np.int32 and arrays["labels"].tolist() == [3, -1]
          assert arrays["floats"].dtype == np.float32 and arrays["floats"].shape == (3, 5, 7)
          assert arrays["floats"][2, 1, 3] == np.float32(0.1)
      """;

  @Test
  void arraysGoToNumPyAndComeBack() throws IOException, InterruptedException {
    NumPyRandom random = new NumPyRandom(5);
    FloatTensor floats = FloatTensor.zeros(Shape.of(3, 5, 7));
    DoubleTensor doubles = DoubleTensor.zeros(Shape.of(4, 3));
    for (int i = 0; i < floats.size(); i++) {
      floats.set(i, random.nextGaussian());
    }
    floats.set((2 * 5 + 1) * 7 + 3, 0.1);
    for (int i = 0; i < doubles.size(); i++) {
      doubles.set(i, random.nextGaussian());
    }
    Map<String, NpyArray> arrays = new LinkedHashMap<>();
    arrays.put("floats", NpyArray.of(floats));
    arrays.put("doubles", NpyArray.of(doubles));
    arrays.put("number", NpyArray.of(FloatTensor.of(Shape.of(), 42.5f)));
    arrays.put("labels", NpyArray.of(Shape.of(2), 3, -1));
    arrays.put("longs", NpyArray.of(Shape.of(2, 1), Long.MIN_VALUE, 1L));
    arrays.put(
        "pixels", NpyArray.ofUnsigned(Shape.of(2, 2), (byte) 0, (byte) 127, (byte) 128, (byte) -1));
    Npz.of(arrays).write(folder.resolve("stored.npz"));
    Npz.of(arrays).writeCompressed(folder.resolve("packed.npz"));
    for (Map.Entry<String, NpyArray> named : arrays.entrySet()) {
      named.getValue().write(folder.resolve(named.getKey() + ".npy"));
    }

    if (!run("-c", "import numpy")) {
      System.out.println("NumPyBothWaysTest: no python3 with NumPy here, nothing compared");
      return;
    }
    assertTrue(run("-c", SCRIPT), this::output);
    for (String name : List.of("again_stored.npz", "again_packed.npz")) {
      Npz back = Npz.read(folder.resolve(name));
      assertEquals(new TreeSet<>(arrays.keySet()), new TreeSet<>(back.arrays().keySet()));
      for (Map.Entry<String, NpyArray> named : arrays.entrySet()) {
        NpyArray again = back.array(named.getKey());
        assertEquals(named.getValue().toString(), again.toString());
        assertArrayEquals(NpyTest.bytes(named.getValue()), NpyTest.bytes(again));
      }
    }
  }

  private String output() {
    try {
      return Files.readString(folder.resolve("output"));
    } catch (IOException e) {
      return e.toString();
    }
  }

  private boolean run(String... arguments) throws IOException, InterruptedException {
    ProcessBuilder python = new ProcessBuilder("python3").directory(folder.toFile());
    python.command().addAll(List.of(arguments));
    python.redirectErrorStream(true).redirectOutput(folder.resolve("output").toFile());
    try {
      return python.start().waitFor() == 0;
    } catch (IOException e) {
      return false;
    }
  }
}
