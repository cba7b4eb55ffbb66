package lamella.core;

import java.util.Arrays;

/** What a {@link Pass} must know of the array below a tensor. */
final class Elements {
  /** How many elements a sample looks at; all of a tensor that has no more. */
  static final int SAMPLE = 64;

  private Elements() {}

  // Asked several times in every call of every layer: a switch over types takes a class of its own
  // for
  // each place where one stands, made when it is first reached.

  /** The array itself. */
  static Object array(Tensor tensor) {
    return tensor instanceof FloatTensor floats ? floats.array() : ((DoubleTensor) tensor).array();
  }

  /** For asking whether two tensors have the same array: that, or what stands for it. */
  static Object memory(Tensor tensor) {
    return tensor instanceof FloatTensor floats ? floats.memory() : ((DoubleTensor) tensor).array();
  }

  /** Whether a write to one is a write to the other. */
  @SuppressWarnings("ReferenceEquality") // an array is itself, whatever it holds
  static boolean shared(Tensor a, Tensor b) {
    return memory(a) == memory(b);
  }

  /** How many writes the tensor knows of. */
  static int changes(Tensor tensor) {
    return tensor instanceof FloatTensor floats
        ? floats.changes()
        : ((DoubleTensor) tensor).changes();
  }

  /**
   * A hash of some of the elements, spread over the tensor, or of all if there are no more than
   * that: almost always another one when most elements have changed.
   */
  static int sample(Tensor tensor, int most) {
    if (tensor instanceof FloatTensor floats) {
      return floats.bytes() == null ? sample(floats.array(), most) : sampleOfBytes(floats, most);
    }
    return sample(((DoubleTensor) tensor).array(), most);
  }

  /** The same hash as that of the array that it may become. */
  private static int sampleOfBytes(FloatTensor a, int most) {
    int length = a.size();
    int count = Math.min(length, most);
    int hash = 0;
    for (int i = 0; i < count; i++) {
      float element = (float) a.get(position(i, count, length));
      hash += weighted(Float.floatToRawIntBits(element), i);
    }
    return hash;
  }

  private static int sample(float[] a, int most) {
    int count = Math.min(a.length, most);
    int hash = 0;
    for (int i = 0; i < count; i++) {
      hash += weighted(Float.floatToRawIntBits(a[position(i, count, a.length)]), i);
    }
    return hash;
  }

  private static int sample(double[] a, int most) {
    int count = Math.min(a.length, most);
    int hash = 0;
    for (int i = 0; i < count; i++) {
      long bits = Double.doubleToRawLongBits(a[position(i, count, a.length)]);
      hash += weighted((int) (bits ^ (bits >>> 32)), i);
    }
    return hash;
  }

  /**
   * Where the i-th sample lies: at the first element, and from there by multiples of the golden
   * ratio, for steps of one length would see the same column of every row; at last the last.
   */
  private static int position(int i, int count, int length) {
    if (count == length || i == count - 1) {
      return i + length - count;
    }
    long fraction = (i * 0x9E3779B9L) & 0xFFFFFFFFL;
    return (int) ((fraction * length) >>> 32);
  }

  /** Odd factors, so that no change of a single element is lost. */
  private static int weighted(int bits, int i) {
    return (bits ^ (bits >>> 16)) * (2 * i + 1);
  }

  /** A new tensor of this shape with the elements from {@code from} on. */
  static Tensor copy(Tensor source, int from, Shape shape) {
    int to = from + shape.size();
    return switch (source) {
      case FloatTensor floats ->
          FloatTensor.wrap(shape, Arrays.copyOfRange(floats.array(), from, to));
      case DoubleTensor doubles ->
          DoubleTensor.wrap(shape, Arrays.copyOfRange(doubles.array(), from, to));
    };
  }
}
