package lamella.core.onnx;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import lamella.core.DType;
import lamella.core.Layer;
import lamella.core.Network;
import lamella.core.Parameter;
import lamella.core.Shape;
import lamella.core.ShapeException;
import lamella.core.Tensor;
import lamella.core.io.AtomicFile;
import org.jspecify.annotations.Nullable;

/**
 * A network as an ONNX file: its layers and parameters, on request with the preprocessing before
 * and softmax after them. Immutable.
 *
 * {@snippet file="SnippetsTest.java" region="onnx"}
 *
 * <p>The graph has one input and one output, {@code [batch, ...]} with a batch of any size, of the
 * parameters' type: float32, or float64. (ONNX keeps an operator's attributes in float32. In
 * float64 layers therefore use operators without.) Equal networks give equal bytes.
 *
 * <p>All layers must be {@link OnnxLayer}s, or networks of such.
 *
 * <p>Source: "Open Neural Network Exchange Intermediate Representation", version 8, and the
 * operators of version 17 (the ONNX project).
 */
public final class OnnxExport {
  /** The version of the file format. */
  static final int IR_VERSION = 8;

  /** The version of the set of operators. */
  static final int OPSET = 17;

  /** The dimension whose size is open. */
  private static final String BATCH = "batch";

  private final Network network;
  private final @Nullable Tensor mean;
  private final boolean softmax;
  private final String input;
  private final String output;
  private final String producer;
  private final String producerVersion;
  private final Map<String, String> metadata;

  private OnnxExport(
      Network network,
      @Nullable Tensor mean,
      boolean softmax,
      String input,
      String output,
      String producer,
      String producerVersion,
      Map<String, String> metadata) {
    this.network = network;
    this.mean = mean;
    this.softmax = softmax;
    this.input = input;
    this.output = output;
    this.producer = producer;
    this.producerVersion = producerVersion;
    this.metadata = metadata;
  }

  /**
   * {@return the export of this network as it is; its input is called {@code input}, its output
   * {@code output}}
   *
   * @param network not changed
   */
  public static OnnxExport of(Network network) {
    return new OnnxExport(network, null, false, "input", "output", "lamella", "", Map.of());
  }

  /**
   * Adds a first node that subtracts from every example, so that the graph takes raw data: x -
   * mean.
   *
   * @param mean of the shape of one example; is copied, and rounded to the network's type
   * @return a new export like this one
   * @throws ShapeException if it has another shape
   */
  public OnnxExport withMean(Tensor mean) {
    if (!mean.shape().equals(network.inputShape())) {
      throw new ShapeException("OnnxExport: mean", network.inputShape(), mean.shape());
    }
    return new OnnxExport(
        network, mean.copy(), softmax, input, output, producer, producerVersion, metadata);
  }

  /**
   * Adds a last node that makes probabilities of logits: exp(y_j) / sum_k exp(y_k) over the last
   * dimension.
   *
   * @return a new export like this one
   */
  public OnnxExport withSoftmax() {
    return new OnnxExport(network, mean, true, input, output, producer, producerVersion, metadata);
  }

  /**
   * Gives input and output other names.
   *
   * @param input not blank
   * @param output not blank
   * @return a new export like this one
   * @throws IllegalArgumentException if one is blank, or they are equal
   */
  public OnnxExport withNames(String input, String output) {
    if (input.isBlank() || output.isBlank() || input.equals(output)) {
      throw new IllegalArgumentException(
          "OnnxExport: input and output need a name each, got \""
              + input
              + "\", \""
              + output
              + '"');
    }
    return new OnnxExport(
        network, mean, softmax, input, output, producer, producerVersion, metadata);
  }

  /**
   * Says which program makes the file; otherwise {@code lamella} does.
   *
   * @param name of the program
   * @param version of the program
   * @return a new export like this one
   */
  public OnnxExport withProducer(String name, String version) {
    return new OnnxExport(network, mean, softmax, input, output, name, version, metadata);
  }

