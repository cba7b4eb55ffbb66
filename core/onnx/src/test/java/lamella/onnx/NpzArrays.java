package lamella.onnx;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/** Arrays of a file of NumPy's, of all types that models have. */
final class NpzArrays {
  private static final Pattern HEADER =
      Pattern.compile(
          "'descr': '(?<type>[^']+)', 'fortran_order': False, 'shape': \\((?<sizes>[0-9, ]*)\\)");

  private NpzArrays() {}

  static Map<String, OnnxArray> read(Path file) throws IOException {
    Map<String, OnnxArray> arrays = new LinkedHashMap<>();
    try (InputStream in = Files.newInputStream(file);
        ZipInputStream zip = new ZipInputStream(in)) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        String name = entry.getName();
        arrays.put(name.substring(0, name.length() - ".npy".length()), array(zip.readAllBytes()));
      }
    }
    return arrays;
  }

  private static OnnxArray array(byte[] bytes) {
    ByteBuffer npy = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int length = npy.getShort(8);
    Matcher header = HEADER.matcher(new String(bytes, 10, length, StandardCharsets.ISO_8859_1));
    if (!header.find()) {
      throw new AssertionError(new String(bytes, 10, length, StandardCharsets.ISO_8859_1));
    }
    int[] dimensions =
        Arrays.stream(header.group("sizes").split(","))
            .map(String::strip)
            .filter(size -> !size.isEmpty())
            .mapToInt(Integer::parseInt)
            .toArray();
    int size = Arrays.stream(dimensions).reduce(1, Math::multiplyExact);
    npy.position(10 + length);
    OnnxType type =
        switch (header.group("type")) {
          case "<f4" -> OnnxType.FLOAT;
          case "<f2" -> OnnxType.FLOAT16;
          case "<f8" -> OnnxType.DOUBLE;
          case "<i8" -> OnnxType.INT64;
          case "<i4" -> OnnxType.INT32;
          case "|b1" -> OnnxType.BOOL;
          case "|i1" -> OnnxType.INT8;
          default -> throw new AssertionError(header.group("type"));
        };
    float[] floats = new float[size];
    double[] doubles = new double[size];
    long[] longs = new long[size];
    for (int i = 0; i < size; i++) {
      switch (type) {
        case FLOAT -> floats[i] = npy.getFloat();
        case FLOAT16 -> floats[i] = Float.float16ToFloat(npy.getShort());
        case DOUBLE -> doubles[i] = npy.getDouble();
        case INT64 -> longs[i] = npy.getLong();
        case INT32 -> longs[i] = npy.getInt();
        default -> longs[i] = npy.get();
      }
    }
    return switch (type) {
      case FLOAT, FLOAT16 -> OnnxArray.of(type, floats, dimensions);
      case DOUBLE -> OnnxArray.of(doubles, dimensions);
      default -> OnnxArray.of(type, longs, dimensions);
    };
  }
}
