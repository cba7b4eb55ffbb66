package lamella.examples.table;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.function.LongConsumer;
import lamella.table.TableModel;
import lamella.table.TableRows;
import lamella.table.TableSchema;
import org.jspecify.annotations.Nullable;

/**
 * Predicts the rows of a text, in memory that does not grow with them: one thread reads and encodes
 * blocks of rows, the other predicts them and writes their lines, in the order of the rows.
 */
public final class Scoring {
  /** Rows in a block; few, as every layer of every member keeps what it makes of them. */
  private static final int MOST_ROWS = 128;

  /** Numbers in a block; of a table with very many columns it has few rows. */
  private static final int MOST_NUMBERS = 1 << 18;

  /** One is read, one predicted, and one on the way in each direction. */
  private static final int BLOCKS = 4;

  private final TableModel model;
  private final PredictionColumns columns;
  private final TableRows rows;
  private final int[] kept;
  private char[] characters = new char[0];
  private final BlockingQueue<Block> free = new ArrayBlockingQueue<>(BLOCKS);
  private final BlockingQueue<Block> full = new ArrayBlockingQueue<>(BLOCKS);

  /**
   * How much was predicted.
   *
   * @param rows of the text
   * @param notFinite rows of which the model says something that is no number
   * @param unseen by column, how often there was a category that training has not seen
   */
  public record Result(long rows, long notFinite, Map<String, Integer> unseen) {}

  /** Rows on their way from one thread to the other. */
  private static final class Block {
    private final float[] encoded;
    private final double[] outputs;
    private final @Nullable String[] kept;
    private int rows;
    private boolean last;
    private @Nullable Throwable failure;

    private Block(int rows, int inputs, int outputs, int kept) {
      encoded = new float[rows * inputs];
      this.outputs = new double[rows * outputs];
      this.kept = new @Nullable String[rows * kept];
    }
  }

  private Scoring(TableModel model, PredictionColumns columns, TableRows rows, int[] kept) {
    this.model = model;
    this.columns = columns;
    this.rows = rows;
    this.kept = kept;
  }

  /**
   * Predicts all rows.
   *
   * @param rows before the first of them; closed by the caller
   * @param kept columns of the text that are written before the prediction
   * @param to given the names and all lines
   * @param progress told the rows that are done
   * @throws IOException if a row is wrong, or cannot be read or written
   * @throws IllegalArgumentException if a column is not there, or the model takes others
   */
  public static Result run(
      TableModel model,
      PredictionColumns columns,
      TableRows rows,
      List<String> kept,
      Writer to,
      LongConsumer progress)
      throws IOException {
    int[] places = new int[kept.size()];
    for (int i = 0; i < places.length; i++) {
      places[i] = rows.names().indexOf(kept.get(i));
      if (places[i] < 0) {
        throw new IllegalArgumentException(Columns.unknown(rows.names(), kept.get(i), "--keep"));
      }
      if (columns.names().contains(kept.get(i))) {
        throw new IllegalArgumentException(
            "a column of the predictions has the name of one to keep, " + kept.get(i));
      }
    }
    try {
      return new Scoring(model, columns, rows, places).run(kept, to, progress);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw (InterruptedIOException) new InterruptedIOException("interrupted").initCause(e);
    }
  }

  private Result run(List<String> names, Writer to, LongConsumer progress)
      throws IOException, InterruptedException {
    int inputs = model.schema().inputs().size();
    int widest = Math.max(inputs, Math.max(columns.outputs(), kept.length));
    int size = Math.clamp(MOST_NUMBERS / widest, 1, MOST_ROWS);
    for (int i = 0; i < BLOCKS; i++) {
      free.add(new Block(size, inputs, columns.outputs(), kept.length));
    }
    TableSchema.RowEncoder encoder = model.schema().encoder(rows);
    Thread reader =
        Thread.ofPlatform()
            .daemon()
            .name("lamella-table-reader")
            .start(() -> read(encoder, size, inputs));
    try {
      return write(names, to, progress, encoder);
    } finally {
      reader.interrupt();
      reader.join();
    }
  }

  private void read(TableSchema.RowEncoder encoder, int size, int inputs) {
    try {
      boolean last = false;
      while (!last) {
        Block block = free.take();
        block.rows = 0;
        try {
          while (block.rows < size && !last) {
            last = !rows.next();
            if (!last) {
              encoder.encode(block.encoded, block.rows * inputs);
              for (int k = 0; k < kept.length; k++) {
                block.kept[block.rows * kept.length + k] = rows.field(kept[k]);
              }
              block.rows++;
            }
          }
        } catch (IOException | RuntimeException | Error e) {
          block.failure = e;
          last = true;
        }
        block.last = last;
        full.put(block);
      }
    } catch (InterruptedException e) {
      // Nobody wants more of it.
      Thread.currentThread().interrupt();
    }
  }

  private Result write(
      List<String> names, Writer to, LongConsumer progress, TableSchema.RowEncoder encoder)
      throws IOException, InterruptedException {
    StringBuilder lines = new StringBuilder();
    for (String name : names) {
      CsvText.append(lines, name);
      lines.append(',');
    }
    columns.appendNames(lines);
    lines.append('\n');
    long done = 0;
    long notFinite = 0;
    while (true) {
      Block block = full.take();
      if (block.rows > 0) {
        model.predictEncoded(block.rows, block.encoded, block.outputs);
      }
      for (int row = 0; row < block.rows; row++) {
        for (int k = 0; k < kept.length; k++) {
          CsvText.append(lines, block.kept[row * kept.length + k]);
          lines.append(',');
        }
        columns.append(block.outputs, row * columns.outputs(), lines);
        lines.append('\n');
        notFinite += Double.isFinite(block.outputs[row * columns.outputs()]) ? 0 : 1;
      }
      done += block.rows;
      if (block.failure == null) {
        write(lines, to);
        progress.accept(done);
      }
      rethrow(block.failure);
      if (block.last) {
        return new Result(done, notFinite, new LinkedHashMap<>(encoder.unseen()));
      }
      free.put(block);
    }
  }

  /** Writes the lines, and empties them. */
  private void write(StringBuilder lines, Writer to) throws IOException {
    if (characters.length < lines.length()) {
      characters = new char[lines.length() + lines.length() / 4];
    }
    lines.getChars(0, lines.length(), characters, 0);
    to.write(characters, 0, lines.length());
    if (to instanceof PrintWriter console && console.checkError()) {
      throw new IOException("standard output: cannot be written, or nobody reads it any more");
    }
    lines.setLength(0);
  }

  private static void rethrow(@Nullable Throwable failure) throws IOException {
    switch (failure) {
      case null -> {}
      case IOException e -> throw e;
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      default -> throw new IllegalStateException(failure);
    }
  }
}
