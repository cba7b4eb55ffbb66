package lamella.contract;

import java.util.Arrays;
import lamella.core.DType;
import lamella.core.Pass;
import lamella.core.Tensor;

/**
 * What a layer promises of the parts of a step's batch: computed one after another they are the
 * whole, so that a training may take its batch in micro-batches, or divide it over machines.
 */
final class PartChecks {
  private static final long STEP = 3;

  private PartChecks() {}

  /** The batch in two parts: the outputs of its rows, and the sum of the parameters' gradients. */
  static void partsOfABatchAreTheBatch(Subject subject) {
    subject.in(DType.FLOAT64);
    Tensor x = subject.otherInput(2);
    Tensor dy = subject.outputGradient(x, 0);
    int rows = x.shape().dimension(0);
    int first = 1 + (int) Math.floorMod(subject.seed, (long) (rows - 1));
    Pass pass = Passes.forGradients();
    pass.beginStep(STEP);
    Step whole = Step.on(pass, subject.layer, x, dy);

    Pass parts = Passes.forGradients();
    parts.beginStep(STEP, 0);
    Step begin = Step.on(parts, subject.layer, x.rows(0, first), dy.rows(0, first));
    parts.beginStep(STEP, first);
    Step end = Step.on(parts, subject.layer, x.rows(first, rows), dy.rows(first, rows));

    requireRows(subject, "output", whole.output, begin.output, end.output);
    requireRows(
        subject,
        "input gradient",
        whole.gradients.get(0),
        begin.gradients.get(0),
        end.gradients.get(0));
    for (int k = 1; k < whole.gradients.size(); k++) {
      requireSum(subject, subject.gradientName(k), begin, end, whole, k);
    }
    subject.in(subject.own());
  }

  private static void requireRows(
      Subject subject, String what, double[] whole, double[] begin, double[] end) {
    double[] both = Arrays.copyOf(begin, whole.length);
    System.arraycopy(end, 0, both, begin.length, end.length);
    String difference = LayerChecks.difference(whole, both);
    if (difference != null) {
      throw subject.error(
          "a batch in two parts of one step has another "
              + what
              + " than the whole (are random numbers drawn by the row of the part, or kept from call"
              + " to call? use pass.random): "
              + difference);
    }
  }

  /** The gradient after both parts is that of the whole, beyond rounding. */
  private static void requireSum(
      Subject subject, String name, Step begin, Step end, Step whole, int k) {
    double[] expected = whole.gradients.get(k);
    double[] actual = end.gradients.get(k);
    double size = 0;
    for (int i = 0; i < expected.length; i++) {
      size = Math.max(size, Math.abs(expected[i]));
      size = Math.max(size, Math.abs(begin.gradients.get(k)[i]));
    }
    for (int i = 0; i < expected.length; i++) {
      if (Double.isFinite(expected[i]) && !(Math.abs(actual[i] - expected[i]) <= 1e-9 * size)) {
        throw subject.error(
            "a batch in two parts gives the gradient of "
                + name
                + " element "
                + i
                + " "
                + actual[i]
                + ", the whole "
                + expected[i]
                + "; each backward must add to what is there");
      }
    }
  }
}
