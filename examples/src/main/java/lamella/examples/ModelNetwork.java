package lamella.examples;

import java.io.IOException;
import java.nio.file.Path;
import lamella.core.Network;
import lamella.core.Tensor;
import lamella.core.io.FileFormatException;
import lamella.core.io.ModelFile;
import lamella.layers.InputNorm;

/**
 * The network of a {@link ModelFile}. A tensor {@code mean_image}, as files of version 0.1 have it,
 * is subtracted from the inputs.
 */
public final class ModelNetwork {
  private static final String MEAN = "mean_image";

  private ModelNetwork() {}

  /**
   * Reads it.
   *
   * @throws FileFormatException if the file is damaged or its parts do not fit; says what is wrong
   * @throws IOException if it cannot be read
   */
  public static Network read(Path file) throws IOException {
    return of(file, ModelFile.read(file));
  }

  /**
   * The network of a file that has been read.
   *
   * @throws FileFormatException if its parts do not fit; says what is wrong
   */
  public static Network of(Path file, ModelFile model) throws FileFormatException {
    Network network = model.network();
    Tensor mean = model.tensors().get(MEAN);
    if (mean == null) {
      return network;
    }
    if (mean.size() != network.inputShape().size()) {
      throw new FileFormatException(
          file.toString(),
          network.inputShape().size()
              + " numbers in its mean_image expected, "
              + mean.size()
              + " found");
    }
    try {
      return network.withHead(InputNorm.centring(mean.to(network.dtype())));
    } catch (IllegalArgumentException e) {
      throw new FileFormatException(file.toString(), "its mean_image: " + e.getMessage());
    }
  }
}
