package lamella.examples.page;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Base64;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class PngTest {
  private static BufferedImage random(int width, int height) {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_ARGB);
    Random random = new Random(1);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        image.setRGB(x, y, random.nextInt());
      }
    }
    return image;
  }

  @Test
  void anImageComesBackFromItsAddressPixelByPixel() throws IOException {
    BufferedImage image = random(7, 5);
    String prefix = "data:image/png;base64,";
    String uri = Png.dataUri(image);
    assertEquals(prefix, uri.substring(0, prefix.length()));
    byte[] bytes = Base64.getDecoder().decode(uri.substring(prefix.length()));
    BufferedImage read = ImageIO.read(new ByteArrayInputStream(bytes));
    for (int y = 0; y < 5; y++) {
      for (int x = 0; x < 7; x++) {
        assertEquals(image.getRGB(x, y), read.getRGB(x, y));
      }
    }
  }

  @Test
  void enlargedPixelsAreSquares() {
    BufferedImage image = random(7, 5);
    BufferedImage large = Png.enlarged(image, 3);
    assertEquals(21, large.getWidth());
    assertEquals(15, large.getHeight());
    for (int y = 0; y < 15; y++) {
      for (int x = 0; x < 21; x++) {
        assertEquals(image.getRGB(x / 3, y / 3), large.getRGB(x, y));
      }
    }
  }
}
