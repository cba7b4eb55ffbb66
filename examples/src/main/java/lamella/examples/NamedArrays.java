package lamella.examples;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import lamella.core.DType;
import lamella.core.DoubleTensor;
import lamella.core.Tensor;
import lamella.core.io.FileFormatException;
import lamella.core.io.NpyArray;
import lamella.core.io.Npz;

/** The arrays of a file of NumPy's: an NPZ file has names for them, an NPY file has one array. */
public final class NamedArrays {
  private NamedArrays() {}

  /** A kind of file by its name. */
  private static boolean isNpz(Path file) {
    String name = Spelling.lowerCase(file.toString());
    if (!name.endsWith(".npz") && !name.endsWith(".npy")) {
      throw new IllegalArgumentException(
          file + ": expected a file whose name ends with .npz, or .npy for a single array");
    }
    return name.endsWith(".npz");
  }

  /**
   * Checks a file's name.
   *
   * @throws IllegalArgumentException if it ends neither with .npz nor with .npy
   */
  public static void requireKind(Path file) {
    boolean ignored = isNpz(file);
  }

  /**
   * Reads the arrays of these names. Where one is wanted, and there is one of whatever name, it is
   * that.
   *
   * @param types by name, each the type of the tensor
   * @throws FileFormatException if one is not there, or has numbers that its tensor cannot hold
   * @throws IOException if the file cannot be read
   */
  public static Map<String, Tensor> read(Path file, Map<String, DType> types) throws IOException {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    if (isNpz(file)) {
      Npz npz = Npz.read(file);
      boolean only = types.size() == 1 && npz.arrays().size() == 1;
      for (Map.Entry<String, DType> type : types.entrySet()) {
        String name = only ? npz.arrays().keySet().iterator().next() : type.getKey();
        tensors.put(type.getKey(), tensor(file, name, npz.array(name), type.getValue()));
      }
      return tensors;
    }
    NpyArray array = NpyArray.read(file);
    if (types.size() != 1) {
      throw new FileFormatException(
          file.toString(),
          "is one array, expected an .npz file with " + String.join(", ", types.keySet()));
    }
    String name = types.keySet().iterator().next();
    tensors.put(name, tensor(file, name, array, types.values().iterator().next()));
    return tensors;
  }

  /**
   * The elements in another type: floats are rounded to it; whole numbers must be in it, as they
   * may be indices.
   */
  private static Tensor tensor(Path file, String name, NpyArray array, DType type)
      throws FileFormatException {
    boolean narrowed = type == DType.FLOAT32 && array.dtype().equals(DType.FLOAT64.toString());
    Tensor exact = narrowed ? array.tensor(DType.FLOAT64) : null;
    Tensor tensor = exact == null ? array.tensor(type) : exact.to(type);
    long[] whole = array.isInteger() ? longs(file, name, array) : new long[0];
    for (int i = 0; i < whole.length; i++) {
      double value = tensor.get(i);
      if (value == 0x1p63 || (long) value != whole[i]) {
        throw wrong(file, name, array, i, Long.toString(whole[i]), type);
      }
    }
    if (exact instanceof DoubleTensor doubles) {
      for (int i = 0; i < doubles.size(); i++) {
        if (Double.isInfinite(tensor.get(i)) && !Double.isInfinite(doubles.get(i))) {
          throw wrong(file, name, array, i, Double.toString(doubles.get(i)), type);
        }
      }
    }
    return tensor;
  }

  private static long[] longs(Path file, String name, NpyArray array) throws FileFormatException {
    try {
      return array.longs();
    } catch (IllegalStateException e) {
      throw new FileFormatException(file.toString(), "array \"" + name + "\": " + e.getMessage());
    }
  }

  private static FileFormatException wrong(
      Path file, String name, NpyArray array, int index, String value, DType type) {
    return new FileFormatException(
        file.toString(),
        "array \""
            + name
            + "\", "
            + array
            + ": element "
            + index
            + " is "
            + value
            + ", which the model's "
            + type
            + " cannot hold");
  }

  /**
   * Writes arrays, whole or not at all.
   *
   * @throws IOException if that cannot be done
   */
  public static void write(Path file, Map<String, Tensor> arrays) throws IOException {
    if (isNpz(file)) {
      Npz.ofTensors(arrays).write(file);
    } else if (arrays.size() == 1) {
      NpyArray.of(arrays.values().iterator().next()).write(file);
    } else {
      throw new IOException(
          file
              + ": holds one array, there are "
              + String.join(", ", arrays.keySet())
              + "; take .npz");
    }
  }
}
