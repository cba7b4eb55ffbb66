package lamella.table;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import lamella.core.Network;
import lamella.core.io.ModelFile;
import lamella.optim.History;
import org.jspecify.annotations.Nullable;

/** A network with what it takes to predict the rows of a table. Safe to use from many threads. */
public final class TableModel {
  private TableModel() {}

  /** {@return what trains a model of classes} */
  public static TableTrainer classifier(String target) {
    throw new UnsupportedOperationException();
  }

  /** {@return what trains a model of numbers} */
  public static TableTrainer regressor(String target) {
    throw new UnsupportedOperationException();
  }

  /** {@return the model in a file} */
  public static TableModel read(Path file) throws IOException {
    throw new UnsupportedOperationException();
  }

  /** {@return the model in what was read; null if it is a network of another kind} */
  public static @Nullable TableModel of(ModelFile file) throws IOException {
    throw new UnsupportedOperationException();
  }

  /** Writes all that predicting needs. */
  public void write(Path file) throws IOException {
    throw new UnsupportedOperationException();
  }

  /** {@return what goes in and what comes out} */
  public TableSchema schema() {
    throw new UnsupportedOperationException();
  }

  /** {@return head layers and body in one, {@code [n, inputs] -> [n, outputs]}} */
  public Network network() {
    throw new UnsupportedOperationException();
  }

  /** {@return how the training went; null if the model was read from a file} */
  public @Nullable History history() {
    throw new UnsupportedOperationException();
  }

  /** {@return what it says of a row, by column names} */
  public TablePrediction predict(Map<String, ?> row) {
    throw new UnsupportedOperationException();
  }

  /** {@return what it says of a row, by the names of a record's components} */
  public TablePrediction predict(Record row) {
    throw new UnsupportedOperationException();
  }

  /** {@return what it says of every row of a table} */
  public List<TablePrediction> predict(Table table) {
    throw new UnsupportedOperationException();
  }

  /** {@return what it says of encoded rows, {@code [n, inputs]} one after the other} */
  public List<TablePrediction> predictEncoded(int n, float[] rows) {
    throw new UnsupportedOperationException();
  }

  /** {@return how good its predictions of a table's rows are} */
  public TableEvaluation evaluate(Table table) {
    throw new UnsupportedOperationException();
  }
}
