package lamella.spark;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.spark.ml.param.Params;
import org.apache.spark.ml.util.MLReader;

/** Reads what {@link SavedModelWriter} writes. */
final class SavedModelReader<M extends Params> extends MLReader<M> {
  private final Class<M> type;
  private final Maker<M> maker;

  /** Makes a model of what was read. */
  interface Maker<M> {
    M of(String uid, SavedModel saved);
  }

  SavedModelReader(Class<M> type, Maker<M> maker) {
    this.type = type;
    this.maker = maker;
  }

  @Override
  public M load(String path) {
    String file = path + SavedModelWriter.FILE;
    return SavedFiles.loadMetadata(
        path,
        sparkSession(),
        type,
        uid -> {
          try {
            return maker.of(uid, SavedModel.read(file, SavedFiles.read(file)));
          } catch (IOException e) {
            throw new UncheckedIOException(file + " cannot be read", e);
          }
        });
  }
}
