package lamella.spark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import lamella.core.Network;
import lamella.core.random.NumPyRandom;
import lamella.optim.Checkpoints;
import lamella.optim.Fit;
import lamella.optim.History;
import lamella.optim.TrainingListener;
import lamella.spark.FaultyFileSystem.Fault;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Checkpoints on a file system of Hadoop, whatever it does. */
class HadoopCheckpointsTest {
  private static final class Crash extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  /** A training's end. */
  private record Outcome(String fingerprint, History history) {}

  @TempDir Path directory;

  private FaultyFileSystem files;

  @BeforeEach
  void fileSystem() throws IOException {
    files = new FaultyFileSystem();
  }

  private Checkpoints checkpoints() {
    return Checkpoints.in(store()).withLog(line -> {});
  }

  private HadoopCheckpoints store() {
    return new HadoopCheckpoints(new org.apache.hadoop.fs.Path(uri()), files, Duration.ofMillis(1));
  }

  private Path place() {
    return directory.resolve("run");
  }

  private static Outcome fit(Checkpoints checkpoints, TrainingListener... listeners) {
    Network network = SmallTraining.network();
    History history =
        SmallTraining.trainer(network)
            .withListeners(listeners)
            .withCheckpoints(checkpoints)
            .fit(SmallTraining.data(), new NumPyRandom(4));
    return new Outcome(SmallTraining.fingerprint(network), history);
  }

  private static Outcome whole() {
    Network network = SmallTraining.network();
    History history = SmallTraining.trainer(network).fit(SmallTraining.data(), new NumPyRandom(4));
    return new Outcome(SmallTraining.fingerprint(network), history);
  }

  private static TrainingListener at(long step, Runnable action) {
    return new TrainingListener() {
      @Override
      public void beforeUpdate(Fit fit) {
        if (fit.step() == step) {
          action.run();
        }
      }
    };
  }

  private static TrainingListener crashingAt(long step) {
    return at(
        step,
        () -> {
          throw new Crash();
        });
  }

  private static String failure(Checkpoints checkpoints, TrainingListener... listeners) {
    return String.valueOf(
        assertThrows(UncheckedIOException.class, () -> fit(checkpoints, listeners))
            .getCause()
            .getMessage());
  }

  private List<String> names() throws IOException {
    try (Stream<Path> all = Files.list(place())) {
      return all.map(file -> file.getFileName().toString())
          .filter(name -> !name.contains("checkpoints.owner"))
          .sorted()
          .toList();
    }
  }

  private static String name(int steps) {
    return "checkpoint-%09d.safetensors".formatted(steps);
  }

  private static List<String> names(int... steps) {
    List<String> names = new ArrayList<>();
    for (int each : steps) {
      names.add(name(each));
    }
    return names;
  }

  private String uri() {
    return "file:" + place();
  }

  /** The files that are on this machine while one is copied. */
  private static long temporary() throws IOException {
    try (Stream<Path> all = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
      return all.filter(file -> file.getFileName().toString().startsWith("lamella-checkpoint"))
          .count();
    }
  }

  @Test
  void aTrainingThatIsKilledAndResumedIsTheOneThatIsNot() throws IOException {
    Outcome whole = whole();
    long before = temporary();
    for (int step = 2; step < 30; step += 7) {
      int at = step;
      assertThrows(
          Crash.class, () -> fit(checkpoints().every(4).keeping(2).resuming(), crashingAt(at)));
    }
    assertEquals(whole, fit(checkpoints().every(4).keeping(2).resuming()));
    assertEquals(names(28, 30), names());
    assertEquals(before, temporary());
  }

  /** As users ask for it, on Hadoop's own file system with checksums of its own. */
  @Test
  void theLocalFileSystemIsOne() throws IOException {
    Outcome whole = whole();
    Checkpoints checkpoints =
        HadoopCheckpoints.in(new org.apache.hadoop.fs.Path(uri()), new Configuration(false))
            .every(10)
            .keeping(1)
            .resuming();
    assertThrows(Crash.class, () -> fit(checkpoints, crashingAt(15)));
    assertEquals(List.of("." + name(10) + ".crc", name(10)), names());
    assertEquals(whole, fit(checkpoints));
    assertEquals(List.of("." + name(30) + ".crc", name(30)), names());
  }

