package lamella.data.cifar;

import java.util.List;
import java.util.Map;

/** The names, sizes and checksums of CIFAR-10's binary version. */
final class CifarFiles {
  /** Its name, for people. */
  static final String TITLE = "CIFAR-10";

  /** Images in each of the six files. */
  static final int RECORDS = 10_000;

  /** A record: the label, then the red, green and blue plane. */
  static final int RECORD_BYTES = 1 + Cifar10.IMAGE_BYTES;

  static final int TRAINING_FILES = 5;

  /** The training files in order, then the test file. */
  static final List<String> NAMES =
      List.of(
          "data_batch_1.bin",
          "data_batch_2.bin",
          "data_batch_3.bin",
          "data_batch_4.bin",
          "data_batch_5.bin",
          "test_batch.bin");

  /** The class names, one a line. */
  static final String CLASS_NAMES_FILE = "batches.meta.txt";

  /** The official archive. */
  static final String ARCHIVE = "cifar-10-binary.tar.gz";

  /** The folder inside the official archive. */
  static final String FOLDER = "cifar-10-batches-bin";

  static final List<String> CLASS_NAMES =
      List.of(
          "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck");

  private static final Map<String, String> OFFICIAL_SHA256 =
      Map.of(
          "data_batch_1.bin", "cee916563c9f80d84e3cc88e17fdc0941787f1244f00a67874d45b261883ada5",
          "data_batch_2.bin", "a591ca11fa1708a91ee40f54b3da4784ccd871ecf2137de63f51ada8b3fa57ed",
          "data_batch_3.bin", "bbe8596564c0f86427f876058170b84dac6670ddf06d79402899d93ceea26f67",
          "data_batch_4.bin", "014e562d6e23c72197cc727519169a60359f5eccd8945ad5a09d710285ff4e48",
          "data_batch_5.bin", "755304fc0b379caeae8c14f0dac912fbc7d6cd469eb67a1029a08a39453a9add",
          "test_batch.bin", "8e2eb146ae340b09e24670f29cabc6326dba54da8789dab6768acf480273f65b");

  private CifarFiles() {}

  static LabelledImages.Checksum checksum(String file, String sha256) {
    return new LabelledImages.Checksum(file, sha256, sha256.equals(OFFICIAL_SHA256.get(file)));
  }
}
