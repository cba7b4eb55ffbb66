package lamella.data.cifar;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import lamella.core.io.AtomicFile;

/** Writes a set as CIFAR-10's files. */
final class CifarWriter {
  private CifarWriter() {}

  static void write(Cifar10 set, Path directory) throws IOException {
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw new IOException("cannot make " + directory + ": " + Reason.of(e), e);
    }
    int recordsPerFile = set.test().size();
    for (int file = 0; file < CifarFiles.NAMES.size(); file++) {
      ImageSet images =
          file < CifarFiles.TRAINING_FILES
              ? set.train().slice(file * recordsPerFile, (file + 1) * recordsPerFile)
              : set.test();
      writeAtomically(directory.resolve(CifarFiles.NAMES.get(file)), records(images));
    }
    String names = String.join("\n", set.classNames()) + "\n";
    writeAtomically(
        directory.resolve(CifarFiles.CLASS_NAMES_FILE), names.getBytes(StandardCharsets.UTF_8));
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
        for (int p = 0; p < ImageSet.PIXELS; p++) {
          bytes[record + 1 + Layout.CHW.offset(p, channel)] =
              pixels[start + layout.offset(p, channel)];
        }
      }
    }
    return bytes;
  }

  private static void writeAtomically(Path target, byte[] bytes) throws IOException {
    try {
      if (!Files.exists(target)) {
        AtomicFile.write(target, out -> out.write(bytes));
      } else if (Files.size(target) != bytes.length
          || !Arrays.equals(Files.readAllBytes(target), bytes)) {
        throw new FileAlreadyExistsException(
            target.toString(), null, "exists with other content and is not replaced");
      }
    } catch (FileAlreadyExistsException e) {
      throw e;
    } catch (IOException e) {
      throw new IOException("cannot write " + target + ": " + Reason.of(e), e);
    }
  }
}
