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

  /** Copies the rows of these indices to {@code batch}. */
  void read(int[] indices, Tensor batch) {
    Shape shape = batch.shape();
    int width = all.size() / size();
    if (shape.dimension(0) != indices.length || batch.size() != indices.length * width) {
      throw new IllegalArgumentException(
          "Dataset("
              + this
              + "): expects as many indices as the batch has rows, got "
              + indices.length
              + " indices and a batch "
              + shape);
    }
    for (int i = 0; i < indices.length; i++) {
      if (indices[i] < 0 || indices[i] >= size()) {
        throw new IndexOutOfBoundsException(
            "Dataset("
                + this
                + "): index "
                + indices[i]
                + " at position "
                + i
                + " is outside [0, "
                + size()
                + ")");
      }
    }
    for (int i = 0; i < indices.length; i++) {
      copy(indices[i] * width, batch, i * width, width);
    }
  }

  private void copy(int from, Tensor batch, int to, int width) {
    if (all instanceof FloatTensor source && batch instanceof FloatTensor target) {
      System.arraycopy(source.array(), from, target.array(), to, width);
    } else if (all instanceof DoubleTensor source && batch instanceof DoubleTensor target) {
      System.arraycopy(source.array(), from, target.array(), to, width);
    } else {
      for (int j = 0; j < width; j++) {
        batch.set(to + j, all.get(from + j));
      }
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
