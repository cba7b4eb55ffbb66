package lamella.data.cifar;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;

/** Where in a place that somebody named the data are. */
final class CifarPlace {
  /** How much of a directory is looked at to say what it holds. */
  private static final int MAX_NAMES = 1000;

  private CifarPlace() {}

  /** Whether there is something to read, or something that may not be read and should be named. */
  static boolean hasData(Path place) {
    try {
      Path data = dataIn(place);
      return Files.isDirectory(data) ? hasFiles(data) : Files.isRegularFile(data);
    } catch (IOException e) {
      return true;
    }
  }

  /** The directory itself, or what it holds as the archive's folder, or the archive. */
  static Path dataIn(Path source) throws IOException {
    Path folder = source.resolve(CifarFiles.FOLDER);
    Path archive = source.resolve(CifarFiles.ARCHIVE);
    if (!Files.isDirectory(source) || hasFiles(source)) {
      return source;
    }
    if (hasFiles(folder)) {
      return folder;
    }
    return Files.isRegularFile(archive) ? archive : source;
  }

  private static boolean hasFiles(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      return false;
    }
    for (String name : CifarFiles.NAMES) {
      if (exists(directory.resolve(name))) {
        return true;
      }
    }
    return false;
  }

  /**
   * Whether there is something of this name.
   *
   * @throws AccessDeniedException if nobody may look; names the directory
   * @throws CifarFormatException if it is a link to nothing
   */
  static boolean exists(Path file) throws IOException {
    try {
      Files.readAttributes(file, BasicFileAttributes.class);
      return true;
    } catch (NoSuchFileException e) {
      if (Files.isSymbolicLink(file)) {
        throw new CifarFormatException(
            file + ": a link to " + Files.readSymbolicLink(file) + ", which is not there", e);
      }
      return false;
    } catch (AccessDeniedException e) {
      Path directory = file.toAbsolutePath().getParent();
      throw directory == null ? e : new AccessDeniedException(directory.toString());
    }
  }

  /** What a directory without the six files holds; empty if that is nothing known. */
  static String hint(Path directory) {
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        if (names.size() == MAX_NAMES) {
          break;
        }
        if (Files.isDirectory(file)
            && (hasFiles(file) || hasFiles(file.resolve(CifarFiles.FOLDER)))) {
          return "it is in " + file;
        }
        if (file.getFileName().toString().matches("cifar-10-binary.*[.](tar[.]gz|tgz)")) {
          return "give the archive itself, " + file;
        }
        names.add(file.getFileName().toString());
      }
    } catch (IOException e) {
      // The names that are missing are told all the same.
      return "";
    }
    names.removeAll(CifarFiles.NAMES);
    return OtherData.hint(names);
  }
}
