package lamella.core;

/** The type of a tensor's elements. */
public enum DType {
  /** IEEE 754 binary32: training and inference. */
  FLOAT32("float32", Float.BYTES),
  /** IEEE 754 binary64: gradient checks and comparison with NumPy. */
  FLOAT64("float64", Double.BYTES);

  private final String text;
  private final int bytes;

  DType(String text, int bytes) {
    this.text = text;
    this.bytes = bytes;
  }

  /** {@return the size of one element in bytes} */
  public int bytes() {
    return bytes;
  }

  /** The name NumPy uses: {@code float32} or {@code float64}. */
  @Override
  public String toString() {
    return text;
  }
}
