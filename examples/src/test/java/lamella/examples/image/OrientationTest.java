package lamella.examples.image;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import lamella.data.cifar.ImageShape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class OrientationTest {
  /** A directory with an entry of another tag and the orientation. */
  private static byte[] exif(boolean little, boolean isLong, int value) {
    ByteBuffer tiff = ByteBuffer.allocate(64);
    tiff.order(little ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    tiff.put((byte) (little ? 'I' : 'M')).put((byte) (little ? 'I' : 'M'));
    tiff.putShort((short) 42).putInt(20).position(20);
    tiff.putShort((short) 2);
    tiff.putShort((short) 0x100)
        .putShort((short) 3)
        .putInt(1)
        .putShort((short) 32)
        .putShort((short) 0);
    tiff.putShort((short) 0x112).putShort((short) (isLong ? 4 : 3)).putInt(1);
    if (isLong) {
      tiff.putInt(value);
    } else {
      tiff.putShort((short) value);
    }
    return tiff.array();
  }

  private static byte[] exif(int value) {
    return exif(true, false, value);
  }

  /** Four corners of other brightness: above left 10, above right 60, below left 110 and 160. */
  private static int stored(int x, int y, int half) {
    return 10 + (x < half ? 0 : 50) + (y < half ? 0 : 100);
  }

  private static FlatJpeg jpeg() {
    return new FlatJpeg(new int[] {1}, (x, y) -> new int[] {stored(x, y, 3)}).size(6, 6);
  }

  private static PngFile png() {
    return new PngFile().header(40, 32, 8, PngFile.GREY, false);
  }

  private static PngFile pixels(PngFile file) {
    return file.pixels(
        40, 32, 8, false, (x, y) -> new int[] {10 + (x < 20 ? 0 : 50) + (y < 16 ? 0 : 100)});
  }

  /** Corners above left, above right, below left, below right. */
  private static int[] corners(byte[] file) throws IOException {
    byte[] pixels = Picture.read(file, ImageShape.CIFAR10);
    int[] corners = new int[4];
    for (int i = 0; i < 4; i++) {
      corners[i] = pixels[3 * (32 * (i / 2 * 31) + i % 2 * 31)] & 0xff;
      // The whole quarter is like its corner.
      assertEquals(corners[i], pixels[3 * (32 * (7 + i / 2 * 16) + 7 + i % 2 * 16)] & 0xff);
    }
    return corners;
  }

  /**
   * Where the stored row 0 and column 0 are to be seen, as EXIF's table says: top left, top right,
   * bottom right, bottom left, left top, right top, right bottom, left bottom.
   */
  private static int[] upright(int orientation) {
    return switch (orientation) {
      case 2 -> new int[] {60, 10, 160, 110};
      case 3 -> new int[] {160, 110, 60, 10};
      case 4 -> new int[] {110, 160, 10, 60};
      case 5 -> new int[] {10, 110, 60, 160};
      case 6 -> new int[] {110, 10, 160, 60};
      case 7 -> new int[] {160, 60, 110, 10};
      case 8 -> new int[] {60, 160, 10, 110};
      default -> new int[] {10, 60, 110, 160};
    };
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 65535})
  void picturesAreTurnedUpright(int orientation) throws IOException {
    for (boolean little : new boolean[] {true, false}) {
      for (boolean isLong : new boolean[] {true, false}) {
        byte[] exif = exif(little, isLong, orientation);
        assertArrayEquals(upright(orientation), corners(jpeg().exif(exif).bytes()));
        assertArrayEquals(upright(orientation), corners(pixels(png().chunk("eXIf", exif)).end()));
        assertArrayEquals(upright(orientation), corners(pixels(png()).chunk("eXIf", exif).end()));
      }
    }
  }

  @Test
  void theBrightLeftHalfOfAPictureTakenLyingOnItsSideIsOnTop() throws IOException {
    FlatJpeg file = new FlatJpeg(new int[] {1}, (x, y) -> new int[] {x < 2 ? 200 : 20});
    byte[] pixels = Picture.read(file.exif(exif(6)).bytes(), ImageShape.CIFAR10);
    for (int i = 0; i < 1024; i++) {
      assertEquals(i < 512 ? 200 : 20, pixels[3 * i] & 0xff);
    }
  }

  @Test
  void theFirstExifOfAJpegCounts() throws IOException {
    byte[] other = "http://ns.adobe.com/xap/1.0/".getBytes(US_ASCII);
    assertArrayEquals(
        upright(6), corners(jpeg().jfif().with(0xe1, other).exif(exif(6)).exif(exif(3)).bytes()));
  }

  @Test
  void damagedExifIsIgnored() throws IOException {
    byte[] whole = exif(6);
    for (int length = 0; length < 42; length++) {
      assertArrayEquals(upright(1), corners(jpeg().exif(Arrays.copyOf(whole, length)).bytes()));
    }
    for (int at : new int[] {0, 1, 2, 4, 5, 6, 7}) {
      byte[] damaged = whole.clone();
      damaged[at] = (byte) 0xff;
      corners(jpeg().exif(damaged).bytes());
      assertEquals(Orientation.UPRIGHT, Orientation.ofExif(damaged, 0, damaged.length), at + "");
    }
  }

  @Test
  void aDamagedChunkIsIgnored() throws IOException {
    byte[] file = pixels(png().chunk("eXIf", exif(6))).end();
    assertArrayEquals(upright(6), corners(file));
    file[8 + 25 + 8 + 63] ^= 1; // the last byte of the chunk
    assertArrayEquals(upright(1), corners(file));
  }

  enum Turn {
    MIRRORED(2),
    UPSIDE_DOWN(3),
    CLOCKWISE(6),
    COUNTERCLOCKWISE(8);

    private final int orientation;

    Turn(int orientation) {
      this.orientation = orientation;
    }
  }

  @ParameterizedTest
  @EnumSource
  void turningAndTurningBackIsTheSame(Turn turn) {
    Orientation there = Orientation.of(turn.orientation);
    Orientation back =
        Orientation.of(
            switch (turn) {
              case CLOCKWISE -> 8;
              case COUNTERCLOCKWISE -> 6;
              default -> turn.orientation;
            });
    for (int i = 0; i < 25; i++) {
      int once = there.source(i % 5, i / 5, 5, 5);
      assertEquals(i, back.source(once % 5, once / 5, 5, 5));
    }
  }
}
