package lamella.examples.serve;

import java.io.IOException;
import java.nio.file.Path;
import lamella.core.io.FileFormatException;
import lamella.examples.EnsembleModel;
import lamella.examples.ModelKind;
import lamella.examples.OpenModel;
import lamella.examples.Views;
import lamella.onnx.OnnxModel;
import lamella.table.TableModel;
import org.jspecify.annotations.Nullable;

/** A model that a service answers for. */
public sealed interface Servable permits ServedModel, ServedTable, ServedGraph {
  /** Times that a model is asked to warm up, at most. */
  int MOST_WARM_UPS = 200;

  /**
   * Reads a file: of a network, of one for a table's rows, or of an ONNX graph that is no network.
   * Outputs of a graph that need nodes that are not supported are left out, if there are others.
   *
   * @param name the model's, by which it is asked
   * @param file a model file
   * @param packed whether a network keeps its weights a second time, as they are read fastest
   * @param views of an image whose mean it predicts; null for what the model does itself
   * @throws FileFormatException if it is damaged or its parts do not fit; says what is wrong
   * @throws IOException if it cannot be read
   */
  static Servable read(String name, Path file, boolean packed, @Nullable Views views)
      throws IOException {
    try {
      OpenModel model = OpenModel.read(file);
      model = views == null ? model : EnsembleModel.over(model, views);
      TableModel table = model.table();
      return table != null ? new ServedTable(name, table) : ServedModel.of(name, model, packed);
    } catch (FileFormatException e) {
      if (views == null && ModelKind.of(file) == ModelKind.ONNX) {
        OnnxModel graph = OnnxModel.read(file);
        String[] outputs = graph.supportedOutputs().toArray(String[]::new);
        if (outputs.length > 0) {
          return new ServedGraph(name, graph.withOutputs(outputs));
        }
      }
      throw e;
    }
  }

  /** A file's name without its ending. */
  static String nameOf(Path file) {
    String name = file.toAbsolutePath().normalize().getFileName().toString();
    int point = name.lastIndexOf('.');
    return point > 0 ? name.substring(0, point) : name;
  }

  /** The name by which it is asked. */
  String name();

  /** Its name, what goes in and what comes out, as a JSON object. */
  String description();

  /** What goes in and what comes out, as a JSON object of the Open Inference Protocol. */
  String metadata();

  /**
   * Answers requests of no meaning, one at least, so that those who ask later do not wait for
   * classes to be loaded and loops to be compiled.
   *
   * @param nanos for so long at most, but for the first
   * @throws ArithmeticException if it cannot predict; says why
   */
  void warmUp(long nanos);

  /** Does something once, and again while there is time, {@value #MOST_WARM_UPS} times at most. */
  static void repeat(long nanos, Runnable something) {
    long begin = System.nanoTime();
    for (int i = 0; i < MOST_WARM_UPS && (i == 0 || System.nanoTime() - begin < nanos); i++) {
      something.run();
    }
  }

  /**
   * A name that can be a part of a path.
   *
   * @throws IllegalArgumentException if it cannot
   */
  static String requireName(String name) {
    if (name.isEmpty() || name.contains("/")) {
      throw new IllegalArgumentException(
          "expected a model's name, which is a part of a path, without '/', got '" + name + "'");
    }
    return name;
  }
}
