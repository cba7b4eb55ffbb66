package lamella.data.cifar;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPInputStream;
import lamella.contract.FileChecks;
import lamella.core.io.FileFormatException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Damaged IDX files are refused, or read as what they say. */
class IdxDamagedTest {
  @TempDir private Path directory;

  private final byte[] images = IdxTest.idx(7, 3, 4, 5);
  private final byte[] labels = IdxTest.labels(1, 0, 2);

  @BeforeEach
  void writeWholeFiles() throws IOException {
    Files.write(directory.resolve("train-images-idx3-ubyte"), images);
    Files.write(directory.resolve("train-labels-idx1-ubyte"), labels);
    Files.write(directory.resolve("t10k-images-idx3-ubyte"), images);
    Files.write(directory.resolve("t10k-labels-idx1-ubyte"), labels);
  }

  /** One of the files, damaged, the others whole. */
  private class Checks extends FileChecks<LabelledImages> {
    private final String name;

    Checks(String name) {
      // A set that is damaged in one file may be told by the other that it does not fit.
      super(FileFormatException.class, directory.toString());
      this.name = name;
    }

    @Override
    protected LabelledImages read(byte[] file) throws IOException {
      Files.write(directory.resolve(name), file);
      return Idx.open(directory, Layout.HWC);
    }

    /** The buffers of the files, and what gzip may make of so few bytes. */
    @Override
    protected long allowance(byte[] file) {
      return 8_000_000 + 1100L * file.length;
    }

    @Override
    protected void requireRight(byte[] file, LabelledImages set) {
      byte[] plain = file[0] == 0x1f ? gunzip(file) : file;
      ImageSet part = name.startsWith("train") ? set.train() : set.test();
      int rank = plain[3];
      byte[] content = Arrays.copyOfRange(plain, 4 + 4 * rank, plain.length);
      assertEquals(ByteBuffer.wrap(plain).getInt(4), part.size());
      if (rank == 1) {
        for (int i = 0; i < content.length; i++) {
          assertEquals(content[i] & 0xff, part.label(i));
        }
      } else {
        for (int i = 0; i < part.size(); i++) {
          int size = part.shape().size();
          assertArrayEquals(Arrays.copyOfRange(content, i * size, (i + 1) * size), part.pixels(i));
        }
      }
    }
  }

  private static byte[] gunzip(byte[] file) {
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(file))) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void requireBoth(FileChecks.Tally tally) {
    assertTrue(tally.read() > 0 && tally.refused() > 0, tally.toString());
  }

  @Test
  void damagedImages() throws IOException {
    requireBoth(new Checks("train-images-idx3-ubyte").run(List.of(images), 500));
  }

  @Test
  void damagedLabels() throws IOException {
    requireBoth(new Checks("t10k-labels-idx1-ubyte").run(List.of(labels), 500));
  }

  @Test
  void damagedCompressedImages() throws IOException {
    requireBoth(new Checks("train-images-idx3-ubyte").run(List.of(IdxTest.gzip(images)), 500));
  }

  @Test
  void damageThatGzipDoesNotSee() throws IOException {
    Checks checks =
        new Checks("t10k-images-idx3-ubyte") {
          @Override
          protected byte[] finish(byte[] file) {
            try {
              return IdxTest.gzip(file);
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          }
        };
    requireBoth(checks.run(List.of(images), 500));
  }
}
