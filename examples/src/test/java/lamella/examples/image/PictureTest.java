package lamella.examples.image;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.ToIntFunction;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import lamella.data.cifar.ImageShape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One picture in every encoding gives the same pixels. */
class PictureTest {
  private static final int SIDE = 32;

  /** The colour of a pixel, 0xRRGGBB. */
  interface Picturing {
    int at(int x, int y);
  }

  private static byte[] expected(Picturing picture) {
    byte[] pixels = new byte[3 * SIDE * SIDE];
    for (int i = 0; i < SIDE * SIDE; i++) {
      int rgb = picture.at(i % SIDE, i / SIDE);
      pixels[3 * i] = (byte) (rgb >> 16);
      pixels[3 * i + 1] = (byte) (rgb >> 8);
      pixels[3 * i + 2] = (byte) rgb;
    }
    return pixels;
  }

  private static void assertAllShow(Picturing picture, Map<String, byte[]> files)
      throws IOException {
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      assertArrayEquals(
          expected(picture), Picture.read(file.getValue(), ImageShape.CIFAR10), file.getKey());
    }
  }

  private static byte[] png(
      int depth,
      int type,
      boolean interlaced,
      byte[] palette,
      byte[] trns,
      PngFile.Samples samples) {
    PngFile file = new PngFile().header(SIDE, SIDE, depth, type, interlaced);
    if (palette.length > 0) {
      file.chunk("PLTE", palette);
    }
    if (trns.length > 0) {
      file.chunk("tRNS", trns);
    }
    return file.pixels(SIDE, SIDE, depth, interlaced, samples).end();
  }

  private static byte[] png(int depth, int type, boolean interlaced, PngFile.Samples samples) {
    return png(depth, type, interlaced, new byte[0], new byte[0], samples);
  }

  private static byte[] greyPalette(int size) {
    byte[] palette = new byte[3 * size];
    for (int i = 0; i < palette.length; i++) {
      palette[i] = (byte) (i / 3 * 255 / (size - 1));
    }
    return palette;
  }

  private static byte[] written(BufferedImage image, String format) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    assertTrue(ImageIO.write(image, format, out), format);
    return out.toByteArray();
  }

  private static BufferedImage image(int type, Picturing picture) {
    BufferedImage image = new BufferedImage(SIDE, SIDE, type);
    for (int i = 0; i < SIDE * SIDE; i++) {
      image.setRGB(i % SIDE, i / SIDE, 0xff << 24 | picture.at(i % SIDE, i / SIDE));
    }
    return image;
  }

  /** All levels but one. */
  private static int level(int x, int y) {
    return (7 * x + 13 * y) % 255;
  }

  private static int grey(int level) {
    return 0x010101 * level;
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void greyIsTheSameInEveryEncoding(boolean interlaced) throws IOException {
    Map<String, byte[]> files = new LinkedHashMap<>();
    byte[] none = {};
    byte[] unused = {0, (byte) 255};
    byte[] unused16 = {0, (byte) 255};
    byte[] rgbUnused = {0, 0, 0, 0, 0, 1};
    PngFile.Samples one = (x, y) -> new int[] {level(x, y)};
    PngFile.Samples one16 = (x, y) -> new int[] {257 * level(x, y)};
    files.put("grey", png(8, PngFile.GREY, interlaced, one));
    files.put("grey tRNS", png(8, PngFile.GREY, interlaced, none, unused, one));
    files.put("grey 16", png(16, PngFile.GREY, interlaced, one16));
    files.put("grey 16 tRNS", png(16, PngFile.GREY, interlaced, none, unused16, one16));
    files.put(
        "grey alpha",
        png(8, PngFile.GREY_ALPHA, interlaced, (x, y) -> new int[] {level(x, y), 255}));
    files.put(
        "grey alpha 16",
        png(16, PngFile.GREY_ALPHA, interlaced, (x, y) -> new int[] {257 * level(x, y), 65535}));
    PngFile.Samples three = (x, y) -> new int[] {level(x, y), level(x, y), level(x, y)};
    PngFile.Samples three16 =
        (x, y) -> new int[] {257 * level(x, y), 257 * level(x, y), 257 * level(x, y)};
    files.put("rgb", png(8, PngFile.RGB, interlaced, three));
    files.put("rgb tRNS", png(8, PngFile.RGB, interlaced, none, rgbUnused, three));
    files.put("rgb 16", png(16, PngFile.RGB, interlaced, three16));
    files.put("rgb 16 tRNS", png(16, PngFile.RGB, interlaced, none, rgbUnused, three16));
    files.put(
        "rgba",
        png(
            8,
            PngFile.RGB_ALPHA,
            interlaced,
            (x, y) -> new int[] {level(x, y), level(x, y), level(x, y), 255}));
    files.put(
        "rgba 16",
        png(
            16,
            PngFile.RGB_ALPHA,
            interlaced,
            (x, y) -> new int[] {257 * level(x, y), 257 * level(x, y), 257 * level(x, y), 65535}));
    byte[] palette = greyPalette(256);
    files.put("palette", png(8, PngFile.PALETTE, interlaced, palette, none, one));
    files.put(
        "palette tRNS",
        png(8, PngFile.PALETTE, interlaced, palette, new byte[] {(byte) 255, (byte) 255}, one));
    Picturing picture = (x, y) -> grey(level(x, y));
    BufferedImage levels = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_BYTE_GRAY);
    for (int i = 0; i < SIDE * SIDE; i++) {
      levels.getRaster().setSample(i % SIDE, i / SIDE, 0, level(i % SIDE, i / SIDE));
    }
    for (String format : new String[] {"png", "gif", "bmp"}) {
      files.put("ImageIO's grey " + format, written(levels, format));
    }
    files.put("ImageIO's rgb bmp", written(image(BufferedImage.TYPE_INT_RGB, picture), "bmp"));
    files.put("ImageIO's rgba png", written(image(BufferedImage.TYPE_INT_ARGB, picture), "png"));
    assertAllShow(picture, files);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void fewBitsAreStretched(int depth) throws IOException {
    int levels = 1 << depth;
    PngFile.Samples samples = (x, y) -> new int[] {(x + 3 * y) % levels};
    byte[] none = {};
    Map<String, byte[]> files = new LinkedHashMap<>();
    for (boolean interlaced : new boolean[] {false, true}) {
      files.put("grey " + interlaced, png(depth, PngFile.GREY, interlaced, samples));
      files.put(
          "palette " + interlaced,
          png(depth, PngFile.PALETTE, interlaced, greyPalette(levels), none, samples));
    }
    byte[] map = new byte[levels];
    for (int i = 0; i < levels; i++) {
      map[i] = (byte) (255 * i / (levels - 1));
    }
    IndexColorModel model = new IndexColorModel(depth, levels, map, map, map);
    BufferedImage indexed = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_BYTE_BINARY, model);
    for (int i = 0; i < SIDE * SIDE; i++) {
      indexed.getRaster().setSample(i % SIDE, i / SIDE, 0, (i % SIDE + 3 * (i / SIDE)) % levels);
    }
    files.put("gif", written(indexed, "gif"));
    files.put("png", written(indexed, "png"));
    if (depth != 2) { // bitmaps have 1, 4 or 8 bits
      files.put("bmp", written(indexed, "bmp"));
    }
    assertAllShow((x, y) -> grey(255 * ((x + 3 * y) % levels) / (levels - 1)), files);
  }

  private static int onWhite(int sample, int alpha) {
    return (int) Math.round((sample * alpha + 255 * (255 - alpha)) / 255.0);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void alphaLaysSamplesOnWhite(boolean interlaced) throws IOException {
    // 16 colours with 16 alphas.
    int[] alphas = new int[256];
    byte[] palette = new byte[3 * 256];
    byte[] trns = new byte[256];
    for (int i = 0; i < 256; i++) {
      alphas[i] = 17 * (i % 16);
      trns[i] = (byte) alphas[i];
      palette[3 * i] = palette[3 * i + 1] = palette[3 * i + 2] = (byte) (17 * (i / 16));
    }
    Map<String, byte[]> files = new LinkedHashMap<>();
    for (int scale : new int[] {1, 257}) {
      int depth = scale == 1 ? 8 : 16;
      files.put(
          "grey alpha " + depth,
          png(
              depth,
              PngFile.GREY_ALPHA,
              interlaced,
              (x, y) -> new int[] {scale * 17 * (y % 16), scale * 17 * (x % 16)}));
      files.put(
          "rgba " + depth,
          png(
              depth,
              PngFile.RGB_ALPHA,
              interlaced,
              (x, y) -> {
                int level = scale * 17 * (y % 16);
                return new int[] {level, level, level, scale * 17 * (x % 16)};
              }));
    }
    files.put(
        "palette",
        png(
            8,
            PngFile.PALETTE,
            interlaced,
            palette,
            trns,
            (x, y) -> new int[] {16 * (y % 16) + x % 16}));
    assertAllShow((x, y) -> grey(onWhite(17 * (y % 16), 17 * (x % 16))), files);
  }

  @Test
  void aGreyOf64HalfTransparentIs159() throws IOException {
    byte[] pixels =
        Picture.read(
            png(8, PngFile.GREY_ALPHA, false, (x, y) -> new int[] {64, 128}), ImageShape.CIFAR10);
    assertEquals(159, pixels[0] & 0xff); // (64 * 128 + 255 * 127) / 255 = 159.1
  }

  @Test
  void theTransparentColourIsWhiteAndOnlyIt() throws IOException {
    // Of 16 bits all count: 0x1234 is transparent, 0x1235 is not.
    byte[] none = {};
    Map<String, byte[]> files = new LinkedHashMap<>();
    files.put(
        "grey 16",
        png(
            16,
            PngFile.GREY,
            false,
            none,
            new byte[] {0x12, 0x34},
            (x, y) -> new int[] {0x1234 + x % 2}));
    files.put(
        "rgb 16",
        png(
            16,
            PngFile.RGB,
            true,
            none,
            new byte[] {0x12, 0x34, 0x12, 0x34, 0x12, 0x34},
            (x, y) -> new int[] {0x1234, 0x1234, 0x1234 + x % 2}));
    assertAllShow((x, y) -> x % 2 == 0 ? 0xffffff : grey(18), files);
    files.clear();
    files.put(
        "grey 4",
        png(4, PngFile.GREY, false, none, new byte[] {0, 9}, (x, y) -> new int[] {8 + x % 2}));
    files.put(
        "palette 4",
        png(
            4,
            PngFile.PALETTE,
            true,
            greyPalette(16),
            new byte[] {-1, -1, -1, -1, -1, -1, -1, -1, -1, 0},
            (x, y) -> new int[] {8 + x % 2}));
    byte[] map = new byte[16];
    for (int i = 0; i < 16; i++) {
      map[i] = (byte) (17 * i);
    }
    BufferedImage indexed =
        new BufferedImage(
            SIDE,
            SIDE,
            BufferedImage.TYPE_BYTE_BINARY,
            new IndexColorModel(4, 16, map, map, map, 9));
    for (int i = 0; i < SIDE * SIDE; i++) {
      indexed.getRaster().setSample(i % SIDE, i / SIDE, 0, 8 + i % 2);
    }
    files.put("gif", written(indexed, "gif"));
    assertAllShow((x, y) -> x % 2 == 1 ? 0xffffff : grey(136), files);
  }

  /** A bitmap of the fourth version, 32 bits a pixel, with masks for four channels. */
  private static byte[] bmp(PngFile.Samples blueGreenRedAlpha) {
    ByteBuffer file =
        ByteBuffer.allocate(14 + 108 + 4 * SIDE * SIDE).order(ByteOrder.LITTLE_ENDIAN);
    file.put((byte) 'B').put((byte) 'M').putInt(file.capacity()).putInt(0).putInt(14 + 108);
    file.putInt(108).putInt(SIDE).putInt(-SIDE).putShort((short) 1).putShort((short) 32);
    file.putInt(3).putInt(0).putInt(0).putInt(0).putInt(0).putInt(0);
    file.putInt(0xff0000).putInt(0xff00).putInt(0xff).putInt(0xff000000);
    file.position(14 + 108);
    for (int i = 0; i < SIDE * SIDE; i++) {
      for (int sample : blueGreenRedAlpha.at(i % SIDE, i / SIDE)) {
        file.put((byte) sample);
      }
    }
    return file.array();
  }

  @Test
  void bitmapsHaveAlphaUnlessItIsZeroEverywhere() throws IOException {
    Map<String, byte[]> files = new LinkedHashMap<>();
    files.put("alpha", bmp((x, y) -> new int[] {8 * x, 4, 200, 8 * y}));
    assertAllShow(
        (x, y) -> Colours.rgb(onWhite(200, 8 * y), onWhite(4, 8 * y), onWhite(8 * x, 8 * y)),
        files);
    files.clear();
    files.put("none", bmp((x, y) -> new int[] {8 * x, 4, 200, 0}));
    assertAllShow((x, y) -> Colours.rgb(200, 4, 8 * x), files);
  }

  @Test
  void sixteenBitsAreRoundedToEight() throws IOException {
    int[] samples = {0, 127, 128, 129, 385, 386, 0x7fff, 0x8000, 65406, 65407, 65535};
    byte[] pixels =
        Picture.read(
            png(16, PngFile.GREY, false, (x, y) -> new int[] {samples[x % samples.length]}),
            ImageShape.CIFAR10);
    for (int x = 0; x < samples.length; x++) {
      assertEquals(Math.round(samples[x] / 257.0), pixels[3 * x] & 0xff);
    }
  }

  @Test
  void profilesAndGammaAreIgnored() throws IOException {
    PngFile.Samples samples = (x, y) -> new int[] {level(x, y)};
    byte[] file =
        new PngFile()
            .header(SIDE, SIDE, 8, PngFile.GREY, false)
            .chunk("gAMA", new byte[] {0, 1, (byte) 0x86, (byte) 0xa0}) // 1.0: linear light
            .chunk("sRGB", new byte[] {0})
            .chunk("iCCP", "broken\0\0profile".getBytes(US_ASCII))
            .pixels(SIDE, SIDE, 8, false, samples)
            .end();
    assertArrayEquals(
        expected((x, y) -> grey(level(x, y))), Picture.read(file, ImageShape.CIFAR10));
  }

  // JPEG.

  private static final int[] YCC_NAMES = {1, 2, 3};
  private static final int[] FOUR_NAMES = {1, 2, 3, 4};

  /** 16 blocks. */
  private static int[] block(int x, int y, int count) {
    return Arrays.copyOf(new int[] {60 + 10 * x, 90 + 20 * y, 170 - 10 * x, 255 - 40 * y}, count);
  }

  private static FlatJpeg jpeg(int[] names) {
    return new FlatJpeg(names, (x, y) -> block(x, y, names.length));
  }

  /** ITU-T T.871 section 7, in double. */
  private static int ycc(int y, int cb, int cr) {
    return clamp(y + 1.402 * (cr - 128)) << 16
        | clamp(y - 0.344136286 * (cb - 128) - 0.714136286 * (cr - 128)) << 8
        | clamp(y + 1.772 * (cb - 128));
  }

  private static int clamp(double sample) {
    return Math.clamp(Math.round(sample), 0, 255);
  }

  private static Picturing blocks(ToIntFunction<int[]> colour) {
    return (x, y) -> colour.applyAsInt(block(x / 8, y / 8, 4));
  }

  private static final Picturing AS_YCC = blocks(b -> ycc(b[0], b[1], b[2]));
  private static final Picturing AS_RGB = blocks(b -> b[0] << 16 | b[1] << 8 | b[2]);

  @Test
  void brightnessAndColourDifferencesAreToldByMarkersAndNames() throws IOException {
    Map<String, byte[]> files = new LinkedHashMap<>();
    files.put("JFIF", jpeg(YCC_NAMES).jfif().bytes());
    files.put("JFIF, RGB's names", jpeg(new int[] {'R', 'G', 'B'}).jfif().bytes());
    files.put("Adobe", jpeg(YCC_NAMES).adobe(1).bytes());
    files.put("Adobe's YCCK for three", jpeg(YCC_NAMES).adobe(2).bytes());
    files.put("no marker", jpeg(YCC_NAMES).bytes());
    files.put("no marker, other names", jpeg(new int[] {0, 1, 2}).bytes());
    files.put("no marker, one name for all", jpeg(new int[] {1, 1, 1}).bytes());
    files.put("EXIF", jpeg(YCC_NAMES).exif(new byte[20]).bytes());
    assertAllShow(AS_YCC, files);
  }

  @Test
  void redGreenAndBlueAreToldByMarkersAndNames() throws IOException {
    Map<String, byte[]> files = new LinkedHashMap<>();
    files.put("Adobe", jpeg(YCC_NAMES).adobe(0).bytes());
    files.put("names", jpeg(new int[] {'R', 'G', 'B'}).bytes());
    assertAllShow(AS_RGB, files);
  }

  @Test
  void greyIsGreyWhateverTheMarkers() throws IOException {
    Map<String, byte[]> files = new LinkedHashMap<>();
    files.put("none", jpeg(new int[] {1}).bytes());
    files.put("JFIF", jpeg(new int[] {1}).jfif().bytes());
    files.put("Adobe", jpeg(new int[] {7}).adobe(0).bytes());
    assertAllShow(blocks(b -> grey(b[0])), files);
  }

  @Test
  void inksDarkenWhite() throws IOException {
    Map<String, byte[]> files = new LinkedHashMap<>();
    files.put("Adobe", jpeg(FOUR_NAMES).adobe(0).bytes());
    files.put("no marker", jpeg(FOUR_NAMES).bytes());
    files.put(
        "with a profile of three colours",
        jpeg(FOUR_NAMES).adobe(0).with(0xe2, profile(1, 1, "RGB ")).bytes());
    assertAllShow(
        blocks(b ->
            clamp(b[0] * b[3] / 255.0) << 16
                | clamp(b[1] * b[3] / 255.0) << 8
                | clamp(b[2] * b[3] / 255.0)),
        files);
    files.clear();
    files.put("YCCK", jpeg(FOUR_NAMES).adobe(2).bytes());
    assertAllShow(
        blocks(b -> {
          int rgb = 0xffffff - ycc(b[0], b[1], b[2]);
          return clamp((rgb >> 16) * b[3] / 255.0) << 16
              | clamp((rgb >> 8 & 0xff) * b[3] / 255.0) << 8
              | clamp((rgb & 0xff) * b[3] / 255.0);
        }),
        files);
  }

  @Test
  void blackInkOf63OnWhiteIs192() throws IOException {
    FlatJpeg file = new FlatJpeg(FOUR_NAMES, (x, y) -> new int[] {255, 255, 255, 192});
    byte[] expected = new byte[3072];
    Arrays.fill(expected, (byte) 192);
    assertArrayEquals(expected, Picture.read(file.adobe(0).bytes(), ImageShape.CIFAR10));
  }

  /** A piece of a colour profile that holds little more than its kind. */
  private static byte[] profile(int number, int of, String colours) {
    byte[] content = Arrays.copyOf("ICC_PROFILE\0".getBytes(US_ASCII), 150);
    content[12] = (byte) number;
    content[13] = (byte) of;
    System.arraycopy(colours.getBytes(US_ASCII), 0, content, 30, 4);
    return content;
  }

  @Test
  void brokenProfilesAndExtraneousBytesChangeNothing() throws IOException {
    Map<String, byte[]> files = new LinkedHashMap<>();
    files.put("empty", jpeg(YCC_NAMES).jfif().with(0xe2, new byte[0]).bytes());
    files.put(
        "two of one number",
        jpeg(YCC_NAMES)
            .jfif()
            .with(0xe2, profile(1, 2, "RGB "))
            .with(0xe2, profile(1, 2, "RGB "))
            .bytes());
    files.put("of four colours", jpeg(YCC_NAMES).jfif().with(0xe2, profile(1, 1, "CMYK")).bytes());
    files.put("a thumbnail", jpeg(YCC_NAMES).jfif().with(0xe1, jpeg(FOUR_NAMES).bytes()).bytes());
    byte[] plain = jpeg(YCC_NAMES).jfif().bytes();
    ByteArrayOutputStream extraneous = new ByteArrayOutputStream();
    extraneous.write(plain, 0, 20);
    extraneous.writeBytes(new byte[] {1, 2, 3, (byte) 0xff, (byte) 0xff});
    extraneous.write(plain, 20, plain.length - 20);
    extraneous.writeBytes(new byte[] {4, 5, 6});
    files.put("extraneous bytes", extraneous.toByteArray());
    assertAllShow(AS_YCC, files);
  }

  /** What a camera or a program writes: compared with the JDK's colours. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void jpegFilesOfTheJdkShowTheirPicture(boolean progressive) throws IOException {
    Picturing picture = (x, y) -> Colours.rgb(4 * x + 60, 3 * y + 90, 200 - 3 * x);
    byte[] file = jdkJpeg(image(BufferedImage.TYPE_INT_RGB, picture), progressive);
    byte[] pixels = Picture.read(file, ImageShape.CIFAR10);
    BufferedImage jdk = ImageIO.read(new ByteArrayInputStream(file));
    byte[] original = expected(picture);
    byte[] decoded = expected((x, y) -> jdk.getRGB(x, y) & 0xffffff);
    for (int i = 0; i < pixels.length; i++) {
      assertEquals(decoded[i] & 0xff, pixels[i] & 0xff, 1);
      assertEquals(original[i] & 0xff, pixels[i] & 0xff, 6);
    }
  }

  static byte[] jdkJpeg(BufferedImage image, boolean progressive) throws IOException {
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    ImageWriteParam param = writer.getDefaultWriteParam();
    param.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
    param.setCompressionQuality(0.95f);
    param.setProgressiveMode(
        progressive ? ImageWriteParam.MODE_DEFAULT : ImageWriteParam.MODE_DISABLED);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (MemoryCacheImageOutputStream stream = new MemoryCacheImageOutputStream(out)) {
      writer.setOutput(stream);
      writer.write(null, new IIOImage(image, null, null), param);
    } finally {
      writer.dispose();
    }
    return out.toByteArray();
  }
}