  /**
   * Adds text by keys, for example how the network was made; written in the keys' order.
   *
   * @param metadata text by key
   * @return a new export like this one
   */
  public OnnxExport withMetadata(Map<String, String> metadata) {
    return new OnnxExport(
        network, mean, softmax, input, output, producer, producerVersion, new TreeMap<>(metadata));
  }

  /**
   * Writes the file, whole or not at all: see {@link AtomicFile}.
   *
   * @param path where the file is to be
   * @throws IOException if it cannot be written
   * @throws IllegalArgumentException if a layer has no ONNX form, or parameters have different
   *     types; names the layer
   * @throws IllegalStateException if it would exceed 2 GB, the format's limit
   */
  public void write(Path path) throws IOException {
    ProtoMessage model = toProto();
    AtomicFile.write(path, model::writeTo);
  }

  /**
   * {@return the file's bytes}
   *
   * @throws IllegalArgumentException if a layer has no ONNX form, or parameters have different
   *     types; names the layer
   * @throws IllegalStateException if they would exceed 2 GB, the format's limit
   */
  public byte[] toBytes() {
    ProtoMessage model = toProto();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream((int) model.size());
    try {
      model.writeTo(bytes);
    } catch (IOException e) {
      throw new AssertionError("an array can be written", e);
    }
    return bytes.toByteArray();
  }

  // Fields have the numbers of onnx.proto.

  /** ModelProto. */
  private ProtoMessage toProto() {
    ProtoMessage model =
        new ProtoMessage()
            .integer(1, IR_VERSION)
            .text(2, producer)
            .text(3, producerVersion)
            .message(7, graph())
            .message(8, new ProtoMessage().text(1, "").integer(2, OPSET));
    metadata.forEach(
        (key, value) -> model.message(14, new ProtoMessage().text(1, key).text(2, value)));
    if (model.size() > Integer.MAX_VALUE - 8) {
      throw new IllegalStateException(
          "OnnxExport: " + model.size() + " bytes exceed the 2 GB that an ONNX file can have");
    }
    return model;
  }

  /** GraphProto. */
  private ProtoMessage graph() {
    DType dtype = dtype();
    OnnxGraph graph = new OnnxGraph(dtype, input, output);
    String value = input;
    if (mean != null) {
      value = graph.node("Sub", value, graph.constant("mean", mean.to(dtype)));
    }
    value = add(network, "", graph, value);
    if (softmax) {
      value = graph.node("Softmax", Map.of("axis", -1), value);
    }
    graph.finish(value);
    return graph
        .toProto()
        .message(11, valueInfo(input, dtype, network.inputShape()))
        .message(12, valueInfo(output, dtype, network.outputShape()));
  }

  /** Adds the layers of a network; {@code path} is what their positions begin with. */
  private static String add(Network network, String path, OnnxGraph graph, String input) {
    List<Layer> layers = network.layers();
    String value = input;
    for (int i = 0; i < layers.size(); i++) {
      String position = path + i;
      value =
          switch (layers.get(i)) {
            case Network nested -> add(nested, position + ".", graph, value);
            case OnnxLayer layer -> graph.layer(position, layer, value);
            case Layer layer ->
                throw new IllegalArgumentException(
                    "layer "
                        + position
                        + " "
                        + layer
                        + ": has no ONNX form; implement "
                        + OnnxLayer.class.getName()
                        + " to give it one");
          };
    }
    return value;
  }

  private DType dtype() {
    List<Parameter> parameters = network.parameters();
    return parameters.isEmpty() ? DType.FLOAT32 : parameters.getFirst().value().dtype();
  }

  /** ValueInfoProto of a batch of examples. */
  private static ProtoMessage valueInfo(String name, DType dtype, Shape example) {
    ProtoMessage shape = new ProtoMessage().message(1, new ProtoMessage().text(2, BATCH));
    for (int axis = 0; axis < example.rank(); axis++) {
      shape.message(1, new ProtoMessage().integer(1, example.dimension(axis)));
    }
    ProtoMessage tensor =
        new ProtoMessage().integer(1, OnnxGraph.elementType(dtype)).message(2, shape);
    return new ProtoMessage().text(1, name).message(2, new ProtoMessage().message(1, tensor));
  }
}
