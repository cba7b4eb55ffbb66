package lamella.optim;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import lamella.core.io.AtomicFile;
import lamella.optim.History.Measurement;
import lamella.optim.History.Step;

/**
 * The history as a file that grows while it is made: {@code step,loss,data_loss,penalty,
 * learning_rate} and a column for whatever the trainer's evaluations measure, empty where they did
 * not.
 *
 * <p>Lines reach the file once a second, and at the end. The file is begun anew by each training;
 * one that is resumed begins with the steps before.
 */
public final class CsvHistory implements TrainingListener {
  private static final long NANOS_BETWEEN_WRITES = 1_000_000_000;

  private final Path file;
  private final StringBuilder lines = new StringBuilder();
  private final Map<String, Double> measured = new LinkedHashMap<>();
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
    lines.append("step,loss,data_loss,penalty,learning_rate");
    for (String name : fit.measurementNames()) {
      lines.append(',').append(name.replace(' ', '_'));
    }
    lines.append('\n');
    History before = fit.history();
    int next = 0;
    for (Step step : before.steps()) {
      for (; next < before.measurements().size(); next++) {
        Measurement measurement = before.measurements().get(next);
        if (measurement.step() > step.number()) {
          break;
        }
        measured.put(measurement.name(), measurement.value());
      }
      appendLine(
          fit, step.number(), step.loss(), step.dataLoss(), step.penalty(), step.learningRate());
    }
    byte[] bytes = lines.toString().getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(file, out -> out.write(bytes));
    lines.setLength(0);
    lastWrite = System.nanoTime();
  }

  @Override
  public void measured(Fit fit, String name, double value) {
    measured.put(name, value);
  }

  @Override
  public void afterStep(Fit fit) throws IOException {
    appendLine(fit, fit.step(), fit.loss(), fit.dataLoss(), fit.penalty(), fit.learningRate());
    if (System.nanoTime() - lastWrite >= NANOS_BETWEEN_WRITES) {
      write();
    }
  }

  @Override
  public void ended(Fit fit) throws IOException {
    write();
  }

  private void appendLine(
      Fit fit, long number, double loss, double dataLoss, double penalty, double learningRate) {
    lines
        .append(number)
        .append(',')
        .append(loss)
        .append(',')
        .append(dataLoss)
        .append(',')
        .append(penalty)
        .append(',')
        .append(learningRate);
    for (String name : fit.measurementNames()) {
      Double value = measured.get(name);
      lines.append(',').append(value == null ? "" : value.toString());
    }
    lines.append('\n');
    measured.clear();
  }

  private void write() throws IOException {
    try {
      Files.writeString(file, lines, StandardOpenOption.APPEND);
    } catch (FileSystemException e) {
      throw e;
    } catch (IOException e) {
      // A full disk, which names no file.
      throw new IOException(file + ": " + e.getMessage(), e);
    }
    lines.setLength(0);
    lastWrite = System.nanoTime();
  }
}
