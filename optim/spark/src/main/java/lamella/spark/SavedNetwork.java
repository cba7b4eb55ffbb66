package lamella.spark;

import java.io.Serial;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import lamella.core.Network;
import lamella.core.io.FileFormatException;
import lamella.core.io.ModelFile;

/**
 * A network as the bytes of its model file: the value of a parameter, which can be sent to
 * executors and saved.
 */
public final class SavedNetwork implements Serializable {
  @Serial private static final long serialVersionUID = 1;

  private final byte[] bytes;
  private final String description;

  /** Under which the file's metadata name the parameters that are frozen, by their places. */
  private static final String FROZEN = "frozen";

  private SavedNetwork(byte[] bytes, Network network) {
    this.bytes = bytes;
    this.description = network.toString();
  }

  /**
   * {@return a copy of a network}
   *
   * @param network is not changed
   * @throws IllegalArgumentException if a layer has no format for files; names it
   */
  public static SavedNetwork of(Network network) {
    List<String> frozen = new ArrayList<>();
    for (int i = 0; i < network.parameters().size(); i++) {
      if (network.parameters().get(i).isFrozen()) {
        frozen.add(Integer.toString(i));
      }
    }
    Map<String, String> metadata =
        frozen.isEmpty() ? Map.of() : Map.of(FROZEN, String.join(",", frozen));
    return new SavedNetwork(new ModelFile(network, Map.of(), metadata).toBytes(), network);
  }

  static SavedNetwork parse(String name, byte[] bytes) throws FileFormatException {
    return new SavedNetwork(bytes, ModelFile.parse(name, bytes).network());
  }

  /** {@return the network, a new one each time, with the same parameters frozen} */
  public Network network() {
    try {
      ModelFile file = ModelFile.parse("network", bytes);
      String frozen = file.metadata().get(FROZEN);
      for (String place : frozen == null ? new String[0] : frozen.split(",", -1)) {
        file.network().parameters().get(Integer.parseInt(place)).freeze();
      }
      return file.network();
    } catch (FileFormatException e) {
      throw new IllegalStateException(
          "the network that was kept cannot be read: " + description, e);
    }
  }

  byte[] bytes() {
    return bytes;
  }

  String sha256() {
    return RowHash.hex(bytes);
  }

  /** The network's own description, for example {@code Network([4] -> Linear(4 -> 3))}. */
  @Override
  public String toString() {
    return description;
  }
}
