package lamella.spark;

import java.io.Serial;
import java.io.Serializable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import lamella.core.Fingerprint;
import lamella.core.Network;
import lamella.core.Predictor;
import lamella.core.io.ModelFile;
import org.apache.spark.ml.linalg.DenseVector;
import org.apache.spark.ml.linalg.Vector;
import org.jspecify.annotations.Nullable;
import scala.runtime.BoxedUnit;

/**
 * The network of a model as the bytes of its file, with what scores a row alone: opened where it is
 * needed first, and once for frames and for rows.
 */
final class SavedModel implements Serializable {
  @Serial private static final long serialVersionUID = 1;

  private final ScoredModel scored;
  private transient @Nullable Predictor predictor;

  private SavedModel(ScoredModel scored) {
    this.scored = scored;
  }

  /**
   * A network with what its file says beside it.
   *
   * @param metadata as {@link #metadata}
   */
  static SavedModel of(Network network, Map<String, String> metadata) {
    return read("model", new ModelFile(network, Map.of(), metadata).toBytes());
  }

  /**
   * The model in a file.
   *
   * @param file the whole file
   */
  static SavedModel read(String name, byte[] file) {
    return new SavedModel(ScoredModel.of(name, file));
  }

  /**
   * What a model's file says beside the network: the names of classes, and the schema of the plain
   * columns, with which it is the file of a table's model.
   *
   * @param classes in order; empty if nobody named them
   * @param schema as JSON; empty if the features are one column
   */
  static Map<String, String> metadata(List<String> classes, String schema) {
    Map<String, String> metadata = new HashMap<>();
    if (!schema.isEmpty()) {
      metadata.put(OpenModel.TABLE, schema);
    } else if (!classes.isEmpty() && classes.stream().noneMatch(name -> name.contains(","))) {
      metadata.put(OpenModel.CLASSES, String.join(",", classes));
    }
    return metadata;
  }

  /** What scores frames. */
  ScoredModel scored() {
    return scored;
  }

  byte[] file() {
    return scored.file();
  }

  /** The network; the same each time. */
  Network network() {
    return scored.open().network();
  }

  String fingerprint() {
    return Fingerprint.of(network().parameters());
  }

  private synchronized Predictor predictor() {
    Predictor known = predictor;
    if (known == null) {
      known = Predictor.of(network());
      predictor = known;
    }
    return known;
  }

  /**
   * What the network gives for one row.
   *
   * @throws IllegalArgumentException if it has another number of features
   */
  double[] outputs(Vector features) {
    Predictor own = predictor();
    int size = own.network().inputShape().size();
    if (features.size() != size) {
      throw new IllegalArgumentException(
          "the model expects " + size + " features, got a vector of " + features.size());
    }
    float[] row = new float[size];
    if (features instanceof DenseVector dense) {
      double[] values = dense.values();
      for (int i = 0; i < size; i++) {
        row[i] = (float) values[i];
      }
    } else {
      features.foreachActive((index, value) -> {
        row[(Integer) index] = (float) (double) (Double) value;
        return BoxedUnit.UNIT;
      });
    }
    float[] outputs = own.outputs(row);
    double[] numbers = new double[outputs.length];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = outputs[i];
    }
    return numbers;
  }
}
