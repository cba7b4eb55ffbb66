package lamella.optim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.Closeable;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import lamella.core.Fingerprint;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checkpoints in a place of somebody else's: here the memory of this test. */
class CheckpointStoreTest {
  private static final class Crash extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  /** Notes down what is done with it. */
  private static final class Memory implements CheckpointStore {
    private final Path scratch;
    private final Map<String, byte[]> files = new TreeMap<>();
    private final List<String> done = new ArrayList<>();
    private boolean usable = true;

    private Memory(Path scratch) {
      this.scratch = scratch;
    }

    @Override
    public void requireUsable() throws IOException {
      if (!usable) {
        throw new IOException("memory: not today");
      }
    }

    @Override
    public List<String> names() {
      return List.copyOf(files.keySet());
    }

    @Override
    public <R> R read(String name, Reader<R> reader) throws IOException {
      byte[] bytes = files.get(name);
      if (bytes == null) {
        throw new FileNotFoundException(name);
      }
      Path file = Files.write(scratch.resolve("read"), bytes);
      done.add("read " + name);
      return reader.read(file);
    }

    @Override
    public void write(String name, Writer writer) throws IOException {
      Path file = scratch.resolve("written");
      writer.write(file);
      files.put(name, Files.readAllBytes(file));
      done.add("write " + name);
    }

    @Override
    public void delete(String name) {
      files.remove(name);
      done.add("delete " + name);
    }

    @Override
    public Closeable lock(Consumer<String> log) {
      done.add("lock");
      return () -> done.add("free");
    }

    @Override
    public String toString() {
      return "memory";
    }
  }

  @TempDir Path scratch;

  private static TrainingListener crashingAt(long step) {
    return new TrainingListener() {
      @Override
      public void beforeUpdate(Fit fit) {
        if (fit.step() == step) {
          throw new Crash();
        }
      }
    };
  }

  private static String fit(Checkpoints checkpoints, TrainingListener... listeners) {
    Recipe.Run run = new Recipe().run();
    run.trainer()
        .withListeners(listeners)
        .withCheckpoints(checkpoints)
        .fit(run.data(), run.sampler());
    return Fingerprint.of(run.network().parameters());
  }

  private static String failure(Checkpoints checkpoints) {
    return String.valueOf(
        assertThrows(UncheckedIOException.class, () -> fit(checkpoints)).getCause().getMessage());
  }

  private static String name(int steps) {
    return "checkpoint-0000000" + steps + ".safetensors";
  }

  @Test
  void aTrainingGoesOnFromThere() {
    Recipe.Run whole = new Recipe().run();
    whole.fit(null);
    Memory memory = new Memory(scratch);
    Checkpoints checkpoints = Checkpoints.in(memory).every(10).keeping(2).resuming();
    assertThrows(Crash.class, () -> fit(checkpoints, crashingAt(35)));
    assertEquals(
        List.of(
            "lock",
            "write " + name(10),
            "write " + name(20),
            "write " + name(30),
            "delete " + name(10),
            "free"),
        memory.done);
    memory.files.put("notes.txt", new byte[2]);
    memory.done.clear();
    assertEquals(Fingerprint.of(whole.network().parameters()), fit(checkpoints));
    assertEquals(
        List.of("read " + name(30), "lock", "write " + name(40), "delete " + name(20), "free"),
        memory.done);
    assertTrue(memory.files.containsKey("notes.txt"));
  }

  @Test
  void aDamagedOneIsPassedOverAndNamedAsTheStoreNamesIt() {
    Memory memory = new Memory(scratch);
    String whole = fit(Checkpoints.in(memory).every(10));
    byte[] newest = memory.files.get(name(40));
    newest[newest.length - 1] ^= 1;
    List<String> said = new ArrayList<>();
    assertEquals(whole, fit(Checkpoints.in(memory).resuming().withLog(said::add)));
    assertEquals(
        List.of(
            "damaged checkpoint, trying the one before it: memory/"
                + name(40)
                + ": its checksum does not match its content"),
        said);
    assertEquals(List.of(name(20), name(30), name(40)), memory.names());
    memory.files.replaceAll((name, bytes) -> new byte[1]);
    assertEquals(
        "memory: none of its 3 checkpoints is whole",
        failure(Checkpoints.in(memory).resuming().withLog(said::add)));
  }

  @Test
  void messagesNameTheStore() {
    Memory memory = new Memory(scratch);
    assertEquals(
        "memory: no checkpoint to resume from", failure(Checkpoints.in(memory).resumingOrFail()));
    fit(Checkpoints.in(memory).every(40));
    assertEquals(
        "memory: has checkpoints of an earlier training, "
            + name(40)
            + " the newest; resume that, or use another directory",
        failure(Checkpoints.in(memory)));
    String other = failure(Checkpoints.in(memory).withConfiguration("data", "other").resuming());
    assertTrue(
        other.startsWith("memory/" + name(40) + ": does not belong to this training: data"), other);
    memory.usable = false;
    assertEquals("memory: not today", failure(Checkpoints.in(memory).resuming()));
    assertEquals(
        "Checkpoints: memory is no directory of this machine",
        assertThrows(IllegalStateException.class, () -> Checkpoints.in(memory).directory())
            .getMessage());
    assertEquals(scratch, Checkpoints.in(scratch).directory());
  }
}
