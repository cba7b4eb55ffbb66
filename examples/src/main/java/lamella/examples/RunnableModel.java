package lamella.examples;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import lamella.core.DType;
import lamella.core.DoubleTensor;
import lamella.core.FloatTensor;
import lamella.core.Network;
import lamella.core.Pass;
import lamella.core.Shape;
import lamella.core.Tensor;

/**
 * A model as a function of named arrays, which have a row for each example. That of a network has
 * one input, {@code input}, and one output, {@code output}.
 */
public final class RunnableModel {
  private static final String INPUT = "input";
  private static final String OUTPUT = "output";

  /** Rows computed at once: what lies between input and output takes no more memory. */
  private static final int BATCH = 1000;

  private final Network network;

  private RunnableModel(Network network) {
    this.network = network;
  }

  /** The model that a network is. */
  public static RunnableModel of(Network network) {
    return new RunnableModel(network);
  }

  /**
   * Reads a model file.
   *
   * @throws IOException if it is damaged or cannot be read; says what is wrong
   */
  public static RunnableModel read(Path file) throws IOException {
    return of(OpenModel.read(file).network());
  }

  /** The inputs by name: the type of each. */
  public Map<String, DType> inputs() {
    return Map.of(INPUT, network.dtype());
  }

  /**
   * Computes the outputs.
   *
   * @param inputs by name
   * @return the outputs by name
   * @throws IllegalArgumentException if an input has another shape; names it and both shapes
   */
  public Map<String, Tensor> run(Map<String, Tensor> inputs) {
    Tensor input = inputs.get(INPUT);
    Shape expected = network.inputShape().openBatch();
    if (input == null || !expected.accepts(input.shape())) {
      throw new IllegalArgumentException(
          INPUT
              + ": the model expects "
              + expected
              + ", got "
              + (input == null ? "nothing" : input.shape()));
    }
    int rows = input.shape().dimension(0);
    Tensor output = Tensor.zeros(network.dtype(), network.outputShape().batch(rows));
    Pass pass = Pass.forInference();
    for (int from = 0; from < rows; from += BATCH) {
      int to = Math.min(from + BATCH, rows);
      put(forward(rows(input, from, to), from, pass), output, from);
    }
    Map<String, Tensor> outputs = new LinkedHashMap<>();
    outputs.put(OUTPUT, output);
    return outputs;
  }

  private Tensor forward(Tensor batch, int from, Pass pass) {
    try {
      return network.forward(batch, pass);
    } catch (IllegalArgumentException e) {
      // Of an index that is out of range, for example, with the number of its row.
      throw from == 0
          ? e
          : new IllegalArgumentException(e.getMessage() + "; counted from row " + from, e);
    }
  }

  private Tensor rows(Tensor tensor, int from, int to) {
    Shape shape = network.inputShape().batch(to - from);
    int width = network.inputShape().size();
    return switch (tensor) {
      case FloatTensor floats ->
          FloatTensor.wrap(shape, Arrays.copyOfRange(floats.array(), from * width, to * width));
      case DoubleTensor doubles ->
          DoubleTensor.wrap(shape, Arrays.copyOfRange(doubles.array(), from * width, to * width));
    };
  }

  private static void put(Tensor rows, Tensor all, int from) {
    int start = from * (rows.size() / rows.shape().dimension(0));
    switch (rows) {
      case FloatTensor floats ->
          System.arraycopy(floats.array(), 0, ((FloatTensor) all).array(), start, floats.size());
      case DoubleTensor doubles ->
          System.arraycopy(doubles.array(), 0, ((DoubleTensor) all).array(), start, doubles.size());
    }
  }

  /** How many rows of these outputs have a number that is not finite. */
  public static int rowsNotFinite(Tensor output) {
    int rows = output.shape().dimension(0);
    int width = output.size() / rows;
    int count = 0;
    for (int row = 0; row < rows; row++) {
      boolean finite = true;
      for (int i = row * width; i < (row + 1) * width; i++) {
        finite &= Double.isFinite(output.get(i));
      }
      count += finite ? 0 : 1;
    }
    return count;
  }

  /** The network. */
  @Override
  public String toString() {
    return network.toString();
  }
}
