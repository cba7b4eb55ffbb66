package lamella.examples.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Random;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import lamella.data.cifar.ImageShape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GifDecoderTest {
  private static BufferedImage noise(int width, int height, int seed) {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_BYTE_INDEXED);
    Random random = new Random(seed);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        // Runs and noise, so that the table of codes is filled again and again.
        int index = y % 3 == 0 ? x / 9 % 200 : random.nextInt(200);
        image.getRaster().setSample(x, y, 0, index);
      }
    }
    return image;
  }

  private static byte[] written(BufferedImage image, boolean interlaced, int left, int top)
      throws IOException {
    ImageWriter writer = ImageIO.getImageWritersByFormatName("gif").next();
    ImageWriteParam param = writer.getDefaultWriteParam();
    param.setProgressiveMode(
        interlaced ? ImageWriteParam.MODE_DEFAULT : ImageWriteParam.MODE_DISABLED);
    IIOMetadata metadata =
        writer.getDefaultImageMetadata(ImageTypeSpecifier.createFromRenderedImage(image), param);
    String format = metadata.getNativeMetadataFormatName();
    IIOMetadataNode root = (IIOMetadataNode) metadata.getAsTree(format);
    IIOMetadataNode place = (IIOMetadataNode) root.getElementsByTagName("ImageDescriptor").item(0);
    place.setAttribute("imageLeftPosition", Integer.toString(left));
    place.setAttribute("imageTopPosition", Integer.toString(top));
    metadata.setFromTree(format, root);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (MemoryCacheImageOutputStream stream = new MemoryCacheImageOutputStream(out)) {
      writer.setOutput(stream);
      writer.write(null, new IIOImage(image, null, metadata), param);
    } finally {
      writer.dispose();
    }
    return out.toByteArray();
  }

  private static byte[] scaled(BufferedImage image) throws IOException {
    Scaler scaler =
        new Scaler(image.getWidth(), image.getHeight(), 1, Orientation.UPRIGHT, ImageShape.CIFAR10);
    for (int y = 0; y < image.getHeight(); y++) {
      int[] row = image.getRGB(0, y, image.getWidth(), 1, null, 0, image.getWidth());
      scaler.add(y, 0, 1, row, row.length);
    }
    return scaler.pixels();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void framesOfTheJdkShowTheirPicture(boolean interlaced) throws IOException {
    for (int[] size : new int[][] {{1, 1}, {3, 2}, {32, 32}, {7, 33}, {300, 200}}) {
      BufferedImage image = noise(size[0], size[1], size[0]);
      byte[] file = written(image, interlaced, 0, 0);
      assertArrayEquals(scaled(image), Picture.read(file, ImageShape.CIFAR10));
    }
  }

  @Test
  void aFrameLiesWhereItBelongsAndTheRestIsWhite() throws IOException {
    BufferedImage frame = noise(20, 10, 5);
    byte[] file = written(frame, true, 8, 16);
    // The logical screen becomes 32 x 32.
    file[6] = 32;
    file[8] = 32;
    byte[] pixels = Picture.read(file, ImageShape.CIFAR10);
    for (int y = 0; y < 32; y++) {
      for (int x = 0; x < 32; x++) {
        boolean inside = x >= 8 && x < 28 && y >= 16 && y < 26;
        int expected = inside ? frame.getRGB(x - 8, y - 16) & 0xff : 0xff;
        assertEquals(expected, pixels[3 * (32 * y + x) + 2] & 0xff);
      }
    }
  }

  @Test
  void theScreenGrowsWithItsFirstFrame() throws IOException {
    BufferedImage frame = noise(32, 32, 6);
    byte[] file = written(frame, false, 0, 0);
    file[6] = 0;
    file[8] = 0;
    assertArrayEquals(scaled(frame), Picture.read(file, ImageShape.CIFAR10));
  }

  @Test
  void ofAnAnimationTheFirstFrameCounts() throws IOException {
    BufferedImage first = noise(32, 32, 7);
    ImageWriter writer = ImageIO.getImageWritersByFormatName("gif").next();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (MemoryCacheImageOutputStream stream = new MemoryCacheImageOutputStream(out)) {
      writer.setOutput(stream);
      assertTrue(writer.canWriteSequence());
      writer.prepareWriteSequence(null);
      writer.writeToSequence(new IIOImage(first, null, null), null);
      writer.writeToSequence(new IIOImage(noise(32, 32, 8), null, null), null);
      writer.endWriteSequence();
    } finally {
      writer.dispose();
    }
    assertArrayEquals(scaled(first), Picture.read(out.toByteArray(), ImageShape.CIFAR10));
  }
}
