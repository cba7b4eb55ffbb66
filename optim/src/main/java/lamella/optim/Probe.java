package lamella.optim;

import java.util.ArrayList;
import java.util.List;
import lamella.core.Batch;
import lamella.core.DType;
import lamella.core.Dataset;
import lamella.core.Layer;
import lamella.core.Loss;
import lamella.core.Parameter;
import lamella.core.Pass;
import lamella.core.Tensor;

/**
 * What a network and a loss compute for the first examples with parameters that are made up: tells
 * networks and losses apart whose layers have other settings but say nothing of them.
 */
final class Probe {
  private static final int MOST_EXAMPLES = 4;

  /** Outputs that are kept; the loss depends on all. */
  private static final int MOST_OUTPUTS = 8;

  /** A larger network is not probed: its parameters are copied meanwhile. */
  private static final long MOST_PARAMETERS = 1 << 24;

  /**
   * Numbers differ from machine to machine where a layer of one's own uses {@code Math.exp}, for
   * example.
   */
  private static final double TOLERANCE = 1e-5;

  private static final String NOT_PROBED = "not computed";

  private Probe() {}

  /** The loss and the first outputs as text; the parameters are afterwards as they were. */
  static <T> String of(Layer network, Loss<T> loss, Dataset<T> data, DType type) {
    List<Parameter> parameters = network.parameters();
    long size = 0;
    for (Parameter parameter : parameters) {
      size += parameter.value().size();
    }
    if (size > MOST_PARAMETERS) {
      return NOT_PROBED;
    }
    List<Tensor> values = new ArrayList<>();
    parameters.forEach(parameter -> values.add(parameter.value().copy()));
    try {
      makeUp(parameters);
      return compute(network, loss, data, type);
    } catch (RuntimeException e) {
      // A layer that takes no such parameters.
      return NOT_PROBED;
    } finally {
      for (int i = 0; i < values.size(); i++) {
        parameters.get(i).value().copyFrom(values.get(i));
      }
    }
  }

  private static <T> String compute(Layer network, Loss<T> loss, Dataset<T> data, DType type) {
    int[] indices = new int[Math.min(MOST_EXAMPLES, data.size())];
    for (int i = 0; i < indices.length; i++) {
      indices[i] = i;
    }
    Batch<T> batch = data.newBatch(indices.length, type);
    data.forEpoch(0).read(indices, batch);
    Tensor outputs = network.forward(batch.inputs(), Pass.forInference());
    StringBuilder text =
        new StringBuilder("loss ").append(loss.value(outputs, batch.targets())).append(", outputs");
    for (int i = 0; i < Math.min(MOST_OUTPUTS, outputs.size()); i++) {
      text.append(' ').append(outputs.get(i));
    }
    return text.toString();
  }

  /** Numbers of both signs that keep sums near 1, the same in every run. */
  private static void makeUp(List<Parameter> parameters) {
    long state = 1;
    for (Parameter parameter : parameters) {
      Tensor value = parameter.value();
      int rows = parameter.shape().rank() < 2 ? 1 : parameter.shape().dimension(0);
      double scale = 1 / Math.sqrt(rows);
      for (int i = 0; i < value.size(); i++) {
        // D. Knuth's MMIX generator; 53 bits of it, in [-1, 1).
        state = state * 6364136223846793005L + 1442695040888963407L;
        value.set(i, scale * ((state >> 11) * 0x1p-52));
      }
    }
  }

  /** Whether these are the numbers of one computation. */
  static boolean isSame(String there, String here) {
    if (there.equals(here)) {
      return true;
    }
    String[] a = there.split("[ ,]+", -1);
    String[] b = here.split("[ ,]+", -1);
    if (a.length != b.length) {
      return false;
    }
    double largest = 0;
    for (int i = 0; i < a.length; i++) {
      largest = Math.max(largest, Math.abs(number(a[i])));
    }
    for (int i = 0; i < a.length; i++) {
      if (!a[i].equals(b[i]) && !(Math.abs(number(a[i]) - number(b[i])) <= TOLERANCE * largest)) {
        return false;
      }
    }
    return true;
  }

  private static double number(String text) {
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      return 0;
    }
  }
}
