package lamella.optim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import lamella.core.Fingerprint;
import lamella.core.Network;
import lamella.core.SavedState;
import lamella.layers.Linear;
import lamella.losses.SoftmaxCrossEntropy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of a directory of checkpoints, and who may write to it. */
class CheckpointDirectoryTest {
  private static final class Crash extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  @TempDir Path directory;

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

  private static void crash() {
    throw new Crash();
  }

  private static History fit(Checkpoints checkpoints, TrainingListener... listeners) {
    Recipe.Run run = new Recipe().run();
    return run.trainer()
        .withListeners(listeners)
        .withCheckpoints(checkpoints)
        .fit(run.data(), run.sampler());
  }

  private static String failure(Checkpoints checkpoints) {
    return String.valueOf(
        assertThrows(
                UncheckedIOException.class,
                () -> fit(checkpoints, at(0, CheckpointDirectoryTest::crash)))
            .getCause()
            .getMessage());
  }

  private List<String> names() throws IOException {
    return names(directory);
  }

  private static List<String> names(Path place) throws IOException {
    try (Stream<Path> files = Files.list(place)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private static String name(int steps) {
    return "checkpoint-0000000" + steps + ".safetensors";
  }

  // What is kept.

  /** The newest name may be that of a damaged one: the one just written is kept all the same. */
  @Test
  void theOneJustWrittenIsNeverDeleted() throws IOException {
    assertThrows(
        Crash.class,
        () ->
            fit(
                Checkpoints.in(directory).every(10).keeping(3),
                at(35, CheckpointDirectoryTest::crash)));
    Files.write(directory.resolve(name(30)), new byte[9]);
    assertThrows(
        Crash.class,
        () ->
            fit(
                Checkpoints.in(directory).every(2).keeping(1).resuming().withLog(line -> {}),
                at(23, CheckpointDirectoryTest::crash)));
    assertEquals(List.of(name(22)), names());
    // Of an earlier training that went further.
    assertThrows(
        Crash.class,
        () ->
            fit(
                Checkpoints.in(directory).every(10).keeping(1).replacing(),
                at(15, CheckpointDirectoryTest::crash)));
    assertEquals(List.of(name(10)), names());
  }

  @Test
  void anEarlierTrainingsRemainUntilThereIsAnother() throws IOException {
    fit(Checkpoints.in(directory).every(10).keeping(2));
    assertEquals(List.of(name(30), name(40)), names());
    assertThrows(
        Crash.class,
        () ->
            fit(
                Checkpoints.in(directory).every(10).replacing(),
                at(9, CheckpointDirectoryTest::crash)));
    assertEquals(List.of(name(30), name(40)), names());
  }

  @Test
  void whatAKilledWriterLeftIsRemovedByTheNextTraining() throws IOException {
    fit(Checkpoints.in(directory).every(10).keeping(1));
    List<String> left =
        List.of(
            "." + name(50) + ".1a2b3c.part",
            ".checkpoint-12345678901234567.safetensor.0.part",
            name(50) + ".part");
    List<String> others = List.of(".other.part", "checkpoint-notes.part", "notes.txt");
    for (String name : left) {
      Files.write(directory.resolve(name), new byte[9]);
    }
    for (String name : others) {
      Files.write(directory.resolve(name), new byte[9]);
    }
    fit(Checkpoints.in(directory).onlyWhenStopped().resuming());
    List<String> expected = new ArrayList<>(others);
    expected.add(name(40));
    assertEquals(expected.stream().sorted().toList(), names());
  }

  // Where there can be none.

  @Test
  void resumingOrFailNeedsACheckpoint() throws IOException {
    Path missing = directory.resolve("missing");
    for (Path place : List.of(directory, missing)) {
      assertEquals(
          place + ": no checkpoint to resume from",
          failure(Checkpoints.in(place).resumingOrFail()));
    }
    assertFalse(Files.exists(missing));
    assertEquals(List.of(), names());
    History whole = fit(Checkpoints.in(directory).every(10));
    assertEquals(whole, fit(Checkpoints.in(directory).resumingOrFail()));
  }

  @Test
  void aFileIsNoDirectory() throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "mine");
    String said = file + ": is a file, expected a directory for checkpoints";
    for (Path place : List.of(file, file.resolve("inside").resolve("deeper"))) {
      assertEquals(said, failure(Checkpoints.in(place)));
      assertEquals(said, failure(Checkpoints.in(place).resuming()));
      assertEquals(said, failure(Checkpoints.in(place).onlyWhenStopped().replacing()));
    }
    assertEquals("mine", Files.readString(file));
    assertEquals(List.of("file"), names());
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void aLinkToADirectoryIsOneAndALinkToNothingIsNone() throws IOException {
    Path target = directory.resolve("target");
    Path link = Files.createSymbolicLink(directory.resolve("link"), target);
    assertEquals(
        link
            + ": is a link to "
            + target
            + ", which is not there; make that directory, or use another one",
        failure(Checkpoints.in(link)));
    assertFalse(Files.exists(target));
    Files.createDirectory(target);
    fit(Checkpoints.in(link).every(40));
    assertEquals(List.of(name(40)), names(target));
    assertTrue(Files.isSymbolicLink(link));
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void aDirectoryThatMayNotBeWrittenIsRefusedBeforeTheFirstStep() throws IOException {
    Path closed =
        Files.createDirectory(
            directory.resolve("closed"),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("r-xr-xr-x")));
    assumeTrue(!Files.isWritable(closed), "whoever is root may write everywhere");
    String said = closed + ": checkpoints cannot be written or read here";
    assertEquals(said, failure(Checkpoints.in(closed)));
    assertEquals(said, failure(Checkpoints.in(closed.resolve("a")).onlyWhenStopped()));
  }

  @Test
  void directoriesThatWereMadeForNothingGoAgain() throws IOException {
    Path deep = directory.resolve("a").resolve("b");
    assertThrows(
        Crash.class, () -> fit(Checkpoints.in(deep), at(0, CheckpointDirectoryTest::crash)));
    assertEquals(List.of(), names());
    fit(Checkpoints.in(deep).onlyWhenStopped());
    assertEquals(List.of(), names());
    fit(Checkpoints.in(deep).every(40));
    assertEquals(List.of(name(40)), names(deep));
  }

  @Test
  void aDirectoryThatIsDeletedMeanwhileIsMadeAgain() throws IOException {
    Path place = directory.resolve("place");
    fit(
        Checkpoints.in(place).every(10),
        at(
            15,
            () -> {
              try {
                for (String name : names(place)) {
                  Files.delete(place.resolve(name));
                }
                Files.delete(place);
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            }));
    assertEquals(List.of(name(20), name(30), name(40)), names(place));
  }

  @Test
  void intervalsMayBeAsLongAsTheyLike() throws IOException {
    fit(Checkpoints.in(directory).every(Duration.ofSeconds(Long.MAX_VALUE)));
    assertEquals(List.of(name(40)), names());
    assertEquals(
        "Checkpoints: time must not be negative, got PT-1S",
        assertThrows(
                IllegalArgumentException.class,
                () -> Checkpoints.in(directory).every(Duration.ofSeconds(-1)))
            .getMessage());
  }

  /** A file of that many steps, without taking them. */
  @Test
  void stepsMayBeMoreThanAnIntHolds() throws IOException {
    long many = 3_000_000_000L;
    Checkpoints checkpoints = Checkpoints.in(directory);
    checkpoints.write(many, true, SavedState.of(List.of()));
    checkpoints.write(many + 1, false, SavedState.of(List.of()));
    assertEquals(
        List.of("checkpoint-3000000000.safetensors", "checkpoint-3000000001.safetensors"), names());
    assertTrue(
        failure(checkpoints.resuming())
            .startsWith(directory.resolve("checkpoint-3000000001") + ""));
  }

  // One training at a time.

  private static String held(Path place) {
    return place
        + ": another training is writing its checkpoints here; wait for its end, or use another"
        + " directory";
  }

  @Test
  void aSecondTrainingOfThisProcessIsRefusedAndTheFirstGoesOn() throws IOException {
    List<String> said = new ArrayList<>();
    History whole = fit(Checkpoints.in(directory.resolve("alone")).every(10));
    Path shared = directory.resolve("shared");
    History history =
        fit(
            Checkpoints.in(shared).every(10).resuming(),
            at(
                15,
                () -> {
                  said.add(failure(Checkpoints.in(shared).resuming()));
                  said.add(failure(Checkpoints.in(shared).replacing()));
                  said.add(
                      failure(Checkpoints.in(directory.resolve("alone/../shared")).resuming()));
                }));
    assertEquals(whole, history);
    assertEquals(
        List.of(held(shared), held(shared), held(directory.resolve("alone").resolve("../shared"))),
        said);
    assertEquals(names(directory.resolve("alone")), names(shared));
  }

  /** It has loaded its state by then, and gives it back. */
  @Test
  void aTrainingThatIsRefusedTheDirectoryIsAsItWas() throws IOException {
    fit(Checkpoints.in(directory).every(10));
    Recipe.Run run = new Recipe().run();
    String before = Fingerprint.of(run.network().parameters());
    DirectoryLock lock = DirectoryLock.of(directory, line -> {});
    try {
      String files = names() + " " + Files.getLastModifiedTime(directory);
      assertEquals(
          held(directory),
          assertThrows(
                  UncheckedIOException.class, () -> run.fit(Checkpoints.in(directory).resuming()))
              .getCause()
              .getMessage());
      assertEquals(files, names() + " " + Files.getLastModifiedTime(directory));
      assertEquals(before, Fingerprint.of(run.network().parameters()));
    } finally {
      lock.close();
    }
    // Nothing of the state has remained, or another 40 steps would be too many.
    Recipe.Run whole = new Recipe().run();
    assertEquals(whole.fit(null), run.fit(Checkpoints.in(directory).replacing()));
  }

  private static Process start(Path place, long steps, long pause, String options)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of("-XX:+IgnoreUnrecognizedVMOptions", "--add-modules=jdk.incubator.vector"));
    command.addAll(List.of(options.split(" ")));
    command.add("-cp");
    command.add(
        Stream.of(
                Network.class,
                Linear.class,
                SoftmaxCrossEntropy.class,
                Sgd.class,
                CheckpointRun.class)
            .map(CheckpointDirectoryTest::place)
            .collect(Collectors.joining(File.pathSeparator)));
    command.addAll(
        List.of(
            CheckpointRun.class.getName(),
            place.toString(),
            Long.toString(steps),
            Long.toString(pause)));
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
  }

