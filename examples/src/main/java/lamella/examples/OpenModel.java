package lamella.examples;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import lamella.core.Layer;
import lamella.core.Network;
import lamella.core.Shape;
import lamella.core.Tensor;
import lamella.core.io.FileFormatException;
import lamella.core.io.ModelFile;
import lamella.core.io.SafeTensors;
import lamella.layers.InputNorm;
import lamella.onnx.OnnxImport;
import lamella.onnx.OnnxModel;
import lamella.onnx.OnnxValue;
import lamella.onnx.OperatorLayer;
import lamella.table.TableModel;
import org.jspecify.annotations.Nullable;

/**
 * The network in a model file: one of our own, a {@link ModelFile}, or an ONNX file of another
 * program. Which of them it is, is told by its content and not by its name.
 *
 * <p>A tensor {@code mean_image}, as files of version 0.1 have it, is subtracted from the inputs.
 *
 * @param file where it was read
 * @param kind {@link ModelKind#NETWORK} or {@link ModelKind#ONNX}
 * @param network what it computes, but for a softmax or sigmoid at an ONNX graph's end that makes
 *     probabilities: they are what its outputs mean
 * @param example the shape of an example in the file, where the network may take a row of as many
 *     numbers
 * @param metadata the file's text, by keys
 */
public record OpenModel(
    Path file, ModelKind kind, Network network, Shape example, Map<String, String> metadata) {
  private static final String MEAN = "mean_image";
  private static final String CLASSES = "classes";
  private static final String SEPARATOR = ",";

  /** Such metadata are the model file's own. */
  private static final String KEPT = "lamella.";

  private static final String NO_LAYERS =
      ", but nothing of the layers that they belong to; 'lamella describe' lists them, and a program"
          + " takes them into a network of its own by Parameters.load";

  /**
   * Reads it.
   *
   * @throws FileFormatException if the file is damaged, holds no network, or its parts do not fit;
   *     says what is wrong
   * @throws IOException if it cannot be read
   */
  public static OpenModel read(Path file) throws IOException {
    return switch (ModelKind.of(file)) {
      case ONNX -> of(file, OnnxImport.read(file));
      case NETWORK, OTHER -> of(file, ModelFile.read(file));
      case CHECKPOINT -> {
        SafeTensors ignored = SafeTensors.read(file); // or says that it is damaged
        throw wrong(
            file,
            "is a checkpoint, from which 'lamella train --resume' goes on; the network is in the"
                + " model.safetensors that the training ends with");
      }
      case WEIGHTS -> {
        SafeTensors ignored = SafeTensors.read(file); // or says that it is damaged
        throw wrong(file, "has tensors by name" + NO_LAYERS);
      }
      case ARRAYS -> throw wrong(file, "has arrays of NumPy's" + NO_LAYERS);
    };
  }

  /**
   * Reads an ONNX file up to one of its values.
   *
   * @param output the name of an output, or of what is computed on the way to it
   * @throws FileFormatException as for {@link #read}, or if there is no such value
   * @throws IOException if it cannot be read
   */
  public static OpenModel readOnnx(Path file, String output) throws IOException {
    OnnxModel model = OnnxModel.read(file);
    try {
      model = model.withOutputs(output);
    } catch (IllegalArgumentException e) {
      String message = String.valueOf(e.getMessage());
      String name = file + ": ";
      throw wrong(file, message.startsWith(name) ? message.substring(name.length()) : message);
    }
    return of(file, OnnxImport.of(model));
  }

  private static OpenModel of(Path file, OnnxImport read) {
    return new OpenModel(file, ModelKind.ONNX, read.network(), example(read), read.metadata());
  }

  /** The shape of an example as the file has it, if that has as many numbers as the network's. */
  private static Shape example(OnnxImport read) {
    List<OnnxValue.Dimension> dimensions = read.input().dimensions();
    Shape row = read.network().inputShape();
    if (dimensions == null || dimensions.size() < 2) {
      return row;
    }
    int[] sizes = new int[dimensions.size() - 1];
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = dimensions.get(i + 1).size();
      if (sizes[i] < 1) {
        return row;
      }
    }
    long size = 1;
    for (int dimension : sizes) {
      size = Math.min(size * dimension, Integer.MAX_VALUE);
    }
    return size == row.size() ? Shape.of(sizes) : row;
  }

  /**
   * The layers that no layer of ours is made of; they predict and nothing else. Empty for models of
   * ours.
   */
  public List<String> operators() {
    List<String> operators = new ArrayList<>();
    for (Layer layer : network.layers()) {
      if (layer instanceof OperatorLayer operator) {
        operators.add(operator.toString());
      }
    }
    return operators;
  }

  /**
   * The network of a file of our own that has been read.
   *
   * @throws FileFormatException if its parts do not fit; says what is wrong
   */
  public static OpenModel of(Path file, ModelFile model) throws FileFormatException {
    Network network = model.network();
    Tensor mean = model.tensors().get(MEAN);
    return new OpenModel(
        file,
        ModelKind.NETWORK,
        mean == null ? network : centred(file, network, mean),
        network.inputShape(),
        model.metadata());
  }

  private static Network centred(Path file, Network network, Tensor mean)
      throws FileFormatException {
    if (mean.size() != network.inputShape().size()) {
      throw wrong(
          file,
          network.inputShape().size()
              + " numbers in its mean_image expected, "
              + mean.size()
              + " found");
    }
    try {
      return network.withHead(InputNorm.centring(mean.to(network.dtype())));
    } catch (IllegalArgumentException e) {
      throw wrong(file, "its mean_image: " + e.getMessage());
    }
  }

  /**
   * The table model that this is; null if the network's inputs are no rows of a table. An ONNX file
   * that was made of one is one, too.
   *
   * @throws FileFormatException if what the file says of the table does not fit; says what is wrong
   */
  public @Nullable TableModel table() throws IOException {
    Map<String, String> texts = new LinkedHashMap<>(metadata);
    texts.keySet().removeIf(key -> key.startsWith(KEPT)); // of another version, or another program
    return TableModel.of(new ModelFile(network, Map.of(), texts));
  }

  /**
   * The names in its metadata's {@code classes}: of the classes, or of the questions that are
   * answered with yes or no. Empty if there are none.
   */
  public List<String> classNames() {
    String names = metadata.get(CLASSES);
    return names == null ? List.of() : List.of(names.split(SEPARATOR, -1));
  }

  private static FileFormatException wrong(Path file, String problem) {
    return new FileFormatException(file.toString(), problem);
  }
}
