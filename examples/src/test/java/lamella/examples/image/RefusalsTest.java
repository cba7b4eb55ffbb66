package lamella.examples.image;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import javax.imageio.ImageIO;
import lamella.data.cifar.ImageShape;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is no whole picture is refused with a reason. */
class RefusalsTest {
  private static String refusal(byte[] file) {
    String message =
        assertThrows(IOException.class, () -> Picture.read(file, ImageShape.CIFAR10)).getMessage();
    assertEquals(1, message.lines().count(), message);
    assertFalse(message.isBlank());
    return message;
  }

  private static BufferedImage noise(int type) {
    BufferedImage image = new BufferedImage(33, 31, type);
    Random random = new Random(1);
    for (int i = 0; i < 33 * 31; i++) {
      image.setRGB(i % 33, i / 33, random.nextInt() | 0xff << 24);
    }
    return image;
  }

  private static byte[] written(BufferedImage image, String format) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    assertTrue(ImageIO.write(image, format, out));
    return out.toByteArray();
  }

  private static Map<String, byte[]> files() throws IOException {
    Map<String, byte[]> files = new LinkedHashMap<>();
    BufferedImage rgb = noise(BufferedImage.TYPE_INT_RGB);
    files.put("JPEG", PictureTest.jdkJpeg(rgb, false));
    files.put("progressive JPEG", PictureTest.jdkJpeg(rgb, true));
    files.put("grey JPEG", PictureTest.jdkJpeg(noise(BufferedImage.TYPE_BYTE_GRAY), false));
    files.put("PNG", written(rgb, "png"));
    files.put("GIF", written(noise(BufferedImage.TYPE_BYTE_INDEXED), "gif"));
    files.put("BMP", written(rgb, "bmp"));
    files.put("palette BMP", written(noise(BufferedImage.TYPE_BYTE_INDEXED), "bmp"));
    return files;
  }

  @Test
  void aFileCutAnywhereIsRefused() throws IOException {
    for (Map.Entry<String, byte[]> file : files().entrySet()) {
      byte[] whole = file.getValue();
      byte[] pixels = Picture.read(whole, ImageShape.CIFAR10);
      for (int length = 0; length < whole.length; length += length < 100 ? 1 : 23) {
        byte[] cut = Arrays.copyOf(whole, length);
        // In GIF and BMP only bytes after the last pixel may be missing.
        if (length > whole.length - 5 && file.getKey().matches(".*(GIF|BMP)")) {
          assertArrayEquals(pixels, Picture.read(cut, ImageShape.CIFAR10));
        } else if (length >= 4) {
          String message = refusal(cut);
          assertTrue(message.startsWith("cut off?"), file.getKey() + " " + length + ": " + message);
        } else {
          refusal(cut);
        }
      }
    }
  }

  @Test
  void aJpegWhoseEndWasPutBehindACutIsRefused() throws IOException {
    for (Map.Entry<String, byte[]> file : files().entrySet()) {
      byte[] whole = file.getValue();
      if (!file.getKey().endsWith("JPEG")) {
        continue;
      }
      for (int length = whole.length / 5; length < whole.length - 20; length += 31) {
        byte[] cut = Arrays.copyOf(whole, length + 2);
        cut[length] = (byte) 0xff;
        cut[length + 1] = (byte) 0xd9;
        String message = refusal(cut);
        assertTrue(
            message.startsWith("cut off?") || message.contains("JPEG"),
            file.getKey() + " " + length + ": " + message);
      }
    }
  }

  @Test
  void aFlippedBitOfAPngIsFound() throws IOException {
    byte[] whole = files().get("PNG");
    Random random = new Random(2);
    for (int i = 0; i < 500; i++) {
      byte[] damaged = whole.clone();
      damaged[random.nextInt(whole.length)] ^= (byte) (1 << random.nextInt(8));
      refusal(damaged);
    }
  }

  /** Whatever is done to a file: a picture or a reason, no other exception. */
  @Test
  void damagedFilesAreReadOrRefused() throws IOException {
    Random random = new Random(3);
    for (byte[] whole : files().values()) {
      for (int i = 0; i < 300; i++) {
        byte[] damaged = whole.clone();
        for (int k = 0; k < 3; k++) {
          damaged[random.nextInt(Math.min(400, whole.length))] = (byte) random.nextInt();
        }
        try {
          assertEquals(3072, Picture.read(damaged, ImageShape.CIFAR10).length);
        } catch (IOException e) {
          assertFalse(String.valueOf(e.getMessage()).isBlank());
        }
      }
    }
  }

  private static PngFile header(int width, int height, int depth, int type) {
    return new PngFile().header(width, height, depth, type, false);
  }

  @ParameterizedTest
  @CsvSource({
    "100000, 100000, 8, 2, 100000 x 100000 pixels are too many",
    "1, 99999999, 8, 0, 1 x 99999999 pixels: a side may have at most 65535",
    "99999999, 1, 8, 6, 99999999 x 1 pixels: a side may have at most 65535",
    "10000, 10000, 16, 6, 10000 x 10000 pixels of 8 bytes are too many",
    "0, 5, 8, 0, a picture of 0 x 5 pixels",
    "-1, 5, 8, 0, 4294967295 x 5 pixels are too many",
    "-1, -1, 8, 0, 4294967295 x 4294967295 pixels are too many"
  })
  void sizesBeyondAllPhotographsAreRefusedAtOnce(
      int width, int height, int depth, int type, String reason) {
    byte[] file = header(width, height, depth, type).chunk("IDAT", new byte[10]).end();
    assertEquals(reason, Assertions.assertTimeout(Duration.ofSeconds(1), () -> refusal(file)));
  }

  @Test
  void whatAPngMustHaveIsNamed() {
    byte[] pixel = {0};
    assertEquals(
        "damaged PNG (chunk tIME before IHDR)",
        refusal(new PngFile().chunk("tIME", pixel).bytes()));
    assertEquals("damaged PNG (no pixels)", refusal(header(32, 32, 8, PngFile.GREY).end()));
    assertEquals("damaged PNG (chunk IHDR)", refusal(header(32, 32, 3, PngFile.GREY).end()));
    assertEquals(
        "no ordinary PNG (chunk ABCD)",
        refusal(header(32, 32, 8, PngFile.GREY).chunk("ABCD", pixel).end()));
    assertEquals(
        "damaged PNG (chunk PLTE)",
        refusal(
            header(2, 2, 8, PngFile.PALETTE)
                .pixels(2, 2, 8, false, (x, y) -> new int[] {0})
                .end()));
    assertEquals(
        "damaged PNG (colour 2 of a palette of 2)",
        refusal(
            header(2, 2, 8, PngFile.PALETTE)
                .chunk("PLTE", new byte[6])
                .pixels(2, 2, 8, false, (x, y) -> new int[] {x + 2 * y})
                .end()));
    assertEquals(
        "damaged PNG (chunk tRNS)",
        refusal(header(2, 2, 8, PngFile.GREY).chunk("tRNS", new byte[6]).end()));
    assertEquals(
        "cut off? The PNG file has fewer pixels than it says",
        refusal(
            header(2, 3, 8, PngFile.GREY).pixels(2, 2, 8, false, (x, y) -> new int[] {0}).end()));
    assertEquals(
        "damaged PNG (pixels)",
        refusal(header(2, 2, 8, PngFile.GREY).chunk("IDAT", new byte[] {1, 2, 3}).end()));
  }

  private static byte[] bytes(String text) {
    return Arrays.copyOf(text.getBytes(ISO_8859_1), text.length() + 60);
  }

  @Test
  void otherKindsOfFilesAreNamed() {
    assertEquals("an empty file, no PNG or JPEG image", refusal(new byte[0]));
    assertEquals("no PNG or JPEG image", refusal(bytes("no picture")));
    assertEquals("a TIFF image; convert it to PNG or JPEG", refusal(bytes("II*\0\10\0\0\0")));
    assertEquals("a TIFF image; convert it to PNG or JPEG", refusal(bytes("MM\0*\0\0\0\10")));
    assertEquals("a WebP image; convert it to PNG or JPEG", refusal(bytes("RIFF\1\2\3\0WEBPVP8 ")));
    assertEquals("a HEIC image; convert it to PNG or JPEG", refusal(bytes("\0\0\0\30ftypheic")));
    assertEquals("an AVIF image; convert it to PNG or JPEG", refusal(bytes("\0\0\0\40ftypavif")));
    assertEquals("a Photoshop image; convert it to PNG or JPEG", refusal(bytes("8BPS\0\1")));
    assertEquals(
        "a Git LFS pointer; run git lfs pull",
        refusal(bytes("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n")));
    assertEquals("a web page, no PNG or JPEG image", refusal(bytes("<!DOCTYPE html><html>")));
    assertEquals("a zip file, no PNG or JPEG image", refusal(bytes("PK\3\4")));
    assertEquals(
        "damaged PNG signature (copied as text?)",
        refusal(bytes("\u0089PNG\n\u001a\n\0\0\0\rIHDR")));
  }

  @Test
  void jpegFilesOfRareKindsAreNamed() {
    byte[] file = new FlatJpeg(new int[] {1}, (x, y) -> new int[] {128}).bytes();
    int frame = indexOf(file, 0xc0);
    byte[] lossless = file.clone();
    lossless[frame] = (byte) 0xc3;
    assertEquals(
        "a JPEG image of a rare kind (arithmetic coding, lossless?); convert it to PNG",
        refusal(lossless));
    byte[] two = new FlatJpeg(new int[] {1, 2}, (x, y) -> new int[] {128, 128}).bytes();
    assertEquals("a JPEG image of 2 components; convert it to RGB", refusal(two));
    byte[] noHeight = file.clone();
    noHeight[frame + 4] = 0;
    noHeight[frame + 5] = 0;
    assertEquals("a JPEG image without a height", refusal(noHeight));
  }

  private static int indexOf(byte[] file, int marker) {
    for (int i = 1; i < file.length; i++) {
      if (file[i - 1] == (byte) 0xff && file[i] == (byte) marker) {
        return i;
      }
    }
    throw new AssertionError("no marker " + marker);
  }
}
