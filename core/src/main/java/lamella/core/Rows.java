package lamella.core;

/** A tensor {@code [size, ...]} as rows to be read in any order. */
record Rows(Tensor all, Shape example) {
  Rows(Tensor all) {
    this(all, all.shape().example());
  }

  int size() {
    return all.shape().dimension(0);
  }

  void requireSize(String what, int count) {
    if (count != size()) {
      throw new IllegalArgumentException(
          "Dataset: " + size() + " inputs need as many " + what + ", got " + count);
    }
  }

  Tensor newBatch(int n, DType dtype) {
    return Tensor.zeros(dtype, example.batch(n));
  }

  /** Copies the rows of these indices, which are in range, to {@code batch}. */
  void read(int[] indices, Tensor batch) {
    int width = all.size() / size();
    if (batch.shape().dimension(0) != indices.length || batch.size() != indices.length * width) {
      throw new IllegalArgumentException(
          "Dataset("
              + this
              + "): expects a batch "
              + example.batch(indices.length)
              + ", got "
              + batch.shape());
    }
    if (all instanceof FloatTensor source && batch instanceof FloatTensor target) {
      copy(source.array(), indices, target.array(), width);
    } else if (all instanceof DoubleTensor source && batch instanceof DoubleTensor target) {
      copy(source.array(), indices, target.array(), width);
    } else {
      for (int i = 0; i < indices.length; i++) {
        for (int j = 0; j < width; j++) {
          batch.set(i * width + j, all.get(indices[i] * width + j));
        }
      }
    }
  }

  private static void copy(float[] from, int[] indices, float[] to, int width) {
    for (int i = 0; i < indices.length; i++) {
      System.arraycopy(from, indices[i] * width, to, i * width, width);
    }
  }

  private static void copy(double[] from, int[] indices, double[] to, int width) {
    for (int i = 0; i < indices.length; i++) {
      System.arraycopy(from, indices[i] * width, to, i * width, width);
    }
  }

  /** For example {@code float32[300, 2] crc32c 1a2b3c4d}. */
  String fingerprint() {
    return all + " " + new Checksum().add(all);
  }

  @Override
  public String toString() {
    return all.toString();
  }
}
