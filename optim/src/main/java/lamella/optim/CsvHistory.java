package lamella.optim;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import lamella.core.io.AtomicFile;
import lamella.optim.History.Measurement;
import lamella.optim.History.Step;
import org.jspecify.annotations.Nullable;

/**
 * The history as a file that grows while it is made: {@code step,loss,data_loss,penalty,
 * learning_rate} and a column for whatever is measured, by the trainer's evaluations or by a
 * listener, empty where it was not. Blanks in names become {@code _}.
 *
 * <p>Lines reach the file once a second, and at the end. The file is begun anew by each training;
 * one that is resumed begins with the steps before, as far as its {@link History} has them.
 */
public final class CsvHistory implements TrainingListener {
  private static final long NANOS_BETWEEN_WRITES = 1_000_000_000;

  /** Characters after which lines are written while the file is begun. */
  private static final int PIECE = 1 << 16;

  private final Path file;
  private final StringBuilder lines = new StringBuilder();
  private final Map<String, Double> measured = new LinkedHashMap<>();
  private final Set<String> names = new LinkedHashSet<>();

  /** The last step, whose line still waits for what is measured after it. */
  private @Nullable Step last;

  /** The step whose line has been begun; -1 before the first. */
  private long begun = -1;

  private long lastWrite;

  /**
   * A listener that writes to this file; what is in it is lost.
   *
   * @param file made where training starts
   */
  public CsvHistory(Path file) {
    this.file = file;
  }

  @Override
  public void started(Fit fit) throws IOException {
    lines.setLength(0);
    measured.clear();
    last = null;
    begun = -1;
    names.clear();
    names.addAll(fit.measurementNames());
    fit.history().measurements().forEach(measurement -> names.add(measurement.name()));
    lines.append("step,loss,data_loss,penalty,learning_rate");
    for (String name : names) {
      lines.append(',').append(cell(name));
    }
    lines.append('\n');
    AtomicFile.write(file, out -> writeHistory(fit.history(), out));
    lastWrite = System.nanoTime();
  }

  /** The steps before a resumption. */
  private void writeHistory(History before, OutputStream out) throws IOException {
    int next = 0;
    for (Step step : before.steps()) {
      for (; next < before.measurements().size(); next++) {
        Measurement measurement = before.measurements().get(next);
        if (measurement.step() > step.number()) {
          break;
        }
        measured.put(measurement.name(), measurement.value());
      }
      appendLine(step);
      if (lines.length() > PIECE) {
        write(out);
      }
    }
    write(out);
  }

  @Override
  public void measured(Fit fit, String name, double value) throws IOException {
    begin(fit);
    if (names.add(name)) {
      append();
      addColumn(name);
    }
    measured.put(name, value);
  }

  /** A column at the end, which is empty in all lines that there are. */
  private void addColumn(String name) throws IOException {
    try (BufferedReader before = Files.newBufferedReader(file)) {
      AtomicFile.write(
          file,
          out -> {
            String end = "," + cell(name);
            for (String line; (line = before.readLine()) != null; end = ",") {
              out.write((line + end + "\n").getBytes(StandardCharsets.UTF_8));
            }
          });
    }
  }

  /** A name as it stands in the first line. */
  private static String cell(String name) {
    String text = name.replaceAll("\\s", "_");
    return text.contains(",") || text.contains("\"")
        ? '"' + text.replace("\"", "\"\"") + '"'
        : text;
  }

  @Override
  public void afterStep(Fit fit) throws IOException {
    begin(fit);
    last = new Step(fit.step(), fit.dataLoss(), fit.penalty(), fit.learningRate());
    if (System.nanoTime() - lastWrite >= NANOS_BETWEEN_WRITES) {
      append();
    }
  }

  @Override
  public void ended(Fit fit) throws IOException {
    appendLast();
    append();
  }

  /** Ends the line before; in a round of local steps those before the last have lines as well. */
  private void begin(Fit fit) {
    if (begun != fit.step()) {
      appendLast();
      fit.roundBefore().forEach(this::appendLine);
      begun = fit.step();
    }
  }

  private void appendLast() {
    if (last != null) {
      appendLine(last);
      last = null;
    }
  }

  private void appendLine(Step step) {
    lines
        .append(step.number())
        .append(',')
        .append(step.loss())
        .append(',')
        .append(step.dataLoss())
        .append(',')
        .append(step.penalty())
        .append(',')
        .append(step.learningRate());
    for (String name : names) {
      Double value = measured.get(name);
      lines.append(',').append(value == null ? "" : value.toString());
    }
    lines.append('\n');
    measured.clear();
  }

  /** Unlike a channel, such a stream stays open when a thread that writes is interrupted. */
  private void append() throws IOException {
    try (OutputStream out = Files.newOutputStream(file, StandardOpenOption.APPEND)) {
      write(out);
    } catch (FileSystemException e) {
      throw e;
    } catch (IOException e) {
      // A full disk, which names no file.
      throw new IOException(file + ": " + e.getMessage(), e);
    }
    lastWrite = System.nanoTime();
  }

  private void write(OutputStream out) throws IOException {
    out.write(lines.toString().getBytes(StandardCharsets.UTF_8));
    lines.setLength(0);
  }

  /** For example {@code CsvHistory(history.csv)}. */
  @Override
  public String toString() {
    return "CsvHistory(" + file + ")";
  }
}
