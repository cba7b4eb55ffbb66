package lamella.examples.image;

import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;
import lamella.data.cifar.ImageShape;

/**
 * Reads JPEG files: the samples as the JDK's decoder gives them, the colours by the formulas of
 * JFIF.
 *
 * <p>A file whose end or a part of whose pixels is missing is refused. Samples of CMYK files are
 * taken as Adobe's programs store them, inverted, as browsers do: red is {@code C K / 255}, and so
 * on.
 */
final class JpegDecoder {
  /** How many pixels are decoded at most, all passes over a progressive file together. */
  private static final long MOST_WORK = 4_000_000_000L;

  private JpegDecoder() {}

  static byte[] decode(byte[] file, ImageShape shape) throws IOException {
    JpegFile jpeg = JpegFile.of(file);
    JpegColours colours = jpeg.colours();
    Scaler scaler =
        new Scaler(jpeg.width(), jpeg.height(), colours.samples(), jpeg.orientation(), shape);
    if ((long) jpeg.width() * jpeg.height() * jpeg.scans() > MOST_WORK) {
      throw new IOException(
          jpeg.width()
              + " x "
              + jpeg.height()
              + " pixels in "
              + jpeg.scans()
              + " passes are too many");
    }
    Raster raster = samples(jpeg);
    int width = scaler.width();
    int bands = raster.getNumBands();
    if (raster.getWidth() != width
        || raster.getHeight() != scaler.height()
        || bands != colours.samples()) {
      throw new IOException("damaged JPEG (sizes)");
    }
    int[] samples = new int[width * bands];
    int[] row = new int[width];
    for (int y = 0; y < scaler.height(); y++) {
      raster.getPixels(0, y, width, 1, samples);
      for (int x = 0; x < width; x++) {
        row[x] = colours.rgb(samples, x * bands);
      }
      scaler.add(y, 0, 1, row, width);
    }
    return scaler.pixels();
  }

  private static Raster samples(JpegFile jpeg) throws IOException {
    ImageReader reader = JdkReaders.of("jpeg");
    JpegWarnings warnings = new JpegWarnings();
    try (ImageInputStream in =
        new MemoryCacheImageInputStream(new ByteArrayInputStream(jpeg.samples()))) {
      reader.addIIOReadWarningListener(warnings);
      reader.setInput(in, true, true);
      Raster raster = reader.readRaster(0, null);
      warnings.throwIfIncomplete();
      return raster;
    } finally {
      reader.dispose();
    }
  }
}
