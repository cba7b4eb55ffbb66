package lamella.examples.image;

/** Arithmetic on samples. */
final class Colours {
  static final int WHITE = 0xffffff;

  private Colours() {}

  /** 0xRRGGBB. */
  static int rgb(int red, int green, int blue) {
    return red << 16 | green << 8 | blue;
  }

  static int grey(int level) {
    return 0x010101 * level;
  }

  /** A sample of 0 to largest as one of 0 to 255, rounded. */
  static int toByte(int sample, int largest) {
    return (255 * sample + largest / 2) / largest;
  }

  /** 0xRRGGBB laid on white, rounded. */
  static int onWhite(int rgb, int alpha) {
    if (alpha == 255) {
      return rgb;
    }
    return rgb(
        onWhiteSample(rgb >> 16 & 0xff, alpha),
        onWhiteSample(rgb >> 8 & 0xff, alpha),
        onWhiteSample(rgb & 0xff, alpha));
  }

  private static int onWhiteSample(int sample, int alpha) {
    return (sample * alpha + 255 * (255 - alpha) + 127) / 255;
  }
}
