package lamella.spark;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.Properties;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.jspecify.annotations.Nullable;

/**
 * The finished trials of a sweep, in a folder of any file system that Hadoop knows: a small file
 * {@code KEY.trial} for each, and the network of the best one, {@code KEY.safetensors}.
 *
 * <p>A file is written under another name and then renamed, so that it is there whole or not at
 * all. A trial's network is written before its file, and that of the best one before is deleted
 * after: whenever the driver is killed, the best finished trial has its network.
 */
final class TrialFolder {
  private static final String TRIAL = ".trial";
  private static final String NETWORK = ".safetensors";

  private final FileSystem files;
  private final Path folder;

  /**
   * Opens a folder, and makes it if it is not there.
   *
   * @throws IOException if it cannot be made
   */
  TrialFolder(String folder, Configuration configuration) throws IOException {
    Path path = new Path(folder);
    this.files = path.getFileSystem(configuration);
    this.folder = files.makeQualified(path);
    files.mkdirs(this.folder);
  }

  /**
   * {@return a finished trial, or null if it is not there}
   *
   * @param key of all that its result depends on
   * @param number its place among the settings now
   * @param params what it was told, in words
   * @throws IOException if its file cannot be read; names it
   */
  @Nullable Trial read(String key, int number, String params) throws IOException {
    Path file = new Path(folder, key + TRIAL);
    if (!files.exists(file)) {
      return null;
    }
    Properties saved = new Properties();
    saved.load(new StringReader(new String(SavedFiles.read(files, file), StandardCharsets.UTF_8)));
    try {
      return new Trial(
          number,
          params,
          Double.parseDouble(text(saved, "metric")),
          Integer.parseInt(text(saved, "bestEpoch")),
          Double.parseDouble(text(saved, "seconds")),
          text(saved, "fingerprint"),
          text(saved, "failure"),
          true);
    } catch (IllegalArgumentException e) {
      throw new IOException(
          file + ": is no trial of a sweep: " + e.getMessage() + "; delete it to run it again", e);
    }
  }

  private static String text(Properties saved, String name) {
    String value = saved.getProperty(name);
    if (value == null) {
      throw new IllegalArgumentException("it has no " + name);
    }
    return value;
  }

  /** Writes a finished trial down. */
  void write(String key, Trial trial) throws IOException {
    Properties saved = new Properties();
    saved.setProperty("params", trial.params());
    saved.setProperty("metric", Double.toString(trial.metric()));
    saved.setProperty("bestEpoch", Integer.toString(trial.bestEpoch()));
    saved.setProperty("seconds", Double.toString(trial.seconds()));
    saved.setProperty("fingerprint", trial.fingerprint());
    saved.setProperty("failure", trial.failure());
    StringWriter text = new StringWriter();
    saved.store(text, null);
    write(key + TRIAL, text.toString().getBytes(StandardCharsets.UTF_8));
  }

  /** Writes a trial's network down. */
  void writeNetwork(String key, byte[] network) throws IOException {
    write(key + NETWORK, network);
  }

  /** {@return a trial's network, or null if it is not there} */
  byte @Nullable [] readNetwork(String key) throws IOException {
    Path file = new Path(folder, key + NETWORK);
    return files.exists(file) ? SavedFiles.read(files, file) : null;
  }

  /** Deletes a trial's network, which another is better than. */
  void deleteNetwork(String key) throws IOException {
    files.delete(new Path(folder, key + NETWORK), false);
  }

  private void write(String name, byte[] bytes) throws IOException {
    Path file = new Path(folder, name);
    Path part = new Path(folder, "." + name + ".part");
    try (FSDataOutputStream out = files.create(part, true)) {
      out.write(bytes);
    }
    // Some file systems rename over a file that is there, and others do not.
    if (!files.rename(part, file)) {
      files.delete(file, false);
      if (!files.rename(part, file)) {
        throw new IOException(
            file + ": could not be written, as " + part + " could not be renamed to it");
      }
    }
  }

  @Override
  public String toString() {
    return folder.toString();
  }
}
