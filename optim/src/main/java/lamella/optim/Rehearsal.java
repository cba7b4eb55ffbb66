package lamella.optim;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import lamella.core.Batch;
import lamella.core.Description;
import lamella.core.DoubleTensor;
import lamella.core.Layer;
import lamella.core.Layers;
import lamella.core.Loss;
import lamella.core.Parameter;
import lamella.core.Pass;
import lamella.core.Sampler;
import lamella.core.Tensor;

/**
 * A little of a step, before the first of a training with checkpoints: examples are drawn and read,
 * and go through the network, whose parameters are made up meanwhile.
 *
 * <p>It is done twice from the same saved state. Where something else comes out, a part remembers
 * what it does not save, and no training could be resumed. And what comes out tells networks and
 * losses apart whose settings are others but that say nothing of them.
 *
 * @param putBack gives all parts that have a state the one they had
 */
record Rehearsal<T>(TrainingDescription.Subject<T> subject, Runnable putBack) {
  private static final int MOST_EXAMPLES = 4;

  /** Outputs that are kept; the loss depends on all. */
  private static final int MOST_OUTPUTS = 8;

  /** A larger network is left alone: its parameters are copied meanwhile. */
  private static final long MOST_PARAMETERS = 1 << 24;

  /**
   * Numbers differ from machine to machine where a layer of one's own uses {@code Math.exp}, for
   * example.
   */
  private static final double TOLERANCE = 1e-5;

  private static final String NOT_COMPUTED = "not computed";

  /**
   * The loss and the first outputs as text; everything is afterwards as it was.
   *
   * @throws IllegalStateException if a part remembers what it does not save
   */
  String computation() {
    requireSameDraw();
    List<Parameter> parameters = subject.network().parameters();
    long size = 0;
    for (Parameter parameter : parameters) {
      size += parameter.value().size();
    }
    Batch<T> batch = requireSameExamples();
    if (size > MOST_PARAMETERS) {
      return NOT_COMPUTED;
    }
    List<Tensor> values = new ArrayList<>();
    parameters.forEach(parameter -> values.add(parameter.value().copy()));
    try {
      return compute(batch, madeUp(parameters));
    } finally {
      putBack.run();
      set(parameters, values);
    }
  }

  private void requireSameDraw() {
    int[] first = new int[subject.batchSize()];
    int[] second = new int[subject.batchSize()];
    Sampler sampler = subject.sampler();
    putBack.run();
    sampler.next(first);
    putBack.run();
    sampler.next(second);
    putBack.run();
    if (!Arrays.equals(first, second)) {
      throw unsaved(
          "the sampler " + Description.of(sampler),
          "chooses other examples",
          "all that it remembers");
    }
  }

  /** The first examples of the data. */
  private Batch<T> requireSameExamples() {
    Batch<T> first = read();
    Batch<T> second = read();
    if (!isEqual(first.inputs(), second.inputs())) {
      throw unsaved(
          "the dataset " + Description.of(subject.data()),
          "gives other examples",
          "its random numbers, or make them a function of the epoch, as forEpoch does");
    }
    return first;
  }

  private Batch<T> read() {
    putBack.run();
    int[] indices = new int[Math.min(MOST_EXAMPLES, subject.data().size())];
    for (int i = 0; i < indices.length; i++) {
      indices[i] = i;
    }
    Batch<T> batch = subject.data().newBatch(indices.length, Evaluation.type(subject.network()));
    subject.data().forEpoch(0).read(indices, batch);
    return batch;
  }

