package lamella.examples.image;

/** What the samples of a JPEG file's pixels mean. */
enum JpegColours {
  /** One sample. */
  GREY(1) {
    @Override
    int rgb(int[] samples, int at) {
      return Colours.grey(samples[at]);
    }
  },
  RGB(3) {
    @Override
    int rgb(int[] samples, int at) {
      return Colours.rgb(samples[at], samples[at + 1], samples[at + 2]);
    }
  },
  /** Brightness and two differences of colour, as JFIF defines them. */
  YCC(3) {
    @Override
    int rgb(int[] samples, int at) {
      return fromYcc(samples[at], samples[at + 1], samples[at + 2]);
    }
  },
  /** Inks, inverted: 255 is none. */
  CMYK(4) {
    @Override
    int rgb(int[] samples, int at) {
      int inks = Colours.rgb(samples[at], samples[at + 1], samples[at + 2]);
      return darkened(inks, samples[at + 3]);
    }
  },
  /** CMYK whose first three inks are transformed: their opposites are YCC. */
  YCCK(4) {
    @Override
    int rgb(int[] samples, int at) {
      int opposite = fromYcc(samples[at], samples[at + 1], samples[at + 2]);
      return darkened(Colours.WHITE - opposite, samples[at + 3]);
    }
  };

  /** The coefficients of ITU-R BT.601 in units of 1 / 65536. */
  private static final int HALF = 1 << 15;

  private static final int RED_BY_CR = 91_881;
  private static final int GREEN_BY_CB = 22_554;
  private static final int GREEN_BY_CR = 46_802;
  private static final int BLUE_BY_CB = 116_130;

  private final int samples;

  JpegColours(int samples) {
    this.samples = samples;
  }

  /** How many a pixel has. */
  int samples() {
    return samples;
  }

  /** 0xRRGGBB of the pixel whose samples begin there. */
  abstract int rgb(int[] samples, int at);

  private static int fromYcc(int y, int cb, int cr) {
    int blue = cb - 128;
    int red = cr - 128;
    return Colours.rgb(
        clamp(y + ((RED_BY_CR * red + HALF) >> 16)),
        clamp(y + ((-GREEN_BY_CB * blue - GREEN_BY_CR * red + HALF) >> 16)),
        clamp(y + ((BLUE_BY_CB * blue + HALF) >> 16)));
  }

  private static int clamp(int sample) {
    return Math.clamp(sample, 0, 255);
  }

  private static int darkened(int rgb, int light) {
    return Colours.rgb(
        Colours.toByte((rgb >> 16 & 0xff) * light, 255 * 255),
        Colours.toByte((rgb >> 8 & 0xff) * light, 255 * 255),
        Colours.toByte((rgb & 0xff) * light, 255 * 255));
  }
}
