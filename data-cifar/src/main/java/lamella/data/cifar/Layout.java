package lamella.data.cifar;

/**
 * The order of an image's 3072 numbers: 32 rows, 32 columns, 3 colour channels.
 *
 * <p>A network must be fed with the layout it was trained on; the two give different experiments.
 */
public enum Layout {
  /** Height, width, channel: red, green and blue of the first pixel, then of the second. */
  HWC,
  /** Channel, height, width: the red plane, then the green, then the blue; CIFAR-10's files. */
  CHW;

  /** Where the number of a pixel (row * 32 + column) and channel stands in the image. */
  int offset(int pixel, int channel) {
    return this == HWC ? 3 * pixel + channel : ImageSet.PIXELS * channel + pixel;
  }
}
