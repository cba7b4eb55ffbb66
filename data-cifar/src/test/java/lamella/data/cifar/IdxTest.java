package lamella.data.cifar;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import lamella.core.io.FileFormatException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** IDX files that are written here byte by byte. */
class IdxTest {
  @TempDir private Path directory;

  private Path trainImages;
  private Path trainLabels;
  private Path testImages;
  private Path testLabels;

  /** An IDX file of unsigned bytes: 0, 1, 2, ... from a first one on. */
  static byte[] idx(int first, int... dimensions) {
    int size = Arrays.stream(dimensions).reduce(1, (a, b) -> a * b);
    ByteBuffer file = ByteBuffer.allocate(4 + 4 * dimensions.length + size);
    file.put(new byte[] {0, 0, 8, (byte) dimensions.length});
    for (int dimension : dimensions) {
      file.putInt(dimension);
    }
    for (int i = 0; i < size; i++) {
      file.put((byte) (first + i));
    }
    return file.array();
  }

  static byte[] labels(int... labels) {
    byte[] file = idx(0, labels.length);
    for (int i = 0; i < labels.length; i++) {
      file[8 + i] = (byte) labels[i];
    }
    return file;
  }

  static byte[] gzip(byte[] content) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      out.write(content);
    }
    return bytes.toByteArray();
  }

  /** Three training and two test images of two rows and three columns, of classes 0 to 2. */
  private void write(String prefix, String test, char joint, String suffix) throws IOException {
    trainImages = directory.resolve(prefix + "train-images" + joint + "idx3-ubyte" + suffix);
    trainLabels = directory.resolve(prefix + "train-labels" + joint + "idx1-ubyte" + suffix);
    testImages = directory.resolve(prefix + test + "-images" + joint + "idx3-ubyte" + suffix);
    testLabels = directory.resolve(prefix + test + "-labels" + joint + "idx1-ubyte" + suffix);
    boolean zipped = suffix.endsWith(".gz");
    put(trainImages, idx(100, 3, 2, 3), zipped);
    put(trainLabels, labels(1, 2, 0), zipped);
    put(testImages, idx(250, 2, 2, 3), zipped);
    put(testLabels, labels(2, 0), zipped);
  }

  private void write() throws IOException {
    write("", "t10k", '-', "");
  }

  private static void put(Path file, byte[] content, boolean zipped) throws IOException {
    Files.write(file, zipped ? gzip(content) : content);
  }

  private void requireAll(LabelledImages images) {
    assertEquals(new ImageShape(2, 3, 1), images.shape());
    assertArrayEquals(new int[] {1, 2, 0}, images.train().labels());
    assertArrayEquals(new int[] {2, 0}, images.test().labels());
    assertArrayEquals(new byte[] {106, 107, 108, 109, 110, 111}, images.train().pixels(1));
    assertArrayEquals(new byte[] {-6, -5, -4, -3, -2, -1}, images.test().pixels(0));
    assertArrayEquals(new byte[] {0, 1, 2, 3, 4, 5}, images.test().pixels(1));
    assertEquals(List.of("0", "1", "2"), images.classNames());
    assertEquals("IDX files", images.title());
    assertEquals(trainImages.getFileName().toString(), images.checksums().getFirst().file());
    assertFalse(images.isOfficial());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ",t10k,-,",
        ",t10k,-,.gz",
        ",t10k,.,",
        "emnist-digits-,test,-,.gz",
        "x-,t10k,.,.gz"
      })
  void readsADirectoryAndOneOfItsFiles(String form) throws IOException {
    String[] parts = form.split(",", -1);
    write(parts[0], parts[1], parts[2].charAt(0), parts[3]);
    Files.writeString(directory.resolve("README.md"), "of these images");
    Files.createDirectory(directory.resolve("train-images-idx9-ubyte"));
    LabelledImages images = Idx.open(directory, Layout.HWC);
    requireAll(images);
    assertEquals(directory.toString(), images.source());
    requireAll(LabelledImages.open(directory, Layout.CHW));
    for (Path file : List.of(trainImages, trainLabels, testImages, testLabels)) {
      assertTrue(Idx.isAt(file));
      requireAll(Idx.open(file, Layout.HWC));
    }
    requireAll(LabelledImages.open(testLabels, Layout.HWC));
  }

  @Test
  void ofTwoFormsOfAFileThatWhichIsNotCompressedIsRead() throws IOException {
    write();
    Files.writeString(directory.resolve("train-images-idx3-ubyte.gz"), "damaged");
    requireAll(Idx.open(directory, Layout.HWC));
  }

  @Test
  void aCompressedFileIsToldByItsContent() throws IOException {
    write();
    Files.write(trainImages, gzip(Files.readAllBytes(trainImages)));
    requireAll(Idx.open(directory, Layout.HWC));
  }

  @Test
  void imagesInColoursHaveTheirChannelsLastOrFirst() throws IOException {
    write();
    Path train = directory.resolve("train-images-idx4-ubyte");
    Files.delete(trainImages);
    Files.write(testImages, idx(0, 2, 2, 4, 3)); // four dimensions, whatever the name says
    for (int[] dimensions : List.of(new int[] {3, 2, 4, 3}, new int[] {3, 3, 2, 4})) {
      Files.write(train, idx(0, dimensions));
      Files.write(testImages, idx(0, 2, dimensions[1], dimensions[2], dimensions[3]));
      boolean last = dimensions[3] == 3;
      ImageShape shape = new ImageShape(2, 4, 3);
      for (Layout layout : Layout.values()) {
        LabelledImages images = Idx.open(directory, layout);
        assertEquals(shape, images.shape());
        byte[] pixels = images.train().pixels(1);
        for (int row = 0; row < 2; row++) {
          for (int column = 0; column < 4; column++) {
            for (int channel = 0; channel < 3; channel++) {
              int place = last ? 12 * row + 3 * column + channel : 8 * channel + 4 * row + column;
              assertEquals(24 + place, pixels[shape.offset(layout, row, column, channel)]);
            }
          }
        }
      }
    }
    Files.write(train, idx(0, 3, 2, 4, 1));
    Files.write(testImages, idx(0, 2, 1, 2, 4));
    assertEquals(new ImageShape(2, 4, 1), Idx.open(directory, Layout.CHW).shape());
  }

  @Test
  void cifarAndIdxAreToldApart() throws IOException {
    assertFalse(Idx.isAt(directory));
    Records.write(directory, Records.files(1, Records.PER_FILE));
    assertFalse(Idx.isAt(directory));
    write();
    assertTrue(Idx.isAt(directory));
    // Files of both: the six of CIFAR-10 come first, here with too few records each.
    assertThrows(CifarFormatException.class, () -> LabelledImages.open(directory, Layout.HWC));
    assertTrue(
        assertThrows(CifarFormatException.class, () -> Cifar10.open(directory, Layout.HWC))
            .getMessage()
            .contains(" bytes expected, "));
  }

  // What is wrong.

  private void requireError(String expected) {
    assertEquals(
        expected,
        assertThrows(FileFormatException.class, () -> Idx.open(directory, Layout.HWC))
            .getMessage());
  }

  @Test
  void whatIsMissingIsNamed() throws IOException {
    write();
    Files.delete(testLabels);
    Files.delete(trainImages);
    requireError(
        directory
            + ": no images here: train-images-idx3-ubyte, t10k-labels-idx1-ubyte missing in "
            + directory
            + " (as they are, or with .gz)");
    assertThrows(NoSuchFileException.class, () -> Idx.open(directory.resolve("none"), Layout.HWC));
    assertThrows(NoSuchFileException.class, () -> LabelledImages.open(trainImages, Layout.HWC));
    Path other = Files.writeString(directory.resolve("images.bin"), "x");
    assertEquals(
        other
            + ": a name such as train-images-idx3-ubyte.gz expected, by which the other files are"
            + " found",
        assertThrows(FileFormatException.class, () -> Idx.open(other, Layout.HWC)).getMessage());
  }

  @Test
  void filesOfSeveralSetsNeedAName() throws IOException {
    write("a-", "t10k", '-', "");
    write("b-", "t10k", '-', ".gz");
    requireError(
        directory
            + ": files of one set expected, of 2 found; name one of the files, such as "
            + directory.resolve("a-t10k-images-idx3-ubyte"));
    requireAll(Idx.open(trainLabels, Layout.HWC));
  }

  @Test
  void anotherBeginningIsRefused() throws IOException {
    write();
    Files.write(trainImages, "P5 28 28 255 ....".getBytes(StandardCharsets.US_ASCII));
    requireError(trainImages + ": no IDX file: it begins with 50 35 20 32, not with 00 00 08");
    byte[] floats = idx(0, 3, 2, 3);
    floats[2] = 0x0d;
    Files.write(trainImages, floats);
    requireError(trainImages + ": numbers of type 08 expected, unsigned bytes, found type 0d");
    Files.write(trainImages, labels(1, 2, 3));
    requireError(
        trainImages
            + ": images, which have 3 dimensions, or 4 with channels, expected, found 1 dimension");
    write();
    Files.write(trainLabels, idx(0, 3, 2, 3));
    requireError(trainLabels + ": labels, which have 1 dimension, expected, found 3 dimensions");
  }

  @Test
  void dimensionsOfNothingOrOfTooMuchAreRefused() throws IOException {
    write();
    Files.write(trainImages, idx(0, 3, 0, 3));
    requireError(trainImages + ": dimensions of at least 1 expected, found 3 x 0 x 3");
    byte[] file = idx(0, 3, 2, 3);
    Files.write(trainImages, ByteBuffer.wrap(file).putInt(4, -1).array());
    requireError(trainImages + ": dimensions of at least 1 expected, found 4294967295 x 2 x 3");
    Files.write(trainImages, ByteBuffer.wrap(file).putInt(4, 3).putInt(8, 1 << 30).array());
    requireError(
        trainImages
            + ": ImageShape: an image of at most 16777216 numbers expected, got 1073741824x3x1");
    Files.write(trainImages, idx(0, 3, 2, 2, 2));
    requireError(
        trainImages
            + ": ImageShape: at least one row and one column, and 1 or 3 channels expected, got"
            + " 2x2x2");
  }

  /**
   * A header of a few bytes asks for 6 GB: refused by what the file has, before memory is taken.
   */
  @Test
  void aHeaderThatAsksForMoreThanThereIsIsRefused() throws IOException {
    write();
    byte[] file = ByteBuffer.wrap(idx(0, 3, 2, 3)).putInt(4, 1_000_000_000).array();
    Files.write(trainImages, file);
    requireError(
        trainImages
            + ": 6000000016 bytes expected for 1000000000 images 2x3x1, 34 found (truncated"
            + " download?)");
    byte[] zipped = gzip(file);
    Files.write(trainImages, zipped);
    requireError(
        trainImages
            + ": 6000000000 bytes expected for 1000000000 images 2x3x1, more than "
            + zipped.length
            + " compressed bytes can hold (truncated download?)");
  }

  @Test
  void aFileThatIsCutOffOrGoesOnIsRefused() throws IOException {
    write();
    byte[] file = Files.readAllBytes(trainImages);
    Files.write(trainImages, Arrays.copyOf(file, file.length - 1));
    requireError(
        trainImages + ": 34 bytes expected for 3 images 2x3x1, 33 found (truncated download?)");
    Files.write(trainImages, Arrays.copyOf(file, 7));
    requireError(trainImages + ": ends too early (truncated download?)");
    Files.write(trainImages, new byte[0]);
    requireError(trainImages + ": ends too early (truncated download?)");
    Files.write(trainImages, Arrays.copyOf(file, file.length + 1));
    requireError(trainImages + ": 34 bytes expected for 3 images 2x3x1, 35 found");
    byte[] zipped = gzip(file);
    Files.write(trainImages, Arrays.copyOf(zipped, zipped.length - 9));
    requireError(trainImages + ": ends too early (truncated download?)");
    Files.write(trainImages, gzip(Arrays.copyOf(file, file.length - 1)));
    requireError(trainImages + ": ends too early (truncated download?)");
    Files.write(trainImages, gzip(Arrays.copyOf(file, file.length + 1)));
    requireError(trainImages + ": goes on behind its 3 images 2x3x1");
    zipped[zipped.length - 5] ^= 1;
    Files.write(trainImages, zipped);
    requireError(trainImages + ": cannot be read: Corrupt GZIP trailer");
  }

  @Test
  void filesThatDoNotGoTogetherAreRefused() throws IOException {
    write();
    Files.write(trainLabels, labels(1, 2));
    requireError(
        trainLabels + ": 3 labels expected, one for each image of " + trainImages + ", found 2");
    Files.write(trainLabels, labels(1, 1, 0));
    requireError(testLabels + ": label 2 is too large: the largest of the training images' is 1");
    write();
    Files.write(testImages, idx(0, 2, 3, 2));
    requireError(testImages + ": images 2x3x1 expected as in " + trainImages + ", found 3x2x1");
  }

  @Test
  void labelsGoUpTo255() throws IOException {
    write();
    Files.write(trainLabels, labels(255, 128, 0));
    LabelledImages images = Idx.open(directory, Layout.HWC);
    assertEquals(256, images.classNames().size());
    assertArrayEquals(new int[] {255, 128, 0}, images.train().labels());
  }

  /** The published files, where Debian's package or the variable FASHION_MNIST_HOME has them. */
  @Test
  void fashionMnistIsKnown() throws IOException {
    Path place =
        Stream.of(
                System.getenv().getOrDefault("FASHION_MNIST_HOME", ""),
                "/usr/share/datasets/fashion-mnist")
            .filter(text -> !text.isEmpty())
            .map(Path::of)
            .filter(Files::isDirectory)
            .findFirst()
            .orElse(null);
    assumeTrue(place != null, "needs Fashion-MNIST");
    LabelledImages images = LabelledImages.open(place, Layout.HWC);
    assertEquals(
        "LabelledImages(60000 training and 10000 test images, 28x28x1, HWC)", images.toString());
    assertTrue(images.isOfficial());
    assertEquals("Fashion-MNIST", images.title());
    assertEquals("Ankle boot", images.classNames().get(images.train().label(0)));
    int[] first = {9, 0, 0, 3, 0, 2, 7, 2, 5, 5};
    assertArrayEquals(first, images.train().slice(0, 10).labels());
    Standardisation standardisation = Standardisation.of(images.train());
    assertEquals(0.286041, standardisation.means()[0] / 255, 5e-7);
    assertEquals(0.353024, standardisation.deviations()[0] / 255, 5e-7);
  }
}
