package lamella.core.io;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import lamella.core.Network;
import lamella.core.Tensor;

/**
 * A network in a file, with all that it takes to make it again, and what else belongs to it.
 *
 * {@snippet file="SnippetsTest.java" region="model-file"}
 *
 * <p>The file is in the safetensors format ({@link SafeTensors}). A parameter is a tensor named by
 * the place of its layer, {@code layers.0.weight}, and within a nested network {@code
 * layers.1.0.weight}; a layer that stands at two places is saved once and is one layer again when
 * it is read. The layers' types and options are JSON in the metadata's {@code lamella.network}, and
 * so is what the outputs mean ({@link Network#outputs}), unless nobody said; which types there are,
 * the {@link LayerFormats} on the module path or class path say. {@code lamella.sha256} is a
 * checksum of everything. A file that another tool makes or changes has {@code lamella.format} "1
 * unchecked" instead of "1", and no checksum.
 *
 * <p>A file can be written while another thread trains the network, and is whole; its numbers may
 * then be of two steps, some parameters from before the last and some from after it. For those of
 * one step, write it in a training listener, which runs between two. Writing takes as much memory
 * again as the parameters.
 *
 * <p>Nothing in a file can make reading take more memory than the file's own size calls for, or run
 * code that is not a layer's on the path. No Java serialisation.
 *
 * @param network the network; written and read as it is, in float32 or float64
 * @param tensors what else belongs to it, a mean image for example; no name begins with {@code
 *     layers.}
 * @param metadata text; no name begins with {@code lamella.}
 */
public record ModelFile(
    Network network, Map<String, Tensor> tensors, Map<String, String> metadata) {
  /** What the names of the network's tensors begin with. */
  static final String LAYERS = "layers.";

  /** What the names of the metadata begin with that describe the network. */
  static final String OWN = "lamella.";

  static final String FORMAT = OWN + "format";
  static final String VERSION = "1";
  static final String UNCHECKED = VERSION + " unchecked";
  static final String NETWORK = OWN + "network";
  static final String SHA256 = OWN + "sha256";

  /**
   * A network and what belongs to it; the maps are copied.
   *
   * @throws IllegalArgumentException if a name is one of those kept for the network
   */
  public ModelFile {
    tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
    metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
    requireFree(tensors, LAYERS, "tensor");
    requireFree(metadata, OWN, "metadata");
  }

  private static void requireFree(Map<String, ?> map, String kept, String what) {
    for (String name : map.keySet()) {
      if (name.startsWith(kept)) {
        throw new IllegalArgumentException(
            "ModelFile: " + what + " names beginning with " + kept + " are kept, got " + name);
      }
    }
  }

  /**
   * {@return a file with a network and nothing else}
   *
   * @param network not copied
   */
  public static ModelFile of(Network network) {
    return new ModelFile(network, Map.of(), Map.of());
  }

  /**
   * Writes the file, which appears under its name only when it is complete.
   *
   * @param path where the file is to be
   * @throws IOException if it cannot be written
   * @throws IllegalArgumentException if no format is there for a layer's class, naming layer and
   *     class, or the network cannot be kept for a reason that the message gives
   */
  public void write(Path path) throws IOException {
    ModelWriter.toTensors(this, Registry.load()).write(path);
  }

  /**
   * {@return the file's bytes}
   *
   * @throws IllegalArgumentException as for {@link #write}
   */
  public byte[] toBytes() {
    return ModelWriter.toTensors(this, Registry.load()).toBytes();
  }

  /**
   * Reads a file.
   *
   * @param path of the file
   * @return what it holds
   * @throws FileFormatException if it is damaged, or no file of this kind, or has a layer of which
   *     there is no format on the module path or class path; says what was expected and found
   * @throws IOException if it cannot be read
   */
  public static ModelFile read(Path path) throws IOException {
    return ModelReader.read(path.toString(), SafeTensors.read(path), Registry.load());
  }

  /**
   * Reads what a file of this name holds.
   *
   * @param name for messages
   * @param bytes the whole file
   * @return what it holds
   * @throws FileFormatException as for {@link #read}
   */
  public static ModelFile parse(String name, byte[] bytes) throws FileFormatException {
    return ModelReader.read(name, SafeTensors.parse(name, bytes), Registry.load());
  }
}
