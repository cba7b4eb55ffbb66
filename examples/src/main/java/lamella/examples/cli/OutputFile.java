package lamella.examples.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** A file that a command is to write. */
final class OutputFile {
  private OutputFile() {}

  /**
   * Checks that it is not there, or may be replaced.
   *
   * @param replace whether it may be
   * @param read the files that the command reads, and which may never be replaced, by what they are
   * @throws IOException if it is there; says what to do
   */
  static void requireFree(Path file, boolean replace, Map<String, Path> read) throws IOException {
    if (!Files.exists(file) || Files.isDirectory(file)) {
      return; // a directory is an error of whoever writes
    }
    for (Map.Entry<String, Path> source : read.entrySet()) {
      if (Files.exists(source.getValue()) && Files.isSameFile(file, source.getValue())) {
        throw new IOException(file + ": is " + source.getKey() + " itself; name another file");
      }
    }
    if (!replace) {
      throw new IOException(file + ": is there already; name another file, or --replace it");
    }
  }
}
