package lamella.optim.tensorboard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.CRC32C;
import lamella.core.DoubleTensor;
import lamella.core.FloatTensor;
import lamella.core.Shape;
import lamella.core.Tensor;
import lamella.optim.tensorboard.EventReader.Event;
import lamella.optim.tensorboard.EventReader.Value;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EventFileTest {
  private static final InstantSource CLOCK =
      InstantSource.fixed(Instant.ofEpochSecond(1_500_000_000, 250_000_000));

  @TempDir Path folder;

  private static byte[] resource(String name) throws IOException {
    try (InputStream in = EventFileTest.class.getResourceAsStream(name)) {
      return in.readAllBytes();
    }
  }

  /** RFC 3720, B.4, in the order of memory there. */
  @ParameterizedTest
  @CsvSource({
    "0000000000000000000000000000000000000000000000000000000000000000, aa36918a",
    "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff, 43aba862",
    "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f, 4e79dd46",
    "1f1e1d1c1b1a191817161514131211100f0e0d0c0b0a09080706050403020100, 5cdb3f11",
    "01c000000000000000000000000000001400000000000400000000140000001828000000000000000200000000"
        + "000000, 563a96d9"
  })
  void checksumsAreThoseOfTheStandard(String hex, String crc) {
    byte[] bytes = HexFormat.of().parseHex(hex);
    int expected = Integer.reverseBytes(HexFormat.fromHexDigits(crc));
    CRC32C platform = new CRC32C();
    platform.update(bytes);
    assertEquals(expected, (int) platform.getValue());
    assertEquals(expected, EventReader.crc32c(bytes));
  }

  @Test
  void whatWeWriteIsWhatTensorBoardsOwnCodeWrites() throws IOException {
    FloatTensor spread = FloatTensor.zeros(Shape.of(101));
    for (int i = 0; i < 101; i++) {
      spread.set(i, (7 * i % 101) * 0.37 - 12);
    }
    Tensor equal = DoubleTensor.zeros(Shape.of(5));
    equal.fill(0.25);
    Path path;
    try (EventFile file = EventFile.create(folder, 0, CLOCK)) {
      path = file.path();
      file.scalar(0, "loss", 2.302585);
      file.histogram(1, "spread", spread);
      file.histogram(2, "equal", equal);
      file.histogram(3, "none", DoubleTensor.of(Shape.of(1), Double.NaN));
      file.text(4, "configuration", "learning rate **1e-3**, é");
      file.image(5, "weights", resource("image.png"));
    }
    List<Event> ours = EventReader.events(Files.readAllBytes(path));
    List<Event> theirs = EventReader.events(resource("events.bin"));

    assertEquals("brain.Event:2", theirs.get(0).version());
    assertEquals("brain.Event:2", ours.get(0).version());
    assertEquals(new Event(1.50000000025e9, 0, "", true, List.of()), ours.get(1));
    for (int i = 0; i < 6; i++) {
      assertEquals(1.5e9 + i, theirs.get(i + 1).wallTime());
      assertEquals(1.50000000025e9, ours.get(i + 2).wallTime());
      assertEquals(i, theirs.get(i + 1).step());
      assertEquals(i, ours.get(i + 2).step());
      Value their = theirs.get(i + 1).values().getFirst();
      Value our = ours.get(i + 2).values().getFirst();
      // Theirs leave the class of data to the reader, who has a table by plugin.
      List<String> classes = List.of("", "scalars", "histograms text", "images");
      assertTrue(classes.get((int) our.dataClass()).contains(our.plugin()), our.toString());
      assertEquals(
          their, new Value(our.tag(), our.plugin(), 0, our.dtype(), our.shape(), our.content()));
    }
    assertEquals(List.of(2.302585f), ours.get(2).values().getFirst().content());
    assertEquals(8, ours.size());
    assertEquals(7, theirs.size());
  }

  @Test
  void largeAndNegativeStepsAndEmptyTextsAreKept() throws IOException {
    Path path;
    try (EventFile file = EventFile.create(folder, 300, CLOCK)) {
      path = file.path();
      file.scalar(Long.MAX_VALUE, "", Double.NaN);
      file.scalar(-1, "a/b c", Double.POSITIVE_INFINITY);
      file.text(128, "t", "");
    }
    List<Event> events = EventReader.events(Files.readAllBytes(path));
    assertEquals(300, events.get(1).step());
    assertEquals(Long.MAX_VALUE, events.get(2).step());
    assertEquals(List.of(Float.NaN), events.get(2).values().getFirst().content());
    assertEquals(-1, events.get(3).step());
    assertEquals("a/b c", events.get(3).values().getFirst().tag());
    assertEquals(List.of(Float.POSITIVE_INFINITY), events.get(3).values().getFirst().content());
    assertEquals(128, events.get(4).step());
    assertEquals(List.of(""), events.get(4).values().getFirst().content());
  }

  @Test
  void anEventIsInTheFileWhenItsMethodReturns() throws IOException {
    try (EventFile file = EventFile.create(folder, 0, CLOCK)) {
      for (int step = 0; step < 5; step++) {
        file.scalar(step, "loss", step);
        List<Event> events = EventReader.events(Files.readAllBytes(file.path()));
        assertEquals(step + 3, events.size());
        assertEquals(step, events.getLast().step());
      }
    }
  }

  @Test
  void everyStartMakesAFileOfItsOwn() throws IOException {
    Path run = folder.resolve("runs/first");
    try (EventFile first = EventFile.create(run, 0, CLOCK);
        EventFile second = EventFile.create(run, 700, CLOCK)) {
      assertNotEquals(first.path(), second.path());
      assertEquals(run, second.path().getParent());
      for (Path path : List.of(first.path(), second.path())) {
        String name = path.getFileName().toString();
        assertTrue(
            name.matches("events\\.out\\.tfevents\\.1500000000\\.[^.].*\\.\\d+\\.\\d+"), name);
      }
      Event start = EventReader.events(Files.readAllBytes(second.path())).get(1);
      assertTrue(start.start());
      assertEquals(700, start.step());
    }
    try (EventFile file = EventFile.create(run)) {
      double now = System.currentTimeMillis() / 1000.0;
      Event first = EventReader.events(Files.readAllBytes(file.path())).getFirst();
      assertTrue(Math.abs(first.wallTime() - now) < 60, first.toString());
    }
  }

  @Test
  void aDamagedByteIsNoticed() throws IOException {
    byte[] right = resource("events.bin");
    for (int at = 0; at < 200; at++) {
      byte[] wrong = right.clone();
      wrong[at] ^= 1;
      int changed = at;
      assertThrows(AssertionError.class, () -> EventReader.records(wrong), () -> "byte " + changed);
    }
    int records = EventReader.records(right).size();
    assertEquals(records, EventReader.records(Arrays.copyOf(right, right.length + 3)).size());
    assertEquals(records - 1, EventReader.records(Arrays.copyOf(right, right.length - 1)).size());
  }

  @Test
  void imagesArePngs() throws IOException {
    try (EventFile file = EventFile.create(folder)) {
      byte[] png = resource("image.png");
      for (byte[] wrong : List.of(new byte[0], new byte[100], Arrays.copyOf(png, 23))) {
        assertEquals(
            "EventFile: image w expects the bytes of a PNG file, got others",
            assertThrows(IllegalArgumentException.class, () -> file.image(0, "w", wrong))
                .getMessage());
      }
    }
  }

  @Test
  void aFileInTheWayIsAnError() throws IOException {
    Path file = Files.createFile(folder.resolve("run"));
    assertThrows(IOException.class, () -> EventFile.create(file));
    assertThrows(IOException.class, () -> EventFile.create(file.resolve("deeper")));
  }

  @Test
  void anInterruptedThreadWritesAllTheSame() throws IOException {
    EventFile file = EventFile.create(folder, 0, CLOCK);
    Thread.currentThread().interrupt();
    try {
      file.scalar(0, "loss", 1);
      file.scalar(1, "loss", 2);
      file.close();
    } finally {
      assertTrue(Thread.interrupted());
    }
    assertEquals(4, EventReader.events(Files.readAllBytes(file.path())).size());
  }
}
