package lamella.data.cifar;

import java.util.List;

/** Data that are taken for CIFAR-10's binary version, told by the names of their files. */
enum OtherData {
  PYTHON(
      "this is the Python version; Lamella reads the binary one (" + CifarFiles.ARCHIVE + ")",
      "data_batch_[1-5]|batches[.]meta|cifar-10-batches-py|cifar-10-python.*"),
  MATLAB(
      "this is the Matlab version; Lamella reads the binary one (" + CifarFiles.ARCHIVE + ")",
      "data_batch_[1-5][.]mat|cifar-10-batches-mat|cifar-10-matlab.*"),
  CIFAR_100(
      "this is CIFAR-100; Lamella reads CIFAR-10 (" + CifarFiles.ARCHIVE + ")",
      "(fine|coarse)_label_names[.]txt|cifar-100-.*|train[.]bin"),
  IDX("these are IDX files, such as MNIST's, which Idx.open reads", IdxFiles.BEGINNING + ".*"),
  UNFINISHED(
      "a download that has not ended (" + CifarFiles.ARCHIVE + ".part); fetch it again",
      "cifar-10-binary[.]tar[.]gz[.]part"),
  UNZIPPED(
      "an archive that was uncompressed; Lamella reads " + CifarFiles.ARCHIVE + " as it is",
      "cifar-10-binary.*[.]tar"),
  ONE_FILE(
      "one of the six files of the binary version; give the directory that has them",
      "data_batch_[1-5][.]bin|test_batch[.]bin");

  private final String hint;

  /** A regular expression. */
  private final String names;

  OtherData(String hint, String names) {
    this.hint = hint;
    this.names = names;
  }

  /** What files of these names are, and what to do; empty if nothing known. */
  static String hint(List<String> names) {
    for (OtherData data : values()) {
      if (names.stream().anyMatch(name -> name.matches(data.names))) {
        return data.hint;
      }
    }
    return "";
  }
}
