package lamella.core.io;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import lamella.core.FloatTensor;
import lamella.core.Shape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Other programs' files, in every reader. */
class FileKindTest {
  private static final String SAVE = "save its state_dict with safetensors.torch.save_file";

  @TempDir Path folder;

  /** What all readers say of a file. */
  private void assertFound(String kind, byte[] bytes) throws IOException {
    Path file = Files.write(folder.resolve("file"), bytes);
    assertError(
        file + ": expected a safetensors file, found " + kind, () -> SafeTensors.read(file));
    assertError(file + ": expected a safetensors file, found " + kind, () -> ModelFile.read(file));
    assertError(file + ": expected an .npy file, found " + kind, () -> NpyArray.read(file));
    assertError(file + ": expected an .npz file, found " + kind, () -> Npz.read(file));
  }

  private interface Reader {
    Object read() throws IOException;
  }

  private static void assertError(String message, Reader reader) {
    assertEquals(message, assertThrows(FileFormatException.class, reader::read).getMessage());
  }

  private static byte[] zip(String... names) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      for (String name : names) {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(1);
      }
    }
    return bytes.toByteArray();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "version https://git-lfs.github.com/spec/v1\\noid sha256:0 | a Git LFS pointer, which stands for the file; fetch it with: git lfs pull",
        "<!DOCTYPE html><html></html> | a web page (HTML); the address it came from is not the file's",
        "`\\n  <HTML lang=en>` | a web page (HTML); the address it came from is not the file's",
        "<?xml version='1.0'?><Error/> | an XML document; the address it came from is not the file's",
        "{\"metadata\": {}} | JSON text (the index of several files?)",
        "Access denied.\\nTry later | text: \"Access denied.\"",
        "\\u0089HDF\\r\\n\\u001a\\n0000 | an HDF5 file (Keras' .h5?); save its arrays with numpy.savez",
        "GGUF\\u0003\\u0000\\u0000\\u0000 | a GGUF file (llama.cpp)",
        "\\u001c\\u0000\\u0000\\u0000TFL3\\u0014 | a TensorFlow Lite model",
        "\\u0008\\u0008\\u0012\\u0004test:\\u0002\\u0012\\u0000 | an ONNX file?",
        "\\u0080\\u0002}q\\u0000.... | a Python pickle; load it in Python and save the arrays with numpy.savez",
        "\\u0080\\u0004\\u0095\\u0010\\u0000\\u0000\\u0000\\u0000\\u0000 | a Python pickle; load it in Python and save the arrays with numpy.savez",
        "BZh91AY&SY00 | a bzip2 file; unpack it first",
        "MATLAB 5.0 MAT-file | a MATLAB file (.mat)",
        "\\u00ff\\u00d8\\u00ff\\u00e0\\u0000\\u0010JFIF | a JPEG image",
      })
  void isNamed(String start, String kind) throws IOException {
    assertFound(kind, bytes(start));
  }

  private static byte[] bytes(String escaped) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < escaped.length(); i++) {
      if (escaped.startsWith("\\u", i)) {
        text.append((char) Integer.parseInt(escaped, i + 2, i + 6, 16));
        i += 5;
      } else {
        text.append(escaped.charAt(i));
      }
    }
    return text.toString().translateEscapes().getBytes(ISO_8859_1);
  }

  @Test
  void theOldFormOfPyTorchIsNamed() throws IOException {
    String magic = "\u0080\2\u008a\nl\u00fc\u009cF\u00f9 j\u00a8P\u0019.\u0080\2M";
    assertFound("a PyTorch file (torch.save, before 1.6); " + SAVE, magic.getBytes(ISO_8859_1));
  }

  @Test
  void archivesAreNamed() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      out.write(new byte[100]);
    }
    assertFound("a gzip file; unpack it first", bytes.toByteArray());
    byte[] tar = new byte[1024];
    System.arraycopy("name".getBytes(UTF_8), 0, tar, 0, 4);
    System.arraycopy("ustar".getBytes(UTF_8), 0, tar, 257, 5);
    assertFound("a tar archive; unpack it first", tar);
    assertFound("only zeros (a download that was cut off?)", new byte[1024]);
  }

  @Test
  void zipFilesAreNamedByWhatIsInThem() throws IOException {
    Path file = folder.resolve("file");
    Files.write(file, zip("archive/data.pkl", "archive/version"));
    String torch = "a PyTorch file (torch.save); " + SAVE;
    assertFound(torch, Files.readAllBytes(file));
    Files.write(file, zip("a.npy"));
    assertError(
        file
            + ": expected a safetensors file, found a zip file of NumPy arrays (.npz); read it with Npz",
        () -> SafeTensors.read(file));
    Files.write(file, zip("metadata.json", "model.weights.h5"));
    assertError(
        file
            + ": expected a safetensors file, found a Keras model (.keras); save its arrays with numpy.savez",
        () -> SafeTensors.read(file));
    Files.write(file, zip());
    assertError(
        file + ": expected a safetensors file, found a zip file (.npz?)",
        () -> SafeTensors.read(file));
  }

  @Test
  void ourOwnFormatsInEachOthersReaders() throws IOException {
    FloatTensor tensor = FloatTensor.zeros(Shape.of(2));
    Path npy = folder.resolve("x.npy");
    NpyArray.of(tensor).write(npy);
    Path npz = folder.resolve("x.npz");
    Npz.ofTensors(Map.of("a", tensor)).write(npz);
    Path safe = folder.resolve("x.safetensors");
    SafeTensors.of(Map.of("a", tensor), Map.of()).write(safe);
    String array = "a NumPy array (.npy); read it with NpyArray";
    assertError(npy + ": expected an .npz file, found " + array, () -> Npz.read(npy));
    assertError(npy + ": expected a safetensors file, found " + array, () -> SafeTensors.read(npy));
    String arrays = "a zip file of NumPy arrays (.npz); read it with Npz";
    assertError(npz + ": expected an .npy file, found " + arrays, () -> NpyArray.read(npz));
    assertError(
        npz + ": expected a safetensors file, found " + arrays, () -> SafeTensors.read(npz));
    String tensors = "a safetensors file; read it with SafeTensors";
    assertError(safe + ": expected an .npy file, found " + tensors, () -> NpyArray.read(safe));
    assertError(safe + ": expected an .npz file, found " + tensors, () -> Npz.read(safe));
  }

  @Test
  void bytesOfNothingInParticularAreNotNamed() {
    assertNull(FileKind.of(new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9}));
    assertNull(FileKind.of(new byte[] {0, 0, 0, 1}));
    assertEquals("an empty file", FileKind.of(new byte[0]));
  }
}
