package lamella.contract;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A reader of files against damaged ones: each is refused by a clear error, or read right; in
 * bounded time, and with no more memory than its size allows.
 *
 * <pre>{@code
 * @Test
 * void damagedFilesAreRefusedOrReadRight() {
 *   new FileChecks<Table>(TableFormatException.class, "x.table") {
 *     protected Table read(byte[] file) throws IOException {
 *       return Table.parse("x.table", file);
 *     }
 *
 *     protected void requireRight(byte[] file, Table table) {
 *       assertEquals(plainReader(file), table);
 *     }
 *   }.run(List.of(small, large), 5_000);
 * }
 * }</pre>
 *
 * <p>A failure names the seed; {@code -Dlamella.contract.seed=17} begins with that one. {@code
 * -Dlamella.contract.files=100000} tries more files than an ordinary build.
 *
 * @param <R> what is read
 */
public abstract class FileChecks<R> {
  private static final int LONGEST_MESSAGE = 1000;
  private static final int POLLS_PER_SECOND = 10;

  private final Class<? extends IOException> refusal;
  private final List<String> names;

  /**
   * For subclasses.
   *
   * @param refusal what the reader throws for a file that is not right
   * @param names what a message begins with: the file's name, as the reader is told it; or one of
   *     several
   */
  protected FileChecks(Class<? extends IOException> refusal, String... names) {
    this.refusal = refusal;
    this.names = List.of(names);
  }

  /**
   * How many damaged files were read, since they were right all the same, and how many refused.
   *
   * @param read how many were read
   * @param refused how many were refused
   */
  public record Tally(int read, int refused) {}

  /**
   * {@return the reader to test}
   *
   * @param file the bytes of a file
   * @throws IOException the refusal of a file that is not right
   */
  protected abstract R read(byte[] file) throws IOException;

  /**
   * Throws unless what was read is what the file says, by a reader that shares no code with the one
   * that is tested.
   *
   * @param file the bytes of a file
   * @param result what was read
   */
  protected abstract void requireRight(byte[] file, R result);

  /**
   * {@return what a damaged file becomes before it is read; by default it stays} Where a checksum
   * or a compression would catch every damage, they are put right here, so that the reader behind
   * them is reached.
   *
   * @param damaged the bytes of a damaged file
   */
  protected byte[] finish(byte[] damaged) {
    return damaged;
  }

  /**
   * {@return the bytes of memory that reading this file may allocate; by default 1 MB and 64 a
   * byte}
   *
   * @param file the bytes of a file
   */
  protected long allowance(byte[] file) {
    return 1_000_000 + 64L * file.length;
  }

  /** {@return the seconds that reading one file may take} */
  protected int seconds() {
    return 10;
  }

  /**
   * Reads the right files, and then damaged ones.
   *
   * @param files the right files
   * @param damaged how many damaged files to read
   * @return how many of them were read, and how many refused
   * @throws AssertionError if one is read wrong, or refused otherwise than it should be, or not at
   *     all in time; names the seed
   */
  public final Tally run(List<byte[]> files, int damaged) {
    Run run = new Run(files, Integer.getInteger("lamella.contract.files", damaged));
    // A thread of its own: one that hangs is left behind.
    Thread thread = Thread.ofPlatform().daemon().name("damaged files").start(run);
    try {
      String last = "";
      int polls = 0;
      // Polls are counted, not seconds: a machine that stands still stops this thread too.
      while (!thread.join(Duration.ofSeconds(1).dividedBy(POLLS_PER_SECOND))) {
        String current = run.current;
        polls = current.equals(last) ? polls + 1 : 0;
        last = current;
        if (polls > seconds() * POLLS_PER_SECOND) {
          AssertionError late =
              new AssertionError(current + ": not read after " + seconds() + " s");
          late.setStackTrace(thread.getStackTrace());
          throw late;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
    if (run.failure != null) {
      throw new AssertionError(run.current + ": " + run.failure, run.failure);
    }
    return new Tally(run.read, run.refused);
  }

  private final class Run implements Runnable {
    private final List<byte[]> files;
    private final int damaged;
    private int read;
    private int refused;
    private volatile String current = "";
    private volatile @Nullable Throwable failure;

    Run(List<byte[]> files, int damaged) {
      this.files = files;
      this.damaged = damaged;
    }

    @Override
    public void run() {
      try {
        for (int i = 0; i < files.size(); i++) {
          current = "file " + i + ", not damaged";
          require(isRead(finish(files.get(i).clone())), "is refused");
        }
        Mutator mutator = new Mutator(files);
        long first = Long.getLong("lamella.contract.seed", 0);
        for (long seed = first; seed < first + damaged; seed++) {
          current = "damaged file of seed " + seed;
          if (isRead(finish(mutator.mutant(seed)))) {
            read++;
          } else {
            refused++;
          }
        }
      } catch (Throwable e) {
        failure = e;
      }
    }
  }

  /** Reads one file and judges the result, or the refusal. */
  private boolean isRead(byte[] file) {
    byte[] given = file.clone();
    R result = null;
    IOException refused = null;
    long before = Allocation.allocated();
    try {
      result = read(given);
    } catch (IOException e) {
      refused = e;
    }
    long bytes = Allocation.allocated() - before;
    require(
        bytes <= allowance(file),
        "reading " + file.length + " bytes allocates " + bytes + ", more than " + allowance(file));
    require(Arrays.equals(file, given), "the reader writes to the file's bytes");
    if (refused == null) {
      requireRight(file, Objects.requireNonNull(result, "read returned null"));
      return true;
    }
    String message = String.valueOf(refused.getMessage());
    require(refused.getClass() == refusal, "refused by " + refused + ", not " + refusal.getName());
    require(
        names.stream().anyMatch(message::startsWith),
        "the message begins with none of " + names + ": " + message);
    require(message.lines().count() == 1, "the message is not one line: " + message);
    require(message.length() <= LONGEST_MESSAGE, "the message is endless: " + message);
    return false;
  }

  private static void require(boolean condition, String message) {
    if (!condition) {
      throw new AssertionError(message);
    }
  }
}
