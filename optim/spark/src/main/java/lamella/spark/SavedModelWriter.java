package lamella.spark;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.spark.ml.param.Params;
import org.apache.spark.ml.util.MLWriter;

/**
 * Writes a model to a directory: {@code metadata}, as all of Spark's, with the parameters, and
 * {@code model.safetensors}, which programs without Spark can read.
 */
final class SavedModelWriter extends MLWriter {
  static final String FILE = "/model.safetensors";

  private final Params model;
  private final Fitted fitted;

  SavedModelWriter(Params model, Fitted fitted) {
    this.model = model;
    this.fitted = fitted;
  }

  @Override
  public void saveImpl(String path) {
    if (!fitted.hasNetwork()) {
      throw new IllegalStateException(model.uid() + ": has no network that could be saved");
    }
    SavedFiles.saveMetadata(model, path, sparkSession());
    try {
      SavedFiles.write(path + FILE, fitted.saved().file());
    } catch (IOException e) {
      throw new UncheckedIOException(path + FILE + " cannot be written", e);
    }
  }
}
