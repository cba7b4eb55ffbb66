package lamella.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import lamella.core.Fingerprint;
import lamella.core.random.NumPyRandom;
import lamella.optim.Fit;
import lamella.optim.TrainingListener;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A driver is killed with -9 ten times at random moments, and started again each time: what it has
 * in the end has the bits of the training that nobody killed, without Spark.
 */
class KilledDriverTest {
  private static final int KILLS = 10;

  /** Of the ten, those that are killed at any moment of the start rather than while they train. */
  private static final int KILLED_EARLY = 2;

  private static final int EARLY_MILLIS = 1500;

  @TempDir Path directory;

  private Path output() {
    return directory.resolve("output");
  }

  private List<String> lines(String start) throws IOException {
    if (!Files.exists(output())) {
      return List.of();
    }
    return Files.readAllLines(output()).stream().filter(line -> line.startsWith(start)).toList();
  }

  private static String undisturbed() {
    List<String> end = new ArrayList<>();
    TrainingListener keeping =
        new TrainingListener() {
          @Override
          public void ended(Fit fit) {
            end.add(Fingerprint.of(fit.parameters()));
          }
        };
    Dataset<Row> frame = SmallTraining.frame(TestSpark.local());
    ResumingDriver.recipe()
        .trainer()
        .withListeners(keeping)
        .fit(ResumingDriver.examples(frame).local(frame), new NumPyRandom(4));
    return end.getFirst();
  }

  @Test
  void killedTenTimesOfTenItGoesOn() throws Exception {
    String expected = undisturbed();
    TestSpark.stop();
    long seed = System.nanoTime();
    Random random = new Random(seed);
    String checkpoints = directory.resolve("checkpoints").toUri().toString();
    for (int kill = 0; kill < KILLS; kill++) {
      int before = steps();
      ChildDriver driver = ChildDriver.start(output(), ResumingDriver.class, checkpoints);
      if (kill % (KILLS / KILLED_EARLY) == 2) {
        Thread.sleep(random.nextInt(EARLY_MILLIS));
      } else {
        // The third says that there is a checkpoint after the second.
        int steps = 3 + random.nextInt(3);
        TestCluster.await("steps", () -> !driver.isAlive() || steps() >= before + steps);
        Thread.sleep(random.nextInt(2 * ResumingDriver.PAUSE_MILLIS));
      }
      assertEquals(137, driver.kill(), () -> "seed " + seed + driver.said());
    }
    ChildDriver last = ChildDriver.start(output(), ResumingDriver.class, checkpoints);
    assertEquals(0, last.await(), last::said);
    assertEquals(List.of("fingerprint " + expected), lines("fingerprint "), () -> "seed " + seed);
    // It went on each time, and did not begin anew.
    List<String> starts = lines("started at ");
    assertTrue(starts.size() > KILLS - KILLED_EARLY, starts::toString);
    assertEquals("started at 0", starts.getFirst());
    assertEquals(
        starts.stream().sorted(Comparator.comparingInt(KilledDriverTest::step)).toList(), starts);
    assertTrue(step(starts.getLast()) > KILLS, starts::toString);
  }

  /** How many steps drivers have made, those made again too. */
  private int steps() {
    try {
      return lines("step ").size();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int step(String line) {
    return Integer.parseInt(line.substring(line.lastIndexOf(' ') + 1));
  }
}