  @Test
  void theNewestThatIsWholeIsTaken() throws IOException {
    Outcome whole = whole();
    assertThrows(Crash.class, () -> fit(checkpoints().every(5), crashingAt(17)));
    assertEquals(names(5, 10, 15), names());
    byte[] bytes = Files.readAllBytes(place().resolve(name(15)));
    Files.write(place().resolve(name(15)), Arrays.copyOf(bytes, bytes.length / 2));
    byte[] other = Files.readAllBytes(place().resolve(name(10)));
    other[other.length - 9] ^= 1;
    Files.write(place().resolve(name(10)), other);
    List<String> said = new ArrayList<>();
    List<Long> from = new ArrayList<>();
    TrainingListener start =
        new TrainingListener() {
          @Override
          public void started(Fit fit) {
            from.add(fit.step());
          }
        };
    assertEquals(whole, fit(checkpoints().every(5).resuming().withLog(said::add), start));
    assertEquals(List.of(5L), from);
    assertEquals(2, said.size());
    assertTrue(
        said.get(1)
            .equals(
                "damaged checkpoint, trying the one before it: "
                    + uri()
                    + "/"
                    + name(10)
                    + ": its checksum does not match its content"),
        said.get(1));
  }

  @Test
  void whereNoneIsWholeNothingBegins() throws IOException {
    assertThrows(Crash.class, () -> fit(checkpoints().every(5).keeping(1), crashingAt(7)));
    Files.write(place().resolve(name(5)), new byte[3]);
    assertEquals(uri() + ": none of its 1 checkpoints is whole", failure(checkpoints().resuming()));
    assertEquals(
        uri()
            + ": has checkpoints of an earlier training, "
            + name(5)
            + " the newest; resume that,"
            + " or use another directory",
        failure(checkpoints()));
  }

