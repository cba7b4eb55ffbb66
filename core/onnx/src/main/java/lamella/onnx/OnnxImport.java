package lamella.onnx;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import lamella.core.Layer;
import lamella.core.Network;
import lamella.core.Outputs;
import lamella.core.io.FileFormatException;
import lamella.core.io.LayerFormat;
import lamella.core.io.LayerFormats;
import lamella.core.io.OnnxExport;

/**
 * A network out of an ONNX file: one of {@link OnnxExport}'s, or of another program's where its
 * graph is a chain of operators that layers on the module path or class path are made of; branches
 * are read where a layer is made of them.
 *
 * {@snippet file="SnippetsTest.java" region="onnx-import"}
 *
 * <p>How, each layer's {@link LayerFormat} says. Networks within networks come back as one chain, a
 * layer that stands at two places as one layer. The input's first dimension is the batch, whatever
 * size the file gives it.
 *
 * <p>Nothing in a file can make reading take more memory than the file's own size calls for.
 *
 * <p>Source: "Open Neural Network Exchange Intermediate Representation" and the operators of
 * versions 7 to 25 (the ONNX project).
 *
 * @param network what the graph computes, but for a softmax or sigmoid at its end that makes
 *     probabilities: the network's outputs are what goes into it
 * @param probabilities whether there is one
 * @param metadata the file's text by keys, but for what {@link Network#outputs} says
 */
public record OnnxImport(Network network, boolean probabilities, Map<String, String> metadata) {
  /** In a Java array, and in ONNX's format. */
  private static final int LARGEST = Integer.MAX_VALUE - 8;

  private static final String OUTPUTS = "lamella.outputs";

  /** What was read; the map is copied. */
  public OnnxImport {
    metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
  }

  /**
   * Reads a file.
   *
   * @param path of the file
   * @return what it holds
   * @throws FileFormatException if it is damaged, no ONNX file, or has something that no layer is
   *     made of; names the node and its operator
   * @throws IOException if it cannot be read
   */
  public static OnnxImport read(Path path) throws IOException {
    long size = Files.size(path);
    if (size > LARGEST) {
      throw new FileFormatException(
          path.toString(),
          "at most 2 GB expected, as ONNX files can have, found " + size + " bytes");
    }
    return parse(path.toString(), Files.readAllBytes(path));
  }

  /**
   * Reads what a file of this name holds.
   *
   * @param name for messages
   * @param bytes the whole file
   * @return what it holds
   * @throws FileFormatException as for {@link #read}
   */
  public static OnnxImport parse(String name, byte[] bytes) throws FileFormatException {
    return parse(name, bytes, LayerFormats.all());
  }

  static OnnxImport parse(String name, byte[] bytes, List<LayerFormat<?>> formats)
      throws FileFormatException {
    OnnxSource source = OnnxSource.parse(name, bytes);
    Map<String, String> metadata = new LinkedHashMap<>(source.metadata());
    try {
      Outputs outputs = Outputs.of(metadata.remove(OUTPUTS));
      OnnxChain chain = new OnnxChain(source, formats);
      String logits = beforeProbabilities(chain, source, outputs);
      boolean probabilities = !logits.equals(source.output());
      List<Layer> layers = chain.layers(source.input(), logits);
      Network network = Network.of(source.example(), layers);
      source.requireOutput(network.outputShape());
      network.dtype(); // or says that parameters are of both types
      boolean softmax = probabilities && outputs == Outputs.UNSPECIFIED;
      return new OnnxImport(
          network.withOutputs(softmax ? Outputs.CLASSES : outputs), probabilities, metadata);
    } catch (RuntimeException e) {
      throw FileFormatException.because(name, "", e);
    }
  }

  /** What goes into a last softmax, or into a last sigmoid of answers of yes or no. */
  private static String beforeProbabilities(OnnxChain chain, OnnxSource source, Outputs outputs)
      throws FileFormatException {
    OnnxSource.Node last = source.node(source.output());
    if (last == null || last.inputs().size() != 1) {
      return source.output();
    }
    boolean softmax = last.operator().equals("Softmax") && outputs != Outputs.PROBABILITIES;
    if (softmax) {
      // Over the last dimension, which in a batch of rows is the second.
      long axis = new GraphNode(chain, source, last).integer("axis", source.opset() < 13 ? 1 : -1);
      long rank = source.example().rank();
      if (axis != -1 && (axis != 1 || rank != 1)) {
        throw source.wrong(last.who() + ": the last axis expected, found axis " + axis);
      }
    }
    boolean sigmoid = last.operator().equals("Sigmoid") && outputs == Outputs.YES_NO;
    return softmax || sigmoid ? last.inputs().getFirst() : source.output();
  }
}
