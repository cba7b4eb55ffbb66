package lamella.data.cifar;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import lamella.core.io.AtomicFile;

/** Writes a set as CIFAR-10's files. */
final class CifarWriter {
  private static final List<String> NAMES =
      Stream.concat(CifarFiles.NAMES.stream(), Stream.of(CifarFiles.CLASS_NAMES_FILE)).toList();

  private CifarWriter() {}

  static void write(LabelledImages set, Path directory) throws IOException {
    if (!set.shape().equals(Cifar10.SHAPE)
        || set.train().classes() != Cifar10.CLASSES
        || set.train().size() != CifarFiles.TRAINING_FILES * set.test().size()) {
      throw new IllegalArgumentException(
          "Cifar10.write: images 32x32x3 of 10 classes, five training images for each test image,"
              + " expected, got "
              + set
              + " of "
              + set.train().classes()
              + " classes");
    }
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw new IOException("cannot make " + directory + ": " + Reason.of(e), e);
    }
    // All that is there first: where one file is another's, none is written.
    for (String name : NAMES) {
      Path target = directory.resolve(name);
      if (Files.exists(target) && !holds(target, contents(set, name))) {
        throw new FileAlreadyExistsException(
            target.toString(), null, "exists with other content and is not replaced");
      }
    }
    for (String name : NAMES) {
      Path target = directory.resolve(name);
      if (!Files.exists(target)) {
        write(target, contents(set, name));
      }
    }
  }

  private static byte[] contents(LabelledImages set, String name) {
    int file = CifarFiles.NAMES.indexOf(name);
    if (file < 0) {
      String names = String.join("\n", set.classNames()) + "\n";
      return names.getBytes(StandardCharsets.UTF_8);
    }
    int recordsPerFile = set.test().size();
    return records(
        file < CifarFiles.TRAINING_FILES
            ? set.train().slice(file * recordsPerFile, (file + 1) * recordsPerFile)
            : set.test());
  }

  private static byte[] records(ImageSet images) {
    byte[] bytes = new byte[images.size() * CifarFiles.RECORD_BYTES];
    byte[] pixels = images.array();
    Layout layout = images.layout();
    for (int i = 0; i < images.size(); i++) {
      int record = i * CifarFiles.RECORD_BYTES;
      bytes[record] = (byte) images.label(i);
      int start = images.start(i);
      for (int channel = 0; channel < 3; channel++) {
        for (int p = 0; p < Cifar10.PIXELS; p++) {
          bytes[record + 1 + Cifar10.SHAPE.offset(Layout.CHW, p, channel)] =
              pixels[start + Cifar10.SHAPE.offset(layout, p, channel)];
        }
      }
    }
    return bytes;
  }

  private static boolean holds(Path file, byte[] bytes) throws IOException {
    try {
      return Files.size(file) == bytes.length && Arrays.equals(Files.readAllBytes(file), bytes);
    } catch (IOException e) {
      throw cannotWrite(file, e);
    }
  }

  private static void write(Path target, byte[] bytes) throws IOException {
    try {
      AtomicFile.write(target, out -> out.write(bytes));
    } catch (IOException e) {
      throw cannotWrite(target, e);
    }
  }

  private static IOException cannotWrite(Path target, IOException e) {
    return new IOException("cannot write " + target + ": " + Reason.of(e), e);
  }
}
