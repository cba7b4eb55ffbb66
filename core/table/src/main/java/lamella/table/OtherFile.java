package lamella.table;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a file is that is no text of rows: told by its first bytes, and named with a way out. */
final class OtherFile {
  /** First bytes in ISO 8859-1, and what begins with them. */
  private static final String[][] BEGINNINGS = {
    {"PAR1", "a Parquet file; write its rows as CSV"},
    {"ARROW1", "an Arrow (Feather) file; write its rows as CSV"},
    {"\u00d0\u00cf\u0011\u00e0", "an old Excel workbook (.xls)?; save the sheet as CSV"},
    {"\u0089HDF\r\n\u001a\n", "an HDF5 file; write its rows as CSV"},
    {"SQLite format 3", "an SQLite database; write the rows of a query as CSV"},
    {"\u0093NUMPY", "a NumPy array (.npy); write it as CSV with numpy.savetxt"},
    {"RDX", "an R data file; write its rows with write.csv"},
    {"RDA", "an R data file; write its rows with write.csv"},
    {"BZh", "a bzip2 file; unpack it first"},
    {"\u00fd7zXZ", "an xz file; unpack it first"},
    {"(\u00b5/\u00fd", "a Zstandard file; unpack it first"},
    {"7z\u00bc\u00af'\u001c", "a 7z file; unpack it first"},
    {"Rar!", "a RAR archive; unpack it first"},
    {"\u0089PNG", "a PNG image"},
    {"\u00ff\u00d8\u00ff", "a JPEG image"},
    {"GIF8", "a GIF image"},
    {"%PDF", "a PDF document"},
    {"\u007fELF", "a program"},
    {
      "version https://git-lfs.github.com/spec/",
      "a Git LFS pointer, which stands for the file; fetch it with: git lfs pull"
    },
  };

  private OtherFile() {}

  /** What it is in words, or null if it may be text of rows. */
  static @Nullable String of(byte[] start) {
    String text = new String(start, StandardCharsets.ISO_8859_1);
    for (String[] beginning : BEGINNINGS) {
      if (text.startsWith(beginning[0])) {
        return beginning[1];
      }
    }
    if (text.startsWith("PK\3\4") || text.startsWith("PK\5\6")) {
      return text.contains("[Content_Types].xml") || text.contains("xl/")
          ? "an Excel workbook (.xlsx)?; save the sheet as CSV"
          : "a zip file; unpack it first";
    }
    if (text.startsWith("ustar", 257)) {
      return "a tar archive; unpack it first";
    }
    if (start.length > 2 && start[0] == (byte) 0x80 && start[1] >= 2 && start[1] <= 5) {
      return "a Python pickle; write its rows as CSV";
    }
    String lower = text.strip().toLowerCase(Locale.ROOT);
    if (lower.startsWith("<!doctype html") || lower.startsWith("<html")) {
      return "a web page (HTML); the address it came from is not the file's";
    }
    if (lower.startsWith("<?xml")) {
      return "an XML document; write its rows as CSV";
    }
    boolean isJson =
        lower.startsWith("{\"")
            || lower.startsWith("[{")
            || lower.matches("(?s)[\\[{]\\s*[\\[{\"].*");
    return isJson ? "JSON text; write its rows as CSV" : null;
  }
}
