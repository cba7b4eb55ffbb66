package lamella.contract.mutants;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import lamella.contract.FileChecks;
import lamella.contract.Mutator;
import lamella.core.io.FileFormatException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Wrong readers of files, each with one fault, that {@link FileChecks} must reject. */
class MutantReadersTest {
  /** The number of bytes that follow in four bytes, and these. */
  private static final byte[] FILE = {0, 0, 0, 5, 'a', 'b', 'c', 'd', 'e'};

  private static final byte[] OTHER = {0, 0, 0, 2, 'x', 'y'};

  enum Fault {
    NONE(""),
    BELIEVES_THE_LENGTH("allocates"),
    THROWS_UNCHECKED("NegativeArraySizeException"),
    LEAVES_THE_STACK("StackOverflowError"),
    HANGS("not read after 1 s"),
    READS_WRONG("array lengths differ"),
    IGNORES_WHAT_FOLLOWS("array lengths differ"),
    CHANGES_THE_FILE("writes to the file's bytes"),
    NAMES_NO_FILE("begins with none of [x]"),
    SAYS_TWO_LINES("not one line"),
    QUOTES_IT_ALL("endless"),
    REFUSES_BY_ANOTHER_CLASS("refused by java.io.IOException"),
    REFUSES_RIGHT_FILES("not damaged: "),
    GIVES_NULL("null");

    private final String message;

    Fault(String message) {
      this.message = message;
    }
  }

  private static byte[] read(byte[] file, Fault fault) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(file);
    if (file.length < 4) {
      throw new FileFormatException("x", "4 bytes expected, " + file.length + " found");
    }
    int length = bytes.getInt();
    if (fault == Fault.THROWS_UNCHECKED && length < 0) {
      throw new NegativeArraySizeException("length");
    }
    boolean right = length == bytes.remaining();
    if (fault == Fault.BELIEVES_THE_LENGTH && length > 0 && length < 100_000_000) {
      // Room for what never comes.
      right = new byte[length].length == bytes.remaining();
    }
    if (fault == Fault.LEAVES_THE_STACK && !right) {
      return read(file, fault);
    }
    if (fault == Fault.HANGS && !right) {
      waitForever();
    }
    if (fault == Fault.CHANGES_THE_FILE) {
      file[0] = 1;
    }
    if (!right && fault == Fault.REFUSES_BY_ANOTHER_CLASS) {
      throw new IOException("x: wrong length");
    }
    if (!right && fault == Fault.QUOTES_IT_ALL) {
      throw new FileFormatException("x", "wrong length: " + "0".repeat(1000));
    }
    if (right && fault == Fault.REFUSES_RIGHT_FILES) {
      throw new FileFormatException("x", "wrong length");
    }
    boolean longer =
        fault == Fault.IGNORES_WHAT_FOLLOWS && length >= 0 && length < bytes.remaining();
    if (!right && !longer) {
      throw new FileFormatException(
          fault == Fault.NAMES_NO_FILE ? "" : "x",
          fault == Fault.SAYS_TWO_LINES ? "wrong\nlength" : "wrong length");
    }
    byte[] result = new byte[fault == Fault.READS_WRONG && length > 5 ? length - 1 : length];
    bytes.get(result);
    return fault == Fault.GIVES_NULL ? null : result;
  }

  private static void waitForever() {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static FileChecks<byte[]> checks(Fault fault) {
    return new FileChecks<>(FileFormatException.class, "x") {
      @Override
      protected byte[] read(byte[] file) throws IOException {
        return MutantReadersTest.read(file, fault);
      }

      @Override
      protected void requireRight(byte[] file, byte[] result) {
        assertArrayEquals(Arrays.copyOfRange(file, 4, file.length), result);
      }

      @Override
      protected int seconds() {
        return 1;
      }
    };
  }

  @Test
  void aRightReaderPasses() {
    FileChecks.Tally tally = checks(Fault.NONE).run(List.of(FILE, OTHER), 2000);
    assertEquals(2000, tally.read() + tally.refused());
    assertTrue(tally.read() > 100 && tally.refused() > 1000, tally.toString());
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void aWrongReaderIsRejected(Fault fault) {
    AssertionError error =
        assertThrows(AssertionError.class, () -> checks(fault).run(List.of(FILE, OTHER), 5000));
    assertTrue(
        error.getMessage().matches("(?s)(damaged file of seed \\d+|file 0, not damaged): .*"),
        error.getMessage());
    assertTrue(error.getMessage().contains(fault.message), error.getMessage());
  }

  @Test
  void aSeedAlwaysGivesTheSameDamage() {
    byte[] file = FILE.clone();
    Mutator mutator = new Mutator(List.of(file, OTHER));
    Set<String> different = new HashSet<>();
    for (int seed = 0; seed < 1000; seed++) {
      byte[] mutant = mutator.mutant(seed);
      assertArrayEquals(mutant, new Mutator(List.of(FILE, OTHER)).mutant(seed));
      different.add(Arrays.toString(mutant));
    }
    assertArrayEquals(FILE, file);
    assertTrue(different.size() > 600, different.size() + " different files");
    assertTrue(different.contains(Arrays.toString(new byte[0])));
  }
}
