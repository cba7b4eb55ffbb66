package lamella.core.io;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import lamella.core.DType;
import lamella.core.Network;
import lamella.core.Outputs;
import lamella.core.Parameter;
import lamella.core.Shape;
import org.jspecify.annotations.Nullable;

/**
 * A network as an ONNX file: its layers and parameters, on request with softmax or sigmoid after
 * them. The module {@code lamella.onnx} reads it. What the outputs mean, {@link Network#outputs},
 * is said in the output's description and in the metadata's {@code lamella.outputs}, unless nobody
 * said. Immutable.
 *
 * {@snippet file="SnippetsTest.java" region="onnx"}
 *
 * <p>The graph has one input and one output, {@code [batch, ...]} with a batch of any size, of the
 * parameters' type: float32, or float64. (ONNX keeps an operator's attributes in float32. In
 * float64 layers therefore use operators without.) Equal networks give equal bytes.
 *
 * <p>All layers must have an ONNX form: by their {@link LayerFormat}, or, activations, by their
 * formula. Nodes and parameters are named by the paths of their layers, {@code 1.0.weight}.
 *
 * <p>Source: "Open Neural Network Exchange Intermediate Representation", versions 7 to 9, and the
 * operators of versions 13 to 20 (the ONNX project).
 */
public final class OnnxExport {
  /** The oldest version of the operators that {@link #withOpset} takes. */
  public static final int OLDEST_OPSET = 13;

  /** The newest one, which a file has unless somebody asks for an older one. */
  public static final int OPSET = 20;

  /** The dimension whose size is open. */
  private static final String BATCH = "batch";

  private final Network network;

  /** Of a network without parameters. */
  private final DType otherwise;

  private final int opset;

  /** The operator that makes probabilities. */
  private final @Nullable String last;

  private final String input;
  private final String output;
  private final String producer;
  private final String producerVersion;
  private final Map<String, String> metadata;

  /** Null if they are to be looked for. */
  private final @Nullable Registry formats;

  private OnnxExport(
      Network network,
      DType otherwise,
      int opset,
      @Nullable String last,
      String input,
      String output,
      String producer,
      String producerVersion,
      Map<String, String> metadata,
      @Nullable Registry formats) {
    this.network = network;
    this.otherwise = otherwise;
    this.opset = opset;
    this.last = last;
    this.input = input;
    this.output = output;
    this.producer = producer;
    this.producerVersion = producerVersion;
    this.metadata = metadata;
    this.formats = formats;
  }

  /**
   * {@return the export of this network as it is; its input is called {@code input}, its output
   * {@code output}}
   *
   * @param network not changed
   */
  public static OnnxExport of(Network network) {
    return new OnnxExport(
        network, DType.FLOAT32, OPSET, null, "input", "output", "lamella", "", Map.of(), null);
  }

  /**
   * Chooses the version of ONNX's operators, otherwise 20. An older one is for programs that do not
   * read so new a file. Layers whose operators came later, Mish for example, are written there by
   * several older operators, to the same values but for rounding. In version 13 operators got the
   * meaning they have since then, and 20 has all that these layers need; files of the versions
   * after it would be refused by more programs and say nothing else. The version of the file format
   * is the one that came with the operators: 7 below 15, 8 below 19, and 9.
   *
   * @param opset from 13 to 20
   * @return a new export like this one
   * @throws IllegalArgumentException if it is another
   */
  public OnnxExport withOpset(int opset) {
    if (opset < OLDEST_OPSET || opset > OPSET) {
      throw new IllegalArgumentException(
          "OnnxExport: opset must be from " + OLDEST_OPSET + " to " + OPSET + ", got " + opset);
    }
    return new OnnxExport(
        network,
        otherwise,
        opset,
        last,
        input,
        output,
        producer,
        producerVersion,
        metadata,
        formats);
  }

  /**
   * Chooses the type of numbers for a network that has no parameters, otherwise float32. Parameters
   * say the type themselves.
   *
   * @param dtype of the input, the output and all between
   * @return a new export like this one
   */
  public OnnxExport withType(DType dtype) {
    return new OnnxExport(
        network, dtype, opset, last, input, output, producer, producerVersion, metadata, formats);
  }

  /**
   * Gives the formats of the network's layers, which otherwise are looked for, see {@link
   * LayerFormats#all}.
   *
   * @param formats of all classes of layers in the network
   * @return a new export like this one
   * @throws IllegalStateException if two have one type or one class
   */
  public OnnxExport withFormats(List<LayerFormat<?>> formats) {
    return new OnnxExport(
        network,
        otherwise,
        opset,
        last,
        input,
        output,
        producer,
        producerVersion,
        metadata,
        Registry.of(formats));
  }

  /**
   * Adds a last node that makes probabilities of the classes' logits: exp(y_j) / sum_k exp(y_k)
   * over the last dimension.
   *
   * @return a new export like this one
   * @throws IllegalStateException if the network's outputs have no classes, or are probabilities
   */
  public OnnxExport withSoftmax() {
    Outputs outputs = network.outputs();
    if (outputs == Outputs.YES_NO || outputs == Outputs.PROBABILITIES) {
      throw new IllegalStateException(
          "OnnxExport: softmax is for logits of classes, the network's outputs are "
              + outputs
              + (outputs == Outputs.YES_NO ? "; use withSigmoid" : "; export it as it is"));
    }
    // Without a word of what they are, outputs of other shapes may be rows of classes.
    if (outputs != Outputs.UNSPECIFIED || network.outputShape().size() == 1) {
      outputs.requireClasses("OnnxExport", network.outputShape());
    }
    return withLast("Softmax");
  }

