package lamella.benchmarks.tables;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * A CSV file of any number of rows: twelve columns of numbers and eight of categories, in front of
 * them the target, one of three classes. Always the same for the same seed.
 *
 * <p>The numbers are whole ones, amounts with two decimals and measurements with seven digits, some
 * skewed; two of those columns and one of the categories have gaps. The categories have 2 to 50
 * values.
 */
public final class GeneratedRows {
  /** The column to predict. */
  public static final String TARGET = "class";

  private static final int NUMBERS = 12;
  private static final int[] VALUES = {2, 3, 4, 5, 8, 12, 24, 50};
  private static final double GAPS = 0.05;

  private GeneratedRows() {}

  static void write(Path file, int rows, long seed) throws IOException {
    try (OutputStream out = Files.newOutputStream(file)) {
      write(out, rows, seed);
    }
  }

  /** Writes so many rows and the line of names, and closes the stream. */
  public static void write(OutputStream stream, int rows, long seed) throws IOException {
    SplittableRandom random = new SplittableRandom(seed);
    try (Writer out = new BufferedWriter(new OutputStreamWriter(stream, UTF_8))) {
      StringBuilder line = new StringBuilder(TARGET);
      for (int i = 0; i < NUMBERS; i++) {
        line.append(",number_").append(i + 1);
      }
      for (int values : VALUES) {
        line.append(",category_").append(values);
      }
      out.append(line.append('\n'));
      StringBuilder fields = new StringBuilder();
      for (int row = 0; row < rows; row++) {
        fields.setLength(0);
        double score = random.nextGaussian();
        for (int i = 0; i < NUMBERS; i++) {
          double z = random.nextGaussian();
          score += i % 2 == 0 ? z : z * z - 1;
          fields.append(',');
          if (i >= 2 || random.nextDouble() >= GAPS) {
            number(i, z, fields);
          }
        }
        for (int i = 0; i < VALUES.length; i++) {
          int value = random.nextInt(VALUES[i]);
          score += Math.sin(value + i);
          fields.append(',');
          if (i > 0 || random.nextDouble() >= GAPS) {
            fields.append("value ").append(value);
          }
        }
        line.setLength(0);
        line.append(score < -1.5 ? "low" : score < 1.5 ? "middle" : "high");
        out.append(line.append(fields).append('\n'));
      }
    }
  }

  private static void number(int column, double z, StringBuilder to) {
    switch (column % 4) {
      case 0 -> to.append(Math.round(40 + 12 * z));
      case 1 -> to.append(Math.round(100 * Math.exp(8 + z)) / 100.0);
      case 2 -> to.append(Math.round(1e6 * z) / 1e6);
      default -> to.append(String.format(Locale.ROOT, "%.1f", 1000 + 250 * z));
    }
  }
}
