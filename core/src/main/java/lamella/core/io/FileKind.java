package lamella.core.io;

import static lamella.core.io.FileFormatException.quote;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a file is that is not what it should be: other programs' files, told by their first bytes
 * and named with a way out.
 */
final class FileKind {
  /** So many first bytes tell. */
  static final int BYTES = 512;

  private static final int ZIP_HEADER = 30;

  /** First bytes in ISO 8859-1, and what begins with them. */
  private static final String[][] BEGINNINGS = {
    {"\u0093NUMPY", "a NumPy array (.npy); read it with NpyArray"},
    {
      "version https://git-lfs.github.com/spec/",
      "a Git LFS pointer, which stands for the file; fetch it with: git lfs pull"
    },
    {
      "\u0080\2\u008a\nl\u00fc\u009cF\u00f9 j\u00a8P\u0019",
      "a PyTorch file (torch.save, before 1.6); save its state_dict with"
          + " safetensors.torch.save_file"
    },
    {"\u0089HDF\r\n\u001a\n", "an HDF5 file (Keras' .h5?); save its arrays with numpy.savez"},
    {"GGUF", "a GGUF file (llama.cpp)"},
    {"\u001f\u008b", "a gzip file; unpack it first"},
    {"BZh", "a bzip2 file; unpack it first"},
    {"\u00fd7zXZ", "an xz file; unpack it first"},
    {"(\u00b5/\u00fd", "a Zstandard file; unpack it first"},
    {"7z\u00bc\u00af'\u001c", "a 7z file; unpack it first"},
    {"MATLAB 5.0", "a MATLAB file (.mat)"},
    {"PAR1", "a Parquet file"},
    {"\u0089PNG", "a PNG image"},
    {"\u00ff\u00d8\u00ff", "a JPEG image"},
    {"%PDF", "a PDF document"},
  };

  private FileKind() {}

  /** The first bytes of a file: those that were read already, and more that are behind them. */
  static byte[] beginning(byte[] read, InputStream rest) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(read, 0, Math.min(read.length, BYTES));
    bytes.write(rest.readNBytes(BYTES - bytes.size()));
    return bytes.toByteArray();
  }

  /** What it is in words, or null if that cannot be told. */
  static @Nullable String of(byte[] start) {
    if (start.length == 0) {
      return "an empty file";
    }
    String text = new String(start, StandardCharsets.ISO_8859_1);
    for (String[] beginning : BEGINNINGS) {
      if (text.startsWith(beginning[0])) {
        return beginning[1];
      }
    }
    if (text.startsWith("PK\3\4") || text.startsWith("PK\5\6")) {
      return zip(text);
    }
    if (text.startsWith("ustar", 257)) {
      return "a tar archive; unpack it first";
    }
    if (text.startsWith("TFL3", 4)) {
      return "a TensorFlow Lite model";
    }
    if (text.startsWith("{\"", 8) && start[7] == 0) {
      return "a safetensors file; read it with SafeTensors";
    }
    if (start.length > 2 && start[0] == (byte) 0x80 && start[1] >= 2 && start[1] <= 5) {
      return "a Python pickle; load it in Python and save the arrays with numpy.savez";
    }
    // ModelProto's first field is the version of the format.
    if (start.length > 2 && start[0] == 8 && start[1] >= 3 && start[1] <= 15) {
      int tag = start[2];
      if ((tag & 7) == 2 || tag == 0x28) {
        return "an ONNX file?";
      }
    }
    if (text.chars().allMatch(c -> c == 0)) {
      return "only zeros (a download that was cut off?)";
    }
    return isText(start) ? text(start) : null;
  }

  private static String zip(String text) {
    int length = text.length() < ZIP_HEADER ? 0 : text.charAt(26) | text.charAt(27) << 8;
    String first =
        text.substring(
            Math.min(ZIP_HEADER, text.length()), Math.min(ZIP_HEADER + length, text.length()));
    if (isPyTorch(first)) {
      return "a PyTorch file (torch.save); save its state_dict with safetensors.torch.save_file";
    }
    if (first.endsWith(".npy")) {
      return "a zip file of NumPy arrays (.npz); read it with Npz";
    }
    if (first.equals("metadata.json") || first.equals("config.json")) {
      return "a Keras model (.keras); save its arrays with numpy.savez";
    }
    return "a zip file (.npz?)";
  }

  /** Whether an entry of a zip file is one of those that torch.save writes. */
  static boolean isPyTorch(String entry) {
    return entry.endsWith("/data.pkl")
        || entry.endsWith("/version")
        || entry.endsWith("/byteorder")
        || entry.endsWith("/.format_version");
  }

  private static boolean isText(byte[] start) {
    for (byte b : start) {
      boolean isControl = b >= 0 && b < ' ' && b != '\n' && b != '\r' && b != '\t' && b != '\f';
      if (isControl) {
        return false;
      }
    }
    return true;
  }

  private static String text(byte[] start) {
    String text = new String(start, StandardCharsets.UTF_8).replace("\ufeff", "").strip();
    String lower = text.toLowerCase(Locale.ROOT);
    if (lower.startsWith("<!doctype html") || lower.startsWith("<html")) {
      return "a web page (HTML); the address it came from is not the file's";
    }
    if (text.startsWith("<?xml")) {
      return "an XML document; the address it came from is not the file's";
    }
    if (text.startsWith("{")) {
      return "JSON text (the index of several files?)";
    }
    String line = text.lines().findFirst().orElse("");
    // What is not UTF-8 is text by chance.
    return line.indexOf('\ufffd') >= 0 ? "text" : "text: " + quote(line);
  }

  /** The same as an error, if it can be told. */
  static @Nullable FileFormatException error(String file, String expected, byte[] start) {
    String kind = of(start);
    return kind == null
        ? null
        : new FileFormatException(file, "expected " + expected + ", found " + kind);
  }

  /** The start of a file of which more is known. */
  static byte[] join(byte[] first, byte[] second) {
    byte[] joined = Arrays.copyOf(first, first.length + Math.min(BYTES, second.length));
    System.arraycopy(second, 0, joined, first.length, joined.length - first.length);
    return joined;
  }
}