  /**
   * Adds a last node that makes the probability of yes of each output: 1 / (1 + exp(-y)).
   *
   * @return a new export like this one
   * @throws IllegalStateException if the network's outputs are something else
   */
  public OnnxExport withSigmoid() {
    Outputs outputs = network.outputs();
    if (outputs != Outputs.YES_NO && outputs != Outputs.UNSPECIFIED) {
      throw new IllegalStateException(
          "OnnxExport: sigmoid is for outputs of yes or no, the network's are "
              + outputs
              + (outputs == Outputs.CLASSES ? "; use withSoftmax" : ""));
    }
    return withLast("Sigmoid");
  }

  private OnnxExport withLast(String operator) {
    return new OnnxExport(
        network,
        otherwise,
        opset,
        operator,
        input,
        output,
        producer,
        producerVersion,
        metadata,
        formats);
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
        network,
        otherwise,
        opset,
        last,
        input,
        output,
        producer,
        producerVersion,
        metadata,
        formats);
  }

  /**
   * Says which program makes the file; otherwise {@code lamella} does.
   *
   * @param name of the program
   * @param version of the program
   * @return a new export like this one
   */
  public OnnxExport withProducer(String name, String version) {
    return new OnnxExport(
        network, otherwise, opset, last, input, output, name, version, metadata, formats);
  }

  /**
   * Adds text by keys, for example how the network was made; written in the keys' order.
   *
   * @param metadata text by key
   * @return a new export like this one
   */
  public OnnxExport withMetadata(Map<String, String> metadata) {
    return new OnnxExport(
        network,
        otherwise,
        opset,
        last,
        input,
        output,
        producer,
        producerVersion,
        new TreeMap<>(metadata),
        formats);
  }

  /**
   * Writes the file, whole or not at all: see {@link AtomicFile}.
   *
   * @param path where the file is to be
   * @throws IOException if it cannot be written
   * @throws IllegalArgumentException if a layer has no ONNX form, or none of so old operators, or
   *     parameters have different types; names the layer
   * @throws IllegalStateException if it would exceed 2 GB, the format's limit
   */
  public void write(Path path) throws IOException {
    write(path, formats());
  }

  private Registry formats() {
    return formats == null ? Registry.load() : formats;
  }

  void write(Path path, Registry registry) throws IOException {
    ProtoWriter model = toProto(registry);
    AtomicFile.write(path, model::writeTo);
  }

  /**
   * {@return the file's bytes}
   *
   * @throws IllegalArgumentException if a layer has no ONNX form, or none of so old operators, or
   *     parameters have different types; names the layer
   * @throws IllegalStateException if they would exceed 2 GB, the format's limit
   */
  public byte[] toBytes() {
    return toBytes(formats());
  }

  byte[] toBytes(Registry registry) {
    ProtoWriter model = toProto(registry);
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
  private ProtoWriter toProto(Registry registry) {
    ProtoWriter model =
        new ProtoWriter()
            .integer(1, opset < 15 ? 7 : opset < 19 ? 8 : 9)
            .text(2, producer)
            .text(3, producerVersion)
            .message(7, graph(registry))
            .message(8, new ProtoWriter().text(1, "").integer(2, opset));
    properties()
        .forEach((key, value) -> model.message(14, new ProtoWriter().text(1, key).text(2, value)));
    if (model.size() > Integer.MAX_VALUE - 8) {
      throw new IllegalStateException(
          "OnnxExport: " + model.size() + " bytes exceed the 2 GB that an ONNX file can have");
    }
    return model;
  }

  /** The metadata, and what the outputs mean unless nobody said. */
  private Map<String, String> properties() {
    Map<String, String> properties = new TreeMap<>(metadata);
    if (network.outputs() != Outputs.UNSPECIFIED) {
      properties.put("lamella.outputs", network.outputs().toString());
    }
    return properties;
  }

  /** GraphProto. */
  private ProtoWriter graph(Registry registry) {
    List<Parameter> parameters = network.parameters();
    DType dtype = parameters.isEmpty() ? otherwise : parameters.getFirst().value().dtype();
    OnnxGraph graph = new OnnxGraph(dtype, opset, registry, input, output);
    String value = graph.add("", network, input);
    if (last != null) {
      value = graph.node(last, last.equals("Softmax") ? Map.of("axis", -1) : Map.of(), value);
    }
    graph.finish(value);
    return graph
        .toProto()
        .message(11, valueInfo(input, dtype, network.inputShape()))
        .message(12, describe(valueInfo(output, dtype, network.outputShape())));
  }

  /** Says what the outputs mean, unless nobody said. */
  private ProtoWriter describe(ProtoWriter outputInfo) {
    return switch (network.outputs()) {
      case UNSPECIFIED -> outputInfo;
      case CLASSES ->
          outputInfo.text(3, last == null ? "logits of classes" : "probabilities of classes");
      case PROBABILITIES -> outputInfo.text(3, "probabilities of classes");
      case NUMBERS -> outputInfo.text(3, "numbers");
      case YES_NO -> outputInfo.text(3, last == null ? "logits of yes" : "probabilities of yes");
    };
  }

  /** ValueInfoProto of a batch of examples. */
  private static ProtoWriter valueInfo(String name, DType dtype, Shape example) {
    ProtoWriter shape = new ProtoWriter().message(1, new ProtoWriter().text(2, BATCH));
    for (int axis = 0; axis < example.rank(); axis++) {
      shape.message(1, new ProtoWriter().integer(1, example.dimension(axis)));
    }
    ProtoWriter tensor =
        new ProtoWriter().integer(1, OnnxGraph.elementType(dtype)).message(2, shape);
    return new ProtoWriter().text(1, name).message(2, new ProtoWriter().message(1, tensor));
  }
}
