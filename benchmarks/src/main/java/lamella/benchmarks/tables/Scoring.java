package lamella.benchmarks.tables;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import lamella.benchmarks.TimedProcess;

/**
 * Encoded rows go through a model, batch by batch: what is left of scoring a file when nothing is
 * read or written.
 *
 * <p>Each program copies the rows from one large array, as they would come from a parser, and
 * leaves its outputs in an array of the caller's. The sum of all outputs shows that it is the same
 * work.
 */
public final class Scoring {
  /** Rows of a batch. */
  static final List<Integer> BATCHES = List.of(1, 16, 256, 4096);

  /** Of so many rows the outputs are summed up. */
  private static final int CHECKED = 8192;

  private static final double LONG_ENOUGH = 2;
  private static final int ROUNDS = 3;

  private Scoring() {}

  /** A model. */
  @FunctionalInterface
  public interface Model {
    /**
     * Predicts a batch.
     *
     * @param rows all rows
     * @param first the first number of the batch in them
     * @param outputs where the outputs are put, from the beginning
     */
    void predict(float[] rows, int first, float[] outputs);
  }

  /** Makes a model for batches of so many rows. */
  @FunctionalInterface
  public interface Models {
    /** {@return the model} */
    Model of(int batch);
  }

  /**
   * Times a model with each size of a batch, and prints rows per second.
   *
   * @param rows a file of float32, little-endian
   */
  public static void time(Path rows, int inputs, int outputs, Models models) throws IOException {
    float[] all = read(rows);
    for (int batch : BATCHES) {
      Model model = models.of(batch);
      float[] to = new float[batch * outputs];
      int batches = all.length / inputs / batch;
      int checked = Math.min(batches, CHECKED / batch);
      double sum = pass(model, all, to, batch * inputs, checked, Double.POSITIVE_INFINITY).sum();
      List<Double> rates = new ArrayList<>();
      for (int round = 0; round < ROUNDS; round++) {
        Pass pass = pass(model, all, to, batch * inputs, batches, LONG_ENOUGH);
        rates.add(pass.batches() * batch / pass.seconds());
      }
      double rate = TimedProcess.median(rates.stream().mapToDouble(Double::doubleValue).toArray());
      TimedProcess.fact("rate of " + batch, String.format(Locale.ROOT, "%.0f", rate));
      TimedProcess.fact("sum of " + batch, String.format(Locale.ROOT, "%.6g", sum / checked));
    }
  }

  private record Pass(int batches, double seconds, double sum) {}

  /** All batches, or as many as take so many seconds. */
  private static Pass pass(
      Model model, float[] all, float[] to, int numbers, int batches, double longest) {
    double sum = 0;
    long begin = System.nanoTime();
    int done = 0;
    double seconds = 0;
    while (done < batches && seconds < longest) {
      model.predict(all, done * numbers, to);
      sum += to[0];
      done++;
      seconds = (System.nanoTime() - begin) * 1e-9;
    }
    return new Pass(done, seconds, sum);
  }

  private static float[] read(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file)) {
      ByteBuffer bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
      float[] all = new float[(int) (channel.size() / Float.BYTES)];
      bytes.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(all);
      return all;
    }
  }
}
