package lamella.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import lamella.data.cifar.ImageShape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class ImageFileTest {
  @TempDir Path directory;

  private static BufferedImage random(int width, int height, long seed) {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Random random = new Random(seed);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        image.setRGB(x, y, random.nextInt());
      }
    }
    return image;
  }

  private Path png(BufferedImage image) throws IOException {
    Path file = directory.resolve("image.png");
    assertTrue(ImageIO.write(image, "png", file.toFile()));
    return file;
  }

  private static int pixel(byte[] pixels, int x, int y) {
    int at = 3 * (32 * y + x);
    return (pixels[at] & 0xff) << 16 | (pixels[at + 1] & 0xff) << 8 | (pixels[at + 2] & 0xff);
  }

  @Test
  void anImageOf32By32KeepsItsPixelsRowByRowRedFirst() throws IOException {
    BufferedImage image = random(32, 32, 1);
    byte[] pixels = ImageFile.read(png(image), ImageShape.CIFAR10);
    assertEquals(3072, pixels.length);
    for (int y = 0; y < 32; y++) {
      for (int x = 0; x < 32; x++) {
        assertEquals(image.getRGB(x, y) & 0xffffff, pixel(pixels, x, y));
      }
    }
  }

  @Test
  void greyFilesKeepTheirLevels() throws IOException {
    BufferedImage image = new BufferedImage(32, 32, BufferedImage.TYPE_BYTE_GRAY);
    for (int i = 0; i < 1024; i++) {
      image.getRaster().setSample(i % 32, i / 32, 0, i % 256);
    }
    byte[] pixels = ImageFile.read(png(image), ImageShape.CIFAR10);
    for (int i = 0; i < 1024; i++) {
      assertEquals(0x010101 * (i % 256), pixel(pixels, i % 32, i / 32));
    }
  }

  @Test
  void sixteenBitGreyFilesAreRoundedToEight() throws IOException {
    BufferedImage image = new BufferedImage(32, 32, BufferedImage.TYPE_USHORT_GRAY);
    for (int i = 0; i < 1024; i++) {
      image.getRaster().setSample(i % 32, i / 32, 0, 64 * i);
    }
    byte[] pixels = ImageFile.read(png(image), ImageShape.CIFAR10);
    for (int i = 0; i < 1024; i++) {
      assertEquals(0x010101 * Math.round(64 * i * 255 / 65535.0f), pixel(pixels, i % 32, i / 32));
    }
  }

  @Test
  void transparentPixelsAreLaidOnWhite() throws IOException {
    BufferedImage image = new BufferedImage(32, 32, BufferedImage.TYPE_INT_ARGB);
    image.setRGB(1, 0, 0xff204060);
    image.setRGB(2, 0, 0x80000000);
    byte[] pixels = ImageFile.read(png(image), ImageShape.CIFAR10);
    assertEquals(0xffffff, pixel(pixels, 0, 0));
    assertEquals(0x204060, pixel(pixels, 1, 0));
    assertEquals(0x7f7f7f, pixel(pixels, 2, 0));
  }

  @Test
  void jpegFilesAreReadToo() throws IOException {
    BufferedImage image = new BufferedImage(50, 40, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < 40; y++) {
      for (int x = 0; x < 50; x++) {
        image.setRGB(x, y, 0xc86432);
      }
    }
    Path file = directory.resolve("image.jpg");
    assertTrue(ImageIO.write(image, "jpg", file.toFile()));
    byte[] pixels = ImageFile.read(file, ImageShape.CIFAR10);
    assertEquals(200, pixels[0] & 0xff, 3);
    assertEquals(100, pixels[1] & 0xff, 3);
    assertEquals(50, pixels[2] & 0xff, 3);
  }

  // Files that are no images.

  private String failure(String name, byte[] content) throws IOException {
    Path file = directory.resolve(name);
    Files.write(file, content);
    String message =
        assertThrows(IOException.class, () -> ImageFile.read(file, ImageShape.CIFAR10))
            .getMessage();
    assertTrue(message.startsWith(file + ": "), message);
    assertEquals(1, message.lines().count(), message);
    return message;
  }

  @Test
  void whatIsNoImageIsRefusedByName() throws IOException {
    assertTrue(failure("a.png", new byte[0]).endsWith("no PNG or JPEG image"));
    assertTrue(
        failure("b.png", "no picture".getBytes(StandardCharsets.UTF_8))
            .endsWith("no PNG or JPEG image"));
    Path directoryNotFile = directory;
    assertTrue(
        assertThrows(IOException.class, () -> ImageFile.read(directoryNotFile, ImageShape.CIFAR10))
            .getMessage()
            .endsWith("not a file"));
    assertThrows(
        NoSuchFileException.class,
        () -> ImageFile.read(directory.resolve("c.png"), ImageShape.CIFAR10));
  }

  @Test
  void aPngFileCutAnywhereIsRefused() throws IOException {
    byte[] whole = Files.readAllBytes(png(random(40, 40, 2)));
    for (int length = 0; length < whole.length - 50; length += 97) {
      failure("cut.png", Arrays.copyOf(whole, length));
    }
  }

  @Test
  void aSizeBeyondAllPhotographsIsRefusedBeforeMemoryIsTaken() throws IOException {
    ByteArrayOutputStream header = new ByteArrayOutputStream();
    DataOutputStream data = new DataOutputStream(header);
    data.writeBytes("IHDR");
    data.writeInt(100_000);
    data.writeInt(100_000);
    data.write(new byte[] {8, 2, 0, 0, 0});
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(png);
    out.write(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'});
    out.writeInt(13);
    out.write(header.toByteArray());
    CRC32 crc = new CRC32();
    crc.update(header.toByteArray());
    out.writeInt((int) crc.getValue());
    assertTrue(
        failure("bomb.png", png.toByteArray()).endsWith("100000 x 100000 pixels are too many"));
  }

  // Memory and rights.

  @Test
  void aLackOfMemoryIsToldAsSuch() throws IOException, InterruptedException {
    // JPEG needs all of its samples at once: 75 MB.
    BufferedImage image = new BufferedImage(5000, 5000, BufferedImage.TYPE_BYTE_GRAY);
    BufferedImage colours = new BufferedImage(5000, 5000, BufferedImage.TYPE_3BYTE_BGR);
    assertTrue(ImageIO.write(image, "png", directory.resolve("big.png").toFile()));
    assertTrue(ImageIO.write(colours, "jpg", directory.resolve("big.jpg").toFile()));
    String out =
        Jdk.run(directory, "", "java", "-Xmx40m", "-cp", Jdk.classPath(), Reader.class.getName());
    assertEquals("3072\nbig.jpg: not enough memory (Java heap space) true\n", out);
  }

  /** Reads big.png and big.jpg. */
  static final class Reader {
    private Reader() {}

    public static void main(String[] args) throws IOException {
      System.out.println(ImageFile.read(Path.of("big.png"), ImageShape.CIFAR10).length);
      IOException e =
          assertThrows(
              IOException.class, () -> ImageFile.read(Path.of("big.jpg"), ImageShape.CIFAR10));
      System.out.println(e.getMessage() + " " + (e.getCause() instanceof OutOfMemoryError));
    }
  }

  @Test
  @DisabledOnOs(OS.WINDOWS) // has no such permissions
  void whatMayNotBeReadIsNotMissing() throws IOException {
    Path folder = Files.createDirectory(directory.resolve("closed"));
    Path file = Files.write(folder.resolve("a.png"), new byte[1]);
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("---------"));
    try {
      assumeFalse(Files.exists(file), "the superuser may enter every folder");
      assertEquals(
          file + ": permission denied",
          assertThrows(IOException.class, () -> ImageFile.read(file, ImageShape.CIFAR10))
              .getMessage());
    } finally {
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
    }
  }

  @Test
  void aFileBeyondAllPhotographsIsNotRead() throws IOException {
    Path file = directory.resolve("huge.png");
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(new byte[1]), 1L << 29);
    }
    assertEquals(
        file + ": at most 536870912 bytes expected, 536870913 found",
        assertThrows(IOException.class, () -> ImageFile.read(file, ImageShape.CIFAR10))
            .getMessage());
  }
}
