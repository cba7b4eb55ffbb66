package lamella.spark;

import java.io.Serial;
import java.util.Base64;
import lamella.core.io.FileFormatException;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.util.Identifiable;

/** A parameter that is a network; saved as the bytes of its model file, in Base64. */
final class SavedNetworkParam extends Param<SavedNetwork> {
  @Serial private static final long serialVersionUID = 1;

  SavedNetworkParam(Identifiable parent, String name, String doc) {
    super(parent, name, doc);
  }

  @Override
  public String jsonEncode(SavedNetwork network) {
    return '"' + Base64.getEncoder().encodeToString(network.bytes()) + '"';
  }

  @Override
  public SavedNetwork jsonDecode(String json) {
    byte[] bytes = Base64.getDecoder().decode(json.substring(1, json.length() - 1));
    try {
      return SavedNetwork.parse(name(), bytes);
    } catch (FileFormatException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }
}
