package lamella.core;

import java.util.Collection;

/** The checksum of some examples of a dataset of which nothing is known but its interface. */
final class DatasetSample {
  /** Examples looked at in the first epoch. */
  private static final int MOST_ROWS = 2048;

  /** Examples looked at in the second, whether they differ there. */
  private static final int ROWS_OF_SECOND_EPOCH = 64;

  /** Numbers of inputs looked at. */
  private static final int MOST_NUMBERS = 1 << 22;

  /** Numbers of inputs read at once. */
  private static final int NUMBERS_AT_ONCE = 1 << 16;

  private DatasetSample() {}

  static String fingerprint(Dataset<?> data) {
    Checksum checksum = new Checksum();
    Dataset<?> first = data.forEpoch(0);
    int rows = Math.clamp(MOST_NUMBERS / data.exampleShape().size(), 2, MOST_ROWS);
    add(first, Math.min(rows, data.size()), checksum);
    Dataset<?> second = data.forEpoch(1);
    if (!second.equals(first)) {
      add(second, Math.min(Math.min(rows, ROWS_OF_SECOND_EPOCH), data.size()), checksum);
    }
    return data.size() + " examples of " + data.exampleShape() + ", " + checksum;
  }

  private static <T> void add(Dataset<T> data, int rows, Checksum checksum) {
    DType type = type(data);
    int most = Math.clamp(NUMBERS_AT_ONCE / data.exampleShape().size(), 1, rows);
    int count;
    for (int from = 0; from < rows; from += count) {
      count = Math.min(most, rows - from);
      int[] indices = new int[count];
      for (int i = 0; i < count; i++) {
        indices[i] = index(from + i, rows, data.size());
      }
      Batch<T> batch = data.newBatch(count, type);
      data.read(indices, batch);
      checksum.add(batch.inputs());
      addTarget(batch.targets(), checksum);
    }
  }

  /** So many indices from 0 to size - 1, both included, spread evenly. */
  private static int index(int i, int rows, int size) {
    return rows == 1 ? 0 : (int) ((long) i * (size - 1) / (rows - 1));
  }

  /** float64 loses nothing; but a dataset may know only the type that is trained. */
  private static <T> DType type(Dataset<T> data) {
    try {
      Batch<T> batch = data.newBatch(1, DType.FLOAT64);
      data.read(new int[] {0}, batch);
      return DType.FLOAT64;
    } catch (IllegalArgumentException | ClassCastException | UnsupportedOperationException e) {
      return DType.FLOAT32;
    }
  }

  private static void addTarget(Object target, Checksum checksum) {
    switch (target) {
      case Tensor tensor -> checksum.add(tensor.shape().toString()).add(tensor);
      case int[] integers -> checksum.add(integers.length).add(integers);
      case float[] numbers -> checksum.add(numbers.length).add(numbers);
      case double[] numbers -> checksum.add(numbers.length).add(numbers);
      case long[] integers -> {
        for (long integer : integers) {
          checksum.add((int) integer, (int) (integer >>> Integer.SIZE));
        }
      }
      case byte[] bytes -> checksum.add(bytes.length).add(bytes, 0, bytes.length);
      case Object[] parts -> {
        for (Object part : parts) {
          addTarget(part == null ? "null" : part, checksum);
        }
      }
      case Collection<?> parts -> {
        for (Object part : parts) {
          addTarget(part == null ? "null" : part, checksum);
        }
      }
      default -> checksum.add(Description.of(target));
    }
  }
}
