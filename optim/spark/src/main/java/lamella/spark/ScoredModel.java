package lamella.spark;

import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import lamella.core.Network;
import lamella.core.io.FileFormatException;
import lamella.core.io.ModelFile;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.jspecify.annotations.Nullable;

/**
 * A model as the bytes of its file: what travels to executors, where all tasks of one JVM share
 * what it is opened into. Safe to share.
 */
final class ScoredModel implements Serializable {
  private static final long serialVersionUID = 1;

  /** Behind eight bytes with its length, a safetensors file has JSON. */
  private static final int HEADER = Long.BYTES;

  private final String name;
  private final byte[] file;

  private transient @Nullable OpenModel opened;

  /** Weakly: Spark keeps this model as long as somebody has the broadcast. */
  private transient @Nullable WeakReference<Broadcast<ScoredModel>> sent;

  private transient @Nullable String sentTo;

  private ScoredModel(String name, byte[] file) {
    this.name = name;
    this.file = file;
  }

  /**
   * The model in a file: a network's or a table's of Lamella, or an ONNX file.
   *
   * @param name for messages
   * @param file the whole file; not copied
   * @throws UncheckedIOException with a {@link FileFormatException} if it is damaged, or no model;
   *     says what was expected and found
   */
  static ScoredModel of(String name, byte[] file) {
    ScoredModel model = new ScoredModel(name, file);
    OpenModel ignored = model.open();
    return model;
  }

  /** A network of which nothing else is known. */
  static ScoredModel of(Network network) {
    return of("network", ModelFile.of(network).toBytes());
  }

  String name() {
    return name;
  }

  /** The file; not copied. */
  byte[] file() {
    return file;
  }

  boolean isOnnx() {
    return !isSafeTensors(file);
  }

  /** What the file says; the same for all who ask in this JVM. */
  synchronized OpenModel open() {
    OpenModel model = opened;
    if (model == null) {
      try {
        model = isSafeTensors(file) ? open(ModelFile.parse(name, file)) : openOnnx();
      } catch (IOException e) {
        throw new UncheckedIOException(e.getMessage(), e);
      }
      opened = model;
    }
    return model;
  }

  /** This model on all executors, which get it once however often it scores. */
  synchronized Broadcast<ScoredModel> sentTo(SparkContext context) {
    Broadcast<ScoredModel> known = sent == null ? null : sent.get();
    if (known == null || !context.applicationId().equals(sentTo)) {
      known = new JavaSparkContext(context).broadcast(this);
      sent = new WeakReference<>(known);
      sentTo = context.applicationId();
    }
    return known;
  }

  private OpenModel open(ModelFile read) throws FileFormatException {
    if (!read.metadata().containsKey(OpenModel.TABLE)) {
      return OpenNetwork.of(name, read);
    }
    requireClass("lamella.table.TableModel", "the model is of a table's columns", "lamella-table");
    return OpenTable.of(name, read);
  }

  private OpenModel openOnnx() throws IOException {
    requireClass("lamella.onnx.OnnxModel", "no file of Lamella's, but an ONNX one", "lamella-onnx");
    return OpenGraph.open(name, file);
  }

  private void requireClass(String className, String what, String jar) throws FileFormatException {
    try {
      Class.forName(className, false, ScoredModel.class.getClassLoader());
    } catch (ClassNotFoundException e) {
      FileFormatException missing =
          new FileFormatException(
              name, what + ", which needs " + jar + " on the class path (--jars)");
      missing.initCause(e);
      throw missing;
    }
  }

  private static boolean isSafeTensors(byte[] file) {
    if (file.length <= HEADER || file[HEADER] != '{') {
      return false;
    }
    long length = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getLong();
    return length >= 2 && length <= file.length - HEADER;
  }

  /** The file's name. */
  @Override
  public String toString() {
    return name;
  }
}