  /** Each of them four times in a row, which the fifth attempt outlives. */
  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"CREATE", "BROKEN", "SHORT", "RENAME", "LIST"})
  void whatFailsNowAndThenIsTriedAgain(Fault fault) throws IOException {
    Outcome whole = whole();
    TrainingListener faults = at(6, () -> files.add(fault, 4));
    assertEquals(whole, fit(checkpoints().every(10), faults));
    assertEquals(4, files.happened());
    assertEquals(names(10, 20, 30), names());
    assertEquals(whole, fit(checkpoints().resumingOrFail()));
  }

  @ParameterizedTest
  @CsvSource({
    "CREATE, made up: cannot be made",
    "BROKEN, made up: breaks off",
    "RENAME, could not be renamed from .",
  })
  void whatFailsAgainAndAgainEndsTheTrainingWhichCanGoOn(Fault fault, String reason)
      throws IOException {
    Outcome whole = whole();
    TrainingListener faults = at(15, () -> files.add(fault, 5));
    String said = failure(checkpoints().every(10), faults);
    String start = uri() + "/" + name(20) + ": failed 5 times, the last time with: " + reason;
    assertTrue(said.startsWith(start), said);
    assertEquals(names(10), names());
    assertEquals(whole, fit(checkpoints().every(10).resumingOrFail()));
  }

  @Test
  void aShortFileNeverGetsItsName() throws IOException {
    String said = failure(checkpoints().every(10), at(15, () -> files.add(Fault.SHORT, 5)));
    assertTrue(said.contains(" bytes were written, and "), said);
    assertEquals(names(10), names());
  }

  /** Object stores copy where others rename, and the copy may be cut. */
  @Test
  void halfOfAFileUnderItsNameIsPassedOver() throws IOException {
    Outcome whole = whole();
    assertThrows(
        FaultyFileSystem.Gone.class,
        () -> fit(checkpoints().every(10), at(15, () -> files.add(Fault.RENAMED_HALF, 1))));
    List<String> left = names();
    assertTrue(left.containsAll(names(10, 20)), left.toString());
    List<String> said = new ArrayList<>();
    assertEquals(whole, fit(checkpoints().every(10).resuming().withLog(said::add)));
    assertEquals(1, said.size());
    assertTrue(said.getFirst().contains(name(20)), said.toString());
    assertEquals(names(10, 20, 30), names());
  }

  @Test
  void whatADriverThatWasKilledLeftIsRemoved() throws IOException {
    fit(checkpoints().every(30));
    Files.write(place().resolve("." + name(40) + ".1a2b.part"), new byte[9]);
    Files.write(place().resolve("notes.txt"), new byte[9]);
    fit(checkpoints().resuming());
    assertEquals(List.of(name(30), "notes.txt"), names());
  }

  /** While it is written, whoever looks sees the one before. */
  @Test
  void aSlowFileSystemShowsWholeFilesOnly() throws Exception {
    List<String> seen = new CopyOnWriteArrayList<>();
    Thread watcher =
        Thread.ofPlatform()
            .start(() -> {
              while (!Thread.currentThread().isInterrupted()) {
                try (Stream<Path> all = Files.list(place())) {
                  for (Path file : all.toList()) {
                    if (file.getFileName().toString().startsWith("checkpoint-")) {
                      seen.add(file.getFileName() + " " + Files.size(file));
                    }
                  }
                } catch (IOException e) {
                  seen.add("not there yet, or just deleted");
                }
              }
            });
    fit(checkpoints().every(15), at(5, () -> files.add(Fault.SLOW, 2)));
    watcher.interrupt();
    watcher.join();
    assertEquals(2, files.happened());
    assertEquals(
        List.of(name(15) + " " + Files.size(place().resolve(name(15)))),
        seen.stream().filter(line -> line.startsWith(name(15))).distinct().toList());
  }

  @Test
  void aCheckpointThatCannotBeReadEndsInAnErrorThatSaysWhatToDo() {
    assertThrows(Crash.class, () -> fit(checkpoints().every(5).keeping(1), crashingAt(7)));
    files.add(Fault.OPEN, 5);
    assertEquals(
        uri()
            + "/"
            + name(5)
            + ": failed 5 times, the last time with: made up: cannot be opened; where it is lost"
            + " for good, delete it, and the checkpoint before it is used",
        failure(checkpoints().resuming()));
  }

  /** A driver that was thought dead, and its successor. */
  @Test
  void theDriverThatCameLastHasTheDirectory() throws IOException {
    Outcome whole = whole();
    List<Outcome> second = new ArrayList<>();
    String said =
        failure(
            checkpoints().every(5),
            at(12, () -> second.add(fit(checkpoints().every(5).resuming()))));
    assertEquals(List.of(whole), second);
    assertTrue(said.contains("another driver has gone on from these checkpoints"), said);
  }

  @Test
  void aFileIsNoDirectoryAndAnUnknownSchemeIsSaidSo() throws IOException {
    Files.writeString(place(), "mine");
    assertEquals(
        uri() + ": is a file, expected a directory for checkpoints", failure(checkpoints()));
    String said =
        assertThrows(
                IOException.class,
                () ->
                    HadoopCheckpoints.in(
                        new org.apache.hadoop.fs.Path("nowhere://host/run"),
                        new Configuration(false)))
            .getMessage();
    assertTrue(said.startsWith("nowhere://host/run: Hadoop knows no such file system"), said);
  }

  @Test
  void aDirectoryThatIsDeletedMeanwhileIsMadeAgain() throws IOException {
    fit(
        checkpoints().every(10),
        at(
            15,
            () -> {
              try {
                for (String name : names()) {
                  Files.delete(place().resolve(name));
                }
                Files.delete(place().resolve("checkpoints.owner"));
                Files.delete(place());
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            }));
    assertEquals(names(20, 30), names());
  }

  @Test
  void filesAreReadAsTheyWereWritten() throws IOException {
    HadoopCheckpoints store = store();
    byte[] bytes = {1, 2, 3};
    store.write("a", file -> Files.write(file, bytes));
    assertArrayEquals(bytes, store.read("a", Files::readAllBytes));
    store.delete("a");
    store.delete("a");
    assertEquals(List.of("checkpoints.owner"), store.names());
  }
}