  private static String place(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aSecondProcessIsRefusedWhileTheFirstLives() throws Exception {
    Path shared = directory.resolve("shared");
    Process first = start(shared, 1_000_000, 20, "-Dlamella.threads=1");
    try (BufferedReader out =
        new BufferedReader(new InputStreamReader(first.getInputStream(), StandardCharsets.UTF_8))) {
      assertEquals("started at 0", out.readLine());
      assertEquals(held(shared), failure(Checkpoints.in(shared).resuming()));
      while (names(shared).stream().noneMatch(name -> name.startsWith("checkpoint-"))) {
        assertTrue(first.isAlive());
        Thread.sleep(5);
      }
      assertEquals(held(shared), failure(Checkpoints.in(shared).resuming()));
    } finally {
      first.destroyForcibly().waitFor();
    }
    // Killed, it has let go, and what it has written is good.
    Recipe long100 = new Recipe();
    long100.steps = 1_000_000;
    Recipe.Run run = long100.run();
    run.trainer()
        .withListeners(new TimeLimit(Duration.ZERO))
        .withCheckpoints(Checkpoints.in(shared).resumingOrFail().keeping(1))
        .fit(run.data(), run.sampler());
    assertEquals(1, names(shared).size());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-Dlamella.vector=off -Dlamella.threads=1 -Duser.language=ar -Duser.country=EG",
        "-Dlamella.vector=128 -Dlamella.threads=3 -Duser.language=fa -Duser.country=IR",
      })
  void anotherProcessWithOtherThreadsAndVectorsGoesOn(String options) throws Exception {
    Recipe.Run whole = new Recipe().run();
    whole.fit(null);
    Process process = start(directory, 20, 0, options);
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), out);
    assertEquals(List.of(name(10), name(15), name(20)), names());
    Recipe.Run resumed = new Recipe().run();
    resumed.fit(Checkpoints.in(directory).resumingOrFail().every(20));
    assertEquals(
        Fingerprint.of(whole.network().parameters()),
        Fingerprint.of(resumed.network().parameters()));
    Process end = start(directory, 40, 0, options);
    List<String> lines =
        new String(end.getInputStream().readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    assertEquals(List.of("started at 40", Fingerprint.of(whole.network().parameters())), lines);
  }
}
