package lamella.layers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import lamella.core.FloatTensor;
import lamella.core.Network;
import lamella.core.Shape;
import lamella.core.Tensor;
import lamella.core.io.FileFormatException;
import lamella.core.io.ModelFile;
import lamella.core.io.SafeTensors;
import org.junit.jupiter.api.Test;

/**
 * Any change of a right file is either refused in one line, or read as what it then says: the same
 * again when it is written and read.
 */
class ModelFileFuzzTest {
  private static final String[] PIECES = {
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "\\",
    "\"same\":\"0\"",
    "\"same\":\"1.0\"",
    "\"layers\":[",
    "\"type\":\"lamella.ReLU\"",
    "\"type\":\"lamella.Network\"",
    "\"input\":\"4\"",
    "lamella.Linear",
    "\"slope\":\"2000000000\"",
    "2000000000",
    "-1",
    "999999999999999999999",
    "1e308",
    "NaN",
    "",
    ".",
    "{\"type\":\"lamella.SELU\"},",
    "\u0000",
    "é"
  };

  private static ModelFile model() {
    SplittableRandom random = new SplittableRandom(1);
    Linear shared = new Linear(4, 4, random);
    Network inner = Network.of(Shape.of(4), shared, new LeakyReLU());
    Network network =
        Network.of(Shape.of(3), new Linear(3, 4, random), inner, new ReLU(), inner, shared);
    return new ModelFile(
        network, Map.of("mean", FloatTensor.of(Shape.of(3), 1, 2, 3)), Map.of("classes", "a,b"));
  }

  /** The whole file, byte by byte: its checksum lets nothing through that says something else. */
  @Test
  void changedBytesAreRefusedOrChangeNothing() {
    byte[] whole = model().toBytes();
    String right = text(model());
    int read = 0;
    for (int seed = 0; seed < 3_000; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      byte[] bytes = whole.clone();
      switch (random.nextInt(3)) {
        case 0 -> bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        case 1 -> bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
        default -> bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length + 10));
      }
      ModelFile model = parse(seed, bytes);
      if (model != null) {
        assertEquals(right, text(model), "mutant of seed " + seed);
        read++;
      }
    }
    // A byte replaced by itself, and white space by other white space.
    assertTrue(read < 400, read + " read");
  }

  /** The description alone, and no checksum. */
  @Test
  void changedDescriptionsAreRefusedOrReadAsWhatTheySay() throws IOException {
    SafeTensors content = SafeTensors.parse("model", model().toBytes());
    String right = content.metadata().get("lamella.network");
    int read = 0;
    int mutants = 3_000;
    for (int seed = 0; seed < mutants; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      String description = right;
      for (int changes = random.nextInt(1, 3); changes > 0; changes--) {
        description = mutate(description, random);
      }
      Map<String, String> metadata = new LinkedHashMap<>(content.metadata());
      metadata.remove("lamella.sha256");
      metadata.put("lamella.format", "1 unchecked");
      metadata.put("lamella.network", description);
      Map<String, Tensor> tensors = new LinkedHashMap<>(content.tensors());
      if (random.nextInt(4) == 0) {
        List<String> names = List.copyOf(tensors.keySet());
        Tensor moved = tensors.remove(names.get(random.nextInt(names.size())));
        if (random.nextBoolean()) {
          tensors.put(names.get(random.nextInt(names.size())), moved);
        }
      }
      ModelFile model = parse(seed, SafeTensors.of(tensors, metadata).toBytes());
      if (model != null) {
        ModelFile again = parse(seed, model.toBytes());
        assertEquals(text(model), again == null ? "" : text(again), description);
        read++;
      }
    }
    assertTrue(read > mutants / 100 && read < mutants / 2, read + " read");
  }

  private static String mutate(String text, SplittableRandom random) {
    if (text.isEmpty()) {
      return PIECES[random.nextInt(PIECES.length)];
    }
    int from = random.nextInt(text.length());
    int to = Math.min(text.length(), from + random.nextInt(random.nextBoolean() ? 2 : 30));
    int other = random.nextInt(text.length());
    String piece =
        switch (random.nextInt(5)) {
          case 0 -> "";
          case 1 -> text.substring(other, Math.min(text.length(), other + random.nextInt(60)));
          case 2 -> String.valueOf((char) random.nextInt(' ', 127));
          case 3 -> text.substring(from, to) + " ";
          default -> PIECES[random.nextInt(PIECES.length)];
        };
    return text.substring(0, from) + piece + text.substring(to);
  }

  /** The model, or null where it was refused in one line. */
  private static ModelFile parse(int seed, byte[] bytes) {
    try {
      return ModelFile.parse("mutant", bytes);
    } catch (FileFormatException e) {
      String message = e.getMessage();
      assertTrue(message.startsWith("mutant: "), message);
      assertEquals(1, message.lines().count(), message);
      assertTrue(message.length() < 1000, message);
      return null;
    } catch (RuntimeException | Error e) {
      throw new AssertionError("mutant of seed " + seed, e);
    }
  }

  /** All that it says, without regard to white space in the file. */
  private static String text(ModelFile model) {
    return new String(model.toBytes(), StandardCharsets.ISO_8859_1);
  }
}
