package lamella.spark;

import java.io.IOException;
import java.util.function.Function;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.ml.param.Params;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.DefaultParamsWriter;
import org.apache.spark.sql.SparkSession;

/**
 * Files of what is saved in the way of Spark ML, on any file system that Hadoop knows: parameters
 * as Spark's own stages have them, and bytes beside them.
 *
 * <p>The one class that uses what Spark ML keeps for itself: {@code DefaultParamsWriter} and {@code
 * DefaultParamsReader} are public for Java, and no API.
 */
final class SavedFiles {
  private SavedFiles() {}

  /** The bytes of a file. */
  static byte[] read(String path) throws IOException {
    Path file = new Path(path);
    return read(files(file), file);
  }

  /** The bytes of a file. */
  static byte[] read(FileSystem files, Path file) throws IOException {
    try (FSDataInputStream in = files.open(file)) {
      return in.readAllBytes();
    }
  }

  /** Writes a new file. */
  static void write(String path, byte[] bytes) throws IOException {
    Path file = new Path(path);
    try (FSDataOutputStream out = files(file).create(file, false)) {
      out.write(bytes);
    }
  }

  private static FileSystem files(Path path) throws IOException {
    Configuration configuration = SparkSession.active().sparkContext().hadoopConfiguration();
    return path.getFileSystem(configuration);
  }

  /** Writes class, uid and parameters. */
  static void saveMetadata(Params stage, String path, SparkSession session) {
    DefaultParamsWriter.saveMetadata(stage, path, session);
  }

  /** What {@link #saveMetadata} wrote, as a new object. */
  static <T extends Params> T loadMetadata(
      String path, SparkSession session, Class<T> type, Function<String, T> maker) {
    DefaultParamsReader.Metadata metadata =
        DefaultParamsReader.loadMetadata(path, session, type.getName());
    T stage = maker.apply(metadata.uid());
    metadata.getAndSetParams(stage, metadata.getAndSetParams$default$2());
    return stage;
  }
}
