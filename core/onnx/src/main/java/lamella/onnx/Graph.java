package lamella.onnx;

import static lamella.core.io.FileFormatException.quote;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import lamella.core.io.FileFormatException;
import org.jspecify.annotations.Nullable;

/**
 * An ONNX file, read and checked as far as it can be without knowing what its operators mean: every
 * value has one origin, and no node needs what it gives itself.
 *
 * <p>What is read needs memory in proportion to the file's size, whatever the file says. Constants
 * are decoded when they are asked for.
 *
 * <p>Source: "Open Neural Network Exchange Intermediate Representation" and {@code onnx.proto} (the
 * ONNX project).
 */
final class Graph {
  /** Of a Java array, and of a message of protocol buffers. */
  private static final int LARGEST = Integer.MAX_VALUE - 8;

  private final GraphReader read;
  private final List<Node> nodes;

  private Graph(GraphReader read) throws FileFormatException {
    this.read = read;
    this.nodes = Collections.unmodifiableList(read.sorted());
  }

  /** Reads a file, and those beside it that have elements of its tensors. */
  static Graph read(Path path) throws IOException {
    String name = path.toString();
    long size = Files.size(path);
    if (size > LARGEST) {
      throw new FileFormatException(
          name,
          "at most 2 GB expected, as ONNX files can have, found "
              + size
              + " bytes; larger models have their tensors in a file beside them");
    }
    Path real = path.toRealPath();
    return parse(name, Files.readAllBytes(path), real.getParent());
  }

  /** Reads what a file of this name holds, whose bytes must stay as they are. */
  static Graph parse(String name, byte[] bytes) throws FileFormatException {
    try {
      return parse(name, bytes, null);
    } catch (FileFormatException e) {
      throw e;
    } catch (IOException e) {
      throw new IllegalStateException("no other file is read", e);
    }
  }

  private static Graph parse(String name, byte[] bytes, @Nullable Path folder) throws IOException {
    GraphReader reader = new GraphReader(name, new ExternalData(name, folder));
    reader.readModel(new ProtoReader(name, bytes));
    return new Graph(reader);
  }

  /** The file's name, for messages. */
  String file() {
    return read.file;
  }

  /** In such an order that each comes after those whose values it needs; without constants. */
  List<Node> nodes() {
    return nodes;
  }

  /** The node that gives a value; null if none does. */
  @Nullable Node node(String value) {
    return read.givers.get(value);
  }

  /** Whether a value is in the file; it may be the default of an input, see {@link #defaults}. */
  boolean isConstant(String value) {
    return read.constants.containsKey(value);
  }

  /** The names of all constants. */
  Set<String> constants() {
    return Collections.unmodifiableSet(read.constants.keySet());
  }

  /** A constant's type; null if it is one that no array has. */
  @Nullable OnnxType type(String constant) throws FileFormatException {
    return stored(constant).type();
  }

  /** Whether a value is a constant of a type that no array has. */
  boolean isUnreadable(String value) {
    StoredTensor tensor = read.constants.get(value);
    return tensor != null && tensor.type() == null;
  }

  /** A constant's dimensions. */
  int[] dimensions(String constant) throws FileFormatException {
    return stored(constant).dimensions();
  }

  /**
   * A constant: the same array each time, which nobody may change.
   *
   * @throws FileFormatException if there is none, or it has a type that no array has
   * @throws IOException if it is in another file, which cannot be read any more
   */
  OnnxArray constant(String name) throws IOException {
    return stored(name).array();
  }

  private StoredTensor stored(String name) throws FileFormatException {
    StoredTensor tensor = read.constants.get(name);
    if (tensor == null) {
      throw wrong("value " + quote(name) + ": a constant expected");
    }
    return tensor;
  }

  /** The inputs that must be given. */
  Collection<OnnxValue> inputs() {
    return Collections.unmodifiableCollection(read.inputs.values());
  }

  /** The inputs that may be given and else are constants; in old files all constants are such. */
  Map<String, OnnxValue> defaults() {
    return Collections.unmodifiableMap(read.defaults);
  }

  Collection<OnnxValue> outputs() {
    return Collections.unmodifiableCollection(read.outputs.values());
  }

  /** What is known of any value; null if there is no such value. */
  @Nullable OnnxValue value(String name) {
    return read.value(name);
  }

  /** The names of all values, for messages. */
  List<String> values() {
    return read.names();
  }

  /** Whether an operator is a function of the model's own. */
  boolean isFunction(Node node) {
    return read.functions.contains(GraphReader.function(node.domain(), node.operator()));
  }

  /** The version of the operators of each domain; that of ONNX's own is empty. */
  Map<String, Integer> opsets() {
    return Collections.unmodifiableMap(read.opsets);
  }

  Map<String, String> metadata() {
    return Collections.unmodifiableMap(read.metadata);
  }

  /** Who made it, with the version; empty if it does not say. */
  String producer() {
    return (read.producer + " " + read.producerVersion).strip();
  }

  /** What the file says for people. */
  String documentation() {
    return read.documentation;
  }

  FileFormatException wrong(String problem) {
    return new FileFormatException(read.file, problem);
  }
}