  private String compute(Batch<T> batch, List<Tensor> madeUp) {
    Layer network = subject.network();
    Tensor inputs = batch.inputs();
    String text;
    boolean same;
    try {
      Tensor outputs = forward(network, inputs, madeUp, Pass.forInference());
      text = describe(outputs, subject.loss(), batch.targets());
      same =
          isEqual(
                  forward(network, inputs, madeUp, Pass.forTraining(subject.seed())),
                  forward(network, inputs, madeUp, Pass.forTraining(subject.seed())))
              && isEqual(outputs, forward(network, inputs, madeUp, Pass.forInference()));
    } catch (RuntimeException e) {
      // A layer that takes no such parameters, or no such batch.
      return NOT_COMPUTED;
    }
    if (!same) {
      throw unsaved(
          forgetful(network, inputs, madeUp),
          "gives other outputs",
          "all that it remembers, as a Stateful");
    }
    return text;
  }

  private Tensor forward(Layer layer, Tensor inputs, List<Tensor> madeUp, Pass pass) {
    putBack.run();
    set(subject.network().parameters(), madeUp);
    return layer.forward(inputs, pass).copy();
  }

  private static <T> String describe(Tensor outputs, Loss<T> loss, T targets) {
    StringBuilder text =
        new StringBuilder("loss ").append(loss.value(outputs, targets)).append(", outputs");
    for (int i = 0; i < Math.min(MOST_OUTPUTS, outputs.size()); i++) {
      text.append(' ').append(outputs.get(i));
    }
    return text.toString();
  }

  /** The layer that gives something else the second time. */
  private String forgetful(Layer network, Tensor inputs, List<Tensor> madeUp) {
    Pass first = Pass.forTraining(subject.seed());
    Pass second = Pass.forTraining(subject.seed());
    forward(network, inputs, madeUp, first);
    forward(network, inputs, madeUp, second);
    Map<String, Tensor> outputs = new HashMap<>();
    first.outputs(network, (path, layer, output) -> outputs.put(path, output));
    List<String> different = new ArrayList<>();
    second.outputs(
        network,
        (path, layer, output) -> {
          Tensor before = outputs.get(path);
          if (!path.isEmpty() && before != null && !isEqual(before, output)) {
            different.add(Layers.who(path, layer));
          }
        });
    return different.isEmpty() ? "the network" : different.getFirst();
  }

  private static IllegalStateException unsaved(String who, String what, String remedy) {
    return new IllegalStateException(
        "Checkpoints: "
            + who
            + " "
            + what
            + " when it is used again from the same saved state, so that a resumed training would"
            + " not have the bits of one never stopped; it must save "
            + remedy);
  }

  private static boolean isEqual(Tensor a, Tensor b) {
    return Arrays.equals(a.toDoubleArray(), b.toDoubleArray());
  }

  /**
   * Numbers that keep sums near 1, the same in every run, for each parameter: of both signs, but of
   * a statistic, which may be a variance, at least 1/2.
   */
  private static List<Tensor> madeUp(List<Parameter> parameters) {
    List<Tensor> values = new ArrayList<>();
    for (Parameter parameter : parameters) {
      int rows = parameter.shape().rank() < 2 ? 1 : parameter.shape().dimension(0);
      double[] numbers = new double[parameter.value().size()];
      fill(numbers, 1 / Math.sqrt(rows), values.size());
      if (parameter.role() == Parameter.Role.STATISTIC) {
        for (int i = 0; i < numbers.length; i++) {
          numbers[i] = 0.5 + Math.abs(numbers[i]);
        }
      }
      values.add(DoubleTensor.wrap(parameter.shape(), numbers).to(parameter.value().dtype()));
    }
    return values;
  }

  private static void fill(double[] numbers, double scale, long seed) {
    long state = seed;
    for (int i = 0; i < numbers.length; i++) {
      // D. Knuth's MMIX generator; 53 bits of it, in [-1, 1).
      state = state * 6364136223846793005L + 1442695040888963407L;
      numbers[i] = scale * ((state >> 11) * 0x1p-52);
    }
  }

  private static void set(List<Parameter> parameters, List<Tensor> values) {
    for (int i = 0; i < values.size(); i++) {
      parameters.get(i).value().copyFrom(values.get(i));
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
