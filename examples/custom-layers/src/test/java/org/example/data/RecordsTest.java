package org.example.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import lamella.contract.DatasetContract;
import lamella.core.Batch;
import lamella.core.DType;
import lamella.core.Dataset;
import net.jqwik.api.Example;
import net.jqwik.api.lifecycle.BeforeContainer;

class RecordsTest extends DatasetContract<int[]> {
  // Deleted at the end of the process, for some systems delete no file that is mapped.
  private static Path folder;
  private static Path points;
  private static Path otherClass;
  private static Path otherNumber;

  @BeforeContainer
  static void write() throws IOException {
    folder = Files.createTempDirectory("records");
    folder.toFile().deleteOnExit();
    points = written("points", 0, 0.5f);
    otherClass = written("other-class", 1, 0.5f);
    otherNumber = written("other-number", 0, 0.25f);
  }

  /** Ten examples of three inputs; the last has this class and this last input. */
  private static Path written(String name, int lastClass, float lastInput) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(10 * 16).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < 10; i++) {
      boolean last = i == 9;
      bytes.putInt(last ? lastClass : i % 2).putFloat(i).putFloat(-i).putFloat(last ? lastInput : 0.1f * i);
    }
    Path file = Files.write(folder.resolve(name), bytes.array());
    file.toFile().deleteOnExit();
    return file;
  }

  private static Records records(Path file) {
    try {
      return new Records(file, 3);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  protected Dataset<int[]> dataset() {
    return records(points);
  }

  @Override
  protected List<Dataset<int[]>> others() {
    return List.of(records(otherClass), records(otherNumber));
  }

  @Example
  void readsWhatTheFileHas() {
    Batch<int[]> batch = dataset().newBatch(2, DType.FLOAT32);
    dataset().read(new int[] {9, 3}, batch);
    assertArrayEquals(new int[] {0, 1}, batch.targets());
    assertArrayEquals(new double[] {9, -9, 0.5, 3, -3, 0.1f * 3}, batch.inputs().toDoubleArray());
  }

  @Example
  void aFileThatHasNoWholeRecordsIsRefused() {
    IOException e = assertThrows(IOException.class, () -> new Records(points, 5));
    assertEquals(points + ": expects records of 24 bytes, got 160 bytes in all", e.getMessage());
  }
}
